import { units, type PickRow, type Row } from './rows.ts';

/** Everything is compared with it, as its figures are the ones known in the field. */
export const reference = 'HAProxy';
/** Whose figures the bars are about. */
export const own = 'Evenkeel';
/** What Node programs proxy with today. */
const nodeProxy = 'http-proxy';

/** One contestant's turn in one round. */
export interface Sample {
  /** CPU time per unit of work, in the row's unit. */
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

export interface LatencyResult {
  name: string;
  version: string;
  peakPerSecond: number;
  samples: { p50Ms: number; p99Ms: number; requestsPerSecond: number; errors: number }[];
}

export interface MemorySample {
  kbPerConnection: number;
  beforeMb: number;
  afterMb: number;
  /** Connections that were not open to the end. */
  lost: number;
}

export interface MemoryResult {
  name: string;
  version: string;
  samples: MemorySample[];
}

export interface PickResult {
  algorithm: string;
  /** Nanoseconds a choice, one a round, in the same order. */
  few: number[];
  many: number[];
}

/** What one row has shown. */
export interface RowReport {
  row: string;
  title: string;
  /** Head first. The first column is text, the others are figures. */
  table: string[][];
  /** What bars look at, by name; a figure that could not be had is missing. */
  figures: Partial<Record<'ratio' | 'throughput' | 'kbPerConnection' | 'pick', number>>;
  /** Every sample, for keeping. */
  results: unknown;
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

/** The median of quotients taken round by round, as neighbours in time met the same machine. */
function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / (under[round] ?? NaN)));
}

/** Medians over the rounds; ratios are taken round by round. */
export function summarise(results: readonly Result[], against: string): Summary[] {
  const theirs = results.find(({ name }) => name === against)?.samples.map(({ cost }) => cost);
  return results.map(({ name, version, samples, residentMb }) => {
    const costs = samples.map(({ cost }) => cost);
    const of = (key: keyof Sample): number => median(samples.map((sample) => sample[key]));
    return {
      name,
      version,
      median: median(costs),
      min: Math.min(...costs),
      max: Math.max(...costs),
      ratio: theirs && medianRatio(costs, theirs),
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

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Only what is there counts as a figure. */
function known<K extends keyof RowReport['figures']>(name: K, value: number | undefined): RowReport['figures'] {
  return value === undefined || !Number.isFinite(value) ? {} : { [name]: value };
}

export function cpuReport(row: Row, results: readonly Result[]): RowReport {
  const unit = units[row.unit];
  const fixed = (value: number): string => value.toFixed(unit.digits);
  const summaries = summarise(results, reference);
  const lines = summaries.map((s) => [
    `${s.name} ${s.version}`,
    fixed(s.median),
    `${fixed(s.min)}–${fixed(s.max)}`,
    s.ratio === undefined ? '–' : s.ratio.toFixed(2),
    thousands(row.unit === 'MB' ? s.mbPerSecond : s.requestsPerSecond),
    s.cores.toFixed(2),
    s.residentMb.toFixed(0),
    String(s.errors),
  ]);
  const rates = (name: string): number[] | undefined => results.find((r) => r.name === name)?.samples.map((s) => s.requestsPerSecond);
  const [ours, theirs] = [rates(own), rates(nodeProxy)];
  const self = summaries.find(({ name }) => name === own);
  return {
    row: row.name,
    title: row.title,
    table: [['proxy', unit.cost, 'min–max', `× ${reference}`, unit.rate, 'cores', 'RSS MB', 'errors'], ...lines],
    figures: {
      ...known('ratio', self?.ratio),
      ...known('throughput', ours && theirs && medianRatio(ours, theirs)),
    },
    results,
  };
}

export function latencyReport(row: Row, results: readonly LatencyResult[]): RowReport {
  const lines = results.map(({ name, version, peakPerSecond, samples }) => {
    const p99 = samples.map((s) => s.p99Ms);
    const rate = median(samples.map((s) => s.requestsPerSecond));
    return [
      `${name} ${version}`,
      median(samples.map((s) => s.p50Ms)).toFixed(2),
      median(p99).toFixed(2),
      `${Math.min(...p99).toFixed(2)}–${Math.max(...p99).toFixed(2)}`,
      thousands(rate),
      `${((100 * rate) / peakPerSecond).toFixed(0)} %`,
      String(samples.reduce((sum, { errors }) => sum + errors, 0)),
    ];
  });
  return {
    row: row.name,
    title: row.title,
    table: [['proxy', 'p50 ms', 'p99 ms', 'p99 min–max', 'requests/s', 'of its peak', 'errors'], ...lines],
    figures: {},
    results,
  };
}

export function memoryReport(row: Row, results: readonly MemoryResult[]): RowReport {
  const growth = (samples: readonly MemorySample[]): number[] => samples.map((s) => s.kbPerConnection);
  const lines = results.map(({ name, version, samples }) => {
    const kb = growth(samples);
    return [
      `${name} ${version}`,
      median(kb).toFixed(1),
      `${Math.min(...kb).toFixed(1)}–${Math.max(...kb).toFixed(1)}`,
      median(samples.map((s) => s.beforeMb)).toFixed(0),
      median(samples.map((s) => s.afterMb)).toFixed(0),
      String(samples.reduce((sum, { lost }) => sum + lost, 0)),
    ];
  });
  const self = results.find(({ name }) => name === own);
  return {
    row: row.name,
    title: row.title,
    table: [['proxy', 'KB/connection', 'min–max', 'RSS MB before', 'with them', 'lost'], ...lines],
    figures: known('kbPerConnection', self && median(growth(self.samples))),
    results,
  };
}

export function pickReport(row: PickRow, results: readonly PickResult[]): RowReport {
  const ratios = results.map(({ few, many }) => medianRatio(many, few));
  const lines = results.map(({ algorithm, few, many }, i) => [
    algorithm,
    median(few).toFixed(0),
    median(many).toFixed(0),
    ratios[i]!.toFixed(2),
  ]);
  return {
    row: row.name,
    title: row.title,
    table: [['algorithm', 'ns among 3', 'ns among 1,000', 'ratio'], ...lines],
    figures: known('pick', Math.max(...ratios)),
    results,
  };
}
