import { Plus } from 'lucide-react';
import { formatHostPort } from '../../../shared/model/address.ts';
import type { ListenerConfig } from '../../../shared/model/config.ts';
import { DraftList, NoSuchEntry } from '../../forms/draft-screens.tsx';
import { useDraft, useEngine, useTraffic } from '../../stores/context.tsx';
import { protocolNames } from '../../stores/draft-fields.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { Column } from '../../ui/fitting-columns.ts';
import { formatCount, formatRate, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { CellItems, Row, RowLink, Td } from '../../ui/table.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { Fitting } from '../../ui/use-fitting-columns.ts';
import { GuidedListener } from './guided-listener.tsx';
import { ListenerEditor } from './listener-editor.tsx';
import { listenerLook } from './listener-words.ts';
import styles from './listeners.module.css';

type ColumnId = 'listener' | 'address' | 'protocol' | 'pool' | 'state' | 'connections' | 'traffic';

const columns: (Column<ColumnId> & { title: string; right?: boolean })[] = [
  { id: 'listener', title: 'Listener', width: 132, grows: 2 },
  { id: 'address', title: 'Address', width: 164, grows: 1 },
  { id: 'protocol', title: 'Protocol', width: 84, leaves: 1 },
  { id: 'pool', title: 'Pool', width: 132, grows: 1, leaves: 3 },
  { id: 'state', title: 'State', width: 216, grows: 2 },
  { id: 'connections', title: 'Connections', width: 92, right: true, leaves: 2 },
  { id: 'traffic', title: 'Traffic', width: 104, right: true },
];

function ListenerRow({ listener, index, has }: { listener: ListenerConfig; index: number; has: Fitting<Column<ColumnId>>['has'] }) {
  const seen = useEngine((s) => s.listeners.find((one) => one.id === listener.id));
  const pool = useEngine((s) => s.pools.find((one) => one.id === seen?.pool));
  const poolName = useDraft((s) => s.draft.pools.find((one) => one.id === listener.pool)?.name) ?? listener.pool;
  const changed = useDraft((s) => s.changes.some(({ path }) => path === `listeners[${index}]` || path.startsWith(`listeners[${index}].`)));
  const rates = useTraffic().listeners.get(listener.id);
  const look = listenerLook(seen, pool);
  return (
    <Row linked tall>
      <Td>
        <CellItems>
          <RowLink href={`#/listeners/${encodeURIComponent(listener.id)}`}>
            <MiddleTruncate text={listener.name ?? listener.id} />
          </RowLink>
          {changed && seen ? <Tag>changed</Tag> : null}
        </CellItems>
      </Td>
      <Td>
        <MiddleTruncate className="mono" text={formatHostPort(listener.host, listener.port)} />
      </Td>
      {has('protocol') ? <Td muted>{protocolNames[listener.protocol]}</Td> : null}
      {has('pool') ? (
        <Td muted>
          <MiddleTruncate text={poolName} />
        </Td>
      ) : null}
      <Td title={look.reason}>
        <span className={styles['state']}>
          <RollUpRing rollUp={look.rollUp} size={20} />
          <span className={styles['words']}>
            <span className={look.alarm ? 'fill-down' : undefined}>{look.word}</span>
            {look.reason ? <span className={styles['reason']}>{look.reason}</span> : null}
          </span>
        </span>
      </Td>
      {has('connections') ? <Td right>{seen ? `${formatCount(seen.connections)} open` : missing}</Td> : null}
      <Td right>{rates ? `${formatRate(rates.requestsPerSecond)} req/s` : missing}</Td>
    </Row>
  );
}

function ListenerList() {
  const listeners = useDraft((s) => s.draft.listeners);
  return (
    <DraftList
      title="Listeners"
      entries={listeners}
      textOf={({ id, name, host, port, pool }) => [id, name, formatHostPort(host, port), pool].join('\n')}
      note={`${listeners.length} ${listeners.length === 1 ? 'address' : 'addresses'} clients come to`}
      aside={
        listeners.length > 0 ? (
          <ButtonLink small href="#/listeners/new">
            <Plus size={12} strokeWidth={2} aria-hidden="true" />
            Add a listener
          </ButtonLink>
        ) : undefined
      }
      empty={
        <EmptyState
          title="No listeners yet"
          action={
            <ButtonLink look="primary" href="#/listeners/new">
              Put one address in front of my servers
            </ButtonLink>
          }
        >
          A listener is an address clients come to; it hands them to the nodes of a pool.
        </EmptyState>
      }
      columns={columns}
      row={(listener, index, has) => <ListenerRow key={listener.id} listener={listener} index={index} has={has} />}
    />
  );
}

/** `#/listeners`: all; `#/listeners/new`: one address in front of one's own servers (`/new/3000,3001`: these); `#/listeners/web`: one to edit. */
export function ListenersScreen({ parts }: { parts: string[] }) {
  const [id] = parts;
  const index = useDraft((s) => s.draft.listeners.findIndex((listener) => listener.id === id));
  const listener = useDraft((s) => s.draft.listeners[index]);
  if (id === undefined) return <ListenerList />;
  if (listener) return <ListenerEditor key={listener.id} listener={listener} index={index} />;
  if (id === 'new') return <GuidedListener given={parts[1]} />;
  return <NoSuchEntry id={id} kind="listener" all={{ label: 'Listeners', href: '#/listeners' }} />;
}
