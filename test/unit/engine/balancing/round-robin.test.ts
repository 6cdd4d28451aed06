import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RoundRobin } from '../../../../electron/engine/balancing/round-robin.ts';
import { anyNodes, fakeNodes, tally, type FakeNode } from './fake-node.ts';

function robin(nodes: FakeNode[]): RoundRobin<FakeNode> {
  const policy = new RoundRobin<FakeNode>();
  policy.update(nodes);
  return policy;
}

const picks = (policy: RoundRobin<FakeNode>, count: number, skip?: (n: FakeNode) => boolean) =>
  Array.from({ length: count }, () => policy.pick(0, skip));

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

describe('RoundRobin', () => {
  it("is nginx's sequence", () => {
    expect(picks(robin(fakeNodes(5, 1, 1)), 7).map((n) => n!.id)).toEqual(['n0', 'n0', 'n1', 'n0', 'n2', 'n0', 'n0']);
  });

  it('lands 600 picks over 1:2:3 on 100, 200 and 300, interleaved', () => {
    for (const scale of [1, 10, 85]) {
      const all = picks(robin(fakeNodes(scale, 2 * scale, 3 * scale)), 600);
      expect(tally(all)).toEqual({ n0: 100, n1: 200, n2: 300 });
      const ids = all.map((n) => n!.id).join('');
      expect(ids).not.toContain('n0n0');
      expect(ids).not.toContain('n1n1');
      expect(ids).not.toContain('n2n2n2');
    }
  });

  it('is exact in every cycle, for any weights, short cycles and long', () => {
    fc.assert(
      fc.property(anyNodes, fc.integer({ min: 1, max: 3 }), (nodes, cycles) => {
        const policy = robin(nodes);
        const divisor = nodes.map((n) => n.weight).reduce(gcd);
        const length = nodes.reduce((sum, n) => sum + n.weight, 0) / divisor;
        for (let c = 0; c < cycles; c++) {
          expect(tally(picks(policy, length))).toEqual(Object.fromEntries(nodes.map((n) => [n.id, n.weight / divisor])));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is exact and free of bursts where the cycle is too long to write out', () => {
    const nodes = fakeNodes(...Array.from({ length: 1_000 }, (_, i) => (i % 255) + 1));
    const policy = robin(nodes);
    const length = nodes.reduce((sum, n) => sum + n.weight, 0);
    const last = new Map<string, number>();
    const counts: Record<string, number> = {};
    for (let i = 0; i < length; i++) {
      const node = policy.pick(0)!;
      counts[node.id] = (counts[node.id] ?? 0) + 1;
      const gap = i - (last.get(node.id) ?? Number.NEGATIVE_INFINITY);
      // The ideal gap of the heaviest node is length / 255, about 500.
      expect(gap).toBeGreaterThan(length / node.weight / 2);
      last.set(node.id, i);
    }
    expect(counts).toEqual(Object.fromEntries(nodes.map((n) => [n.id, n.weight])));
  });

  it('shares by weight with the fractional weights of slow start', () => {
    const counts = tally(picks(robin(fakeNodes(100, 100, 12.5)), 1_700));
    expect(counts['n2']).toBe(100);
    expect(Math.abs(counts['n0']! - counts['n1']!)).toBeLessThanOrEqual(1);
  });

  it('shares by weight even when the weights change before every pick', () => {
    const nodes = fakeNodes(100, 100, 1);
    const policy = robin(nodes);
    const all: (FakeNode | undefined)[] = [];
    for (let i = 0; i < 1_000; i++) {
      nodes[2]!.weight = 50 + i / 1_000 + 0.1;
      policy.update([...nodes]);
      all.push(policy.pick(0));
    }
    const counts = tally(all);
    expect(counts['n0']).toBeGreaterThan(390);
    expect(counts['n1']).toBeGreaterThan(390);
    expect(counts['n2']).toBeGreaterThan(190);
  });

  it.each([
    ['a written cycle', [10, 20, 30, 60]],
    ['the heap', [10.5, 21, 31.5, 60.1]],
  ])('lets the others share by weight while one is skipped, and gives it no burst afterwards: %s', (_, weights) => {
    const nodes = fakeNodes(...weights);
    const policy = robin(nodes);
    const without = tally(picks(policy, 600, (n) => n.id === 'n3'));
    expect(without['n3']).toBeUndefined();
    expect(Math.abs(without['n0']! - 100)).toBeLessThanOrEqual(2);
    expect(Math.abs(without['n1']! - 200)).toBeLessThanOrEqual(2);
    expect(Math.abs(without['n2']! - 300)).toBeLessThanOrEqual(2);
    const after = tally(picks(policy, 120));
    expect(Math.abs(after['n3']! - 60)).toBeLessThanOrEqual(2);
  });

  it('goes on where it was when the same candidates are given again', () => {
    const nodes = fakeNodes(1, 1, 1);
    const policy = robin(nodes);
    policy.pick(0);
    policy.update([...nodes]);
    expect(policy.pick(0)?.id).toBe('n1');
  });
});
