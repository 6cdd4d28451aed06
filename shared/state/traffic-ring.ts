import type { TrafficHistory, TrafficTick } from '../model/metrics.ts';

/** Nodes a ring remembers at most; of more, those that were seen last. */
export const maxHistoryNodes = 256;

/** One step of each is what a chart of that range needs: about 900 points for 15 minutes, 720 for 2 hours, 1,440 for a day. */
export const trafficSteps = [
  { stepMs: 1_000, rangeMs: 900_000 },
  { stepMs: 10_000, rangeMs: 7_200_000 },
  { stepMs: 60_000, rangeMs: 86_400_000 },
] as const;

const emptySlot = -1;

type Series = (number | null)[];

/** Counts add up exactly (up to 2^53), missing is NaN. */
class Column {
  readonly values: Float64Array;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity).fill(Number.NaN);
  }

  add(at: number, count: number): void {
    const before = this.values[at]!;
    this.values[at] = Number.isNaN(before) ? count : before + count;
  }

  highest(at: number, value: number | null): void {
    if (value === null) return;
    const before = this.values[at]!;
    if (!(before >= value)) this.values[at] = value;
  }

  put(at: number, value: number | null): void {
    this.values[at] = value ?? Number.NaN;
  }

  read(at: number): number | null {
    const value = this.values[at]!;
    return Number.isNaN(value) ? null : value;
  }
}

const totalNames = ['requests', 'errors', 'bytesIn', 'bytesOut', 'connections', 'p50', 'p95', 'p99'] as const;
const nodeNames = ['requests', 'errors', 'connections', 'p95'] as const;

type TotalColumns = Record<(typeof totalNames)[number], Column>;
type NodeColumns = Record<(typeof nodeNames)[number], Column>;

interface NodeHistory {
  pool: string;
  node: string;
  columns: NodeColumns;
  /** Number of the newest step it was seen in. */
  seen: number;
}

function columns<N extends string>(names: readonly N[], capacity: number): Record<N, Column> {
  return Object.fromEntries(names.map((name) => [name, new Column(capacity)])) as Record<N, Column>;
}

/**
 * Traffic ticks gathered into equal steps of wall-clock time, the newest of them kept in a ring of fixed size. A tick counts
 * wholly in the step its time lies in. Counts are added, connections and quantiles keep the highest. A step in which no tick
 * came is a gap, not a zero. Memory: 72 bytes a step, and 32 for each node seen in the range.
 */
export class TrafficRing {
  readonly stepMs: number;
  readonly #capacity: number;
  readonly #maxNodes: number;
  /** Which step (time / stepMs) each slot holds. */
  readonly #numbers: Float64Array;
  readonly #countedMs: Float64Array;
  readonly #total: TotalColumns;
  readonly #nodes = new Map<string, NodeHistory>();
  #newest = emptySlot;
  #lastTick: number | null = null;

  /**
   * @param stepMs Milliseconds of one step.
   * @param rangeMs How far back it reaches; one more step is kept, as the newest is not whole yet.
   * @param maxNodes Nodes remembered at most. Default 256.
   */
  constructor(stepMs: number, rangeMs: number, maxNodes: number = maxHistoryNodes) {
    this.stepMs = stepMs;
    this.#capacity = Math.ceil(rangeMs / stepMs) + 1;
    this.#maxNodes = maxNodes;
    this.#numbers = new Float64Array(this.#capacity).fill(emptySlot);
    this.#countedMs = new Float64Array(this.#capacity);
    this.#total = columns(totalNames, this.#capacity);
  }

  /** Time of the newest tick, milliseconds since the epoch; null before the first. */
  get lastTick(): number | null {
    return this.#lastTick;
  }

  push(tick: TrafficTick): void {
    const number = Math.floor(tick.time / this.stepMs);
    const at = this.#slot(number);
    this.#lastTick = tick.time;
    this.#countedMs[at]! += tick.intervalMs;
    let connections = 0;
    for (const listener of tick.listeners) {
      this.#total.requests.add(at, listener.requests);
      this.#total.errors.add(at, listener.errors);
      this.#total.bytesIn.add(at, listener.bytesIn);
      this.#total.bytesOut.add(at, listener.bytesOut);
      connections += listener.connections;
    }
    // With no listener there is nothing to count, which is not the same as having counted nothing.
    if (tick.listeners.length > 0) this.#total.connections.highest(at, connections);
    this.#total.p50.highest(at, tick.total.p50);
    this.#total.p95.highest(at, tick.total.p95);
    this.#total.p99.highest(at, tick.total.p99);
    for (const one of tick.nodes) {
      const node = this.#node(one.pool, one.node, number);
      if (!node) continue;
      node.columns.requests.add(at, one.requests);
      node.columns.errors.add(at, one.errors);
      node.columns.connections.highest(at, one.connections);
      node.columns.p95.highest(at, one.p95);
    }
  }

