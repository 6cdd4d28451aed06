import type { TrafficHistory } from '../../../shared/model/metrics.ts';
import type { PoolState } from '../../../shared/model/state.ts';
import { formatCount, formatMs, formatRate, missing } from '../../ui/format.ts';

/** A shape that stands on a line again and again. */
export type LineMark = 'circle' | 'square' | 'triangle' | 'diamond';

/** How a line is told from its neighbours: dashes, width, a shade of grey and shapes on it. State colours are for states alone. */
export interface LineLook {
  /** Lengths of stroke and gap, pixels; empty is solid. */
  dash: readonly number[];
  /** Missing: dashes and width are enough. */
  mark?: LineMark;
  /** Pixels. */
  width: number;
  shade: 'text' | 'muted';
}

export interface Line {
  key: string;
  name: string;
  /** null: its values are said, but it is not drawn. */
  look: LineLook | null;
  /** One a step; null is a gap. */
  values: (number | null)[];
}

const solid: LineLook = { dash: [], width: 2, shade: 'text' };
const dashed: LineLook = { dash: [8, 4], width: 2, shade: 'text' };
const dotted: LineLook = { dash: [2, 3], width: 2, shade: 'text' };
const thin: LineLook = { dash: [], width: 1.25, shade: 'muted' };

/** Four are told apart by their dashes and width, the other four by shapes, on screens and paper without colour too. */
const nodeLooks: readonly LineLook[] = [
  solid,
  dashed,
  dotted,
  thin,
  { ...solid, mark: 'circle', width: 1.5 },
  { ...thin, mark: 'square' },
  { ...dashed, mark: 'triangle', width: 1.5 },
  { ...thin, dash: [5, 5], mark: 'diamond' },
];

/** A shape around 0,0 as a path of SVG and canvas alike; `size` is half its width. */
export function markPath(mark: LineMark, size: number): string {
  const s = size;
  switch (mark) {
    case 'circle':
      return `M${-s} 0a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`;
    case 'square':
      return `M${-s} ${-s}h${2 * s}v${2 * s}h${-2 * s}z`;
    case 'triangle':
      return `M0 ${-1.1 * s}L${1.15 * s} ${0.9 * s}H${-1.15 * s}z`;
    case 'diamond':
      return `M0 ${-1.3 * s}L${1.3 * s} 0L0 ${1.3 * s}L${-1.3 * s} 0z`;
  }
}

/** Lines of their own at most; of the other nodes only the sum is said: drawn, it would flatten the lines it is not one of. */
export const ownLines = nodeLooks.length;

/**
 * The same in steps `factor` times as long, for lines that would be too dense to tell their dashes. Steps begin at multiples of
 * their length, so that they stay put while time goes on; the first and the last may be of fewer.
 */
export function coarser(history: TrafficHistory, factor: number): TrafficHistory {
  if (factor <= 1) return history;
  const { stepMs, start, countedMs } = history;
  const first = Math.floor(start / stepMs / factor);
  const slotOf = (i: number) => Math.floor((start / stepMs + i) / factor) - first;
  const count = countedMs.length === 0 ? 0 : slotOf(countedMs.length - 1) + 1;
  const gather = (values: readonly (number | null)[], merge: (a: number, b: number) => number) => {
    const out = Array.from<number | null>({ length: count }).fill(null);
    values.forEach((value, i) => {
      if (value === null) return;
      const at = slotOf(i);
      const before = out[at] ?? null;
      out[at] = before === null ? value : merge(before, value);
    });
    return out;
  };
  const add = (values: readonly (number | null)[]) => gather(values, (a, b) => a + b);
  const most = (values: readonly (number | null)[]) => gather(values, Math.max);
  const { requests, errors, bytesIn, bytesOut, connections, p50, p95, p99 } = history.total;
  return {
    ...history,
    stepMs: stepMs * factor,
    start: first * factor * stepMs,
    countedMs: add(countedMs).map((ms) => ms ?? 0),
    total: {
      requests: add(requests),
      errors: add(errors),
      bytesIn: add(bytesIn),
      bytesOut: add(bytesOut),
      connections: most(connections),
      p50: most(p50),
      p95: most(p95),
      p99: most(p99),
    },
    nodes: history.nodes.map((node) => ({
      pool: node.pool,
      node: node.node,
      requests: add(node.requests),
      errors: add(node.errors),
      connections: most(node.connections),
      p95: most(node.p95),
    })),
  };
}

/** A step this short of counting says little about a rate: the one that has just begun is not drawn yet. */
const countedAtLeastMs = 2_000;

/** Steps that are drawn: all but the one that has just begun. */
export function drawnSteps({ countedMs }: TrafficHistory): number {
  return countedMs.length - (countedMs.at(-1)! < countedAtLeastMs ? 1 : 0);
}

/** When the first step of the range begins in which anything was counted; null when that is before it, or nothing was. */
export function beganAt({ countedMs, start, stepMs }: Pick<TrafficHistory, 'countedMs' | 'start' | 'stepMs'>): number | null {
  const first = countedMs.findIndex((ms) => ms > 0);
  return first > 0 ? start + first * stepMs : null;
}

