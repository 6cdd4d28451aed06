import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomTwo } from '../../../../electron/engine/balancing/random-two.ts';
import { anyNodes, begin, fakeNodes, seededRandom, tally, type FakeNode } from './fake-node.ts';

function two(nodes: FakeNode[], random = seededRandom(42)): RandomTwo<FakeNode> {
  const policy = new RandomTwo<FakeNode>(random);
  policy.update(nodes);
  return policy;
}

describe('RandomTwo', () => {
  it('draws an idle pool by weight', () => {
    const policy = two(fakeNodes(1, 2, 3));
    const counts = tally(Array.from({ length: 60_000 }, () => policy.pick(0)));
    expect(counts['n0']! / 10_000).toBeCloseTo(1, 1);
    expect(counts['n1']! / 20_000).toBeCloseTo(1, 1);
    expect(counts['n2']! / 30_000).toBeCloseTo(1, 1);
  });

  it('always sees two different nodes: of two it takes the less loaded, whatever the numbers drawn', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 255 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (w0, w1, r0, r1) => {
          const nodes = fakeNodes(w0, w1);
          nodes[0]!.active = 10_000;
          const draws = [r0, r1];
          expect(two(nodes, () => draws.shift() ?? 0).pick(0)).toBe(nodes[1]);
        },
      ),
    );
  });

  it('never takes the most loaded node while another may be chosen', () => {
    fc.assert(
      fc.property(anyNodes, fc.nat(), fc.nat(), (nodes, at, seed) => {
        fc.pre(nodes.length > 1);
        const worst = nodes[at % nodes.length]!;
        worst.active = 1_000_000;
        const policy = two(nodes, seededRandom(seed));
        for (let i = 0; i < 20; i++) expect(policy.pick(0)).not.toBe(worst);
      }),
    );
  });

  it('keeps lasting connections close to even', () => {
    const nodes = fakeNodes(...Array.from({ length: 100 }, () => 100));
    const policy = two(nodes);
    for (let i = 0; i < 10_000; i++) begin(policy);
    const most = Math.max(...nodes.map((n) => n.active));
    expect(most).toBeLessThanOrEqual(105);
  });
});
