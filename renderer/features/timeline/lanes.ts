import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { Run } from '../../../shared/model/run.ts';
import { countUntil, replayOf } from '../../../shared/state/replay.ts';
import { structureOf } from '../../../shared/state/run-structure.ts';
import { changeWords, type EffectiveStep, effectiveSteps, movementsOf, type Movement, nodeNameIn } from '../../stores/run-events.ts';
import type { EffectiveState } from '../../ui/effective-state.ts';
import { formatCount } from '../../ui/format.ts';
import { placeOf, type TimeView } from './time-view.ts';

/** What a run's lanes are made of: read once, cut to the view at each drawing. */
export interface RunLanes {
  run: Run;
  /** In the order of the pools. */
  pools: { id: string; name: string; nodes: NodeLane[] }[];
  changes: Change[];
  movements: Movement[];
  name: (pool: string, node: string) => string;
}

export interface NodeLane {
  /** `pool/node`. */
  key: string;
  label: string;
  steps: readonly EffectiveStep[];
}

export interface Change {
  time: number;
  words: string;
  kind: JournalEntry['kind'];
}

/** The stretch of a run there is something to see of: without what nobody recorded before it. */
export function recordedSpan(run: Run): TimeView {
  const before = run.gaps.find((gap) => gap.from <= run.startedAt && gap.to < run.endedAt);
  return { from: before ? before.to : run.startedAt, to: run.endedAt };
}

export function lanesOf(run: Run): RunLanes {
  const { tracks } = replayOf(run);
  const name = nodeNameIn(run);
  const pools = new Map<string, RunLanes['pools'][number]>(
    structureOf(run).pools.map((pool) => [pool.id, { id: pool.id, name: pool.name, nodes: [] }]),
  );
  for (const [key, track] of tracks) {
    let pool = pools.get(track.pool);
    if (!pool) pools.set(track.pool, (pool = { id: track.pool, name: track.pool, nodes: [] }));
    pool.nodes.push({ key, label: track.label, steps: effectiveSteps(track) });
  }
  const changes = run.entries.flatMap((entry): Change[] => {
    const change = changeWords(entry, name);
    return change ? [{ time: entry.time, kind: entry.kind, words: `${change.subject} ${change.words}` }] : [];
  });
  return { run, pools: [...pools.values()].filter((pool) => pool.nodes.length > 0), changes, movements: movementsOf(run), name };
}

/** A stretch in one state, in pixels. */
export interface Piece {
  state: EffectiveState;
  reason: string;
  x: number;
  width: number;
}

/** A node's states within the view; what is narrower than a pixel is drawn as one, so that nothing that happened is not seen. */
export function piecesOf(steps: readonly EffectiveStep[], view: TimeView, width: number, until: number): Piece[] {
  const pieces: Piece[] = [];
  steps.forEach(({ time, state, reason }, i) => {
    const start = Math.max(view.from, time);
    const end = Math.min(view.to, until, steps[i + 1]?.time ?? until);
    if (end <= start) return;
    const x = placeOf(start, view, width);
    pieces.push({ state, reason, x, width: Math.max(1, placeOf(end, view, width) - x) });
  });
  return pieces;
}

/** The state a node was in, and since when. */
export function stepAt(steps: readonly EffectiveStep[], time: number): EffectiveStep | undefined {
  return steps[Math.max(0, countUntil(steps.length, (i) => steps[i]!.time, time) - 1)];
}

/** Something at a moment, with words beside it where there is room for them. */
export interface Mark {
  x: number;
  time: number;
  words: string;
  /** Which side the words stand on; null: there is no room. */
  side: 'left' | 'right' | null;
}

/** About how wide a label is. Pixels. */
const widthOf = (words: string) => words.length * 6.4 + 8;

/** Gives each mark's words the side on which they meet nothing. */
export function placeWords<T extends { x: number; words: string }>(marks: readonly T[], width: number): (T & Pick<Mark, 'side'>)[] {
  let taken = Number.NEGATIVE_INFINITY;
  return marks.map((mark, i) => {
    const room = widthOf(mark.words);
    const next = marks[i + 1]?.x ?? width + room;
    let side: Mark['side'] = null;
    if (mark.x + room + 6 <= Math.min(width, next)) side = 'right';
    else if (mark.x - room - 6 >= Math.max(0, taken)) side = 'left';
    taken = side === 'right' ? mark.x + room + 6 : mark.x + 8;
    return { ...mark, side };
  });
}

/** Marks that would touch become one. Pixels. */
const touchPx = 14;

/** Things in order of time, those that would touch together. */
export function cluster<T extends { time: number }>(items: readonly T[], view: TimeView, width: number): { x: number; items: T[] }[] {
  const clusters: { x: number; items: T[] }[] = [];
  for (const item of items) {
    if (item.time < view.from || item.time > view.to) continue;
    const x = placeOf(item.time, view, width);
    const last = clusters.at(-1);
    if (last && x - last.x < touchPx) last.items.push(item);
    else clusters.push({ x, items: [item] });
  }
  return clusters;
}

