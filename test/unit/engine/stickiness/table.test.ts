import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientTable, type StickyClient, type StickyNode } from '../../../../electron/engine/stickiness/table.ts';

const makeNodes = (): StickyNode[] => ['a', 'b', 'c'].map((id) => ({ id, stickyClients: 0 }));

type Step =
  | { do: 'ask'; client: number; node: number }
  | { do: 'wait'; ms: number }
  | { do: 'drop'; node: number }
  | { do: 'pin'; client: number; node: number }
  | { do: 'remove'; client: number }
  | { do: 'sweep' }
  | { do: 'shrink'; max: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), client: fc.nat(12), node: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(1500) }) },
  fc.record({ do: fc.constant('drop' as const), node: fc.nat(2) }),
  fc.record({ do: fc.constant('pin' as const), client: fc.nat(12), node: fc.nat(2) }),
  fc.record({ do: fc.constant('remove' as const), client: fc.nat(12) }),
  fc.constant({ do: 'sweep' as const }),
  fc.record({ do: fc.constant('shrink' as const), max: fc.integer({ min: 2, max: 8 }) }),
);

describe('any course of events', () => {
  it.each(['added', 'seen'] as const)('%s: never too many, counters equal entries, moves counted once', (expires) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const nodes = makeNodes();
        let max = 8;
        let now = 1_000;
        const table = new ClientTable<StickyNode>({ expires, ttlMs: 3_000, maxEntries: max });
        const gone: string[] = [];
        table.onRemove = (entry) => gone.push(entry.key);
        const lastNode = new Map<StickyClient<StickyNode>, string>();
        const moves = new Map<StickyClient<StickyNode>, number>();
        for (const s of steps) {
          if (s.do === 'wait') now += s.ms;
          else if (s.do === 'sweep') table.sweep(now);
          else if (s.do === 'drop') table.dropNode(nodes[s.node]!);
          else if (s.do === 'shrink') table.configure({ expires, ttlMs: 3_000, maxEntries: (max = s.max) });
          else {
            const key = `client ${s.client}`;
            const entry = table.find(key, now);
            if (entry && entry.pinned === null) expect(table.expiry(entry)).toBeGreaterThan(now);
            if (s.do === 'remove') {
              if (entry) table.remove(entry);
            } else if (s.do === 'pin') {
              if (entry) entry.pinned = nodes[s.node]!;
            } else if (!entry) {
              const added = table.add(key, nodes[s.node]!, now);
              lastNode.set(added, added.lastNode);
              moves.set(added, 0);
            } else {
              table.seen(entry, now);
              const node = nodes[s.node]!;
              const from = table.place(entry, node, now);
              expect(from).toBe(lastNode.get(entry) === node.id ? undefined : lastNode.get(entry));
              if (from !== undefined) moves.set(entry, moves.get(entry)! + 1);
              lastNode.set(entry, node.id);
              expect(entry.moves).toBe(moves.get(entry));
            }
          }
          const entries = [...table.values()];
          expect(table.size).toBe(entries.length);
          expect(entries.length).toBeLessThanOrEqual(max);
          for (const node of nodes) expect(node.stickyClients).toBe(entries.filter((e) => e.node === node).length);
        }
        table.clear();
        expect(nodes.map((n) => n.stickyClients)).toEqual([0, 0, 0]);
        expect(table.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('who goes first', () => {
  const setup = (expires: 'added' | 'seen', maxEntries = 3) => {
    const [node] = makeNodes() as [StickyNode];
    return { node, table: new ClientTable<StickyNode>({ expires, ttlMs: 10_000, maxEntries }) };
  };
  const keys = (table: ClientTable<StickyNode>) => [...table.values()].map((e) => e.key).sort();

  it('seen: the one unseen for longest, however busy the others are and however often they ask', () => {
    const { node, table } = setup('seen');
    const busy = table.add('busy', node, 0);
    table.add('quiet', node, 100);
    // Twice a second: each time less than a second after the time before.
    for (let now = 500; now <= 5_000; now += 500) table.seen(busy, now);
    table.add('third', node, 5_000);
    table.add('fourth', node, 5_100);
    expect(keys(table)).toEqual(['busy', 'fourth', 'third']);
  });

  it('seen: a busy client does not hide ended ones from the sweep', () => {
    const { node, table } = setup('seen');
    const busy = table.add('busy', node, 0);
    table.add('gone', node, 100);
    for (let now = 500; now <= 10_500; now += 500) table.seen(busy, now);
    table.sweep(10_500);
    expect(keys(table)).toEqual(['busy']);
    expect(node.stickyClients).toBe(1);
  });

  it('added: the one added first, seen or not', () => {
    const { node, table } = setup('added');
    const first = table.add('first', node, 0);
    table.add('second', node, 1);
    table.seen(first, 5_000);
    table.add('third', node, 5_000);
    table.add('fourth', node, 5_000);
    expect(keys(table)).toEqual(['fourth', 'second', 'third']);
    expect(table.find('second', 10_000)).toBeDefined();
    expect(table.find('second', 10_001)).toBeUndefined();
  });

  it('pinned clients stay as long as there is anybody else', () => {
    const { node, table } = setup('added');
    table.add('pinned', node, 0).pinned = node;
    for (let i = 0; i < 5; i++) table.add(`c${i}`, node, i);
    expect(keys(table)).toEqual(['c3', 'c4', 'pinned']);
    table.sweep(100_000);
    expect(keys(table)).toEqual(['pinned']);
    expect(table.expiry(table.find('pinned', 1e12)!)).toBeNull();
    for (const entry of table.values()) entry.pinned = node;
    for (let i = 0; i < 5; i++) table.add(`p${i}`, node, i).pinned = node;
    expect(table.size).toBe(3);
  });
});
