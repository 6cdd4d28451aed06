import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_VERDICT, RequestRing, Reused, verdictCode, type Phases } from '../../../../electron/engine/metrics/request-ring.ts';
import { verdicts } from '../../../../shared/model/verdicts.ts';

const ids = ['a', 'b', 'c'];
const codes = Uint8Array.of(verdictCode['chosen:turn'], verdictCode['not-turn'], verdictCode['down']);

const kept: Phases = { queuedMs: 0, triedMs: 0, connectMs: 0, firstByteMs: 0.75, reused: Reused.yes };
const nothing: Phases = { queuedMs: 0, triedMs: 0, connectMs: -1, firstByteMs: -1, reused: Reused.none };

function push(
  ring: RequestRing,
  over: { client?: string; key?: string; method?: string; path?: string; status?: number; node?: string | null; phases?: Phases } = {},
): number {
  return ring.push(
    1_700_000_000_000,
    'web',
    'shop',
    over.client ?? '10.0.0.1',
    over.key ?? '',
    over.method ?? 'GET',
    over.path ?? '/',
    over.status ?? 200,
    1.25,
    over.node === undefined ? 'a' : over.node,
    0,
    codes,
    ids,
    over.phases ?? kept,
  );
}

describe('records', () => {
  it('come back as they were pushed, codes turned into words', () => {
    const ring = new RequestRing(4);
    expect(push(ring, { path: '/x?y=1', status: 404 })).toBe(1);
    expect(ring.list({}).entries).toEqual([
      {
        seq: 1,
        time: 1_700_000_000_000,
        listener: 'web',
        pool: 'shop',
        client: '10.0.0.1',
        key: null,
        method: 'GET',
        path: '/x?y=1',
        status: 404,
        durationMs: 1.25,
        node: 'a',
        retries: 0,
        phases: { queuedMs: 0, triedMs: 0, connectMs: 0, firstByteMs: 0.75 },
        reused: true,
        why: [
          { node: 'a', verdict: 'chosen:turn' },
          { node: 'b', verdict: 'not-turn' },
          { node: 'c', verdict: 'down' },
        ],
      },
    ]);
  });

  it('say nothing of phases there were none of', () => {
    const ring = new RequestRing(4);
    push(ring, { phases: nothing });
    push(ring, { phases: { ...nothing, queuedMs: 12.5 } });
    push(ring, { phases: { ...nothing, triedMs: 3 } });
    push(ring, { phases: { queuedMs: 0, triedMs: 0, connectMs: 0.4, firstByteMs: -1, reused: Reused.no } });
    expect(ring.list({}).entries.map(({ phases, reused }) => ({ phases, reused }))).toEqual([
      { phases: null, reused: null },
      { phases: { queuedMs: 12.5, triedMs: 0, connectMs: null, firstByteMs: null }, reused: null },
      { phases: { queuedMs: 0, triedMs: 3, connectMs: null, firstByteMs: null }, reused: null },
      { phases: { queuedMs: 0, triedMs: 0, connectMs: 0.4, firstByteMs: null }, reused: false },
    ]);
  });

  it('know the client by its key in the table too, and are found by it', () => {
    const ring = new RequestRing(4);
    push(ring, { key: '4f2ac0de1122' });
    push(ring);
    expect(ring.list({}).entries.map(({ key }) => key)).toEqual(['4f2ac0de1122', null]);
    expect(ring.list({ filter: { client: '4F2A' } }).entries.map(({ seq }) => seq)).toEqual([1]);
    expect(ring.list({ filter: { client: '10.0.' } }).entries).toHaveLength(2);
  });

  it('have a code for every word, and 0 for silence', () => {
    const ring = new RequestRing(4);
    const all = verdicts;
    const names = all.map((_, i) => `n${i}`);
    ring.push(
      0,
      'l',
      'p',
      'c',
      '',
      '',
      '',
      0,
      0,
      null,
      0,
      Uint8Array.from(all, (w) => verdictCode[w]),
      names,
      nothing,
    );
    ring.push(0, 'l', 'p', 'c', '', '', '', 0, 0, null, 0, Uint8Array.of(NO_VERDICT, verdictCode.full), names, nothing);
    const [first, second] = ring.list({}).entries;
    expect(first!.why.map((w) => w.verdict)).toEqual(all);
    expect(second!.why).toEqual([{ node: 'n1', verdict: 'full' }]);
  });

  it('keep the winner of more than 32 candidates', () => {
    const ring = new RequestRing(2);
    const names = Array.from({ length: 1_000 }, (_, i) => `n${i}`);
    const many = new Uint8Array(1_000).fill(verdictCode['not-turn']);
    many[700] = verdictCode['chosen:least'];
    ring.push(0, 'l', 'p', 'c', '', '', '', 0, 0, 'n700', 0, many, names, kept);
    const why = ring.list({}).entries[0]!.why;
    expect(why).toHaveLength(33);
    expect(why.at(-1)).toEqual({ node: 'n700', verdict: 'chosen:least' });
  });

  it('keep a path of at most 2,048 characters', () => {
    const ring = new RequestRing(2);
    push(ring, { path: `/${'x'.repeat(5_000)}` });
    expect(ring.list({}).entries[0]!.path).toHaveLength(2_048);
  });
});

