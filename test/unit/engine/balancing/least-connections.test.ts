import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeastConnections } from '../../../../electron/engine/balancing/least-connections.ts';
import { anyNodes, begin, end, fakeNodes, tally, type FakeNode } from './fake-node.ts';

function least(nodes: FakeNode[]): LeastConnections<FakeNode> {
  const policy = new LeastConnections<FakeNode>();
  policy.update(nodes);
  return policy;
}

const load = (n: FakeNode) => (n.active === 0 ? 0 : (n.active + 1) / n.weight);

describe('LeastConnections', () => {
  it('always picks the least loaded of those not skipped, after any history', () => {
    const step = fc.record({ kind: fc.constantFrom('begin', 'end', 'update'), pick: fc.nat(), skipped: fc.nat(0xfff) });
    fc.assert(
      fc.property(anyNodes, fc.array(step, { maxLength: 150 }), (nodes, steps) => {
        const policy = least(nodes);
        const running: FakeNode[] = [];
        for (const { kind, pick, skipped } of steps) {
          if (kind === 'update') {
            nodes[pick % nodes.length]!.weight = (pick % 255) + 1;
            policy.update(nodes);
          } else if (kind === 'end' && running.length > 0) {
            end(policy, running.splice(pick % running.length, 1)[0]!);
          } else {
            const skip = (n: FakeNode) => ((skipped >> nodes.indexOf(n)) & 1) === 1;
            const least = Math.min(...nodes.filter((n) => !skip(n)).map(load));
            const node = policy.pick(0, skip);
            if (node) {
              expect(load(node)).toBe(least);
              node.active++;
              policy.take(node);
              running.push(node);
            } else expect(nodes.every(skip)).toBe(true);
          }
        }
      }),
    );
  });

  it('spreads an idle pool by weight, in turn', () => {
    const policy = least(fakeNodes(1, 2, 3));
    const all = Array.from({ length: 600 }, () => {
      const node = begin(policy)!;
      end(policy, node);
      return node;
    });
    const counts = tally(all);
    expect(Math.abs(counts['n0']! - 100)).toBeLessThanOrEqual(2);
    expect(Math.abs(counts['n1']! - 200)).toBeLessThanOrEqual(2);
    expect(Math.abs(counts['n2']! - 300)).toBeLessThanOrEqual(2);
  });

  it('fills by weight: 60 lasting connections over 1:2:3 are 10, 20 and 30', () => {
    const policy = least(fakeNodes(1, 2, 3));
    expect(tally(Array.from({ length: 60 }, () => begin(policy)))).toEqual({ n0: 10, n1: 20, n2: 30 });
  });

  it('does not flood a node that comes back: it only catches up in connections', () => {
    const nodes = fakeNodes(1, 1, 1);
    const policy = least(nodes.slice(0, 2));
    for (let i = 0; i < 1_000; i++) end(policy, begin(policy)!);
    policy.update(nodes);
    const counts = tally(
      Array.from({ length: 30 }, () => {
        const node = begin(policy)!;
        end(policy, node);
        return node;
      }),
    );
    expect(counts['n2']).toBeLessThanOrEqual(11);
  });

  it('leaves its order alone when a node that is no candidate takes and drops', () => {
    const [a, stranger] = fakeNodes(1, 1) as [FakeNode, FakeNode];
    const policy = least([a]);
    stranger.active++;
    policy.take(stranger);
    policy.drop(stranger);
    expect(policy.pick(0)).toBe(a);
  });

  it('picks among 1,000 nodes as cheaply as among 3', () => {
    const cost = (count: number) => {
      const policy = least(fakeNodes(...Array.from({ length: count }, () => 100)));
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 15; round++) {
        const start = performance.now();
        for (let i = 0; i < 20_000; i++) policy.pick(i);
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    cost(3);
    expect(cost(1_000)).toBeLessThan(2 * cost(3) + 0.5);
  });
});
