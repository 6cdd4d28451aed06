import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32, mix32 } from '../../../../electron/engine/balancing/hash.ts';
import { SourceHash } from '../../../../electron/engine/balancing/source-hash.ts';
import { anyNodes, fakeNodes, tally, type FakeNode } from './fake-node.ts';

function source(nodes: FakeNode[]): SourceHash<FakeNode> {
  const policy = new SourceHash<FakeNode>();
  policy.update(nodes);
  return policy;
}

const keys = Array.from({ length: 3_000 }, (_, i) => hash32(`10.1.${i >> 8}.${i & 255}`));

describe('SourceHash', () => {
  it('sends the same client to the same node, in whatever order the nodes are listed', () => {
    fc.assert(
      fc.property(anyNodes, fc.array(fc.nat(), { maxLength: 30 }), (nodes, some) => {
        const one = source(nodes);
        const other = source([...nodes].reverse());
        for (const key of some) {
          const node = one.pick(key);
          expect(one.pick(key)).toBe(node);
          expect(other.pick(key)).toBe(node);
        }
      }),
    );
  });

  it('moves only the clients of a node that leaves, and gives them back when it returns', () => {
    fc.assert(
      fc.property(anyNodes, fc.nat(), (nodes, at) => {
        const gone = nodes[at % nodes.length]!;
        const policy = source(nodes);
        const before = keys.map((k) => policy.pick(k));
        policy.update(nodes.filter((n) => n !== gone));
        keys.forEach((k, i) => {
          if (before[i] !== gone) expect(policy.pick(k)).toBe(before[i]);
        });
        policy.update(nodes);
        expect(keys.map((k) => policy.pick(k))).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('moves a client only towards a node whose weight grew', () => {
    const nodes = fakeNodes(10, 20, 30);
    const policy = source(nodes);
    const before = keys.map((k) => policy.pick(k)!.id);
    policy.update([nodes[0]!, nodes[1]!, { ...nodes[2]!, weight: 60 }]);
    const after = keys.map((k) => policy.pick(k)!.id);
    after.forEach((id, i) => {
      if (id !== before[i]) expect(id).toBe('n2');
    });
  });

  it('shares clients by weight', () => {
    const policy = source(fakeNodes(1, 2, 3));
    const counts = tally(Array.from({ length: 60_000 }, (_, i) => policy.pick(hash32(`172.16.${i >> 8}.${i & 255}`))));
    expect(counts['n0']! / 10_000).toBeCloseTo(1, 1);
    expect(counts['n1']! / 20_000).toBeCloseTo(1, 1);
    expect(counts['n2']! / 30_000).toBeCloseTo(1, 1);
  });

  it('sends the clients of a skipped node where they would go without it', () => {
    const nodes = fakeNodes(1, 2, 3, 4);
    const policy = source(nodes);
    const without = source(nodes.slice(0, 3));
    for (const key of keys) expect(policy.pick(key, (n) => n === nodes[3])).toBe(without.pick(key));
  });
});

describe('hash32', () => {
  it('is the same for the same text and an unsigned 32-bit integer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const hash = hash32(text);
        expect(hash32(text)).toBe(hash);
        expect(Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff).toBe(true);
      }),
    );
  });

  it('spreads neighbouring addresses evenly over any few bits', () => {
    const buckets = new Map<number, number>();
    for (let i = 0; i < 65_536; i++) {
      const top = hash32(`192.168.${i >> 8}.${i & 255}`) >>> 28;
      buckets.set(top, (buckets.get(top) ?? 0) + 1);
    }
    for (const count of buckets.values()) expect(Math.abs(count - 4_096)).toBeLessThan(400);
    expect(buckets.size).toBe(16);
  });

  it('has a mixer that changes about half the bits when one changes', () => {
    let changed = 0;
    for (let bit = 0; bit < 32; bit++) {
      for (let difference = mix32(12_345) ^ mix32(12_345 ^ (1 << bit)); difference !== 0; difference &= difference - 1) changed++;
    }
    expect(changed / 32).toBeGreaterThan(13);
    expect(changed / 32).toBeLessThan(19);
  });
});
