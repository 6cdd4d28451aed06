import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientQuery, ClientSort } from '../../../../electron/engine/api.ts';
import { countClients, describeClient, queryClients } from '../../../../electron/engine/stickiness/client-query.ts';
import { partialSort } from '../../../../electron/engine/stickiness/partial-sort.ts';
import { poolConfig, PoolBench } from '../pools/make-pool.ts';

const table = { stickiness: { type: 'table' } };

const list = (bench: PoolBench, query: ClientQuery) => queryClients([bench.pool], query, bench.clock.now());
const keys = (bench: PoolBench, query: ClientQuery) => list(bench, query).clients.map(({ key }) => key);
const entry = (bench: PoolBench, key: string) => bench.pool.clients!.find(key, bench.clock.now())!;

describe('a part of a sorted list', () => {
  it('is what sorting all of it would have put there', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 300 }), fc.nat(300), fc.nat(60), (values, a, length) => {
        const from = Math.min(a, values.length);
        const to = Math.min(values.length, from + length);
        const compare = (x: number, y: number) => values[x]! - values[y]! || x - y;
        const items = Uint32Array.from(values.keys());
        partialSort(items, from, to, compare);
        const sorted = [...values.keys()].sort(compare);
        expect([...items.slice(from, to)]).toEqual(sorted.slice(from, to));
        expect([...items].sort((x, y) => x - y)).toEqual([...values.keys()]);
      }),
    );
  });

  it('takes no longer for what is sorted already, backwards, or all the same', () => {
    const count = 20_000;
    for (const valueOf of [(i: number) => i, (i: number) => -i, () => 0]) {
      let compared = 0;
      partialSort(
        Uint32Array.from({ length: count }, (_, i) => i),
        10_000,
        10_100,
        (x, y) => {
          compared++;
          return valueOf(x) - valueOf(y) || x - y;
        },
      );
      expect(compared).toBeLessThan(12 * count);
    }
  });
});

