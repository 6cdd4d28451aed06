import { describe, expect, it } from 'vitest';
import { poolConfig, PoolBench } from './make-pool.ts';

const table = { stickiness: { type: 'table' } };
const cookie = { stickiness: { type: 'http_cookie' } };

describe('why a node was chosen', () => {
  it.each([
    ['roundrobin', 'chosen:turn'],
    ['leastconn', 'chosen:least'],
    ['source', 'chosen:hash'],
    ['random2', 'chosen:random'],
  ])('%s: %s', (algorithm, verdict) => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { algorithm }));
    const why = bench.why(bench.placement());
    expect(Object.values(why).sort()).toEqual([verdict, 'not-turn'].sort());
  });

  it('only: nobody else could', () => {
    const bench = new PoolBench(poolConfig(['a', { id: 'b', mode: 'reject' }]));
    expect(bench.why(bench.placement())).toEqual({ a: 'chosen:only', b: 'rejecting' });
  });

  it('retry: others were tried', () => {
    const bench = new PoolBench(poolConfig(['a', 'b', 'c']));
    expect(bench.why(bench.placement('x', undefined, ['a', 'b']))).toEqual({ a: 'tried', b: 'tried', c: 'chosen:retry' });
  });

  it('sticky-table and not-sticky', () => {
    const bench = new PoolBench(poolConfig(['a', 'b', 'c'], table));
    const first = bench.ask('10.0.0.1')!;
    const why = bench.why(bench.placement('10.0.0.1'));
    expect(why[first]).toBe('chosen:sticky-table');
    expect(Object.values(why).filter((v) => v === 'not-sticky')).toHaveLength(2);
  });

  it('sticky-cookie', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], cookie));
    const placement = bench.placement();
    const first = bench.pool.choose(placement)!.id;
    const why = bench.why(bench.placement('somebody else', placement.setCookie));
    expect(why[first]).toBe('chosen:sticky-cookie');
    expect(Object.values(why)).toContain('not-sticky');
  });

  it('pinned', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], table));
    const first = bench.ask('10.0.0.1')!;
    const other = first === 'a' ? 'b' : 'a';
    bench.pool.pin(bench.pool.clients!.find('10.0.0.1', bench.clock.now())!, bench.node(other));
    expect(bench.why(bench.placement('10.0.0.1'))).toEqual({ [other]: 'chosen:pinned', [first]: 'not-sticky' });
  });
});

describe('why a node was passed over', () => {
  it('down, draining, rejecting, backup, full, tried, not-turn', () => {
    const bench = new PoolBench(
      poolConfig([
        'taken',
        'down',
        { id: 'drain', mode: 'drain' },
        { id: 'reject', mode: 'reject' },
        { id: 'backup', mode: 'backup' },
        { id: 'full', maxConnections: 1 },
        'tried',
        'other',
      ]),
    );
    bench.down('down');
    bench.pool.take(bench.node('full'));
    const why = bench.why(bench.placement('x', undefined, ['tried']));
    expect(why).toMatchObject({ down: 'down', drain: 'draining', reject: 'rejecting', backup: 'backup', full: 'full', tried: 'tried' });
    expect([why['taken'], why['other']].sort()).toEqual(['chosen:retry', 'not-turn']);
  });

  it('each of them as well when nobody was left', () => {
    const bench = new PoolBench(poolConfig(['down', { id: 'drain', mode: 'drain' }, { id: 'reject', mode: 'reject' }]));
    bench.down('down');
    expect(bench.why(bench.placement())).toEqual({ down: 'down', drain: 'draining', reject: 'rejecting' });
    const full = new PoolBench(poolConfig([{ id: 'full', maxConnections: 1 }]));
    full.pool.take(full.node('full'));
    const placement = full.placement();
    expect(full.why(placement)).toEqual({ full: 'full' });
    expect(placement.onlyFull).toBe(true);
  });

  it('a backup that serves is a candidate like any other', () => {
    const bench = new PoolBench(poolConfig(['a', { id: 'b', mode: 'backup' }, { id: 'c', mode: 'backup' }]));
    bench.down('a');
    expect(Object.values(bench.why(bench.placement())).sort()).toEqual(['chosen:turn', 'down', 'not-turn']);
  });
});

