import fc from 'fast-check';
import type { Candidate, Policy } from '../../../../electron/engine/balancing/policy.ts';

/** A candidate whose load a test can change. */
export interface FakeNode extends Candidate {
  readonly id: string;
  weight: number;
  active: number;
}

export function fakeNodes(...weights: number[]): FakeNode[] {
  return weights.map((weight, i) => ({ id: `n${i}`, weight, active: 0 }));
}

/** A pool of 1–12 nodes with any weights. */
export const anyNodes = fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 12 }).map((weights) => fakeNodes(...weights));

/** Numbers in 0 ≤ n < 1 that depend on the seed alone. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Picks and begins a request there, as a pool does. */
export function begin(policy: Policy<FakeNode>, key = 0, skip?: (node: FakeNode) => boolean): FakeNode | undefined {
  const node = policy.pick(key, skip);
  if (node) {
    node.active++;
    policy.take(node);
  }
  return node;
}

export function end(policy: Policy<FakeNode>, node: FakeNode): void {
  node.active--;
  policy.drop(node);
}

/** How often each id was picked. */
export function tally(nodes: Iterable<FakeNode | undefined>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of nodes) if (node) counts[node.id] = (counts[node.id] ?? 0) + 1;
  return counts;
}
