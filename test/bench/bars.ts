import type { RowReport } from './report.ts';

/** What a figure has to be at most (or at least), and what it should be. */
export interface Bar {
  row: string;
  figure: keyof RowReport['figures'];
  /** What it is, for the table. */
  what: string;
  bar: number;
  aim: number;
  /** Default lower. */
  better?: 'higher';
  unit: string;
  digits: number;
}

const over = (row: string, what: string, bar: number, aim: number): Bar => ({ row, figure: 'ratio', what, bar, aim, unit: '×', digits: 2 });

/** Ratios in one run; figures that depend on the machine alone have no bar. */
export const bars: readonly Bar[] = [
  over('http', 'CPU time per request over HAProxy', 1.25, 1.0),
  over('http-sticky', 'the same with cookie stickiness, statistics and decisions', 1.35, 1.1),
  over('tcp', 'CPU time per request over HAProxy', 1.3, 1.0),
  over('tls', 'CPU time per request over HAProxy', 1.6, 1.2),
  over('bulk', 'CPU time per MB over HAProxy', 1.5, 1.1),
  over('bulk-up', 'CPU time per MB over HAProxy', 1.5, 1.1),
  { row: 'http', figure: 'throughput', what: 'throughput over http-proxy', bar: 4, aim: 6, better: 'higher', unit: '×', digits: 1 },
  { row: 'idle', figure: 'kbPerConnection', what: 'growth per idle keep-alive connection', bar: 16, aim: 8, unit: ' KB', digits: 1 },
  { row: 'pick', figure: 'pick', what: 'a choice among 1,000 nodes over 3, worst algorithm', bar: 2, aim: 1.2, unit: '×', digits: 2 },
];

export type Verdict = 'aim met' | 'bar met' | 'bar MISSED' | 'not measured';

/** @param figure undefined when it was not measured. */
export function judge({ bar, aim, better, digits }: Bar, figure: number | undefined): Verdict {
  if (figure === undefined) return 'not measured';
  // As it is shown: 1.254 is shown as 1.25, and a table that calls that more than 1.25 is not believed.
  const shown = Number(figure.toFixed(digits));
  const holds = (limit: number): boolean => (better === 'higher' ? shown >= limit : shown <= limit);
  if (holds(aim)) return 'aim met';
  return holds(bar) ? 'bar met' : 'bar MISSED';
}

/** Head first: what was measured of each bar that belongs to a row of the run. */
export function barTable(reports: readonly RowReport[]): string[][] {
  const lines = bars.flatMap((bar) => {
    const report = reports.find(({ row }) => row === bar.row);
    if (!report) return [];
    const figure = report.figures[bar.figure];
    const say = (value: number): string => `${value.toFixed(bar.digits)}${bar.unit}`;
    const limit = bar.better === 'higher' ? '≥' : '≤';
    return [
      [`${bar.row}: ${bar.what}`, figure === undefined ? '–' : say(figure), `${limit} ${say(bar.bar)}`, say(bar.aim), judge(bar, figure)],
    ];
  });
  return lines.length === 0 ? [] : [['what', 'figure', 'bar', 'aim', 'verdict'], ...lines];
}