describe('stickiness', () => {
  it('a full node is passed over for the moment, and the client stays its own', () => {
    const bench = new PoolBench(poolConfig([{ id: 'a', maxConnections: 1 }, 'b'], table));
    while (bench.ask('10.0.0.1') !== 'a') bench.pool.release(bench.pool.clients!.find('10.0.0.1', bench.clock.now())!);
    bench.pool.take(bench.node('a'));
    expect(bench.why(bench.placement('10.0.0.1'))).toEqual({ a: 'full', b: 'chosen:turn' });
    bench.pool.drop(bench.node('a'));
    expect(bench.ask('10.0.0.1')).toBe('a');
    expect(bench.facts.filter((f) => f.kind === 'client.moved')).toEqual([]);
  });

  it('a pin does not break a limit', () => {
    const bench = new PoolBench(poolConfig([{ id: 'a', maxConnections: 1 }, 'b'], table));
    bench.ask('10.0.0.1');
    bench.pool.pin(bench.pool.clients!.find('10.0.0.1', bench.clock.now())!, bench.node('a'));
    bench.pool.take(bench.node('a'));
    expect(bench.ask('10.0.0.1')).toBe('b');
    bench.pool.drop(bench.node('a'));
    expect(bench.ask('10.0.0.1')).toBe('a');
  });

  it('moves are told once, with where from, where to and why', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], table));
    const first = bench.ask('10.0.0.1')!;
    const other = first === 'a' ? 'b' : 'a';
    bench.ask('10.0.0.1');
    bench.down(first);
    expect(bench.ask('10.0.0.1')).toBe(other);
    expect(bench.ask('10.0.0.1')).toBe(other);
    expect(bench.facts.filter((f) => f.kind === 'client.moved')).toMatchObject([
      { client: '10.0.0.1', from: first, to: other, reason: `${first} is down` },
    ]);
    expect(bench.node(first).stickyClients).toBe(0);
    expect(bench.node(other).stickyClients).toBe(1);
  });

  it('drain keeps its clients until its time is up', () => {
    const config = (mode: string) =>
      poolConfig(
        [
          { id: 'a', mode },
          { id: 'b', mode: mode === 'accept' ? 'reject' : 'accept' },
        ],
        table,
      );
    const bench = new PoolBench(config('accept'), 10_000);
    expect(bench.ask('10.0.0.1')).toBe('a');
    bench.pool.update(config('drain'));
    expect(bench.ask('10.0.0.1')).toBe('a');
    expect(bench.ask('10.0.0.2')).toBe('b');
    expect(bench.node('a').drain).toEqual({ since: bench.clock.now(), until: bench.clock.now() + 10_000, clientsAtStart: 1 });
    bench.clock.advance(10_000);
    bench.pool.sweep();
    expect(bench.node('a').stickyClients).toBe(0);
    expect(bench.ask('10.0.0.1')).toBe('b');
  });

  it('a cookie of another pool, a forged one and one that was released are none', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], cookie));
    const placement = bench.placement();
    bench.pool.choose(placement);
    const { setCookie } = placement;
    const forged = bench.placement('x', setCookie.slice(0, -1) + (setCookie.endsWith('A') ? 'B' : 'A'));
    bench.pool.choose(forged);
    expect(forged.setCookie).not.toBe('');
    expect(bench.pool.clients!.size).toBe(2);
    const [client] = [...bench.pool.clients!.values()];
    bench.pool.release(client!);
    const again = bench.placement('x', setCookie);
    bench.pool.choose(again);
    expect(again.setCookie).not.toBe('');
    expect(again.setCookie).not.toBe(setCookie);
  });

  it('a cookie outlives the table: the client comes back to its node', () => {
    const first = new PoolBench(poolConfig(['a', 'b', 'c'], cookie));
    first.ask('other');
    const placement = first.placement();
    const node = first.pool.choose(placement)!.id;
    const second = new PoolBench(poolConfig(['a', 'b', 'c'], cookie));
    const again = second.placement('elsewhere', placement.setCookie);
    expect(second.pool.choose(again)!.id).toBe(node);
    expect(again.setCookie).toBe('');
  });
});