describe('the list of clients', () => {
  const some = () => {
    const bench = new PoolBench(poolConfig([{ id: 'a' }, { id: 'b' }], table));
    for (const [key, requests] of [
      ['10.0.0.10', 3],
      ['10.0.0.9', 1],
      ['2001:db8::1', 2],
      ['9.1.1.1', 5],
    ] as const) {
      for (let i = 0; i < requests; i++) bench.ask(key);
      bench.clock.advance(1_000);
    }
    return bench;
  };

  it('is sorted by any column, both ways, addresses as numbers', () => {
    const bench = some();
    expect(keys(bench, { sort: 'key' })).toEqual(['9.1.1.1', '10.0.0.9', '10.0.0.10', '2001:db8::1']);
    expect(keys(bench, { sort: 'key', order: 'desc' })).toEqual(['2001:db8::1', '10.0.0.10', '10.0.0.9', '9.1.1.1']);
    expect(keys(bench, { sort: 'requests' })).toEqual(['10.0.0.9', '2001:db8::1', '10.0.0.10', '9.1.1.1']);
    expect(keys(bench, { sort: 'since', order: 'desc' })[0]).toBe('9.1.1.1');
    expect(keys(bench, { sort: 'lastSeen' })[0]).toBe('10.0.0.10');
    expect(keys(bench, { sort: 'expires' })[0]).toBe('10.0.0.10');
    expect(list(bench, { sort: 'node' }).clients.map(({ node }) => node)).toEqual(['a', 'a', 'b', 'b']);
    // Pages of a list with equals fit together.
    const pages = [0, 1, 2, 3].flatMap((offset) => keys(bench, { sort: 'kind', offset, limit: 1 }));
    expect([...pages].sort()).toEqual(['10.0.0.10', '10.0.0.9', '2001:db8::1', '9.1.1.1']);
    expect(list(bench, { sort: 'moves', offset: 2, limit: 1 }).total).toBe(4);
    bench.pool.pin(entry(bench, '10.0.0.10'), bench.node('a'));
    expect(keys(bench, { sort: 'expires', order: 'desc' })[0]).toBe('10.0.0.10');
  });

  it.each(['key', 'kind', 'pool', 'node', 'since', 'moves', 'lastSeen', 'rate', 'requests', 'expires'] satisfies ClientSort[])(
    'pages by %s are the whole list cut up, whatever is in it',
    (sort) => {
      const bench = new PoolBench(poolConfig(['a', 'b', 'c'], table));
      for (let i = 0; i < 300; i++) {
        bench.ask(`10.${i % 7}.${i % 11}.${i % 90}`);
        if (i % 10 === 0) bench.clock.advance(137);
      }
      for (const order of ['asc', 'desc'] as const) {
        const whole = keys(bench, { sort, order, limit: 1_000 });
        const pages = Array.from({ length: 10 }, (_, i) => keys(bench, { sort, order, offset: i * 40, limit: 40 })).flat();
        expect(pages).toEqual(whole);
        expect(new Set(whole).size).toBe(list(bench, {}).total);
      }
    },
  );

  it('finds one exactly, those that moved, and those that are pinned', () => {
    const bench = some();
    expect(keys(bench, { key: '10.0.0.1' })).toEqual([]);
    expect(keys(bench, { search: '10.0.0.1' })).toEqual(['10.0.0.10']);
    expect(keys(bench, { key: '10.0.0.9' })).toEqual(['10.0.0.9']);
    expect(keys(bench, { moved: true })).toEqual([]);
    const home = list(bench, { key: '10.0.0.9' }).clients[0]!.node;
    bench.down(home);
    bench.ask('10.0.0.9');
    expect(list(bench, { moved: true }).clients).toMatchObject([{ key: '10.0.0.9', moves: 1, from: home, reason: `${home} is down` }]);
    const other = home === 'a' ? 'b' : 'a';
    bench.pool.pin(entry(bench, '10.0.0.9'), bench.node(home));
    expect(list(bench, { pinned: true }).clients).toMatchObject([{ key: '10.0.0.9', node: other, pinned: true, pinnedTo: home }]);
  });

  it('says how each came to its node', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { stickiness: { type: 'http_cookie' } }));
    const placement = bench.placement('10.0.0.1');
    const home = bench.pool.choose(placement)!.id;
    const { key } = list(bench, {}).clients[0]!;
    expect(list(bench, { key }).clients[0]).toMatchObject({ how: 'chosen:turn', from: null, reason: null, pinnedTo: null });
    const other = home === 'a' ? 'b' : 'a';
    bench.pool.pin(entry(bench, key), bench.node(other));
    bench.ask('10.0.0.1', placement.setCookie);
    const reason = `pinned to ${other}`;
    expect(list(bench, { key }).clients[0]).toMatchObject({ how: 'chosen:pinned', from: home, reason });
    // The same cookie at an engine that has just started: nobody is remembered, but the cookie says where.
    const next = new PoolBench(poolConfig(['a', 'b'], { stickiness: { type: 'http_cookie' } }));
    next.ask('10.0.0.1', placement.setCookie);
    expect(list(next, {}).clients[0]).toMatchObject({ key, node: home, how: 'chosen:sticky-cookie', from: null });
  });
});

describe('how many are where', () => {
  it('counts whom the list lists, the lately active, the pinned, and why they are there', () => {
    const bench = new PoolBench(poolConfig(['a', 'b', 'c'], table));
    for (let i = 0; i < 30; i++) bench.ask(`10.0.0.${i}`);
    bench.down('c');
    for (let i = 0; i < 30; i++) bench.ask(`10.0.0.${i}`);
    bench.clock.advance(6_000);
    for (let i = 0; i < 4; i++) bench.ask(`10.0.0.${i}`);
    bench.pool.pin(entry(bench, '10.0.0.0'), bench.node('a'));
    const counts = countClients([bench.pool], {}, bench.clock.now());
    for (const { node, clients, arrivals } of counts) {
      expect(clients).toBe(list(bench, { node }).total);
      expect(arrivals.reduce((sum, one) => sum + one.clients, 0)).toBe(clients);
    }
    expect(counts.reduce((sum, one) => sum + one.clients, 0)).toBe(30);
    expect(counts.reduce((sum, one) => sum + one.active, 0)).toBe(4);
    expect(counts.reduce((sum, one) => sum + one.pinned, 0)).toBe(1);
    expect(counts.find(({ node }) => node === 'a')!.arrivals).toEqual([
      { how: 'chosen:turn', reason: null, clients: 10 },
      { how: 'chosen:turn', reason: 'c is down', clients: 5 },
    ]);
    expect(countClients([bench.pool], { pool: 'elsewhere' }, bench.clock.now())).toEqual([]);
  });
});

