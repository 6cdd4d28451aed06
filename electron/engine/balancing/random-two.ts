import type { Candidate, Policy } from './policy.ts';

/**
 * Power of two choices: of two different nodes drawn by weight, the one with fewer connections for its weight.
 * Nearly as even as least connections, without a common order that everybody crowds to the front of.
 */
export class RandomTwo<N extends Candidate> implements Policy<N> {
  readonly how = 'random';
  readonly #random: () => number;
  #nodes: readonly N[] = [];
  #ends = new Float64Array(0);
  /** All weights are the same: a draw is a multiplication instead of a search. */
  #equal = false;
  readonly #leftNodes: N[] = [];
  #leftEnds = new Float64Array(0);

  /** @param random 0 ≤ n < 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  update(candidates: readonly N[]): void {
    this.#nodes = [...candidates];
    this.#ends = new Float64Array(candidates.length);
    this.#leftEnds = new Float64Array(candidates.length);
    const weight = candidates[0]?.weight;
    this.#equal = candidates.every((node) => node.weight === weight);
    let sum = 0;
    candidates.forEach((node, i) => {
      sum += node.weight;
      this.#ends[i] = sum;
    });
  }

  pick(_key: number, skip?: (node: N) => boolean): N | undefined {
    const count = this.#nodes.length;
    const first = this.#draw(this.#nodes, this.#ends, count, -1);
    const second = this.#draw(this.#nodes, this.#ends, count, first);
    const one = this.#nodes[first];
    const two = this.#nodes[second];
    if (!skip || !((one && skip(one)) || (two && skip(two)))) return lessLoaded(one, two);
    return this.#pickAmongTheRest(skip);
  }

  /** Draws do not depend on what began or ended before; `active` is read at the pick. */
  take(): void {}

  drop(): void {}

  /** One of the two may not be chosen: draw anew among all that may, which is exact and always ends. O(n), and rare. */
  #pickAmongTheRest(skip: (node: N) => boolean): N | undefined {
    const left = this.#leftNodes;
    left.length = 0;
    let sum = 0;
    for (const node of this.#nodes) {
      if (skip(node)) continue;
      sum += node.weight;
      this.#leftEnds[left.length] = sum;
      left.push(node);
    }
    const first = this.#draw(left, this.#leftEnds, left.length, -1);
    const second = this.#draw(left, this.#leftEnds, left.length, first);
    return lessLoaded(left[first], left[second]);
  }

  /**
   * Draws by weight among the first `count` nodes, leaving out `except`: its stretch is cut out of the line of weights.
   * @returns an index; -1 when nothing is left to draw.
   */
  #draw(nodes: readonly N[], ends: Float64Array, count: number, except: number): number {
    if (count === 0 || (count === 1 && except >= 0)) return -1;
    if (this.#equal) {
      const drawn = Math.floor(this.#random() * (except >= 0 ? count - 1 : count));
      return except >= 0 && drawn >= except ? drawn + 1 : drawn;
    }
    const total = ends[count - 1]!;
    const cutStart = except > 0 ? ends[except - 1]! : 0;
    const cutLength = except >= 0 ? ends[except]! - cutStart : 0;
    let at = this.#random() * (total - cutLength);
    if (except >= 0 && at >= cutStart) at += cutLength;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < ends[middle]!) high = middle;
      else low = middle + 1;
    }
    // Fractional weights can round onto the edge of the stretch that was cut out.
    if (low === except) return low + 1 < nodes.length ? low + 1 : low - 1;
    return low;
  }
}

function lessLoaded<N extends Candidate>(one: N | undefined, two: N | undefined): N | undefined {
  if (!one || !two) return one ?? two;
  return two.active / two.weight < one.active / one.weight ? two : one;
}
