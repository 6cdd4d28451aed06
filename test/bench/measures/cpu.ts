import type { Entrant } from '../entrants.ts';
import type { Load } from '../load.ts';
import { cpuSeconds, residentMb } from '../proc.ts';
import { cpuReport, type Result, type RowReport, type Sample } from '../report.ts';
import type { Row } from '../rows.ts';

/** How long and how often; what is going on is told on `progress`. */
export interface Effort {
  rounds: number;
  /** Of load a turn. */
  seconds: number;
  progress(text: string): void;
}

async function turn({ program, port, cookies }: Entrant, row: Row, load: Load, seconds: number): Promise<Sample> {
  const before = cpuSeconds(program.pid);
  const beganAt = performance.now();
  const { requests, bytes, errors } = await load.run({ port, row, seconds, cookies });
  const took = (performance.now() - beganAt) / 1000;
  const cpu = cpuSeconds(program.pid) - before;
  const mb = bytes / 1024 / 1024;
  return {
    cost: row.unit === 'MB' ? (cpu * 1e3) / mb : (cpu * 1e6) / requests,
    requestsPerSecond: requests / seconds,
    mbPerSecond: mb / seconds,
    cores: cpu / took,
    errors,
  };
}

/** CPU time of each proxy per unit of work: everybody warm first, then interleaved rounds. */
export async function measureCpu(row: Row, entrants: readonly Entrant[], load: Load, effort: Effort): Promise<RowReport> {
  effort.progress('warming up');
  for (const { port, cookies } of entrants) await load.run({ port, row, seconds: 1, cookies });
  const samples = new Map<Entrant, Sample[]>(entrants.map((entrant) => [entrant, []]));
  for (let round = 0; round < effort.rounds; round++) {
    effort.progress(`round ${round + 1} of ${effort.rounds}`);
    for (const entrant of entrants) samples.get(entrant)?.push(await turn(entrant, row, load, effort.seconds));
  }
  const results = entrants.map((entrant): Result => ({
    name: entrant.name,
    version: entrant.version,
    samples: samples.get(entrant) ?? [],
    residentMb: residentMb(entrant.program.pid),
  }));
  return cpuReport(row, results);
}