describe('requests a second', () => {
  const rate = (bench: PoolBench) => list(bench, {}).clients[0]!.requestsPerSecond;

  it('are all requests of the last 10 to 20 seconds by how long these were', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], table));
    // A fresh ten seconds begin.
    bench.clock.advance(10_000 - (bench.clock.now() % 10_000));
    const asked: number[] = [];
    for (let step = 0; step < 138; step++) {
      for (let i = 0; i < (step * 7) % 4; i++) {
        bench.ask('10.0.0.1');
        asked.push(bench.clock.now());
      }
      bench.clock.advance(500);
      if (asked.length === 0) continue;
      const now = bench.clock.now();
      const from = Math.max(asked[0]!, Math.floor(now / 10_000) * 10_000 - 10_000);
      const exact = (asked.filter((time) => time >= from).length * 1_000) / (now - from);
      expect(rate(bench)).toBe(now - from < 2_000 ? null : exact);
    }
    // Who is silent comes down to nothing.
    bench.clock.advance(10_000);
    expect(rate(bench)).toBeGreaterThan(0);
    bench.clock.advance(10_000);
    expect(rate(bench)).toBe(0);
  });

  it('begin afresh for nobody who moves', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], table));
    for (let i = 0; i < 8; i++) {
      bench.ask('10.0.0.1');
      bench.clock.advance(1_000);
    }
    const before = rate(bench)!;
    const { node } = list(bench, {}).clients[0]!;
    bench.pool.pin(entry(bench, '10.0.0.1'), bench.node(node === 'a' ? 'b' : 'a'));
    bench.ask('10.0.0.1');
    expect(rate(bench)).toBeGreaterThan(before);
    expect(rate(bench)).toBeLessThan(before + 0.2);
  });

  it('sort a list, who is too new for one last', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], table));
    for (let i = 0; i < 3; i++) bench.ask('10.0.0.1');
    bench.ask('10.0.0.2');
    bench.clock.advance(3_000);
    bench.ask('10.0.0.3');
    expect(keys(bench, { sort: 'rate', order: 'desc' })).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });
});

describe('taking a pin off', () => {
  it('leaves the client on its node, tells of it once, and begins its time anew', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { stickiness: { type: 'table', ttlMs: 10_000 } }));
    const first = bench.ask('10.0.0.1')!;
    const other = first === 'a' ? 'b' : 'a';
    bench.pool.pin(entry(bench, '10.0.0.1'), bench.node(other));
    expect(bench.ask('10.0.0.1')).toBe(other);
    // Long past what an entry lasts that nobody pinned.
    bench.clock.advance(60_000);
    bench.pool.sweep();
    bench.pool.unpin(entry(bench, '10.0.0.1'));
    bench.pool.unpin(entry(bench, '10.0.0.1'));
    const described = describeClient(bench.pool, entry(bench, '10.0.0.1'), bench.clock.now());
    expect(described).toMatchObject({ node: other, pinned: false, pinnedTo: null, expiresAt: bench.clock.now() + 10_000 });
    for (let i = 0; i < 4; i++) expect(bench.ask('10.0.0.1')).toBe(other);
    expect(bench.facts.filter(({ kind }) => kind === 'client.unpinned')).toMatchObject([{ client: '10.0.0.1', node: other }]);
    bench.clock.advance(10_001);
    bench.pool.sweep();
    expect(bench.pool.clients!.size).toBe(0);
  });

  it('by cookie: who was long unseen stays for a whole time more', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { stickiness: { type: 'http_cookie', ttlMs: 10_000 } }));
    bench.ask('10.0.0.1');
    const { key, lastSeen } = list(bench, {}).clients[0]!;
    bench.pool.pin(entry(bench, key), bench.node('a'));
    bench.clock.advance(60_000);
    bench.pool.unpin(entry(bench, key));
    expect(list(bench, { key }).clients[0]).toMatchObject({ lastSeen, expiresAt: bench.clock.now() + 10_000 });
  });
});
