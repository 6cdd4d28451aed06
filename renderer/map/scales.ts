/** The map's three scales. Each moves in steps people can read in the legend, and only when it has to. */

/** Dots on the map at most: what a machine without a GPU still draws beside everything else. */
export const maxDots = 600;

const dotSteps = [1, 10, 100, 1_000, 10_000];
/** A finer step is taken again only when it would leave this much room, so that the legend does not flicker. */
const roomToRefine = 0.7;

/**
 * How many requests one dot stands for.
 * @param dots how many dots there would be if each stood for one request.
 * @param current the step in use.
 */
export function requestsPerDot(dots: number, current = 1): number {
  const fits = dotSteps.find((step) => dots / step <= maxDots) ?? dotSteps.at(-1)!;
  if (fits >= current) return fits;
  return dotSteps.find((step) => step <= current && dots / step <= maxDots * roomToRefine) ?? current;
}

const bandSteps = [2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
/** The widest band, in pixels. */
const widest = 34;
/** Below this the widest band may take a coarser scale's room. */
const tooThin = 10;

/**
 * Width of a band for each request a second, in pixels.
 * @param rate the largest rate any one band shows.
 * @param current the scale in use; kept while the largest band is between 10 and 34 pixels.
 */
export function pixelsPerRate(rate: number, current?: number): number {
  if (current !== undefined && rate * current <= widest && (rate * current >= tooThin || current === bandSteps[0])) return current;
  return bandSteps.find((step) => rate * step <= widest) ?? bandSteps.at(-1)!;
}

/**
 * How long a dot takes along one edge, in seconds: half a second for the fastest answers, and half a second more each time the
 * latency grows by 20 ms, then 40, 80…; at most 4. A logarithm, because 2 ms and 20 ms must both be told from 200.
 */
export function travelSeconds(latencyMs: number | null): number {
  if (latencyMs === null) return 1;
  return Math.min(4, 0.5 * (1 + Math.log2(1 + latencyMs / 20)));
}
