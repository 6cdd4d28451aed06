import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFakeMain } from '../../renderer/bridge/fake-client.ts';
import { failoverScores } from '../../renderer/features/live/failover-words.ts';
import { closeMs, noticedIn } from '../../renderer/stores/failover-store.ts';
import { createStores } from '../../renderer/stores/stores.ts';
import { scenarios } from './page/scenarios.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function world() {
  const fake = createFakeMain(scenarios['healthy']);
  const stores = createStores(fake.client);
  const stop = stores.start();
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 100) {
      fake.tick();
      await vi.advanceTimersByTimeAsync(100);
    }
  };
  await pass(2_000);
  return { fake, stores, stop, pass, current: () => stores.failovers.store.getState().current };
}

it('a failover is what was seen of it: first failure, down, moves, errors; it closes half a minute after the return', async () => {
  const { fake, stores, stop, pass, current } = await world();
  expect(current()).toBeNull();
  const killedAt = Date.now();
  fake.kill('web', 'n2');
  await pass(4_000);
  const seen = current()!;
  const entries = stores.journal.store.getState().entries;
  const moves = entries.filter((e) => e.kind === 'client.moved' && e.from === 'n2');
  const down = entries.find((e) => e.kind === 'node.down')!;
  expect(seen).toMatchObject({ key: 'web/n2', label: 'api-2', reason: '2 of 2 checks timed out', downAt: down.time, upAt: null, lost: 0 });
  expect(moves.length).toBeGreaterThan(5);
  expect(seen.moved).toBe(new Set(moves.map((e) => e.client)).size);
  expect([...seen.movedTo.values()].reduce((a, b) => a + b)).toBe(seen.moved);
  expect(seen.failed).toBe(stores.engine.store.getState().pools[0]!.nodes[1]!.errors);
  expect(seen.firstAt).toBeGreaterThanOrEqual(killedAt - 100);
  expect(seen.firstAt).toBeLessThanOrEqual(down.time);
  expect(noticedIn(seen)).toBe(((down.time - seen.firstAt!) / 1_000).toFixed(1));
  expect(stores.failovers.statesOf('web/n2').map((s) => s.state)).toEqual(['healthy', 'checking', 'down']);

  fake.revive('web', 'n2');
  await pass(4_000);
  const { upAt } = current()!;
  expect(upAt).toBe(stores.journal.store.getState().entries.find((e) => e.kind === 'node.up')!.time);
  await pass(closeMs - 5_000);
  expect(current()).not.toBeNull();
  await pass(7_000);
  expect(current()).toBeNull();
  stop();
});

it('where the fault is known it counts from there, as the scorecard does', async () => {
  const { fake, stop, pass, current } = await world();
  const about = { pool: 'web', node: 'n2' };
  const brokenAt = Date.now() + 50;
  fake.emit('journal.entry', { ...about, seq: 800, time: brokenAt, kind: 'lab.fault', fault: { type: 'kill' } });
  fake.kill('web', 'n2');
  await pass(4_000);
  expect(current()).toMatchObject({ key: 'web/n2', faultAt: brokenAt });
  expect(noticedIn(current()!)).toBe(((current()!.downAt - brokenAt) / 1_000).toFixed(1));
  stop();
});

it('a fault that had ended before the node failed is not what it counts from', async () => {
  const { fake, stop, pass, current } = await world();
  const about = { pool: 'web', node: 'n2' };
  fake.emit('journal.entry', { ...about, seq: 800, time: Date.now() + 10, kind: 'lab.fault', fault: { type: 'refuse' }, injected: true });
  fake.emit('journal.entry', { ...about, seq: 801, time: Date.now() + 20, kind: 'lab.healed', injected: true });
  await pass(1_000);
  fake.kill('web', 'n2');
  await pass(4_000);
  expect(current()).toMatchObject({ key: 'web/n2', faultAt: null });
  stop();
});

it('what was not seen is not said, and a node that is set aside closes its failover', async () => {
  const { fake, stop, pass, current } = await world();
  fake.emit('journal.entry', { seq: 900, time: Date.now(), kind: 'node.down', pool: 'web', node: 'n1', reason: 'gone' });
  await pass(500);
  expect(noticedIn(current()!)).toBeNull();
  expect(current()).toMatchObject({ node: 'n1', firstAt: null, moved: 0, failed: 0, lost: 0 });
  await fake.client.request('node.setMode', { pool: 'web', node: 'n1', mode: 'reject' });
  await pass(1_000);
  expect(current()).toBeNull();
  stop();
});

it('what failed on a node and was tried on another is counted by the engine, and said', async () => {
  const { fake, stop, pass, current } = await world();
  fake.emit('journal.entry', { seq: 900, time: Date.now(), kind: 'node.down', pool: 'web', node: 'n1', reason: 'gone' });
  await pass(300);
  const before = current()!;
  const none = { connections: 0, requests: 0, bytesIn: 0, bytesOut: 0 };
  const quantiles = { p50: null, p95: null, p99: null };
  fake.emit('traffic.tick', {
    ...{ epoch: 1, time: Date.now(), intervalMs: 100, clients: 0, total: quantiles, listeners: [] },
    nodes: [{ ...none, ...quantiles, pool: 'web', node: 'n1', state: 'down', errors: 12, retried: 11, stickyClients: 0 }],
  });
  await pass(300);
  expect([current()!.failed - before.failed, current()!.retried - before.retried]).toEqual([12, 11]);
  const score = failoverScores({ ...current()!, failed: 12, retried: 11 }, Date.now()).find(({ name }) => name === 'Failed there');
  expect(score).toMatchObject({ value: '12', below: '11 tried elsewhere' });
  stop();
});
