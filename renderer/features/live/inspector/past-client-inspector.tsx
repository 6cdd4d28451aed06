import type { Client } from '../../../../shared/model/metrics.ts';
import { useJournal } from '../../../stores/context.tsx';
import { formatClockTenths, formatCount } from '../../../ui/format.ts';
import { clientLabel } from '../client-label.ts';
import type { Lane } from '../live-model.ts';
import { Facts, InspectorHead, Section } from './parts.tsx';
import css from './inspector.module.css';

/** A client of a replay: where it was, and how it came there. Its requests were not recorded one by one. */
export function PastClientInspector({ client, lane }: { client: Client; lane: Lane }) {
  const entries = useJournal((s) => s.entries);
  const label = (id: string | undefined) => lane.pool.nodes.find((n) => n.id === id)?.label ?? id ?? '';
  const moves = entries.filter((e) => e.kind === 'client.moved' && e.pool === client.pool && e.client === client.key).slice(-5);
  return (
    <>
      <InspectorHead title={<span className={css['key']}>{clientLabel(client)}</span>}>
        by {client.kind}, then on <b className={css['strong']}>{lane.node.label}</b>
      </InspectorHead>
      <div className={css['body']}>
        <Section title="Client, then">
          <Facts
            facts={[
              [client.kind === 'address' ? 'Address' : 'Key', <span className={`mono ${css['whole']}`}>{client.key}</span>],
              ['Node', lane.node.label],
              ['Pool', lane.pool.name],
              ['Pinned', client.pinned ? 'yes' : 'no'],
              ['Moves in this run', formatCount(client.moves)],
            ]}
          />
        </Section>
        {moves.length > 0 ? (
          <Section title="History" aside="newest first">
            <ol className={css['history']}>
              {moves.toReversed().map((entry) => (
                <li key={entry.seq}>
                  <b>
                    Moved from {label(entry.from)} to {label(entry.to)}
                  </b>
                  <span className="muted num">
                    {formatClockTenths(entry.time)}
                    {entry.reason ? `, ${entry.reason}` : ''}
                  </span>
                </li>
              ))}
            </ol>
          </Section>
        ) : null}
      </div>
    </>
  );
}
