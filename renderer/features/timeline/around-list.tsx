import { ArrowRight, Settings2 } from 'lucide-react';
import type { Run } from '../../../shared/model/run.ts';
import { countUntil, replayOf } from '../../../shared/state/replay.ts';
import { type RunEvent, runEvents } from '../../stores/run-events.ts';
import { Card } from '../../ui/card.tsx';
import { rollUp } from '../../ui/effective-state.ts';
import { formatClockTenths } from '../../ui/format.ts';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { inRem } from '../../ui/text-scale.ts';
import css from './around-list.module.css';

function EventMark({ run, event }: { run: Run; event: RunEvent }) {
  if (event.state) return <StateRing state={event.state} size={18} />;
  if (event.kind === 'errors')
    return (
      <svg width={inRem(18)} height={inRem(18)} viewBox="0 0 18 18" aria-hidden="true">
        <rect
          x="5"
          y="5"
          width="8"
          height="8"
          fill={event.words.startsWith('lost') ? 'var(--st-down)' : 'none'}
          stroke="var(--st-down)"
          strokeWidth="1.5"
          transform="rotate(45 9 9)"
        />
      </svg>
    );
  if (event.kind === 'recovered') {
    // Recovered is not whole: the pool wears the ring it had then, with the node that was down.
    const pool = replayOf(run)
      .at(event.time)
      .snapshot.pools.find((one) => one.id === event.pool);
    return pool ? <RollUpRing rollUp={rollUp(pool.nodes, pool.available > 0)} size={18} /> : null;
  }
  return event.kind === 'moves' ? <ArrowRight size={14} aria-hidden /> : <Settings2 size={14} aria-hidden />;
}

/** "+0.5 s": how far from the moment shown. */
function offsetWords(ms: number): string {
  const s = ms / 1_000;
  const text = Math.abs(s) < 100 ? Math.abs(s).toFixed(1) : String(Math.round(Math.abs(s)));
  return `${s < 0 ? '−' : '+'}${text} s`;
}

/** The events nearest to a moment: some before, more after. */
export function eventsAround(events: readonly RunEvent[], time: number, count: number): readonly RunEvent[] {
  const next = countUntil(events.length, (i) => events[i]!.time, time - 50);
  const from = Math.max(0, Math.min(next - 2, events.length - count));
  return events.slice(from, from + count);
}

interface AroundListProps {
  run: Run;
  time: number;
  /** Lines shown around the moment, at most. */
  most: number;
  onSeek: (time: number) => void;
}

/** What happened before and after the moment shown; a line leads there. */
export function AroundList({ run, time, most, onSeek }: AroundListProps) {
  const events = eventsAround(runEvents(run), time, most);
  return (
    <Card as="section" className={css['card']} aria-label={`Around ${formatClockTenths(time)}`}>
      <h2 className="num">Around {formatClockTenths(time)}</h2>
      {events.length === 0 ? <p className={css['none']}>Nothing happened in this stretch of time.</p> : null}
      <ol>
        {events.map((event) => {
          const here = Math.abs(event.time - time) <= 50;
          return (
            <li key={`${event.time} ${event.kind} ${event.subject} ${event.words}`}>
              <button
                type="button"
                className={css['line']}
                aria-current={here || undefined}
                data-past={event.time < time - 50 || undefined}
                title={`${formatClockTenths(event.time)} ${event.subject} ${event.words}`}
                onClick={() => onSeek(event.time)}
              >
                <span className={css['mark']}>
                  <EventMark run={run} event={event} />
                </span>
                <span className={css['words']}>
                  <b>{event.subject}</b> {event.words}
                </span>
                <span className={`num ${css['offset']}`}>{here ? 'now shown' : offsetWords(event.time - time)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