describe('slow start', () => {
  it('shares grow from a tenth to the whole in its time', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { slowStartMs: 100_000 }));
    expect(bench.shares(200)).toEqual({ a: 100, b: 100 });
    bench.down('b');
    bench.clock.advance(600_001);
    bench.node('b').health.reportSuccess();
    const shareOfB = () => {
      bench.pool.sweep();
      return (bench.shares(1100)['b'] ?? 0) / 1100;
    };
    // Weights 100 : 10, 100 : 25, 100 : 50, 100 : 100.
    expect(shareOfB()).toBeCloseTo(10 / 110, 2);
    bench.clock.advance(25_000);
    expect(shareOfB()).toBeCloseTo(25 / 125, 2);
    bench.clock.advance(25_000);
    expect(shareOfB()).toBeCloseTo(50 / 150, 2);
    bench.clock.advance(50_000);
    expect(shareOfB()).toBeCloseTo(0.5, 2);
    expect(bench.node('b').weight).toBe(100);
  });

  it.each(['roundrobin', 'leastconn', 'source', 'random2'])('light nodes ramp as well (%s)', (algorithm) => {
    const bench = new PoolBench(
      poolConfig(
        [
          { id: 'a', weight: 1 },
          { id: 'b', weight: 1 },
        ],
        { slowStartMs: 100_000, algorithm },
      ),
    );
    bench.down('b');
    bench.up('b');
    expect(bench.node('b').weight).toBeCloseTo(0.1, 5);
    const shares = bench.shares(2000);
    expect(shares['b']! / 2000).toBeLessThan(0.2);
  });

  it('a node that starts, or was never gone, does not ramp; one that was set to reject does', () => {
    const config = (mode: string) => poolConfig(['a', { id: 'b', mode }], { slowStartMs: 10_000 });
    const bench = new PoolBench(config('accept'));
    expect(bench.node('b').weight).toBe(100);
    bench.pool.update(config('drain'));
    bench.pool.update(config('accept'));
    expect(bench.node('b').weight).toBe(100);
    bench.pool.update(config('reject'));
    bench.pool.update(config('accept'));
    expect(bench.node('b').weight).toBeCloseTo(10, 5);
    bench.clock.advance(10_000);
    bench.pool.sweep();
    expect(bench.node('b').weight).toBe(100);
  });
});

describe('the journal', () => {
  it('tells downs and ups in pairs, however often a trial fails', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { passiveCheck: { enabled: true, errors: 1, windowMs: 1_000 } }));
    bench.down('a');
    for (let i = 0; i < 3; i++) {
      bench.clock.advance(1_000);
      expect(bench.node('a').state).toBe('checking');
      bench.down('a');
      expect(bench.node('a').state).toBe('down');
    }
    bench.clock.advance(1_000);
    bench.node('a').health.reportSuccess();
    expect(bench.facts.map((f) => [f.kind, f.node])).toEqual([
      ['node.down', 'a'],
      ['node.up', 'a'],
    ]);
  });
});

describe('the queue', () => {
  const waiting = (bench: PoolBench, name: string, log: string[], tried: string[] = []) => {
    const placement = bench.placement(name, undefined, tried);
    const waiter = {
      waitsIn: bench.pool,
      placeFree: () => {
        const node = bench.pool.choose(placement);
        if (node) bench.pool.take(node);
        log.push(`${name}:${node?.id ?? 'none'}`);
      },
    };
    expect(bench.pool.choose(placement)).toBeUndefined();
    expect(placement.onlyFull).toBe(true);
    expect(bench.pool.enqueue(waiter, placement)).toBe(true);
    return waiter;
  };

  it('serves in order, and only as many as there are places', () => {
    const bench = new PoolBench(poolConfig([{ id: 'a', maxConnections: 2 }]));
    const log: string[] = [];
    bench.pool.take(bench.node('a'));
    bench.pool.take(bench.node('a'));
    waiting(bench, 'one', log);
    const two = waiting(bench, 'two', log);
    waiting(bench, 'three', log);
    waiting(bench, 'four', log);
    bench.pool.dequeue(two);
    bench.pool.drop(bench.node('a'));
    expect(log).toEqual(['one:a']);
    bench.pool.update(poolConfig([{ id: 'a', maxConnections: 3 }]));
    expect(log).toEqual(['one:a', 'three:a']);
    bench.pool.drop(bench.node('a'));
    expect(log).toEqual(['one:a', 'three:a', 'four:a']);
    expect(bench.node('a').active).toBe(3);
  });

  it('a place at a node that failed the first in line goes to the next, who keeps the order', () => {
    const bench = new PoolBench(
      poolConfig([
        { id: 'a', maxConnections: 1 },
        { id: 'b', maxConnections: 1 },
      ]),
    );
    const log: string[] = [];
    bench.pool.take(bench.node('a'));
    bench.pool.take(bench.node('b'));
    waiting(bench, 'one', log, ['a']);
    waiting(bench, 'two', log);
    waiting(bench, 'three', log);
    bench.pool.drop(bench.node('a'));
    expect(log).toEqual(['two:a']);
    bench.pool.drop(bench.node('b'));
    expect(log).toEqual(['two:a', 'one:b']);
  });

  it('is bounded, and empty once the pool is gone', () => {
    const bench = new PoolBench(poolConfig([{ id: 'a', maxConnections: 1 }]));
    const log: string[] = [];
    bench.pool.take(bench.node('a'));
    for (let i = 0; i < 1_000; i++) waiting(bench, `w${i}`, log);
    expect(bench.pool.enqueue({ waitsIn: bench.pool, placeFree: () => undefined }, bench.placement())).toBe(false);
    bench.pool.close();
    expect(log).toHaveLength(1_000);
    expect(log.every((line) => line.endsWith(':none'))).toBe(true);
    expect(bench.pool.available).toBe(0);
  });
});