export function changeMarks(lanes: RunLanes, view: TimeView, width: number): Mark[] {
  const marks = cluster(lanes.changes, view, width).map(({ x, items }) => ({
    x,
    time: items[0]!.time,
    words: items.length === 1 ? items[0]!.words : `${items[0]!.words} and ${items.length - 1} more`,
  }));
  return placeWords(marks, width);
}

export interface MoveBar extends Mark {
  clients: number;
  /** 0–1, of the largest in view. */
  share: number;
}

export function moveBars(lanes: RunLanes, view: TimeView, width: number): MoveBar[] {
  const clusters = cluster(lanes.movements, view, width);
  const counts = clusters.map(({ items }) => items.reduce((sum, one) => sum + one.clients, 0));
  const most = Math.max(1, ...counts);
  const marks = clusters.map(({ x, items }, i) => {
    const from = [...new Set(items.map((one) => lanes.name(one.pool, one.from)))];
    return {
      ...{ x, time: items[0]!.time, clients: counts[i]!, share: counts[i]! / most },
      words: `${formatCount(counts[i])} from ${from.length > 2 ? `${from.length} nodes` : from.join(' and ')}`,
    };
  });
  return placeWords(marks, width);
}

export interface ErrorMark extends Mark {
  lost: number;
  retried: number;
}

const errorWords = (lost: number, retried: number) =>
  [lost > 0 ? `${formatCount(lost)} lost` : '', retried > 0 ? `${formatCount(retried)} retried` : ''].filter(Boolean).join(', ');

/** What listeners counted as lost, and as tried again on another node. */
export function errorMarks(run: Run, view: TimeView, width: number): ErrorMark[] {
  const counted = run.ticks.flatMap((tick) => {
    const lost = tick.listeners.reduce((sum, one) => sum + one.errors, 0);
    const retried = tick.listeners.reduce((sum, one) => sum + one.retried, 0);
    // A tick tells of what was before it.
    return lost + retried > 0 ? [{ time: tick.time - tick.intervalMs / 2, lost, retried }] : [];
  });
  const marks = cluster(counted, view, width).map(({ x, items }) => {
    const lost = items.reduce((sum, one) => sum + one.lost, 0);
    const retried = items.reduce((sum, one) => sum + one.retried, 0);
    return { x, time: items[0]!.time, lost, retried, words: errorWords(lost, retried) };
  });
  return placeWords(marks, width);
}

export interface TrafficLine {
  /** Requests a second at each place; null where nobody counted. */
  points: { x: number; rate: number | null }[];
  /** A round number above the highest. */
  top: number;
}

/** The least a point of the line is a mean of, so that ten ticks a second do not make it tremble. Milliseconds. */
const smoothMs = 400;

function roundUp(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.6, 2, 3, 4, 5, 6, 8, 10].map((n) => n * unit).find((top) => top >= value)!;
}

/** Requests a second over all listeners: a mean for every two pixels or 0.4 s, whichever is longer. */
export function trafficLine(run: Run, view: TimeView, width: number): TrafficLine {
  const { ticks } = run;
  const stepMs = Math.max(smoothMs, (2 * (view.to - view.from)) / Math.max(1, width));
  const points: TrafficLine['points'] = [];
  let top = 0;
  let i = countUntil(ticks.length, (n) => ticks[n]!.time, view.from - stepMs);
  let before: number | undefined;
  while (i < ticks.length) {
    const first = ticks[i]!;
    if (first.time - first.intervalMs > view.to) break;
    let requests = 0;
    let span = 0;
    let last = first.time;
    for (; i < ticks.length && span < stepMs; i++) {
      const tick = ticks[i]!;
      if (span > 0 && tick.time - tick.intervalMs - last > stepMs) break;
      requests += tick.listeners.reduce((sum, one) => sum + one.requests, 0);
      span += tick.intervalMs;
      last = tick.time;
    }
    if (span === 0) continue;
    // What the end cuts short says little about a rate.
    if (i === ticks.length && span < stepMs / 2 && points.length > 0) break;
    const rate = (requests * 1_000) / span;
    top = Math.max(top, rate);
    const middle = last - span / 2;
    if (before !== undefined && last - span - before > stepMs * 2) points.push({ x: placeOf(before, view, width), rate: null });
    points.push({ x: placeOf(middle, view, width), rate });
    before = last;
  }
  return { points, top: roundUp(top) };
}

/** Requests a second around a moment; null when nobody counted then. */
export function rateAt(run: Run, time: number): number | null {
  const { ticks } = run;
  const next = countUntil(ticks.length, (i) => ticks[i]!.time, time);
  const tick = ticks[next];
  if (!tick || tick.time - tick.intervalMs > time + 50) return null;
  const near = ticks.slice(Math.max(0, next - 2), next + 3);
  const span = near.reduce((sum, one) => sum + one.intervalMs, 0);
  const requests = near.reduce((sum, one) => sum + one.listeners.reduce((all, l) => all + l.requests, 0), 0);
  return span > 0 ? (requests * 1_000) / span : null;
}

/** The line as an SVG path in a box of `height`. */
export function linePath({ points, top }: TrafficLine, height: number): string {
  let path = '';
  let pen = false;
  for (const { x, rate } of points) {
    if (rate === null) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${x.toFixed(1)} ${(height - (rate / top) * height).toFixed(1)}`;
    pen = true;
  }
  return path;
}
