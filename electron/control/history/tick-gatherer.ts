import type { TrafficTick } from '../../../shared/model/metrics.ts';
import { mergeTicks } from '../../../shared/state/tick-sums.ts';
import type { HistoryRecord } from './records.ts';

/** One tick kept stands for so much time, milliseconds; for so much while nothing happens. */
const secondMs = 1_000;
const idleMs = 10_000;
/** Tenths of a second are kept from so long before an incident until so long after. Milliseconds. */
const aroundMs = 15_000;
/** Seconds in tenths at most: a burst of 15 minutes, filled up again within a day. */
const maxTenths = 900;
const tenthsPerMs = maxTenths / 86_400_000;

interface Second {
  tick: TrafficTick;
  tenths: TrafficTick[];
}

/**
 * Makes records of the ten ticks a second that come: one a second, one in ten seconds while nothing happens, and tenths around
 * incidents. Sums are exact in all of them.
 */
export class TickGatherer {
  readonly #write: (record: HistoryRecord) => void;
  #tenths: TrafficTick[] = [];
  #gatheredMs = 0;
  /** Of the last seconds, in case an incident shows that they mattered. */
  readonly #recent: Second[] = [];
  #fineUntil = Number.NEGATIVE_INFINITY;
  #allowance = maxTenths;
  #allowanceAt: number | undefined;

  constructor(write: (record: HistoryRecord) => void) {
    this.#write = write;
  }

  push(tick: TrafficTick): void {
    const before = this.#tenths.at(-1);
    // A new engine thread counts anew, and a pause is a gap.
    if (before && (before.epoch !== tick.epoch || tick.time - tick.intervalMs - before.time > secondMs)) this.flush();
    this.#tenths.push(tick);
    this.#gatheredMs += tick.intervalMs;
    if (this.#gatheredMs >= idleMs - 50 || (this.#gatheredMs >= secondMs - 50 && !isIdle(this.#tenths))) this.flush();
  }

  /** What matters happened at `time`, milliseconds since the epoch: tenths are kept around it. */
  incident(time: number): void {
    this.#fineUntil = Math.max(this.#fineUntil, time + aroundMs);
    for (const second of this.#recent.splice(0)) if (second.tick.time > time - aroundMs) this.#writeTenths(second);
  }

  /** Writes what has been gathered so far. */
  flush(): void {
    if (this.#tenths.length === 0) return;
    const second = { tick: mergeTicks(this.#tenths), tenths: this.#tenths };
    this.#tenths = [];
    this.#gatheredMs = 0;
    this.#write({ tick: second.tick });
    if (second.tick.time - second.tick.intervalMs < this.#fineUntil) {
      this.#writeTenths(second);
      return;
    }
    this.#recent.push(second);
    while (this.#recent[0] && this.#recent[0].tick.time < second.tick.time - aroundMs) this.#recent.shift();
  }

  #writeTenths({ tick, tenths }: Second): void {
    if (tenths.length < 2) return;
    const sinceMs = this.#allowanceAt === undefined ? 0 : Math.max(0, tick.time - this.#allowanceAt);
    this.#allowanceAt = tick.time;
    this.#allowance = Math.min(maxTenths, this.#allowance + sinceMs * tenthsPerMs);
    // A node that flaps for days must not push everything else out.
    if (this.#allowance < 1) return;
    this.#allowance--;
    this.#write({ tenths });
  }
}

/** Nothing was counted and nothing is otherwise than it was. */
function isIdle(ticks: readonly TrafficTick[]): boolean {
  const first = ticks[0]!;
  const last = ticks.at(-1)!;
  if (first.listeners.length !== last.listeners.length || first.nodes.length !== last.nodes.length || first.clients !== last.clients)
    return false;
  const quiet = (one: { requests: number; errors: number; bytesIn: number; bytesOut: number }) =>
    one.requests + one.errors + one.bytesIn + one.bytesOut === 0;
  return (
    ticks.every((tick) => tick.listeners.every(quiet) && tick.nodes.every(quiet)) &&
    last.listeners.every((one, i) => one.connections === first.listeners[i]!.connections) &&
    last.nodes.every((one, i) => one.state === first.nodes[i]!.state && one.connections === first.nodes[i]!.connections)
  );
}
