import type { Client } from '../../../../shared/model/metrics.ts';
import { useJournal } from '../../../stores/context.tsx';
import { ButtonLink } from '../../../ui/button.tsx';
import { formatClock, formatCount, formatDuration } from '../../../ui/format.ts';
import { clientLabel } from '../client-label.ts';
import { type Lane, selectionHref } from '../live-model.ts';
import { Facts, InspectorHead, Section } from './parts.tsx';
import css from './inspector.module.css';

/** A client: where it is, since when, and how it came there. */
export function ClientInspector({ client, lane, now }: { client: Client; lane: Lane; now: number }) {
  const entries = useJournal((s) => s.entries);
  const label = (id: string | undefined) => lane.pool.nodes.find((n) => n.id === id)?.label ?? id ?? '';
  const history = entries
    .filter((e) => e.kind === 'client.moved' && e.pool === client.pool && e.client === client.key)
    .slice(-5)
    .reverse();
  return (
    <>
      <InspectorHead title={<span className={css['key']}>{clientLabel(client)}</span>}>
        by {client.kind}, on <b className={css['strong']}>{lane.node.label}</b> since {formatClock(client.since)}
      </InspectorHead>
      <div className={css['body']}>
        <Section title="Client">
          <Facts
            facts={[
              [client.kind === 'address' ? 'Address' : 'Key', <span className={`mono ${css['whole']}`}>{client.key}</span>],
              ['Node', <a href={selectionHref({ kind: 'node', pool: client.pool, id: client.node })}>{lane.node.label}</a>],
              ['Pool', lane.pool.name],
              ['Pinned', client.pinned ? 'yes, by you' : 'no'],
              ['Requests', formatCount(client.requests)],
              ['Last seen', `${formatDuration(now - client.lastSeen)} ago`],
              ['Moves', formatCount(client.moves)],
              ['Forgotten', client.expiresAt === null ? 'not by time' : `in ${formatDuration(client.expiresAt - now)}`],
            ]}
          />
        </Section>
        {history.length > 0 ? (
          <Section title="History" aside="newest first">
            <ol className={css['history']}>
              {history.map((entry) => (
                <li key={entry.seq}>
                  <b>
                    Moved from {label(entry.from)} to {label(entry.to)}
                  </b>
                  <span className="muted num">
                    {formatClock(entry.time)}
                    {entry.reason ? `, ${entry.reason}` : ''}
                  </span>
                </li>
              ))}
            </ol>
          </Section>
        ) : null}
      </div>
      <div className={css['foot']}>
        <ButtonLink small href={`#/clients/${encodeURIComponent(client.pool)}/${encodeURIComponent(client.key)}`}>
          Open in Clients
        </ButtonLink>
      </div>
    </>
  );
}
