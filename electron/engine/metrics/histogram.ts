import { bucketCount, bucketMiddle, bucketOf } from '../../../shared/state/latency-buckets.ts';

function quantileOf(counts: Uint32Array, count: number, q: number): number | null {
  if (count === 0) return null;
  const rank = Math.min(count, Math.max(1, Math.ceil(q * count)));
  let seen = 0;
  for (let i = 0; i < bucketCount; i++) {
    seen += counts[i]!;
    if (seen >= rank) return bucketMiddle(i);
  }
  return bucketMiddle(bucketCount - 1);
}

/**
 * Counts durations in log-linear buckets from 0.01 ms to 1 h. A quantile is at most 5 % off (3.2 % by construction),
 * a histogram always takes the same 1.8 KB, and recording allocates nothing.
 */
export class Histogram {
  readonly #counts = new Uint32Array(bucketCount);
  #count = 0;

  /** Durations recorded since the last reset. */
  get count(): number {
    return this.#count;
  }

  /** @param ms a duration in milliseconds; outside 0.01 – 3,600,000 it counts as the nearest of the two. */
  record(ms: number): void {
    this.#counts[bucketOf(ms)]!++;
    this.#count++;
  }

  /**
   * @param q 0–1; 0.95 is the duration that 95 % did not exceed.
   * @returns milliseconds, or null when nothing was recorded.
   */
  quantile(q: number): number | null {
    return quantileOf(this.#counts, this.#count, q);
  }

  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  /** Counts everything `other` counted here as well. */
  add(other: Histogram): void {
    for (let i = 0; i < bucketCount; i++) this.#counts[i]! += other.#counts[i]!;
    this.#count += other.#count;
  }
}

/**
 * A histogram that forgets: it covers the current slot and the `slots - 1` before it. With ten slots rotated every
 * 500 ms it answers for the last five seconds. The sum is kept up to date, so a quantile costs the same as a plain histogram's.
 */
export class WindowedHistogram {
  readonly #slots: number;
  /** One block for all slots, made at the first record: a thousand idle nodes hold no memory. */
  #block: Uint32Array | undefined;
  readonly #slotCounts: Uint32Array;
  #sum: Uint32Array | undefined;
  #count = 0;
  #current = 0;

  /** @param slots how many slots the window has, at least 1; default 10. */
  constructor(slots = 10) {
    this.#slots = slots;
    this.#slotCounts = new Uint32Array(slots);
  }

  /** Durations in the window. */
  get count(): number {
    return this.#count;
  }

  /** @param ms a duration in milliseconds. */
  record(ms: number): void {
    const block = (this.#block ??= new Uint32Array(bucketCount * this.#slots));
    const sum = (this.#sum ??= new Uint32Array(bucketCount));
    const bucket = bucketOf(ms);
    block[this.#current * bucketCount + bucket]!++;
    sum[bucket]!++;
    this.#slotCounts[this.#current]!++;
    this.#count++;
  }

  /** Begins a new slot and forgets the oldest. */
  rotate(): void {
    this.#current = (this.#current + 1) % this.#slots;
    const leaving = this.#slotCounts[this.#current]!;
    if (leaving === 0 || !this.#block || !this.#sum) return;
    const start = this.#current * bucketCount;
    for (let i = 0; i < bucketCount; i++) this.#sum[i]! -= this.#block[start + i]!;
    this.#block.fill(0, start, start + bucketCount);
    this.#slotCounts[this.#current] = 0;
    this.#count -= leaving;
  }

  /**
   * @param q 0–1.
   * @returns milliseconds, or null when nothing was recorded within the window.
   */
  quantile(q: number): number | null {
    return this.#sum ? quantileOf(this.#sum, this.#count, q) : null;
  }
}

/**
 * Durations since it was last read, as the pairs of a tick. Reading costs what was used, and an idle one holds no memory.
 */
export class IntervalCounts {
  #counts: Uint32Array | undefined;
  #used: number[] = [];

  /** @param ms a duration in milliseconds. */
  record(ms: number): void {
    const counts = (this.#counts ??= new Uint32Array(bucketCount));
    const bucket = bucketOf(ms);
    if (counts[bucket]!++ === 0) this.#used.push(bucket);
  }

  /** [bucket, count] of what was recorded since the last time, ascending. */
  take(): [number, number][] {
    const counts = this.#counts;
    if (!counts || this.#used.length === 0) return [];
    const pairs = this.#used.sort((a, b) => a - b).map((bucket): [number, number] => [bucket, counts[bucket]!]);
    for (const [bucket] of pairs) counts[bucket] = 0;
    this.#used = [];
    return pairs;
  }
}
