import type { TrafficHistory, TrafficTick } from '../../shared/model/metrics.ts';
import { TrafficRing, trafficSteps } from '../../shared/state/traffic-ring.ts';

/**
 * A day of traffic in memory of fixed size: steps of 1 s for 15 minutes, of 10 s for 2 hours, of 60 s for 24 hours. Every ring
 * is fed every tick, so the sums of all three are exact. For 3 nodes it takes 0.5 MB, for the most it remembers (256) 25 MB.
 */
export class TrafficKeeper {
  readonly #rings = trafficSteps.map(({ stepMs, rangeMs }) => ({ rangeMs, ring: new TrafficRing(stepMs, rangeMs) }));

  push(tick: TrafficTick): void {
    for (const { ring } of this.#rings) ring.push(tick);
  }

  /**
   * @param rangeMs How far back, 1,000–86,400,000; answered in the finest steps that reach so far.
   * @param now Milliseconds since the epoch, where the range ends. Default now.
   */
  history(rangeMs: number, now: number = Date.now()): TrafficHistory {
    const fits = this.#rings.find((one) => one.rangeMs >= rangeMs) ?? this.#rings.at(-1)!;
    return fits.ring.read(rangeMs, now);
  }
}
