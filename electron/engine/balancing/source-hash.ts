import { hash32, mix32 } from './hash.ts';
import type { Candidate, Policy } from './policy.ts';

const SLOT_BITS = 16;
const UNKNOWN = -1;

/**
 * The same client address always meets the same node. Weighted rendezvous hashing: of all candidates the one with the best
 * score for the client wins, and scores depend on the client and the node's id alone. So when a node leaves only
 * its own clients move, and when one joins only those that move to it.
 *
 * Scoring every node costs O(n), so clients are gathered into 65,536 slots and each slot's winner is kept once it is known:
 * memory is bounded (256 KB a pool) and a pick is one array read.
 */
export class SourceHash<N extends Candidate> implements Policy<N> {
  readonly how = 'hash';
  #candidates: N[] = [];
  #weights: number[] = [];
  #first = new Uint32Array(0);
  #second = new Uint32Array(0);
  readonly #winners = new Int32Array(1 << SLOT_BITS).fill(UNKNOWN);

  update(candidates: readonly N[]): void {
    // Ordered by id, so that equal scores fall the same way however the nodes are listed.
    const nodes = [...candidates].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    const weights = nodes.map((n) => n.weight);
    const same =
      nodes.length === this.#candidates.length && nodes.every((n, i) => n === this.#candidates[i] && weights[i] === this.#weights[i]);
    if (same) return;
    this.#candidates = nodes;
    this.#weights = weights;
    // Two hashes of each id: nodes whose first ones collide would otherwise have equal scores for every client.
    this.#first = Uint32Array.from(nodes, (n) => hash32(n.id));
    this.#second = Uint32Array.from(nodes, (n) => hash32(`node ${n.id}`));
    this.#winners.fill(UNKNOWN);
  }

  pick(key: number, skip?: (node: N) => boolean): N | undefined {
    const slot = mix32(key) >>> (32 - SLOT_BITS);
    let index = this.#winners[slot]!;
    if (index === UNKNOWN) {
      index = this.#winner(slot);
      this.#winners[slot] = index;
    }
    const node = this.#candidates[index];
    if (!node || !skip?.(node)) return node;
    return this.#candidates[this.#winner(slot, skip)];
  }

  /** The answer does not depend on what is in flight. */
  take(): void {}

  drop(): void {}

  #winner(slot: number, skip?: (node: N) => boolean): number {
    const seed = mix32(slot + 1);
    let best = UNKNOWN;
    let bestScore = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#candidates.length; i++) {
      if (skip?.(this.#candidates[i]!)) continue;
      const hash = mix32(mix32(seed ^ this.#first[i]!) ^ this.#second[i]!);
      // Exponential variables of rate w: the smallest is node i's with the probability of its share of the weights.
      const score = -Math.log((hash + 0.5) / 4_294_967_296) / this.#weights[i]!;
      if (score < bestScore) {
        best = i;
        bestScore = score;
      }
    }
    return best;
  }
}
