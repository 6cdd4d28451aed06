import { LoadBuckets } from './load-buckets.ts';
import { LoadHeap } from './load-heap.ts';
import type { Candidate, Policy } from './policy.ts';

/**
 * The node with the fewest connections for its weight; equals in (weighted) turn, so that an idle pool is spread too. A pick
 * reads the front of an order that `take` and `drop` keep, however many nodes there are.
 */
export class LeastConnections<N extends Candidate> implements Policy<N> {
  readonly how = 'least';
  readonly #buckets = new LoadBuckets<N>();
  readonly #heap = new LoadHeap<N>();
  #equal = true;

  update(candidates: readonly N[]): void {
    const weight = candidates[0]?.weight;
    this.#equal = candidates.every((node) => node.weight === weight);
    this.#buckets.update(this.#equal ? candidates : []);
    this.#heap.update(this.#equal ? [] : candidates);
  }

  pick(_key: number, skip?: (node: N) => boolean): N | undefined {
    return this.#equal ? this.#buckets.pick(skip) : this.#heap.pick(skip);
  }

  take(node: N): void {
    if (this.#equal) this.#buckets.move(node);
    else this.#heap.take(node);
  }

  drop(node: N): void {
    if (this.#equal) this.#buckets.move(node);
    else this.#heap.drop(node);
  }
}
