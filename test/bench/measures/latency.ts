import type { Entrant } from '../entrants.ts';
import type { Load } from '../load.ts';
import { latencyReport, type LatencyResult, type RowReport } from '../report.ts';
import type { Row } from '../rows.ts';
import type { Effort } from './cpu.ts';

/**
 * Time to an answer where a proxy has room to breathe. Each proxy's own peak is measured first, without pauses; then its
 * connections pause between requests, each for a random time, so that half of that peak arrives.
 */
export async function measureLatency(row: Row, entrants: readonly Entrant[], load: Load, effort: Effort): Promise<RowReport> {
  const { seconds } = effort;
  const results: LatencyResult[] = [];
  effort.progress('warming up, finding the peaks');
  for (const { name, version, port, cookies } of entrants) {
    await load.run({ port, row, seconds: 1, cookies });
    const { requests } = await load.run({ port, row, seconds, cookies });
    results.push({ name, version, peakPerSecond: requests / seconds, samples: [] });
  }
  for (let round = 0; round < effort.rounds; round++) {
    effort.progress(`round ${round + 1} of ${effort.rounds}`);
    for (const [i, { port, cookies }] of entrants.entries()) {
      const { peakPerSecond, samples } = results[i]!;
      // Shorter than a millisecond is no pause to wrk.
      const thinkMs = Math.max(1, (row.connections * 1000) / (peakPerSecond / 2));
      const { requests, errors, p50Ms = NaN, p99Ms = NaN } = await load.run({ port, row, seconds, cookies, thinkMs });
      samples.push({ p50Ms, p99Ms, requestsPerSecond: requests / seconds, errors });
    }
  }
  return latencyReport(row, results);
}
