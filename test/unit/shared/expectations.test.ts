import { expect, test } from 'vitest';
import { expectationSchema, type Expectation } from '../../../shared/model/scenario.ts';
import { bucketOf } from '../../../shared/state/latency-buckets.ts';
import { judge } from '../../../shared/state/expectations.ts';

type Judged = Parameters<typeof judge>[0];
type Incident = Judged['score']['incidents'][number];

const t0 = 1_700_000_000_000;

/** Ten seconds of two nodes, 100 ms a tick: 10 requests each, until "b" is down from 4 s to 8 s and "a" takes all. */
function run(change: { incident?: Partial<Incident> | null } = {}): Judged {
  const down = (ms: number): boolean => ms > 4000 && ms <= 8000;
  const node = (id: string, ms: number) => ({
    ...{ pool: 'demo', node: id, connections: 0, errors: 0, retried: 0, bytesIn: 0, bytesOut: 0, stickyClients: 0 },
    ...{ p50: null, p95: null, p99: null },
    state: id === 'b' && down(ms) ? ('down' as const) : ('up' as const),
    requests: id === 'b' ? (down(ms) ? 0 : 10) : down(ms) ? 20 : 10,
  });
  const listener = (id: string, ms: number) => ({
    ...{ id, connections: 0, requests: 20, bytesIn: 0, bytesOut: 0 },
    errors: id === 'demo' && ms === 3900 ? 2 : 0,
    retried: id === 'demo' && (ms === 3900 || ms === 4000) ? 3 : 0,
    latency: [[bucketOf(ms > 3000 && ms <= 4000 ? 400 : 20), 20]] as [number, number][],
  });
  const ticks = Array.from({ length: 100 }, (_, i) => (i + 1) * 100).map((ms) => ({
    ...{ epoch: 1, time: t0 + ms, intervalMs: 100, clients: 0, total: { p50: null, p95: null, p99: null } },
    listeners: [listener('demo', ms), listener('other', ms)],
    nodes: [node('a', ms), node('b', ms)],
  }));
  const entry = (seq: number, ms: number, rest: object) => ({ seq, time: t0 + ms, pool: 'demo', ...rest });
  const moved = (seq: number, ms: number, client: string, from: string) => entry(seq, ms, { kind: 'client.moved', client, from, to: 'a' });
  const incident: Incident = {
    ...{ pool: 'demo', node: 'b', label: 'api-2', reason: '2 of 2 checks timed out' },
    ...{ faultAt: t0 + 3000, firstFailureAt: null, firstFailureBy: null, downAt: t0 + 4000, detectMs: 1000, detectFrom: 'fault' },
    ...{ recoveredAt: null, recoverMs: null, healedAt: t0 + 6500, upAt: t0 + 8000, backMs: 1500, backFrom: 'heal' },
    ...{ moved: 2, movedTo: [], retried: 6, lost: 2, p99: { before: null, during: null, after: null } },
  };
  return {
    ...{ startedAt: t0, endedAt: t0 + 10_000, ticks },
    start: {
      ...{ epoch: 1, seq: 0, startedAt: t0 },
      listeners: [
        { id: 'demo', pool: 'demo' },
        { id: 'other', pool: 'other' },
      ],
      pools: [{ id: 'demo', nodes: ['a', 'b'].map((id, i) => ({ id, label: `api-${i + 1}`, state: 'up' })) }],
    },
    entries: [
      entry(1, 4000, { kind: 'node.down', node: 'b', reason: 'x' }),
      moved(2, 4001, 'one', 'b'),
      moved(3, 4002, 'two', 'b'),
      moved(4, 8500, 'one', 'a'),
      entry(5, 8000, { kind: 'node.up', node: 'b', reason: 'x' }),
      { ...moved(6, 4005, 'elsewhere', 'b'), pool: 'other' },
    ],
    score: {
      requests: 0,
      retried: 0,
      lost: 0,
      moved: 0,
      p99: null,
      incidents: change.incident === null ? [] : [{ ...incident, ...change.incident }],
    },
  } as unknown as Judged;
}

