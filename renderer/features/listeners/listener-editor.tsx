import { useState } from 'react';
import type { ListenerConfig } from '../../../shared/model/config.ts';
import {
  DraftNumber,
  DraftSegmented,
  DraftSelect,
  DraftSwitch,
  DraftText,
  useDraftError,
  useDraftField,
} from '../../forms/draft-fields.tsx';
import { DeleteEntry, EntryEditor } from '../../forms/draft-screens.tsx';
import { FieldGrid, FieldStack, span, type EditorSection } from '../../forms/editor.tsx';
import { useDraft, useEngine, useStores } from '../../stores/context.tsx';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Certificates } from './certificates.tsx';
import { HostField } from './host-field.tsx';
import { listenerLook } from './listener-words.ts';
import styles from './listeners.module.css';

type At = (string | number)[];

const allListeners = { label: 'Listeners', href: '#/listeners' };
const protocolHints: Record<string, string> = {
  http: 'Reads requests: cookies, paths, retries.',
  https: 'Ends TLS here; nodes get plain HTTP unless they say otherwise.',
  tcp: 'Passes bytes on, whatever they are.',
};

function PoolField({ at, className }: { at: At; className: string }) {
  const field = useDraftField([...at, 'pool']);
  const pools = useDraft((s) => s.draft.pools);
  const value = String(field.value);
  const choices = pools.map((pool) => ({ value: pool.id, label: pool.name ?? pool.id }));
  if (!pools.some((pool) => pool.id === value)) choices.unshift({ value, label: `${value} (missing)` });
  return (
    <Select
      label={field.info.label}
      className={className}
      changed={field.changed}
      error={field.error}
      choices={choices}
      value={value}
      onChange={field.set}
      hint="where requests go"
    />
  );
}

function PeersField({ at }: { at: At }) {
  const field = useDraftField([...at, 'acceptProxyProtocolFrom']);
  const error = useDraftError([...at, 'acceptProxyProtocolFrom']);
  const saved = Array.isArray(field.value) ? (field.value as string[]) : [];
  const [text, setText] = useState(saved.join(', '));
  const read = (typed: string) => typed.split(/[\s,;]+/).filter((part) => part !== '');
  // What is typed stands while it means the list; an edit from elsewhere (Discard) replaces it.
  const shown = read(text).join(' ') === saved.join(' ') ? text : saved.join(', ');
  return (
    <TextField
      label={field.info.label}
      className={span.two}
      mono
      changed={field.changed}
      error={error}
      placeholder="nobody"
      hint="Addresses or networks (10.0.0.0/8). Who is listed must send the header; who is not may not."
      value={shown}
      onChange={(next) => {
        setText(next);
        field.set(read(next));
      }}
    />
  );
}

function Delete({ listener }: { listener: ListenerConfig }) {
  const { draft } = useStores();
  return (
    <DeleteEntry
      kind="listener"
      all={allListeners}
      words="It goes when you apply: what is in flight may finish, the pool stays."
      onDelete={() => draft.edit((config) => ({ ...config, listeners: config.listeners.filter((one) => one.id !== listener.id) }))}
    />
  );
}

function Observed({ listener }: { listener: ListenerConfig }) {
  const seen = useEngine((s) => s.listeners.find((one) => one.id === listener.id));
  const pool = useEngine((s) => s.pools.find((one) => one.id === seen?.pool));
  const look = listenerLook(seen, pool);
  return (
    <span className={styles['state']} title={look.reason ? `${look.word}. ${look.reason}` : look.word}>
      <RollUpRing rollUp={look.rollUp} size={20} />
      <span className={look.alarm ? 'fill-down' : undefined}>{look.word}</span>
      {look.reason ? <span className="muted">{look.reason}</span> : null}
    </span>
  );
}

