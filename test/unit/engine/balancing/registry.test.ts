import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPolicy } from '../../../../electron/engine/balancing/registry.ts';
import { algorithmSchema } from '../../../../shared/model/config.ts';
import { anyNodes, begin, end, fakeNodes, seededRandom, type FakeNode } from './fake-node.ts';

/** What every algorithm owes its pool, whatever its name. */
describe.each(algorithmSchema.options)('%s', (algorithm) => {
  const create = (seed = 1) => createPolicy<FakeNode>(algorithm, seededRandom(seed));

  it('has nothing to pick without candidates', () => {
    const policy = create();
    expect(policy.pick(1)).toBeUndefined();
    policy.update([]);
    expect(policy.pick(1)).toBeUndefined();
    expect(policy.pick(1, () => false)).toBeUndefined();
  });

  it('picks candidates only, never a skipped one, and one whenever one is left', () => {
    fc.assert(
      fc.property(
        anyNodes,
        fc.array(fc.record({ key: fc.nat(), skipped: fc.nat(0xfff), ends: fc.boolean() }), { maxLength: 60 }),
        fc.array(fc.nat(0xfff), { maxLength: 3 }),
        (nodes, steps, updates) => {
          const policy = create();
          let candidates = nodes;
          policy.update(candidates);
          const running: FakeNode[] = [];
          steps.forEach(({ key, skipped, ends }, i) => {
            if (i % 20 === 19) {
              const mask = updates[Math.floor(i / 20)] ?? 0xfff;
              candidates = nodes.filter((_, n) => (mask >> n) & 1);
              policy.update(candidates);
            }
            const skip = (node: FakeNode) => ((skipped >> nodes.indexOf(node)) & 1) === 1;
            const node = begin(policy, key, skip);
            const allowed = candidates.filter((c) => !skip(c));
            if (allowed.length === 0) expect(node).toBeUndefined();
            else expect(allowed).toContain(node);
            if (node) running.push(node);
            if (ends && running.length > 0) end(policy, running.shift()!);
          });
        },
      ),
    );
  });

  it('decides the same for the same history and the same random numbers', () => {
    fc.assert(
      fc.property(anyNodes, fc.nat(), fc.array(fc.nat(), { maxLength: 50 }), (nodes, seed, keys) => {
        const run = () => {
          const copies = nodes.map((n) => ({ ...n }));
          const policy = createPolicy<FakeNode>(algorithm, seededRandom(seed));
          policy.update(copies);
          return keys.map((key) => begin(policy, key)?.id);
        };
        expect(run()).toEqual(run());
      }),
    );
  });

  it('stops when every one of a thousand nodes is skipped', () => {
    const policy = create();
    const nodes = fakeNodes(...Array.from({ length: 1_000 }, (_, i) => (i % 255) + 1));
    policy.update(nodes);
    expect(policy.pick(7, () => true)).toBeUndefined();
    expect(nodes).toContain(policy.pick(7));
  });
});
