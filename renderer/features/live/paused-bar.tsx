import { useTraffic, useView } from '../../stores/context.tsx';
import { formatClock, formatCount } from '../../ui/format.ts';
import css from './live.module.css';

/** A flat bar while the view stands still: since when, and what went on meanwhile. */
export function PausedBar() {
  const paused = useView((s) => s.paused);
  const { requests, errors } = useTraffic().total;
  if (!paused) return null;
  return (
    <div className={`${css['paused']} num`} role="status">
      <b>View paused at {formatClock(paused.since)}</b>
      <span aria-live="off">
        Traffic goes on: {formatCount(requests - paused.requests)} requests since, {formatCount(errors - paused.errors)} errors.
      </span>
    </div>
  );
}
