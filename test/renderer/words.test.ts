import { expect, test } from 'vitest';
import { overallState } from '../../renderer/app/shell/overall-state.ts';
import { parseRoute } from '../../renderer/app/router.ts';
import { createFakeMain } from '../../renderer/bridge/fake-client.ts';
import { clientLabel } from '../../renderer/features/live/client-label.ts';
import { addMoves, expireMoves, noMovements } from '../../renderer/features/live/departures.ts';
import { parseSelection, selectionHref } from '../../renderer/features/live/live-model.ts';
import { drainProgress, reasonLine } from '../../renderer/features/live/node-words.ts';
import { TrafficSeries } from '../../renderer/stores/traffic-series.ts';
import { effectiveState, poolWords, rollUp } from '../../renderer/ui/effective-state.ts';
import { rollUpArcs } from '../../renderer/ui/rollup-ring.tsx';
import type { NodeState } from '../../shared/model/state.ts';
import { scenarios } from './page/scenarios.ts';

async function world(change: (node: NodeState, i: number) => Partial<NodeState> = () => ({})) {
  const fake = createFakeMain(scenarios['healthy']);
  const { listeners, pools } = await fake.client.request('engine.snapshot', {});
  const nodes = pools[0]!.nodes.map((node, i) => ({ ...node, ...change(node, i) }));
  const available = nodes.filter((n) => n.mode === 'accept' && n.state !== 'down').length;
  return { listeners, pools: [{ ...pools[0]!, nodes, available }], nodes };
}

test('mode and observation make one of six states; down outranks every mode that is checked', () => {
  expect(effectiveState({ mode: 'accept', state: 'up' })).toBe('healthy');
  expect(effectiveState({ mode: 'accept', state: 'checking' })).toBe('checking');
  expect(effectiveState({ mode: 'drain', state: 'up' })).toBe('draining');
  expect(effectiveState({ mode: 'drain', state: 'down' })).toBe('down');
  expect(effectiveState({ mode: 'backup', state: 'checking' })).toBe('backup');
  expect(effectiveState({ mode: 'reject', state: 'down' })).toBe('rejecting');
});

test('a parent is never better than its worst child', async () => {
  const { nodes } = await world((_, i) => (i === 1 ? { state: 'down' } : {}));
  expect(rollUp(nodes).glyph).toBe('down');
  expect(rollUp(nodes.slice(0, 1)).glyph).toBe('healthy');
  expect(rollUp(nodes.slice(0, 1), false).glyph).toBe('down');
  expect(rollUp([]).glyph).toBe('none');
  expect(rollUpArcs(rollUp(nodes)).map((arc) => arc.state)).toEqual(['healthy', 'down', 'healthy']);
  const many = Array.from({ length: 40 }, (_, i) => ({ ...nodes[0]!, state: i === 0 ? ('down' as const) : ('up' as const) }));
  expect(rollUpArcs(rollUp(many)).map((arc) => arc.state)).toEqual(['healthy', 'down']);
});

test('the bar says the worst first, in words', async () => {
  const healthy = await world();
  expect(overallState(healthy.listeners, healthy.pools)).toMatchObject({
    head: 'All 3 nodes up',
    sub: 'Web serving on :8080',
    alarm: false,
  });
  const one = await world((_, i) => (i === 1 ? { state: 'down' } : {}));
  expect(overallState(one.listeners, one.pools)).toMatchObject({
    head: '1 of 3 nodes down',
    sub: 'Web still serving on :8080',
    alarm: true,
  });
  const draining = await world((_, i) => (i === 2 ? { mode: 'drain' } : {}));
  expect(overallState(draining.listeners, draining.pools).head).toBe('All nodes up, 1 draining');
  expect(poolWords(draining.pools[0]!)).toBe('2 take new');
  const none = await world(() => ({ state: 'down' }));
  expect(overallState(none.listeners, none.pools)).toMatchObject({ head: 'Nothing serves', alarm: true });
  const unbound = healthy.listeners.map((l) => ({ ...l, state: 'error' as const, reason: 'port 8080 is used by node, pid 4121' }));
  expect(overallState(unbound, healthy.pools)).toMatchObject({
    head: 'Nothing serves',
    sub: 'Web is not open: port 8080 is used by node, pid 4121',
  });
  expect(overallState([], []).head).toBe('Nothing set up yet');
});

