import type { Candidate } from './policy.ts';

interface Slot<N> {
  node: N | null;
  /** Which bucket it hangs in: the node's connections when that was last looked at. */
  bucket: number;
  before: Slot<N>;
  after: Slot<N>;
}

/** The head of a ring of slots; an empty bucket is a head that leads to itself. */
function emptyBucket<N>(bucket: number): Slot<N> {
  const head = { node: null, bucket } as Slot<N>;
  head.before = head;
  head.after = head;
  return head;
}

/**
 * Nodes of equal weight by how many connections they have: one queue for each number, equals in the order in which they came
 * to it. Everything but passing over skipped nodes takes the same time for three nodes and for a thousand.
 */
export class LoadBuckets<N extends Candidate> {
  #slots = new Map<N, Slot<N>>();
  readonly #buckets: Slot<N>[] = [];
  /** No bucket below it has a node. */
  #lowest = 0;

  update(candidates: readonly N[]): void {
    // Who was there keeps its place in line.
    const order = new Set([...this.#inOrder(candidates), ...candidates]);
    this.#slots = new Map();
    this.#buckets.length = 0;
    this.#lowest = 0;
    for (const node of order) {
      const slot = { node, bucket: node.active } as Slot<N>;
      this.#slots.set(node, slot);
      this.#append(slot);
    }
  }

  pick(skip?: (node: N) => boolean): N | undefined {
    const buckets = this.#buckets;
    while (this.#lowest < buckets.length && buckets[this.#lowest]!.after.node === null) this.#lowest++;
    for (let b = this.#lowest; b < buckets.length; b++) {
      for (let slot = buckets[b]!.after; slot.node !== null; slot = slot.after) {
        if (!skip?.(slot.node)) return slot.node;
      }
    }
    return undefined;
  }

  /** The node's connections have changed. */
  move(node: N): void {
    const slot = this.#slots.get(node);
    // A draining node still takes its own clients; it is no candidate here.
    if (!slot) return;
    slot.before.after = slot.after;
    slot.after.before = slot.before;
    slot.bucket = node.active;
    this.#append(slot);
  }

  #append(slot: Slot<N>): void {
    const { bucket } = slot;
    while (this.#buckets.length <= bucket) this.#buckets.push(emptyBucket(this.#buckets.length));
    if (bucket < this.#lowest) this.#lowest = bucket;
    const head = this.#buckets[bucket]!;
    slot.before = head.before;
    slot.after = head;
    head.before.after = slot;
    head.before = slot;
  }

  #inOrder(nodes: readonly N[]): N[] {
    const wanted = new Set(nodes);
    const order: N[] = [];
    for (const head of this.#buckets) {
      for (let slot = head.after; slot.node !== null; slot = slot.after) if (wanted.has(slot.node)) order.push(slot.node);
    }
    return order;
  }
}