  /**
   * What lies within `rangeMs` before `now`, the step that is not over yet included.
   * @param rangeMs No more than what the ring was made for; of more, only that is there.
   */
  read(rangeMs: number, now: number): TrafficHistory {
    const last = Math.floor(now / this.stepMs);
    const count = Math.min(this.#capacity, Math.ceil(rangeMs / this.stepMs) + 1);
    const first = last - count + 1;
    const slots = Array.from({ length: count }, (_, i) => this.#find(first + i));
    const series = (column: Column): Series => slots.map((at) => (at < 0 ? null : column.read(at)));
    const readAll = <N extends string>(names: readonly N[], from: Record<N, Column>) =>
      Object.fromEntries(names.map((name) => [name, series(from[name])])) as Record<N, Series>;
    return {
      stepMs: this.stepMs,
      start: first * this.stepMs,
      lastTick: this.#lastTick,
      countedMs: slots.map((at) => (at < 0 ? 0 : this.#countedMs[at]!)),
      total: readAll(totalNames, this.#total),
      nodes: [...this.#nodes.values()]
        .filter((node) => node.seen >= first)
        .map(({ pool, node, columns: own }) => ({ pool, node, ...readAll(nodeNames, own) })),
    };
  }

  /** Takes over what another ring of the same step read; what was in it before is forgotten. */
  load(history: TrafficHistory): void {
    this.#numbers.fill(emptySlot);
    this.#nodes.clear();
    this.#newest = emptySlot;
    const first = Math.round(history.start / this.stepMs);
    history.countedMs.forEach((countedMs, i) => {
      // A step in which nothing at all was said is a gap; one tick of no length still counts.
      if (countedMs === 0 && history.total.requests[i] === null && history.nodes.every((node) => node.requests[i] === null)) return;
      const at = this.#slot(first + i);
      this.#countedMs[at] = countedMs;
      for (const name of totalNames) this.#total[name].put(at, history.total[name][i] ?? null);
      for (const one of history.nodes) {
        if (one.requests[i] === null) continue;
        const node = this.#node(one.pool, one.node, first + i);
        if (node) for (const name of nodeNames) node.columns[name].put(at, one[name][i] ?? null);
      }
    });
    this.#lastTick = history.lastTick;
  }

  #find(number: number): number {
    if (number < 0) return -1;
    const at = number % this.#capacity;
    return this.#numbers[at] === number ? at : -1;
  }

  /** The slot of a step, emptied when it held another. */
  #slot(number: number): number {
    const at = number % this.#capacity;
    if (number < this.#newest) this.#clockWentBack(number);
    this.#newest = number;
    if (this.#numbers[at] === number) return at;
    this.#numbers[at] = number;
    this.#countedMs[at] = 0;
    for (const name of totalNames) this.#total[name].put(at, null);
    for (const [key, node] of this.#nodes) {
      // Out of the range altogether: taken away many days ago, or only for a moment.
      if (node.seen <= number - this.#capacity) this.#nodes.delete(key);
      else for (const name of nodeNames) node.columns[name].put(at, null);
    }
    return at;
  }

  /** Somebody set the clock: what lies in its future now never was. */
  #clockWentBack(number: number): void {
    for (let at = 0; at < this.#capacity; at++) if (this.#numbers[at]! > number) this.#numbers[at] = emptySlot;
    for (const node of this.#nodes.values()) node.seen = Math.min(node.seen, number);
  }

  #node(pool: string, node: string, number: number): NodeHistory | undefined {
    const key = JSON.stringify([pool, node]);
    const known = this.#nodes.get(key);
    if (known) {
      known.seen = number;
      return known;
    }
    if (this.#nodes.size >= this.#maxNodes && !this.#forgetOldest(number)) return undefined;
    const made: NodeHistory = { pool, node, columns: columns(nodeNames, this.#capacity), seen: number };
    this.#nodes.set(key, made);
    return made;
  }

  /** Makes room by the node not seen for longest; one that is there now keeps its place. */
  #forgetOldest(number: number): boolean {
    let oldest: string | undefined;
    let seen = number;
    for (const [key, node] of this.#nodes) {
      if (node.seen >= seen) continue;
      oldest = key;
      seen = node.seen;
    }
    return oldest !== undefined && this.#nodes.delete(oldest);
  }
}
