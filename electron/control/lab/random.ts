/** A repeatable source of numbers in [0, 1): the same seed gives the same run. */
export type Random = () => number;

/** Mulberry32: 32 bits of state, good enough for think times and latencies, never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A waiting time with the given mean, memoryless: what independent visitors make. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** What servers' latencies look like: mostly near the median, with a long tail; cut to [min, max]. */
export function logNormal(random: Random, shape: { median: number; sigma: number; min: number; max: number }): number {
  // Box-Muller; 1 - u keeps the logarithm finite.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(shape.max, Math.max(shape.min, shape.median * Math.exp(shape.sigma * normal)));
}
