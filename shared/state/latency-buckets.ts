/**
 * The buckets in which durations are counted, in the engine and wherever its counts are read: log-linear from 0.01 ms to 1 h,
 * 16 an octave. A bucket is at most 1/16 wide, so its middle is at most 1/32 (3.2 %) from any value in it.
 */
const SUB_BITS = 4;
const LOWEST_MS = 0.01;
const HIGHEST_MS = 3_600_000;

// A single-precision float is exponent and mantissa side by side, so its upper bits count log-linear buckets for free:
// no logarithm and no loop per record. One shared word is enough, a program is one thread.
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const SHIFT = 23 - SUB_BITS;

function rawBucket(ms: number): number {
  float[0] = ms;
  return bits[0]! >>> SHIFT;
}

const FIRST = rawBucket(LOWEST_MS);

/** How many buckets there are; they are numbered from 0. */
export const bucketCount = rawBucket(HIGHEST_MS) - FIRST + 1;

/** Values outside 0.01 ms – 1 h count as the nearest of the two; NaN counts as the lowest. */
export function bucketOf(ms: number): number {
  if (!(ms > LOWEST_MS)) return 0;
  return rawBucket(ms < HIGHEST_MS ? ms : HIGHEST_MS) - FIRST;
}

/** From where to where a bucket reaches, milliseconds. The upper bound belongs to the next one. */
export function bucketBounds(bucket: number): { low: number; high: number } {
  bits[0] = (bucket + FIRST) << SHIFT;
  const low = float[0]!;
  bits[0] = (bucket + FIRST + 1) << SHIFT;
  return { low, high: float[0]! };
}

/** What stands for a bucket's durations, milliseconds. */
export function bucketMiddle(bucket: number): number {
  const { low, high } = bucketBounds(bucket);
  return (low + high) / 2;
}

/** Durations counted: [bucket, count] of those that are not 0, ascending. */
export type LatencyCounts = readonly (readonly [number, number])[];

/** Durations gathered from many counts, so that a quantile over all of them is true; quantiles themselves cannot be added. */
export class LatencySum {
  readonly #counts = new Float64Array(bucketCount);
  #total = 0;

  /** Durations counted. */
  get total(): number {
    return this.#total;
  }

  add(counts: LatencyCounts): void {
    for (const [bucket, count] of counts) {
      if (bucket < 0 || bucket >= bucketCount) continue;
      this.#counts[bucket]! += count;
      this.#total += count;
    }
  }

  /**
   * @param q 0–1; 0.99 is the duration that 99 of 100 did not exceed.
   * @returns milliseconds, at most 3.2 % off; null when nothing was counted.
   */
  quantile(q: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.min(this.#total, Math.max(1, Math.ceil(q * this.#total)));
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return bucketMiddle(bucket);
    }
    return bucketMiddle(bucketCount - 1);
  }

  /** What was counted, as `add` takes it. */
  counts(): [number, number][] {
    const list: [number, number][] = [];
    this.#counts.forEach((count, bucket) => {
      if (count > 0) list.push([bucket, count]);
    });
    return list;
  }
}
