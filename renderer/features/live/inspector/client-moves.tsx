import type { Client } from '../../../../shared/model/metrics.ts';
import type { PoolState } from '../../../../shared/model/state.ts';
import { useJournal } from '../../../stores/context.tsx';
import { Section } from '../../../ui/inspector.tsx';
import css from './inspector.module.css';

/** The last five moves of a client that the journal at hand tells of; nothing when there are none. */
export function ClientMoves({ client, pool, formatTime }: { client: Client; pool: PoolState; formatTime: (time: number) => string }) {
  const entries = useJournal((s) => s.entries);
  const label = (id: string | undefined) => pool.nodes.find((n) => n.id === id)?.label ?? id ?? '';
  const moves = entries.filter((e) => e.kind === 'client.moved' && e.pool === client.pool && e.client === client.key).slice(-5);
  if (moves.length === 0) return null;
  return (
    <Section title="History" aside="newest first">
      <ol className={css['history']}>
        {moves.toReversed().map((entry) => (
          <li key={entry.seq}>
            <b>
              Moved from {label(entry.from)} to {label(entry.to)}
            </b>
            <span className="muted num">
              {formatTime(entry.time)}
              {entry.reason ? `, ${entry.reason}` : ''}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
