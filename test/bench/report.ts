import type { Row } from './rows.ts';

/** One contestant's turn in one round. */
export interface Sample {
  /** Microseconds of CPU a request, or milliseconds a MB. */
  cost: number;
  requestsPerSecond: number;
  mbPerSecond: number;
  /** CPU time over time: 1 is a whole core. */
  cores: number;
  errors: number;
}

export interface Result {
  name: string;
  version: string;
  /** One a round, in order. */
  samples: Sample[];
  /** MB resident after the last round. */
  residentMb: number;
}

export interface Summary {
  name: string;
  version: string;
  median: number;
  min: number;
  max: number;
  /** Median over the rounds of this one's cost over the reference's in the same round; undefined without a reference. */
  ratio: number | undefined;
  requestsPerSecond: number;
  mbPerSecond: number;
  cores: number;
  residentMb: number;
  errors: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Medians over the rounds; ratios are taken round by round, as neighbours in time met the same machine. */
export function summarise(results: readonly Result[], reference: string): Summary[] {
  const against = results.find(({ name }) => name === reference)?.samples;
  return results.map(({ name, version, samples, residentMb }) => {
    const costs = samples.map(({ cost }) => cost);
    const of = (key: keyof Sample): number => median(samples.map((sample) => sample[key]));
    return {
      name,
      version,
      median: median(costs),
      min: Math.min(...costs),
      max: Math.max(...costs),
      ratio: against && median(costs.map((cost, round) => cost / (against[round]?.cost ?? NaN))),
      requestsPerSecond: of('requestsPerSecond'),
      mbPerSecond: of('mbPerSecond'),
      cores: of('cores'),
      residentMb,
      errors: samples.reduce((sum, { errors }) => sum + errors, 0),
    };
  });
}

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0));
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

export function rowTable(row: Row, summaries: readonly Summary[], reference: string): string {
  const bulk = row.unit === 'MB';
  const digits = bulk ? 2 : 1;
  const head = [
    'proxy',
    bulk ? 'ms CPU/MB' : 'µs CPU/request',
    'min–max',
    `× ${reference}`,
    bulk ? 'MB/s' : 'requests/s',
    'cores',
    'RSS MB',
    'errors',
  ];
  const lines = summaries.map((s) => [
    `${s.name} ${s.version}`,
    s.median.toFixed(digits),
    `${s.min.toFixed(digits)}–${s.max.toFixed(digits)}`,
    s.ratio === undefined ? '–' : s.ratio.toFixed(2),
    Math.round(bulk ? s.mbPerSecond : s.requestsPerSecond).toLocaleString('en-US'),
    s.cores.toFixed(2),
    s.residentMb.toFixed(0),
    String(s.errors),
  ]);
  return table([head, ...lines]);
}