test.each<[Expectation, boolean, string]>([
  [{ what: 'state', node: 'b', state: 'down', atMs: 3000, withinMs: 2500 }, true, 'api-2 down within 2.5 s of 3 s: after 1 s'],
  [{ what: 'state', node: 'b', state: 'down', atMs: 3000, withinMs: 500 }, false, 'api-2 down within 500 ms of 3 s: only after 1 s'],
  [{ what: 'state', node: 'b', state: 'down', atMs: 5000, withinMs: 0 }, true, 'api-2 down within 0 ms of 5 s: it was so already'],
  [{ what: 'state', node: 'a', state: 'down', atMs: 0, withinMs: 9000 }, false, 'api-1 down within 9 s of 0 ms: it was not, but up'],
  [{ what: 'state', node: 'b', state: 'up', atMs: 6500, withinMs: 2000 }, true, 'api-2 up within 2 s of 6.5 s: after 1.5 s'],
  [{ what: 'lost', max: 0 }, false, 'no requests lost: 2'],
  [{ what: 'lost', max: 2 }, true, 'at most 2 requests lost: 2'],
  [{ what: 'lost', max: 0, fromMs: 4000 }, true, 'no requests lost from 4 s on: 0'],
  [{ what: 'retried', min: 1, max: 6 }, true, '1 to 6 requests retried: 6'],
  [{ what: 'retried', min: 4, untilMs: 3900 }, false, 'at least 4 requests retried until 3.9 s: 3'],
  [{ what: 'requests', min: 2000 }, true, 'at least 2,000 requests: 2,000'],
  [{ what: 'requests', min: 201, fromMs: 1000, untilMs: 2000 }, false, 'at least 201 requests between 1 s and 2 s: 200'],
  [{ what: 'moved', min: 2, max: 2 }, true, '2 clients moved: 2'],
  [{ what: 'moved', node: 'b', min: 3 }, false, 'at least 3 clients moved away from api-2: 2'],
  [{ what: 'moved', node: 'a', max: 0, untilMs: 8000 }, true, 'no clients moved away from api-1 until 8 s: 0'],
  [{ what: 'detect', node: 'b', maxMs: 1000 }, true, 'api-2’s failure detected within 1 s: 1 s after the fault'],
  [{ what: 'detect', node: 'b', maxMs: 999 }, false, 'api-2’s failure detected within 999 ms: 1 s after the fault'],
  [{ what: 'detect', node: 'a', maxMs: 999 }, false, 'api-1’s failure detected within 999 ms: it never went down'],
  [{ what: 'back', node: 'b', maxMs: 1500 }, true, 'api-2 serves again within 1.5 s of the fault’s end: after 1.5 s'],
  [
    { what: 'share', node: 'b', min: 0, max: 0, fromMs: 4000, untilMs: 8000 },
    true,
    'api-2 takes 0 % of the requests between 4 s and 8 s: 0 %',
  ],
  [{ what: 'share', node: 'b', min: 0.4, max: 0.6 }, false, 'api-2 takes 40 % to 60 % of the requests: 30 %'],
])('%j', (expectation, held, words) => {
  expectationSchema.parse(expectation);
  expect(judge(run(), { expect: [expectation] })).toEqual([{ expectation, held, words }]);
});

test('p99 is of all answers of the window, and of nothing it says so', () => {
  const p99 = (window: object, maxMs = 30_000) => judge(run(), { expect: [{ what: 'p99', maxMs, ...window }] })[0]!;
  expect(p99({}, 300).held).toBe(false);
  expect(p99({}, 450).held).toBe(true);
  expect(p99({ fromMs: 4000 }, 25).held).toBe(true);
  expect(p99({ untilMs: 3000 }, 25).words).toMatch(/^99 of 100 answers within 25 ms until 3 s: \d+ ms$/);
  expect(p99({ fromMs: 20_000 })).toMatchObject({ held: false, words: expect.stringContaining('nothing was answered') as string });
});

test('what is not known does not hold', () => {
  const one = (incident: Partial<Incident> | null, expectation: Expectation) => judge(run({ incident }), { expect: [expectation] })[0];
  expect(one({ detectMs: null, detectFrom: null }, { what: 'detect', node: 'b', maxMs: 9999 })).toMatchObject({ held: false });
  expect(one({ backMs: null, backFrom: null }, { what: 'back', node: 'b', maxMs: 9999 })).toMatchObject({ held: false });
  expect(one({ backMs: 10, backFrom: 'down' }, { what: 'back', node: 'b', maxMs: 9999 })).toMatchObject({ held: false });
  expect(one(null, { what: 'back', node: 'b', maxMs: 9999 })).toMatchObject({ held: false });
});
