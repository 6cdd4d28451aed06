import type { TrafficTick } from '../../../shared/model/metrics.ts';
import type { Run, Score } from '../../../shared/model/run.ts';
import type { Stretch } from '../../../shared/state/tick-sums.ts';

/** What one run holds at most. */
export const maxEntries = 50_000;
export const maxRequests = 1_000;

/** Silence shorter than this is no gap: a busy machine, or an engine thread that was started anew. Milliseconds. */
const gapMs = 2_500;
/** Detail is kept from so long before a failure's first sign until so long after it was over. Milliseconds. */
const marginMs = 15_000;

/** Stretches in which nobody counted. */
export function gapsIn(ticks: readonly TrafficTick[], from: number, to: number): Run['gaps'] {
  const gaps: Run['gaps'] = [];
  let counted = from;
  for (const tick of ticks) {
    const begin = tick.time - tick.intervalMs;
    if (begin - counted > gapMs) gaps.push({ from: counted, to: begin });
    counted = Math.max(counted, tick.time);
  }
  if (to - counted > gapMs) gaps.push({ from: counted, to });
  return gaps;
}

/** Around the failures, where a second is long. */
export function stretchesOfInterest({ incidents }: Score): Stretch[] {
  return incidents.flatMap((one) => {
    const sign = one.faultAt ?? one.firstFailureAt ?? one.downAt;
    const over = Math.max(one.downAt, one.recoveredAt ?? one.downAt);
    const first = { from: sign - marginMs, to: over + marginMs };
    return one.upAt === null ? [first] : [first, { from: one.upAt - marginMs, to: one.upAt + marginMs }];
  });
}
