import type { Candidate, Policy } from './policy.ts';

/** Cycles up to this long are written out beforehand. */
const MAX_CYCLE = 4_096;
/** Nodes times turns: writing a cycle out costs this many steps at most (about 1 ms). */
const MAX_CYCLE_STEPS = 1_000_000;

/**
 * Smooth weighted round robin: a node of weight w gets exactly w turns a cycle, spread over the cycle.
 *
 * Short cycles are nginx's sequence, written out when the candidates change: a pick is one array read. Long ones (large
 * weights without a common divisor, fractional weights of slow start) come from a heap of deadlines: O(log n) a pick.
 * A node that is skipped loses the turn instead of keeping it, so the rest still share by weight and it does not burst afterwards.
 */
export class RoundRobin<N extends Candidate> implements Policy<N> {
  readonly how = 'turn';
  #candidates: readonly N[] = [];
  #weights: number[] = [];
  #cycle: N[] | undefined;
  #cursor = 0;
  #heap: DeadlineHeap<N> | undefined;

  update(candidates: readonly N[]): void {
    const weights = candidates.map((c) => c.weight);
    const same =
      candidates.length === this.#candidates.length &&
      candidates.every((c, i) => c === this.#candidates[i] && weights[i] === this.#weights[i]);
    if (same) return;
    this.#candidates = [...candidates];
    this.#weights = weights;
    this.#cycle = writeCycle(this.#candidates, weights);
    // The cursor goes on from where it was: updates that come often must not favour the first node.
    this.#cursor = this.#cycle && this.#cycle.length > 0 ? this.#cursor % this.#cycle.length : 0;
    this.#heap = this.#cycle ? undefined : new DeadlineHeap(this.#candidates, weights, this.#heap);
  }

  pick(_key: number, skip?: (node: N) => boolean): N | undefined {
    const cycle = this.#cycle;
    if (!cycle) return this.#heap?.pick(skip);
    if (!skip) {
      const node = cycle[this.#cursor];
      this.#step();
      return node;
    }
    for (let looked = 0; looked < cycle.length; looked++) {
      // A long run of skipped turns: see whether anybody is left at all before reading on through the cycle.
      if (looked === this.#candidates.length && this.#candidates.every(skip)) return undefined;
      const node = cycle[this.#cursor]!;
      this.#step();
      if (!skip(node)) return node;
    }
    return undefined;
  }

  /** Turns do not depend on what is in flight. */
  take(): void {}

  drop(): void {}

  #step(): void {
    this.#cursor++;
    if (this.#cursor >= this.#cycle!.length) this.#cursor = 0;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** One cycle of nginx's smooth weighted round robin; undefined when it would be too long to write out. */
function writeCycle<N>(candidates: readonly N[], weights: readonly number[]): N[] | undefined {
  if (!weights.every(Number.isInteger)) return undefined;
  const divisor = weights.reduce(gcd, 0) || 1;
  const shares = weights.map((w) => w / divisor);
  const length = shares.reduce((sum, s) => sum + s, 0);
  if (length === candidates.length) return [...candidates];
  if (length > MAX_CYCLE || length * candidates.length > MAX_CYCLE_STEPS) return undefined;
  const credit = new Float64Array(shares.length);
  const cycle: N[] = [];
  for (let turn = 0; turn < length; turn++) {
    let best = 0;
    for (let i = 0; i < shares.length; i++) {
      credit[i]! += shares[i]!;
      if (credit[i]! > credit[best]!) best = i;
    }
    credit[best]! -= length;
    cycle.push(candidates[best]!);
  }
  return cycle;
}

interface Entry<N> {
  node: N;
  weight: number;
  /** Breaks ties: the order of the configuration. */
  index: number;
  /** Whole cycles done, and turns in this one. Kept apart so that whole weights never gather rounding errors. */
  cycle: number;
  turns: number;
  deadline: number;
}

/**
 * Earliest deadline first: the k-th turn of a node of weight w is due at (k - ½) / w. Exactly w of them lie within
 * one unit of time, so every cycle is exact, and the half turns of different nodes interleave.
 */
class DeadlineHeap<N> {
  readonly #heap: Entry<N>[] = [];
  readonly #passedOver: Entry<N>[] = [];
  #now = 0;

  /** @param before whose nodes keep the part of a turn they have waited for. */
  constructor(candidates: readonly N[], weights: readonly number[], before: DeadlineHeap<N> | undefined) {
    const waited = before?.shareLeft();
    candidates.forEach((node, index) => {
      const weight = weights[index]!;
      const entry: Entry<N> = { node, weight, index, cycle: 0, turns: 0, deadline: 0.5 / weight };
      const left = waited?.get(node);
      if (left !== undefined) {
        entry.cycle = (left - 0.5) / weight;
        entry.deadline = left / weight;
      }
      this.#push(entry);
    });
  }

  /** How much of a turn each node still has to wait, in turns. */
  shareLeft(): Map<N, number> {
    return new Map(this.#heap.map((e) => [e.node, Math.max(0, e.deadline - this.#now) * e.weight]));
  }

  pick(skip?: (node: N) => boolean): N | undefined {
    const heap = this.#heap;
    const passedOver = this.#passedOver;
    let found: Entry<N> | undefined;
    while (heap.length > 0) {
      const entry = heap[0]!;
      if (!skip?.(entry.node)) {
        found = entry;
        break;
      }
      passedOver.push(this.#pop());
    }
    if (found) {
      this.#now = found.deadline;
      this.#advance(found);
      this.#sink(0);
    }
    for (const entry of passedOver) {
      if (found) this.#advance(entry);
      this.#push(entry);
    }
    passedOver.length = 0;
    return found?.node;
  }

  #advance(entry: Entry<N>): void {
    entry.turns++;
    if (entry.turns === entry.weight) {
      entry.cycle++;
      entry.turns = 0;
    }
    entry.deadline = entry.cycle + (entry.turns + 0.5) / entry.weight;
  }

  #before(a: Entry<N>, b: Entry<N>): boolean {
    return a.deadline < b.deadline || (a.deadline === b.deadline && a.index < b.index);
  }

  #push(entry: Entry<N>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry<N> {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, entry)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
  }
}
