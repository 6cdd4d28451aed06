import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import type { EngineHarness, HarnessConfig } from '../support/engine-harness.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { askOnce, get, type RawClient } from '../support/raw-client.ts';
import type { RecorderNode } from '../support/recorder-node.ts';
import { eventually, sleep, turns } from '../support/wait.ts';

const stage = useStage();

/** A node that answers when it is told to, with the path that was asked for. */
async function held(): Promise<{ node: RecorderNode; waiting: string[]; release: (count?: number) => void; most: () => number }> {
  const waiting: string[] = [];
  const releases: (() => void)[] = [];
  let inFlight = 0;
  let most = 0;
  const node = await stage.node({
    onRequest: async (request) => {
      most = Math.max(most, ++inFlight);
      waiting.push(request.target);
      await new Promise<void>((resolve) => releases.push(resolve));
      inFlight--;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${request.target.length}\r\n\r\n${request.target}`;
    },
  });
  const release = (count = 1) => {
    for (const resolve of releases.splice(0, count)) resolve();
  };
  return { node, waiting, release, most: () => most };
}

async function asking(harness: EngineHarness, path: string, from?: string): Promise<RawClient> {
  const client = await stage.client(harness, 'web', from);
  client.write(get(path));
  await turns(6);
  return client;
}

describe('the connection throttle', () => {
  it('lets a burst through, then its rate, and closes the rest at once', async () => {
    const node = await stage.node();
    const clock = new FakeClock();
    const harness = await stage.engine(
      { listeners: [{ id: 'web', connectionThrottle: 3 }], pools: [{ id: 'web', nodes: [node.address] }] },
      { clock },
    );
    const served = async (from?: string) => {
      const client = await asking(harness, '/', from);
      await client.until(() => client.size > 0 || client.fate !== 'open');
      const got = client.size > 0;
      client.destroy();
      return got;
    };
    // No time passes here, so whoever is one too many is told at once.
    expect([await served(), await served(), await served(), await served()]).toEqual([true, true, true, false]);
    // Another client has a burst of its own.
    expect(await served('127.0.0.2')).toBe(true);
    clock.advance(1000 / 3 + 30);
    expect([await served(), await served()]).toEqual([true, false]);
    clock.advance(750);
    expect([await served(), await served(), await served()]).toEqual([true, true, false]);
    expect(await harness.untilQuiet()).toBe('');
  });

  it('counts connections, not requests', async () => {
    const node = await stage.node();
    const harness = await stage.engine({
      listeners: [{ id: 'web', connectionThrottle: 1 }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    for (let i = 0; i < 10; i++) expect((await client.ask(get())).status).toBe(200);
  });

  it('can be changed while it runs', async () => {
    const node = await stage.node();
    const config = (connectionThrottle: number): HarnessConfig => ({
      listeners: [{ id: 'web', protocol: 'http', connectionThrottle }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const harness = await stage.engine(config(1), { clock: new FakeClock() });
    expect((await askOnce(harness.port(), get())).status).toBe(200);
    await expect(askOnce(harness.port(), get())).rejects.toThrow();
    await harness.apply(config(0));
    for (let i = 0; i < 5; i++) expect((await askOnce(harness.port(), get())).status).toBe(200);
  });
});

describe('connections per listener', () => {
  it('more are closed at once, and there is room again when one ends', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ listeners: [{ id: 'web', maxConnections: 2 }], pools: [{ id: 'web', nodes: [node.address] }] });
    const [one, two] = [await stage.client(harness), await stage.client(harness)];
    expect((await one.ask(get())).status).toBe(200);
    expect((await two.ask(get())).status).toBe(200);
    const three = await stage.client(harness);
    expect(await three.untilClosed(1000)).not.toBe('open');
    expect(three.size).toBe(0);
    expect((await harness.snapshot()).listeners[0]!.connections).toBe(2);
    expect((await one.ask(get())).status).toBe(200);
    two.destroy();
    expect(await eventually(async () => (await harness.snapshot()).listeners[0]!.connections === 1)).toBe(true);
    expect((await askOnce(harness.port(), get())).status).toBe(200);
  });
});

describe('connections per node', () => {
  const limited = (node: RecorderNode, more: Record<string, unknown> = {}, limit = 1): HarnessConfig => ({
    pools: [{ id: 'web', nodes: [{ id: 'a', address: node.address, maxConnections: limit }], ...more }],
  });

  it('who comes when it is full waits, and is served in order', async () => {
    const { node, waiting, release } = await held();
    const harness = await stage.engine(limited(node));
    const clients: RawClient[] = [];
    for (const path of ['/1', '/2', '/3', '/4']) clients.push(await asking(harness, path));
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    expect((await harness.node('a')).connections).toBe(1);
    for (let i = 1; i <= 4; i++) {
      release();
      expect((await clients[i - 1]!.answer()).body.toString()).toBe(`/${i}`);
      if (i < 4) expect(await eventually(() => waiting.length === i + 1)).toBe(true);
    }
    expect(waiting).toEqual(['/1', '/2', '/3', '/4']);
    expect(await harness.node('a')).toMatchObject({ requests: 4, connections: 0 });
  });

  it('a newcomer does not overtake who waits', async () => {
    const { node, waiting, release } = await held();
    const harness = await stage.engine(limited(node));
    await asking(harness, '/1');
    await asking(harness, '/2');
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    release();
    await asking(harness, '/3');
    expect(await eventually(() => waiting.length === 2)).toBe(true);
    release(2);
    expect(await eventually(() => waiting.length === 3)).toBe(true);
    expect(waiting).toEqual(['/1', '/2', '/3']);
    release();
  });

  it('waiting ends with 503 after the connect timeout', async () => {
    const { node, waiting, release } = await held();
    const harness = await stage.engine(limited(node, { timeouts: { connectMs: 300 } }));
    const first = await asking(harness, '/1');
    const second = await asking(harness, '/2');
    const start = performance.now();
    expect((await second.answer()).status).toBe(503);
    expect(performance.now() - start).toBeGreaterThan(200);
    expect(performance.now() - start).toBeLessThan(1200);
    release();
    expect((await first.answer()).status).toBe(200);
    // Its place in the queue is gone with it.
    expect(waiting).toEqual(['/1']);
    const { entries } = harness.engine.listRequests({});
    expect(entries.find((e) => e.path === '/2')).toMatchObject({ status: 503, node: null, why: [{ node: 'a', verdict: 'full' }] });
    // The connection goes on.
    second.forget();
    second.write(get('/again'));
    expect(await eventually(() => waiting.length === 2)).toBe(true);
    release();
    expect((await second.answer()).status).toBe(200);
    expect((await harness.node('a')).errors).toBe(0);
  });

  it('a client that goes away while it waits leaves its place', async () => {
    const { node, waiting, release } = await held();
    const harness = await stage.engine(limited(node));
    await asking(harness, '/1');
    const gone = await asking(harness, '/2');
    const third = await asking(harness, '/3');
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    gone.reset();
    await turns(10);
    release();
    expect(await eventually(() => waiting.length === 2)).toBe(true);
    release();
    expect((await third.answer()).body.toString()).toBe('/3');
    expect(waiting).toEqual(['/1', '/3']);
    expect((await harness.node('a')).errors).toBe(0);
    expect((await harness.node('a')).connections).toBe(0);
  });

  it.each(['http', 'tcp'])('%s: who waits follows its listener to another pool, and from one that is removed', async (protocol) => {
    const full = await stage.node(protocol === 'tcp' ? { onBytes: (_, c) => c.send('full') } : { onRequest: () => undefined });
    const free = await stage.node(protocol === 'tcp' ? { onBytes: (_, c) => c.send('free') } : named('free'));
    const pool = (id: string, node: RecorderNode, limit: number) => ({ id, nodes: [{ id, address: node.address, maxConnections: limit }] });
    const config = (to: string, ...pools: ReturnType<typeof pool>[]) => ({ listeners: [{ id: 'web', protocol, pool: to }], pools });
    for (const after of [config('free', pool('full', full, 1), pool('free', free, 0)), config('free', pool('free', free, 0))]) {
      const harness = await stage.engine(config('full', pool('full', full, 1)));
      const first = await stage.client(harness);
      first.write(get('/holds'));
      expect(await eventually(async () => (await harness.node('full')).connections === 1)).toBe(true);
      const waiting = await stage.client(harness);
      waiting.write(get('/waits'));
      await turns(20);
      expect(waiting.size).toBe(0);
      await harness.apply(after);
      expect(await eventually(() => waiting.received.toString().endsWith('free'))).toBe(true);
      harness.stop();
    }
  });

  it('a body waits too, and arrives whole', async () => {
    let body = '';
    let go: (() => void) | undefined;
    const node = await stage.node({
      onRequest: async (request) => {
        if (request.method === 'POST') body = request.body.toString();
        else await new Promise<void>((resolve) => (go = resolve));
        return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
      },
    });
    const harness = await stage.engine(limited(node));
    await asking(harness, '/1');
    const post = await stage.client(harness);
    post.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    await turns(8);
    post.write('world');
    expect(await eventually(() => go !== undefined)).toBe(true);
    go!();
    expect((await post.answer('POST')).status).toBe(200);
    expect(body).toBe('helloworld');
  });

  it('who waits is served as soon as another node comes back', async () => {
    const { node, waiting, release } = await held();
    const other = await stage.node(named('b'));
    const { port } = other;
    await other.kill();
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          nodes: [
            { id: 'a', address: node.address, maxConnections: 1 },
            { id: 'b', address: `127.0.0.1:${port}` },
          ],
          healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 1, rise: 1 },
        },
      ],
    });
    expect(await eventually(async () => (await harness.node('b')).state === 'down', 3000)).toBe(true);
    await asking(harness, '/1');
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    const second = await asking(harness, '/2');
    await stage.node(named('b'), port);
    expect((await second.answer('GET', 3000)).body.toString()).toBe('b');
    release();
  });

  it('who waits is served as soon as the limit is raised, or told when the pool is gone', async () => {
    const { node, waiting, release } = await held();
    const harness = await stage.engine(limited(node));
    await asking(harness, '/1');
    await asking(harness, '/2');
    const third = await asking(harness, '/3');
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    await harness.apply(limited(node, {}, 2));
    expect(await eventually(() => waiting.length === 2)).toBe(true);
    await harness.apply({ pools: [{ id: 'other', nodes: [] }] });
    expect((await third.answer()).status).toBe(503);
    release(5);
  });

  it.each(['roundrobin', 'leastconn', 'source', 'random2'])('is never exceeded under load (%s)', async (algorithm) => {
    let inFlight = 0;
    let most = 0;
    const node = await stage.node({
      onRequest: async () => {
        most = Math.max(most, ++inFlight);
        await sleep(3);
        inFlight--;
        return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
      },
    });
    const harness = await stage.engine(limited(node, { algorithm, stickiness: { type: 'http_cookie' } }, 3));
    const statuses = new Set<number>();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = await stage.client(harness);
        for (let i = 0; i < 8; i++) statuses.add((await client.ask(get())).status);
      }),
    );
    expect([...statuses]).toEqual([200]);
    expect(most).toBe(3);
    expect((await harness.node('a')).connections).toBe(0);
  });

  it('passes a full node over and says so; who sticks there comes back', async () => {
    const { node, waiting, release } = await held();
    const other = await stage.node(named('b'));
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          nodes: [
            { id: 'a', address: node.address, maxConnections: 1 },
            { id: 'b', address: other.address, weight: 1 },
          ],
          stickiness: { type: 'table' },
        },
      ],
    });
    await asking(harness, '/1', '127.0.0.2');
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    const aside = await asking(harness, '/2', '127.0.0.2');
    expect((await aside.answer()).body.toString()).toBe('b');
    const { entries } = harness.engine.listRequests({});
    const aside2 = entries.find((e) => e.path === '/2')!;
    expect(Object.fromEntries(aside2.why.map((w) => [w.node, w.verdict]))).toMatchObject({ a: 'full' });
    release();
    expect(await eventually(async () => (await harness.node('a')).connections === 0)).toBe(true);
    await asking(harness, '/3', '127.0.0.2');
    expect(await eventually(() => waiting.length === 2)).toBe(true);
    release();
    const [client] = harness.engine.listClients({ search: '127.0.0.2' }).clients;
    expect(client).toMatchObject({ node: 'a', moves: 0, requests: 3 });
  });

  it('holds for a pinned client too', async () => {
    const { node, waiting, release } = await held();
    const other = await stage.node(named('b'));
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          nodes: [
            { id: 'b', address: other.address },
            { id: 'a', address: node.address, maxConnections: 1 },
          ],
          stickiness: { type: 'table' },
        },
      ],
    });
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('b');
    harness.engine.pinClient('web', '127.0.0.1', 'a');
    await asking(harness, '/1');
    expect(await eventually(() => waiting.length === 1)).toBe(true);
    expect((await askOnce(harness.port(), get('/2'))).body.toString()).toBe('b');
    release();
  });

  it('tcp sessions wait in order as well, and are closed when it takes too long', async () => {
    const greeted: number[] = [];
    const node = await stage.node({
      onBytes: (bytes, c) => {
        greeted.push(Number(bytes.toString()));
        c.send(bytes);
      },
      onConnection: (c) => c.socket.on('end', () => c.socket.end()),
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [{ id: 'a', address: node.address, maxConnections: 1 }], timeouts: { connectMs: 600 } }],
    });
    const clients: RawClient[] = [];
    for (let i = 1; i <= 3; i++) {
      const client = await stage.client(harness);
      client.write(String(i));
      await turns(6);
      clients.push(client);
    }
    expect(await clients[0]!.until(() => clients[0]!.size === 1)).toBe(true);
    expect(greeted).toEqual([1]);
    clients[0]!.end();
    expect(await clients[1]!.until(() => clients[1]!.size === 1)).toBe(true);
    expect(greeted).toEqual([1, 2]);
    const start = performance.now();
    expect(await clients[2]!.untilClosed(2000)).not.toBe('open');
    expect(performance.now() - start).toBeLessThan(1500);
    expect(greeted).toEqual([1, 2]);
    expect((await harness.snapshot()).listeners[0]!.errors).toBe(1);
    clients[1]!.end();
    expect(await harness.untilQuiet()).toBe('');
  });
});
