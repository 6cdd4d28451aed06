import { describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../shared/model/metrics.ts';
import { useStage } from '../support/cleanup.ts';
import type { EngineHarness } from '../support/engine-harness.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { okAnswer, RecorderNode } from '../support/recorder-node.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

const recordOf = async (harness: EngineHarness, path: string): Promise<RequestRecord> => {
  let record: RequestRecord | undefined;
  await eventually(() => (record = harness.engine.listRequests({}).entries.find((one) => one.path === path)) !== undefined);
  return record!;
};
/** An address nobody listens on. */
const dead = async () => {
  const node = await RecorderNode.start();
  await node.kill();
  return node.address;
};

describe('where the time of a request went', () => {
  it('a new connection, then a kept one; the node’s own time is what is left', async () => {
    const node = await stage.node({
      onRequest: async () => {
        await sleep(40);
        return okAnswer;
      },
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    await askOnce(harness.port(), get('/first'));
    await askOnce(harness.port(), get('/second'));
    const first = await recordOf(harness, '/first');
    expect(first).toMatchObject({ reused: false, phases: { queuedMs: 0, triedMs: 0 } });
    expect(first.phases!.connectMs).toBeGreaterThan(0);
    expect(first.phases!.firstByteMs! - first.phases!.connectMs!).toBeGreaterThan(35);
    expect(first.phases!.firstByteMs).toBeLessThanOrEqual(first.durationMs);
    const second = await recordOf(harness, '/second');
    expect(second).toMatchObject({ reused: true, phases: { queuedMs: 0, triedMs: 0, connectMs: 0 } });
    expect(second.phases!.firstByteMs).toBeGreaterThan(35);
  });

  it('the first byte is that of the final answer: a head that trickles counts from its start, an interim one not at all', async () => {
    const node = await stage.node({
      onRequest: () => ({
        parts: ['HTTP/1.1 103 Early Hints\r\n', '\r\n', 'HTTP/1.1 200 OK\r\n', 'Content-Length: 2\r\n\r\nok'],
        pause: () => sleep(50),
      }),
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    await askOnce(harness.port(), get('/'));
    const { phases, durationMs } = await recordOf(harness, '/');
    // At 100 ms the final answer's first byte, at 150 ms its last.
    expect(phases!.firstByteMs).toBeGreaterThan(90);
    expect(durationMs - phases!.firstByteMs!).toBeGreaterThan(40);
  });

  it('a wait for a node with room', async () => {
    let go: (() => void) | undefined;
    const node = await stage.node({
      onRequest: async ({ target }) => {
        if (target === '/holds') await new Promise<void>((resolve) => (go = resolve));
        return okAnswer;
      },
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [{ address: node.address, maxConnections: 1 }] }] });
    const [holder, waiter] = [await stage.client(harness), await stage.client(harness)];
    holder.write(get('/holds'));
    expect(await eventually(() => go !== undefined)).toBe(true);
    waiter.write(get('/waits'));
    await sleep(60);
    go!();
    await waiter.answer();
    const { phases, durationMs } = await recordOf(harness, '/waits');
    expect(phases!.queuedMs).toBeGreaterThan(50);
    expect(phases!.firstByteMs).toBeGreaterThan(phases!.queuedMs);
    expect(durationMs).toBeGreaterThanOrEqual(phases!.firstByteMs!);
    // One that gives up waiting has waited, and nothing else.
    holder.forget();
    go = undefined;
    holder.write(get('/holds'));
    expect(await eventually(() => go !== undefined)).toBe(true);
    waiter.write(get('/gives-up'));
    await sleep(60);
    waiter.reset();
    const gaveUp = await recordOf(harness, '/gives-up');
    expect(gaveUp).toMatchObject({ status: 0, node: null, reused: null, phases: { connectMs: null, firstByteMs: null } });
    expect(gaveUp.phases!.queuedMs).toBeGreaterThan(50);
    expect(gaveUp.durationMs).toBeGreaterThanOrEqual(gaveUp.phases!.queuedMs);
    go!();
  });

  it('what was tried in vain is told apart from what counted', async () => {
    const silent = await stage.node({ onRequest: () => undefined });
    const good = await stage.node();
    const harness = await stage.engine({
      pools: [{ id: 'web', retries: 1, timeouts: { responseMs: 150 }, nodes: [silent.address, good.address] }],
    });
    await askOnce(harness.port(), get('/'));
    const record = await recordOf(harness, '/');
    expect(record).toMatchObject({ node: 'n2', retries: 1, reused: false });
    const { triedMs, connectMs, firstByteMs } = record.phases!;
    expect(triedMs).toBeGreaterThan(140);
    expect(connectMs).toBeLessThan(100);
    expect(firstByteMs).toBeGreaterThan(triedMs + connectMs! - 0.001);
    expect(firstByteMs! - triedMs - connectMs!).toBeLessThan(100);
  });

  it('nothing where there was nothing: no node to ask, or none that answered', async () => {
    const harness = await stage.engine({
      listeners: [{ id: 'web' }, { id: 'none', pool: 'none' }],
      pools: [
        { id: 'web', retries: 0, nodes: [await dead()] },
        { id: 'none', nodes: [] },
      ],
    });
    await askOnce(harness.port('none'), get('/none'));
    expect(await recordOf(harness, '/none')).toMatchObject({ status: 503, phases: null, reused: null });
    await askOnce(harness.port(), get('/dead'));
    expect(await recordOf(harness, '/dead')).toMatchObject({
      status: 503,
      phases: { queuedMs: 0, triedMs: 0, connectMs: null, firstByteMs: null },
    });
  });

  it('a tcp session has its node’s handshake, and no first byte', async () => {
    const node = await stage.node({ onBytes: (bytes, connection) => connection.send(bytes) });
    const harness = await stage.engine({ listeners: [{ id: 'web', protocol: 'tcp' }], pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    client.write('hello');
    expect(await eventually(() => client.size === 5)).toBe(true);
    client.reset();
    const { phases, reused } = await recordOf(harness, '');
    expect(reused).toBe(false);
    expect(phases).toMatchObject({ queuedMs: 0, triedMs: 0, firstByteMs: null });
    expect(phases!.connectMs).toBeGreaterThan(0);
  });
});

describe('requests that were tried again', () => {
  it.each(['http', 'tcp'])('%s: are counted once on the listener, and on each node they left', async (protocol) => {
    const good = await stage.node(protocol === 'tcp' ? { onBytes: (bytes, connection) => connection.send(bytes) } : undefined);
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol }],
      pools: [{ id: 'web', retries: 3, nodes: [await dead(), await dead(), good.address] }],
    });
    const before = await harness.snapshot();
    expect(before.listeners[0]!.retried).toBe(0);
    for (let i = 0; i < 6; i++) {
      const client = await stage.client(harness);
      client.write(get());
      expect(await eventually(() => client.size > 0)).toBe(true);
      client.reset();
      expect(await eventually(() => harness.engine.listRequests({}).entries.length === i + 1)).toBe(true);
    }
    const { listeners, pools } = await harness.snapshot();
    const [a, b, c] = pools[0]!.nodes;
    expect(c!.requests).toBe(6);
    expect(c!.retried).toBe(0);
    // Whoever began at a dead node was tried again, some of them twice.
    const { entries } = harness.engine.listRequests({});
    expect(listeners[0]!.retried).toBe(entries.filter((one) => one.retries > 0).length);
    expect(listeners[0]!.retried).toBeGreaterThan(2);
    expect(a!.retried + b!.retried).toBe(entries.reduce((sum, one) => sum + one.retries, 0));
    expect([a!.retried, b!.retried]).toEqual([a!.errors, b!.errors]);
  });

  it('are not, while there is no other node to try', async () => {
    const harness = await stage.engine({ pools: [{ id: 'web', retries: 2, nodes: [await dead()] }] });
    expect((await askOnce(harness.port(), get())).status).toBe(503);
    const { listeners, pools } = await harness.snapshot();
    expect(listeners[0]).toMatchObject({ errors: 1, retried: 0 });
    expect(pools[0]!.nodes[0]).toMatchObject({ errors: 1, retried: 0 });
  });
});

describe('the log of requests under load', () => {
  it('keeps every error although it samples the rest', async () => {
    let count = 0;
    const node = await stage.node({
      onRequest: ({ target }) => (target === '/bad' ? 'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n' : (count++, okAnswer)),
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    for (let i = 0; i < 1_200; i++) {
      client.forget();
      await client.ask(get(i % 40 === 39 ? '/bad' : '/'));
    }
    expect(count).toBe(1_170);
    const { entries, sampling } = harness.engine.listRequests({ limit: 1_000 });
    expect(sampling.every).toBeGreaterThan(1);
    expect(sampling).toMatchObject({ errorsEvery: 1, seen: 1_200 });
    const bad = entries.filter((one) => one.status === 500);
    expect(bad).toHaveLength(30);
    for (const one of bad) expect(one).toMatchObject({ path: '/bad', node: 'n1', why: [{ node: 'n1', verdict: 'chosen:only' }] });
    expect(bad.every((one) => Math.abs(one.time - Date.now()) < 30_000 && one.phases!.firstByteMs! >= 0)).toBe(true);
    expect(entries.length).toBeLessThan(700);
  });
});
