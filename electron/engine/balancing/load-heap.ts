import type { Candidate } from './policy.ts';

/**
 * How loaded a node is. (active + 1) / weight asks how loaded each would be *with* the new connection; active / weight would
 * send the second connection of weights 1:3 to the light node, where it makes 1/1 instead of 2/3. An idle node counts
 * as 0 whatever its weight, as in HAProxy: otherwise the heaviest would get everything while little is going on.
 */
function loadOf(node: Candidate): number {
  return node.active === 0 ? 0 : (node.active + 1) / node.weight;
}

interface Slot<N> {
  node: N;
  load: number;
  /** When its next turn is due among equals; moves on by 1 / weight with each connection. */
  turn: number;
  /** The last tie-break: the order of the configuration. */
  index: number;
  /** Where it stands in the heap. */
  at: number;
}

/** Nodes of different weights in the order of their load, equals in weighted turn: a heap kept in order by `take` and `drop`. */
export class LoadHeap<N extends Candidate> {
  #slots = new Map<N, Slot<N>>();
  #heap: Slot<N>[] = [];
  #now = 0;

  update(candidates: readonly N[]): void {
    const before = this.#slots;
    this.#slots = new Map();
    this.#heap = candidates.map((node, index) => {
      const slot: Slot<N> = { node, load: loadOf(node), turn: before.get(node)?.turn ?? this.#now, index, at: index };
      this.#slots.set(node, slot);
      return slot;
    });
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(this.#heap[i]!);
  }

  pick(skip?: (node: N) => boolean): N | undefined {
    const top = this.#heap[0];
    if (!top || !skip?.(top.node)) return top?.node;
    return this.#bestBelow(0, skip)?.node;
  }

  take(node: N): void {
    const slot = this.#slots.get(node);
    // A draining node still takes its own clients; it is no candidate here.
    if (!slot) return;
    // Start-time fair queueing: whoever was passed over for being busy does not collect turns for later.
    const start = Math.max(slot.turn, this.#now);
    this.#now = start;
    slot.turn = start + 1 / node.weight;
    this.#place(slot);
  }

  drop(node: N): void {
    const slot = this.#slots.get(node);
    if (slot) this.#place(slot);
  }

  /** A node that is not skipped comes before all below it, so only what lies under skipped ones needs a look. */
  #bestBelow(at: number, skip: (node: N) => boolean): Slot<N> | undefined {
    const slot = this.#heap[at];
    if (!slot || !skip(slot.node)) return slot;
    const left = this.#bestBelow(2 * at + 1, skip);
    const right = this.#bestBelow(2 * at + 2, skip);
    if (!left || !right) return left ?? right;
    return this.#before(right, left) ? right : left;
  }

  #place(slot: Slot<N>): void {
    slot.load = loadOf(slot.node);
    this.#rise(slot);
    this.#sink(slot);
  }

  #before(a: Slot<N>, b: Slot<N>): boolean {
    if (a.load !== b.load) return a.load < b.load;
    if (a.turn !== b.turn) return a.turn < b.turn;
    return a.index < b.index;
  }

  #rise(slot: Slot<N>): void {
    const heap = this.#heap;
    let at = slot.at;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1]!;
      if (!this.#before(slot, parent)) break;
      heap[at] = parent;
      const up = parent.at;
      parent.at = at;
      at = up;
    }
    heap[at] = slot;
    slot.at = at;
  }

  #sink(slot: Slot<N>): void {
    const heap = this.#heap;
    let at = slot.at;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      const next = heap[child]!;
      if (!this.#before(next, slot)) break;
      heap[at] = next;
      next.at = at;
      at = child;
    }
    heap[at] = slot;
    slot.at = at;
  }
}