describe('a move', () => {
  const cookies = { stickiness: { type: 'http_cookie' } };
  const movesOf = (bench: PoolBench) =>
    bench.facts.filter((fact) => fact.kind === 'client.moved').map(({ from, to, reason }) => ({ from, to, reason }));

  it('is none while the very first request looks for a node, and one from the second on, whichever fails first', () => {
    const bench = new PoolBench(poolConfig(['a', 'b'], { ...table, passiveCheck: { enabled: false } }));
    const first = bench.placement();
    const node = bench.pool.choose(first)!;
    first.tried.push(node);
    const other = bench.pool.choose(first)!;
    expect(other).not.toBe(node);
    expect(movesOf(bench)).toEqual([]);

    const slow = bench.placement('10.0.0.2');
    const home = bench.pool.choose(slow)!;
    // Answered while the first request is still under way.
    expect(bench.ask('10.0.0.2')).toBe(home.id);
    slow.tried.push(home);
    const to = bench.pool.choose(slow)!;
    expect(movesOf(bench)).toEqual([{ from: home.id, to: to.id, reason: `${home.id} did not answer` }]);
    expect(bench.ask('10.0.0.2')).toBe(to.id);
    expect(movesOf(bench)).toHaveLength(1);
  });

  it('of a client known by its cookie alone is told like any other: it stays the same client', () => {
    const before = new PoolBench(poolConfig(['a', 'b'], cookies));
    const placement = before.placement();
    const home = before.pool.choose(placement)!;
    const [client] = [...before.pool.clients!.values()];
    // Another engine with the same key, as after a restart.
    const after = new PoolBench(poolConfig(['a', 'b'], cookies));
    after.down(home.id);
    const returning = after.placement('10.0.0.1', placement.setCookie);
    const to = after.pool.choose(returning)!;
    expect(to.id).not.toBe(home.id);
    expect(movesOf(after)).toEqual([{ from: home.id, to: to.id, reason: `${home.id} is down` }]);
    expect([...after.pool.clients!.values()]).toMatchObject([{ key: client!.key, moves: 1, node: to }]);
    expect(returning.setCookie).not.toBe('');
    expect([after.node(home.id).stickyClients, to.stickyClients]).toEqual([0, 1]);
  });
});

describe('backups', () => {
  it('take a request that every accept node has failed, and give their clients back', () => {
    const bench = new PoolBench(poolConfig(['a', { id: 'b', mode: 'backup' }], table));
    expect(bench.pool.choose(bench.placement('x', undefined, ['a']))!.id).toBe('b');
    bench.down('a');
    expect(bench.ask('10.0.0.9')).toBe('b');
    expect(bench.node('b').stickyClients).toBeGreaterThan(0);
    bench.up('a');
    expect(bench.node('b').stickyClients).toBe(0);
    expect(bench.ask('10.0.0.9')).toBe('a');
  });
});
