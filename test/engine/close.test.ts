import { describe, expect, it } from 'vitest';
import { useStage } from '../support/cleanup.ts';
import { get, RawClient } from '../support/raw-client.ts';
import { okAnswer } from '../support/recorder-node.ts';
import { value } from '../support/strict-http.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

const slowly = (ms: number) => ({
  onRequest: async () => {
    await sleep(ms);
    return okAnswer;
  },
});

describe('close', () => {
  it('answers what is in flight with Connection: close and ends idle connections', async () => {
    const node = await stage.node(slowly(400));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const idle = await stage.client(harness);
    expect((await idle.ask(get())).status).toBe(200);
    idle.forget();
    const untouched = await stage.client(harness);
    const busy = await stage.client(harness);
    busy.write(get());
    expect(await eventually(() => node.requests.length === 2)).toBe(true);
    const closing = harness.engine.close();
    expect(await idle.untilClosed(300)).toBe('ended');
    expect(idle.size).toBe(0);
    expect(await untouched.untilClosed(300)).not.toBe('open');
    await expect(RawClient.open(harness.port())).rejects.toThrow('ECONNREFUSED');
    const answer = await busy.answer();
    expect(answer.status).toBe(200);
    expect(value(answer.fields, 'connection')?.toLowerCase()).toBe('close');
    expect(await busy.untilClosed()).toBe('ended');
    expect(await closing).toEqual({ cut: 0 });
    expect(await node.untilIdle()).toBe(true);
  });

  it('finishes a request whose head had only begun', async () => {
    const node = await stage.node();
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { drainMs: 2000 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    expect(await eventually(() => node.size > 0)).toBe(true);
    const closing = harness.engine.close();
    await sleep(100);
    client.write('world');
    expect((await client.answer('POST')).status).toBe(200);
    expect(await closing).toEqual({ cut: 0 });
  });

  it('cuts what is not done within the drain time, and counts it', async () => {
    const node = await stage.node({ onRequest: () => undefined });
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { drainMs: 300 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const clients = await Promise.all([1, 2, 3].map(() => stage.client(harness)));
    for (const client of clients) client.write(get());
    expect(await eventually(() => node.requests.length === 3)).toBe(true);
    const start = performance.now();
    expect(await harness.engine.close()).toEqual({ cut: 3 });
    expect(performance.now() - start).toBeGreaterThan(250);
    expect(performance.now() - start).toBeLessThan(1500);
    for (const client of clients) expect(await client.untilClosed()).not.toBe('open');
    expect(await node.untilIdle()).toBe(true);
  });

  it('lets a tcp session end by itself and cuts one that does not', async () => {
    const node = await stage.node({
      onBytes: (bytes, connection) => {
        connection.send(bytes);
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp', timeouts: { drainMs: 600 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const [ends, stays] = await Promise.all([stage.client(harness), stage.client(harness)]);
    for (const client of [ends, stays]) {
      client.write('x');
      expect(await client.until(() => client.size === 1)).toBe(true);
    }
    const closing = harness.engine.close();
    await sleep(100);
    ends.write('y');
    expect(await ends.until(() => ends.size === 2)).toBe(true);
    ends.reset();
    expect(await closing).toEqual({ cut: 1 });
    expect(await stays.untilClosed()).not.toBe('open');
  });

  it('with nothing open is done at once, and twice is as good as once', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const start = performance.now();
    const [first, second] = await Promise.all([harness.engine.close(), harness.engine.close()]);
    expect(first).toEqual({ cut: 0 });
    expect(second).toEqual({ cut: 0 });
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('leaves nothing that keeps a process alive', async () => {
    const node = await stage.node();
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          nodes: [node.address],
          healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200 },
          stickiness: { type: 'table' },
        },
      ],
    });
    const client = await stage.client(harness);
    await client.ask(get());
    client.destroy();
    const accepted = () => node.accepted;
    await harness.engine.close();
    const after = accepted();
    await sleep(1200);
    expect(accepted()).toBe(after);
    expect(node.open).toBe(0);
  });
});