test('a node says why: the reason with its time, a drain with who stays, who left and the seconds', async () => {
  const { nodes, pools } = await world();
  const now = Date.now();
  const down: NodeState = {
    ...nodes[0]!,
    state: 'down',
    reason: '2 of 2 checks timed out',
    lastCheck: { time: new Date(2026, 0, 1, 14, 3, 7).getTime(), ok: false, detail: 'timed out after 500 ms', durationMs: 500 },
  };
  expect(reasonLine(down, 'down', pools[0]!, now)).toBe('2 of 2 checks timed out (last 14:03:07)');
  const drained: NodeState = { ...nodes[0]!, stickyClients: 5, drain: { since: now - 9_000, until: now + 21_000, clientsAtStart: 11 } };
  expect(reasonLine(drained, 'draining', pools[0]!, now)).toBe('5 clients stay, 6 have left, 21 s remain');
  expect(drainProgress(drained, now)).toMatchObject({ stay: 5, left: 6, share: 0.7 });
});

test('chips carry four or five characters', () => {
  expect(clientLabel({ kind: 'cookie', key: '5fe237c331d4' })).toBe('5fe2');
  expect(clientLabel({ kind: 'address', key: '192.168.1.24' })).toBe('1.24');
  expect(clientLabel({ kind: 'address', key: '10.0.120.137' })).toBe('…137');
  expect(clientLabel({ kind: 'address', key: '2001:db8:85a3::7334' })).toBe('…7334');
});

test('a movement counts from, to and how many, and fades', () => {
  const move = (id: string, to: string) => ({ id, pool: 'web', key: id, from: 'b', to });
  const once = addMoves(noMovements, [move('1', 'a'), move('2', 'c'), move('3', 'a')], 1_000);
  const twice = addMoves(once, [move('4', 'c')], 2_000);
  expect(twice.left.get('web/b')).toMatchObject({ count: 4 });
  expect([...twice.left.get('web/b')!.to]).toEqual([
    ['a', 2],
    ['c', 2],
  ]);
  expect(twice.came.get('web/a')!.count).toBe(2);
  expect(expireMoves(twice, 3_000)).toBe(twice);
  expect(expireMoves(twice, 20_000).left.size).toBe(0);
});

test('addresses of the window: screens, selections, and back', () => {
  expect(parseRoute('#/pools/web')).toMatchObject({ screen: 'pools', parts: ['web'] });
  expect(parseRoute('#/timeline?run=7&at=3').query.get('run')).toBe('7');
  expect(parseRoute('#/timeline?run=7')).toMatchObject({ screen: 'timeline', parts: [] });
  expect(parseRoute('')).toMatchObject({ screen: 'live', parts: [] });
  expect(parseRoute('#/nowhere/1')).toMatchObject({ screen: 'live', parts: [] });
  const selection = { kind: 'client', pool: 'web', id: '2001:db8::1' } as const;
  expect(parseSelection(parseRoute(selectionHref(selection)).parts)).toEqual(selection);
});

test('rates are means of two seconds, a flow that stopped is 0 at once, and unknown quantiles stay unknown', () => {
  const series = new TrafficSeries();
  const none = { p50: null, p95: null, p99: null };
  const counts = { requests: 5, errors: 0, connections: 3 };
  for (let t = 0; t < 2_000; t += 100) series.push(t, 100, counts, { p50: 10, p95: 30, p99: 50 });
  expect(series.rates(2_000)).toMatchObject({ requestsPerSecond: 50, p95: 30, connections: 3 });
  for (let t = 2_000; t < 2_800; t += 100) series.push(t, 100, { ...counts, requests: 0 }, none);
  expect(series.rates(2_000)).toMatchObject({ requestsPerSecond: 0, p95: 30 });
  for (let t = 2_800; t < 6_000; t += 100) series.push(t, 100, { ...counts, requests: 0 }, none);
  expect(series.rates(2_000).p95).toBeNull();
  const history = series.history(6_000, 60_000, 60);
  expect(history).toHaveLength(60);
  expect(Number.isNaN(history[0]!)).toBe(true);
  expect(history.at(-6)).toBeCloseTo(50);
});