describe('listing', () => {
  it('agrees with a plain array, for any pushes, limits and positions', () => {
    const record = fc.record({
      client: fc.constantFrom('10.0.0.1', '10.0.0.2'),
      path: fc.constantFrom('/a', '/B', '/ab'),
      status: fc.constantFrom(200, 503),
      node: fc.constantFrom('a', 'b', null),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(record, { maxLength: 60 }),
        fc.record({
          afterSeq: fc.option(fc.integer({ min: 0, max: 70 }), { nil: undefined }),
          limit: fc.integer({ min: 1, max: 30 }),
          filter: fc.option(
            fc.record(
              {
                node: fc.constantFrom('a', 'b'),
                status: fc.constantFrom(200, 503),
                path: fc.constantFrom('b', '/a'),
                client: fc.constantFrom('.2', '10'),
              },
              { requiredKeys: [] },
            ),
            { nil: undefined },
          ),
        }),
        (capacity, records, query) => {
          const ring = new RequestRing(capacity);
          const model = records.map((r) => ({ ...r, seq: push(ring, r) })).slice(-capacity);
          const { filter, afterSeq, limit } = query;
          const fitting = model.filter(
            (r) =>
              (filter?.node === undefined || r.node === filter.node) &&
              (filter?.status === undefined || r.status === filter.status) &&
              (filter?.path === undefined || r.path.toLowerCase().includes(filter.path)) &&
              (filter?.client === undefined || r.client.includes(filter.client)),
          );
          const wanted = afterSeq === undefined ? fitting.slice(-limit) : fitting.filter((r) => r.seq > afterSeq).slice(0, limit);
          expect(ring.list(query).entries.map((r) => r.seq)).toEqual(wanted.map((r) => r.seq));
        },
      ),
    );
  });

  it('gives a live view what came since, oldest first', () => {
    const ring = new RequestRing(5);
    for (let i = 0; i < 8; i++) push(ring);
    expect(ring.since(0, 50).entries.map((r) => r.seq)).toEqual([4, 5, 6, 7, 8]);
    expect(ring.since(5, 2).entries.map((r) => r.seq)).toEqual([6, 7]);
    expect(ring.since(8, 50).entries).toEqual([]);
    expect(ring.lastSeq).toBe(8);
  });
});

describe('sampling', () => {
  /** Sends `rate` evenly over one second; returns which were to be recorded. */
  function second(ring: RequestRing, start: number, rate: number): number[] {
    const chosen: number[] = [];
    for (let i = 0; i < rate; i++) if (ring.shouldRecord(start + (i * 1_000) / rate)) chosen.push(i);
    return chosen;
  }

  it('records everything up to 100 a second', () => {
    const ring = new RequestRing(10);
    for (let s = 0; s < 5; s++) expect(second(ring, s * 1_000, 100)).toHaveLength(100);
    expect(ring.sampling).toEqual({ every: 1, errorsEvery: 1, seen: 500, recorded: 0 });
  });

  it.each([250, 2_000, 20_000])('settles at about 100 a second of %d', (rate) => {
    const ring = new RequestRing(10);
    const first = second(ring, 0, rate).length;
    expect(first).toBeGreaterThanOrEqual(100);
    expect(first).toBeLessThanOrEqual(350);
    for (let s = 1; s < 6; s++) {
      const count = second(ring, s * 1_000, rate).length;
      expect(count).toBeGreaterThanOrEqual(80);
      expect(count).toBeLessThanOrEqual(150);
    }
    expect(ring.sampling.every).toBeGreaterThan(1);
    expect(ring.sampling.seen).toBe(6 * rate);
  });

  it('records everything again in the second after the rush', () => {
    const ring = new RequestRing(10);
    second(ring, 0, 5_000);
    second(ring, 1_000, 50);
    expect(second(ring, 2_000, 50)).toHaveLength(50);
    second(ring, 3_000, 5_000);
    expect(second(ring, 60_000, 50)).toHaveLength(50);
  });

  it('samples errors apart: all of them while they are few, and it says so when they are not', () => {
    const ring = new RequestRing(10);
    let kept = 0;
    for (let s = 0; s < 3; s++) {
      for (let i = 0; i < 5_000; i++) {
        const now = s * 1_000 + i / 5;
        if (!ring.shouldRecord(now) && i % 100 === 0 && ring.shouldRecordError(now)) kept++;
        else if (i % 100 === 0) kept++;
      }
    }
    expect(kept).toBe(150);
    expect(ring.sampling).toMatchObject({ errorsEvery: 1, seen: 15_000 });
    expect(ring.sampling.every).toBeGreaterThan(10);
    let many = 0;
    for (let i = 0; i < 2_000; i++) if (ring.shouldRecordError(10_000 + i / 2)) many++;
    expect(many).toBeLessThan(350);
    expect(ring.sampling.errorsEvery).toBeGreaterThan(1);
  });

  it('never lets a rhythm of the traffic hide a node', () => {
    const ring = new RequestRing(10);
    const nodes = new Set<number>();
    // Three nodes in turn and one in thirty recorded: a fixed step would always meet the same node.
    for (let s = 0; s < 5; s++) for (const i of second(ring, s * 1_000, 3_000)) nodes.add(i % 3);
    expect(nodes.size).toBe(3);
  });
});
