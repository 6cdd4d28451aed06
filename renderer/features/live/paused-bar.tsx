import { useTraffic, useView } from '../../stores/context.tsx';
import { formatCount } from '../../ui/format.ts';
import { PausedNote } from '../../ui/paused-note.tsx';

/** While the map stands still: what went on meanwhile. */
export function PausedBar() {
  const paused = useView((s) => s.paused);
  const { requests, errors } = useTraffic().total;
  if (!paused) return null;
  return (
    <PausedNote since={paused.since}>
      <span aria-live="off">
        Traffic goes on: {formatCount(requests - paused.requests)} requests since, {formatCount(errors - paused.errors)} errors.
      </span>
    </PausedNote>
  );
}
