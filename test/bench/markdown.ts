import { barTable } from './bars.ts';
import type { RowReport } from './report.ts';

/** Where and how figures were had: figures without it are worth nothing. */
export interface Setup {
  /** Processor, cores, memory and system; no name. */
  machine: string;
  node: string;
  load: string;
  nodes: string;
  cores: string;
  rounds: number;
  seconds: number;
  /** As it was typed. */
  command: string;
  /** ISO 8601, the day. */
  date: string;
  /** What else the machine did then; undefined: nothing to speak of. */
  busy: string | undefined;
}

const begin = '<!-- figures -->';
const end = '<!-- /figures -->';

/** A table as the formatter of this project writes it: cells padded, figures to the right. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(4, ...lines.map((line) => line[column]?.length ?? 0)));
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...rest] = lines;
  return [row(head), rule, ...rest.map(row)].join('\n');
}

/** The figures of one run: what they were had with, the bars, then each row. */
export function toMarkdown(setup: Setup, reports: readonly RowReport[], skipped: readonly string[]): string {
  const judged = barTable(reports);
  const facts = [
    `${setup.date}, \`${setup.command}\``,
    setup.machine,
    `Node ${setup.node}; load: ${setup.load}; nodes: ${setup.nodes}; ${setup.cores}`,
    `${setup.rounds} interleaved rounds of ${setup.seconds} s a proxy`,
    ...(setup.busy === undefined ? [] : [setup.busy]),
    ...skipped,
  ];
  return [
    facts.map((fact) => `- ${fact}`).join('\n'),
    ...(judged.length > 0 ? [markdownTable(judged)] : []),
    ...reports.flatMap(({ row, title, table }) => [`### \`${row}\``, `${title}.`, markdownTable(table)]),
  ].join('\n\n');
}

/** A text with new figures in it: between its two marks, or the figures alone where it has none. */
export function withFigures(text: string | undefined, figures: string): string {
  const from = text?.indexOf(`${begin}\n`) ?? -1;
  const to = text?.indexOf(`${end}\n`, from) ?? -1;
  if (text === undefined || from < 0 || to < 0) return `${figures}\n`;
  return `${text.slice(0, from)}${begin}\n\n${figures}\n\n${text.slice(to)}`;
}