/** The middle of each drawn step, seconds since the epoch. */
export function timesOf(history: TrafficHistory): number[] {
  return Array.from({ length: drawnSteps(history) }, (_, i) => (history.start + (i + 0.5) * history.stepMs) / 1_000);
}

function perSecond(history: TrafficHistory, counts: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: drawnSteps(history) }, (_, i) => {
    const count = counts[i] ?? null;
    const ms = history.countedMs[i]!;
    return count === null || ms === 0 ? null : (count * 1_000) / ms;
  });
}

const asIs = (history: TrafficHistory, values: readonly (number | null)[]) => values.slice(0, drawnSteps(history));

/** What is known of them, added up. */
export const sumOf = (values: readonly (number | null)[]): number => values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** Requests a second of each node: the busiest have a line each, in the order of the configuration; the others share one. */
export function nodeLines(history: TrafficHistory, pools: readonly PoolState[]): Line[] {
  const order = new Map<string, { label: string; at: number }>();
  for (const pool of pools) for (const node of pool.nodes) order.set(`${pool.id}/${node.id}`, { label: node.label, at: order.size });
  const poolName = new Map(pools.map((pool) => [pool.id, pool.name]));
  const labelOf = (key: string, id: string) => order.get(key)?.label ?? `${id}, gone`;
  const pairs = history.nodes.map((node) => ({ node, key: `${node.pool}/${node.node}` }));
  const labels = pairs.map(({ node, key }) => labelOf(key, node.node));
  const nodes = pairs.map(({ node, key }, i) => {
    const label = labels[i]!;
    // Names are short of room: the pool is said only where another pool has a node of that name.
    const twice = labels.indexOf(label) !== labels.lastIndexOf(label);
    return {
      key,
      at: order.get(key)?.at ?? Number.MAX_SAFE_INTEGER,
      name: twice ? `${poolName.get(node.pool) ?? node.pool} / ${label}` : label,
      requests: node.requests,
      total: sumOf(node.requests),
    };
  });
  const busiest = nodes.length <= ownLines ? nodes : [...nodes].sort((a, b) => b.total - a.total).slice(0, ownLines - 1);
  const lines: Line[] = [...busiest]
    .sort((a, b) => a.at - b.at || a.key.localeCompare(b.key))
    .map((node, i) => ({ key: node.key, name: node.name, look: nodeLooks[i]!, values: perSecond(history, node.requests) }));
  const others = nodes.filter((node) => !busiest.includes(node));
  if (others.length > 0) {
    const counts = history.countedMs.map((_, i) =>
      others.every(({ requests }) => requests[i] === null) ? null : sumOf(others.map(({ requests }) => requests[i] ?? null)),
    );
    lines.push({ key: 'others', name: `${others.length} others`, look: null, values: perSecond(history, counts) });
  }
  return lines;
}

export function latencyLines(history: TrafficHistory): Line[] {
  const { p50, p95, p99 } = history.total;
  return [
    { key: 'p50', name: 'p50', look: thin, values: asIs(history, p50) },
    { key: 'p95', name: 'p95', look: solid, values: asIs(history, p95) },
    { key: 'p99', name: 'p99', look: dotted, values: asIs(history, p99) },
  ];
}

export function errorLines(history: TrafficHistory): Line[] {
  return [{ key: 'errors', name: 'errors', look: solid, values: perSecond(history, history.total.errors) }];
}

export function connectionLines(history: TrafficHistory): Line[] {
  return [{ key: 'connections', name: 'at most', look: solid, values: asIs(history, history.total.connections) }];
}

export function byteLines(history: TrafficHistory): Line[] {
  return [
    { key: 'out', name: 'to clients', look: solid, values: perSecond(history, history.total.bytesOut) },
    { key: 'in', name: 'from clients', look: dashed, values: perSecond(history, history.total.bytesIn) },
  ];
}

/** The newest value that is still news: null when the last two steps are a gap. */
export function newestValue(values: readonly (number | null)[]): number | null {
  return values.at(-1) ?? values.at(-2) ?? null;
}

/** A number with its unit. */
export interface Measure {
  /** What stands beside the chart's name: "req/s". */
  unit: string;
  /** A value without the unit. */
  say(value: number | null): string;
  /** What a value of the lines is divided by to be in this unit. Default 1. */
  divisor?: number;
}

/** A value on an axis, as exactly as the step between two of them asks for: 7.5 and 10.0, but 20. Both in the unit. */
export function sayTick(value: number, step: number): string {
  if (value === 0) return '0';
  let places = 0;
  while (places < 3 && Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) > 1e-6) places++;
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

export const requestRate: Measure = { unit: 'req/s', say: formatRate };
export const errorRate: Measure = { unit: 'per second', say: formatRate };
export const latency: Measure = { unit: 'ms', say: formatMs };
export const connectionCount: Measure = { unit: 'open', say: formatCount };

const byteUnits = ['B/s', 'kB/s', 'MB/s', 'GB/s'] as const;

/** Bytes a second in the unit (powers of 1,000) the highest of `values` asks for. */
export function byteRate(values: readonly (number | null)[]): Measure {
  const highest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const power = highest < 1_000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(highest) / 3));
  const divisor = 1_000 ** power;
  return { unit: byteUnits[power]!, divisor, say: (value) => (value === null ? missing : formatRate(value / divisor)) };
}