/** One listener of the draft, every option. */
export function ListenerEditor({ listener, index }: { listener: ListenerConfig; index: number }) {
  const at: At = ['listeners', index];
  const under = (...keys: string[]) => keys.map((key) => `listeners[${index}].${key}`);
  const { protocol } = listener;
  const http = protocol !== 'tcp';

  const sections: EditorSection[] = [
    {
      id: 'general',
      title: 'General',
      paths: under('name', 'protocol', 'pool', 'enabled', 'id'),
      content: (
        <FieldStack>
          <FieldGrid>
            <DraftText
              path={[...at, 'name']}
              optional
              placeholder={listener.id}
              className={span.two}
              hint={`In the file and the control API: ${listener.id}`}
            />
            <PoolField at={at} className={span.two} />
          </FieldGrid>
          <FieldGrid>
            <DraftSegmented path={[...at, 'protocol']} className={span.two} hint={protocolHints[protocol]} />
          </FieldGrid>
          <DraftSwitch path={[...at, 'enabled']} hint="Off keeps everything here, but nobody is listening." />
        </FieldStack>
      ),
    },
    {
      id: 'address',
      title: 'Address',
      lead: 'Where clients come to.',
      paths: under('host', 'port'),
      content: (
        <FieldGrid>
          <HostField path={[...at, 'host']} className={span.two} />
          <DraftNumber path={[...at, 'port']} className={span.two} />
        </FieldGrid>
      ),
    },
    ...(protocol === 'https'
      ? [
          {
            id: 'certificates',
            title: 'Certificates',
            paths: [...under('certificates', 'tlsProfile'), 'certificates'],
            content: (
              <FieldStack>
                <Certificates listener={listener} at={at} />
                <FieldGrid>
                  <DraftSelect
                    path={[...at, 'tlsProfile']}
                    className={span.two}
                    hint="Recommended: TLS 1.2 and 1.3. Legacy also takes old clients."
                  />
                </FieldGrid>
              </FieldStack>
            ),
          },
        ]
      : []),
    {
      id: 'limits',
      title: 'Limits',
      paths: under('connectionThrottle', 'maxConnections', 'maxHeadBytes', 'maxHeaders'),
      content: (
        <FieldGrid>
          <DraftNumber path={[...at, 'connectionThrottle']} hint="new connections of one client address, 0 is off" />
          <DraftNumber path={[...at, 'maxConnections']} />
          {http ? (
            <>
              <DraftNumber path={[...at, 'maxHeadBytes']} />
              <DraftNumber path={[...at, 'maxHeaders']} />
            </>
          ) : null}
        </FieldGrid>
      ),
    },
    {
      id: 'timeouts',
      title: 'Timeouts',
      paths: under('timeouts'),
      content: (
        <FieldGrid>
          <DraftNumber path={[...at, 'timeouts', 'requestHeadMs']} hint="for the whole head" />
          <DraftNumber path={[...at, 'timeouts', 'idleMs']} hint="without a byte" />
          {http ? <DraftNumber path={[...at, 'timeouts', 'tunnelIdleMs']} hint="without a byte" /> : null}
          <DraftNumber path={[...at, 'timeouts', 'drainMs']} hint="to finish after a stop" />
        </FieldGrid>
      ),
    },
    {
      id: 'proxies',
      title: 'Proxies in front',
      lead: 'Only when clients come through another proxy.',
      paths: under('acceptProxyProtocolFrom', 'trustForwarded'),
      content: (
        <FieldStack>
          <FieldGrid>
            <PeersField at={at} />
          </FieldGrid>
          {http ? (
            <DraftSwitch
              path={[...at, 'trustForwarded']}
              hint="X-Forwarded-Proto, -Host and -Port and Forwarded of the client. Anybody can send them."
            />
          ) : null}
        </FieldStack>
      ),
    },
    { id: 'delete', title: 'Delete', paths: [], content: <Delete listener={listener} /> },
  ];

  return (
    <EntryEditor
      kind="listener"
      name={listener.name ?? listener.id}
      all={allListeners}
      aside={<Observed listener={listener} />}
      sections={sections}
    />
  );
}
