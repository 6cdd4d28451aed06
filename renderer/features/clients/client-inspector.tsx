import { X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine, useJournal } from '../../stores/context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { FieldError } from '../../ui/field.tsx';
import { formatCount, formatDuration, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { useNow } from '../../ui/use-now.ts';
import { clientHistory, pinTarget, sayAgo, saySince } from './client-words.ts';
import styles from './clients.module.css';

const pollMs = 1_000;
/** More nodes than this do not fit beside each other. */
const maxParts = 3;

type Found = { kind: 'loading' } | { kind: 'here'; client: Client } | { kind: 'gone' } | { kind: 'failed'; message: string };

/** One client, asked for again every second. */
function useOneClient(pool: string, key: string): { found: Found; put: (client: Client) => void; ask: () => Promise<void> } {
  const client = useClient();
  const [found, setFound] = useState<Found>({ kind: 'loading' });
  const ask = useCallback(async () => {
    try {
      const { clients } = await client.request('clients.list', { pool, search: key, limit: 100 });
      const here = clients.find((one) => one.key === key && one.pool === pool);
      setFound(here ? { kind: 'here', client: here } : { kind: 'gone' });
    } catch (error) {
      setFound({ kind: 'failed', message: errorMessage(error) });
    }
  }, [client, pool, key]);
  useEffect(() => {
    const first = setTimeout(() => void ask());
    const timer = setInterval(() => {
      if (!document.hidden) void ask();
    }, pollMs);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [ask]);
  return { found, put: (one) => setFound({ kind: 'here', client: one }), ask };
}

interface InspectorProps {
  pool: string;
  clientKey: string;
  onClose: () => void;
  /** Told after a pin or an unstick, so that the list can be read again. */
  onChanged: () => void;
}

/** A client of the stickiness table: where it is and why, pin it, unstick it, and where it was. */
export function ClientInspector({ pool, clientKey, onClose, onChanged }: InspectorProps) {
  const api = useClient();
  const now = useNow();
  const { found, put, ask } = useOneClient(pool, clientKey);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  /** The node asked for, shown as chosen until the answer is there. */
  const [wanted, setWanted] = useState<string | null>(null);
  const seen = useEngine((s) => s.pools.find((one) => one.id === pool));
  const entries = useJournal((s) => s.entries);
  const nodes = seen?.nodes ?? [];
  const nameOf = useCallback((id: string) => seen?.nodes.find((node) => node.id === id)?.label ?? id, [seen]);
  const history = useMemo(() => clientHistory(entries, pool, clientKey, nameOf), [entries, pool, clientKey, nameOf]);
  const client = found.kind === 'here' ? found.client : undefined;

  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    setFailure('');
    try {
      await what();
      onChanged();
    } catch (error) {
      setFailure(errorMessage(error));
    }
    setBusy(false);
    setWanted(null);
  };
  const release = () =>
    act(async () => {
      await api.request('clients.release', { pool, key: clientKey });
      await ask();
    });
  const pin = (node: string) => {
    setWanted(node);
    if (node === '') return release();
    return act(async () => {
      put(await api.request('clients.pin', { pool, key: clientKey, node }));
    });
  };

  const choices = [{ value: '', label: 'Not pinned' }, ...nodes.map((node) => ({ value: node.id, label: node.label }))];
  const waiting = nodes.filter((node) => effectiveState(node) === 'down').map((node) => node.label);
  // A pinned client is where it was until its next request; where it is pinned to stands in the journal.
  const target = useMemo(() => pinTarget(entries, pool, clientKey), [entries, pool, clientKey]);
  const pinned = wanted ?? (client?.pinned ? (target ?? client.node) : '');

  return (
    <aside className="inspector" aria-label={`Client ${clientKey}`}>
      <div className={styles['head']}>
        <div>
          <h2>
            <MiddleTruncate text={clientKey} />
          </h2>
          <p className={styles['sub']}>
            {client ? (
              <>
                by {client.kind}, on <b>{nameOf(client.node)}</b> since {saySince(client.since, now)}
              </>
            ) : found.kind === 'gone' ? (
              'not in the table now'
            ) : (
              missing
            )}
          </p>
        </div>
        <IconButton label="Close" icon={<X size={14} aria-hidden="true" />} onClick={onClose} />
      </div>
      <div className={styles['body']} tabIndex={-1}>
        {found.kind === 'failed' ? (
          <div className={styles['section']}>
            <FieldError>{found.message}</FieldError>
          </div>
        ) : null}
        {found.kind === 'gone' ? (
          <div className={styles['section']}>
            <p className="small muted">It was unstuck, its entry ended, or its node went down. Its next request is placed afresh.</p>
          </div>
        ) : null}
        {client ? (
          <section className={styles['section']}>
            <h3>
              Pin to a node<span>overrides the balancer</span>
            </h3>
            {nodes.length <= maxParts ? (
              <Segmented fit label="Pin to a node" choices={choices} value={pinned} disabled={busy} onChange={(node) => void pin(node)} />
            ) : (
              <Select
                label="Pin to a node"
                hideLabel
                small
                choices={choices}
                value={pinned}
                disabled={busy}
                onChange={(node) => void pin(node)}
              />
            )}
            {failure ? <FieldError>{failure}</FieldError> : null}
            <p className={styles['hint']}>
              {client.pinned && pinned !== '' && pinned !== client.node
                ? `It goes to ${nameOf(pinned)} with its next request, and stays there.`
                : client.pinned
                  ? 'It stays there whatever the balancer would choose. Taking the pin off forgets the client: its next request is placed afresh.'
                  : waiting.length > 0
                    ? `${waiting.slice(0, 3).join(', ')} ${waiting.length === 1 ? 'is' : 'are'} down: a pin there waits until it is back.`
                    : 'It moves when its node goes down.'}
            </p>
          </section>
        ) : null}
        <section className={styles['section']}>
          <h3>
            History<span>newest first</span>
          </h3>
          {history.length === 0 && !client ? <p className="small muted">Nothing recorded lately.</p> : null}
          <ol className={styles['history']}>
            {history.slice(0, 50).map((item) => (
              <li key={item.key}>
                <div>
                  <b>{item.title}</b>
                  <span>{item.detail}</span>
                </div>
              </li>
            ))}
            {client && !history.some((item) => item.title.startsWith('Moved')) ? (
              <li>
                <div>
                  <b>{client.moves === 0 ? `Placed on ${nameOf(client.node)}` : `Came to ${nameOf(client.node)}`}</b>
                  <span>
                    {saySince(client.since, now)}
                    {client.moves === 0 ? ', and has not moved since' : `, after ${client.moves} ${client.moves === 1 ? 'move' : 'moves'}`}
                  </span>
                </div>
              </li>
            ) : null}
          </ol>
        </section>
        {client ? (
          <section className={styles['section']}>
            <h3>Entry</h3>
            <dl className={styles['facts']}>
              <dt>Pool</dt>
              <dd>
                <MiddleTruncate text={seen?.name ?? pool} />
              </dd>
              <dt>{client.kind === 'cookie' ? 'Cookie client' : 'Address'}</dt>
              <dd>
                <MiddleTruncate className="mono" text={client.key} />
              </dd>
              <dt>Node</dt>
              <dd>
                <NodeWords pool={pool} node={client.node} name={nameOf(client.node)} />
              </dd>
              <dt>Requests</dt>
              <dd>{formatCount(client.requests)}</dd>
              <dt>Moves</dt>
              <dd>{formatCount(client.moves)}</dd>
              <dt>Last seen</dt>
              <dd>{sayAgo(now - client.lastSeen)} ago</dd>
              <dt>Expires</dt>
              <dd>{client.expiresAt === null ? 'not by time' : `in ${formatDuration(client.expiresAt - now)}`}</dd>
            </dl>
          </section>
        ) : null}
      </div>
      {client ? (
        <div className={styles['actions']}>
          <Button small disabled={busy} onClick={() => void release()} title="Forget it: its next request is placed afresh">
            Unstick
          </Button>
        </div>
      ) : null}
    </aside>
  );
}

function NodeWords({ pool, node, name }: { pool: string; node: string; name: string }) {
  const state = useEngine((s) => {
    const seen = s.pools.find((one) => one.id === pool)?.nodes.find((one) => one.id === node);
    return seen && effectiveState(seen);
  });
  const look = state && state !== 'healthy' ? stateLooks[state] : undefined;
  return (
    <>
      {name}
      {look ? <span className={look.className}>&nbsp;· {look.word}</span> : null}
    </>
  );
}
