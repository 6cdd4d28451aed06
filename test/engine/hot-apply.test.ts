import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import type { HarnessConfig } from '../support/engine-harness.ts';
import { askOnce, get, RawClient } from '../support/raw-client.ts';
import type { NodeHandlers } from '../support/recorder-node.ts';
import { value } from '../support/strict-http.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

const slowly = (ms: number, body = 'slow'): NodeHandlers => ({
  onRequest: async () => {
    await sleep(ms);
    return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  },
});
const silent: NodeHandlers = { onRequest: () => undefined };
const echo: NodeHandlers = {
  onBytes: (bytes, c) => {
    c.send(bytes);
  },
  onConnection: (c) => c.socket.on('end', () => c.socket.end()),
};
const upgrading: NodeHandlers = {
  onRequest: (_, connection) => {
    connection.socket.on('data', (chunk: Buffer) => connection.socket.write(chunk));
    return 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
  },
};
const upgrade = get('/', 'Connection: Upgrade', 'Upgrade: echo');

async function echoes(client: RawClient, text: string): Promise<boolean> {
  client.forget();
  client.write(text);
  return client.until(() => client.received.toString() === text, 1000);
}

describe('a node removed while it serves', () => {
  it('finishes what it has within the drain timeout', async () => {
    const a = await stage.node(slowly(300));
    const b = await stage.node(named('b'));
    const config = (nodes: string[]): HarnessConfig => ({
      listeners: [{ id: 'web', timeouts: { drainMs: 2000 } }],
      pools: [{ id: 'web', nodes: nodes.map((address) => ({ id: `n${address.split(':')[1]}`, address })) }],
    });
    const harness = await stage.engine(config([a.address]));
    const client = await stage.client(harness);
    client.write(get());
    expect(await eventually(() => a.requests.length === 1)).toBe(true);
    await harness.apply(config([b.address]));
    expect((await client.answer()).body.toString()).toBe('slow');
    expect((await client.ask(get())).body.toString()).toBe('b');
    expect(await a.untilIdle(500)).toBe(true);
  });

  it('is cut when its time is up: a request, a tunnel, a tcp session; what others serve goes on', async () => {
    const web = await stage.node(silent);
    const tunnel = await stage.node(upgrading);
    const bytes = await stage.node(echo);
    const other = await stage.node(echo);
    const config = (gone: boolean): HarnessConfig => ({
      listeners: [
        { id: 'web', timeouts: { drainMs: 400 } },
        { id: 'up', pool: 'up', timeouts: { drainMs: 400 } },
        { id: 'tcp', pool: 'tcp', protocol: 'tcp', timeouts: { drainMs: 400 } },
        { id: 'safe', pool: 'safe', protocol: 'tcp' },
      ],
      pools: [
        { id: 'web', nodes: gone ? [] : [web.address] },
        { id: 'up', nodes: gone ? [] : [tunnel.address] },
        { id: 'tcp', nodes: gone ? [] : [bytes.address] },
        { id: 'safe', nodes: [other.address] },
      ],
    });
    const harness = await stage.engine(config(false));
    const asks = await stage.client(harness, 'web');
    asks.write(get());
    const tunnels = await stage.client(harness, 'up');
    expect((await tunnels.ask(upgrade)).status).toBe(101);
    const sessions = await stage.client(harness, 'tcp');
    expect(await echoes(sessions, 'one')).toBe(true);
    const safe = await stage.client(harness, 'safe');
    expect(await echoes(safe, 'safe')).toBe(true);
    await harness.apply(config(true));
    const start = performance.now();
    expect(await echoes(tunnels, 'still here')).toBe(true);
    expect(await echoes(sessions, 'still here')).toBe(true);
    for (const client of [asks, tunnels, sessions]) expect(await client.untilClosed(1500)).not.toBe('open');
    expect(performance.now() - start).toBeGreaterThan(300);
    expect(performance.now() - start).toBeLessThan(1300);
    expect(await echoes(safe, 'safe still')).toBe(true);
    for (const node of [web, tunnel, bytes]) expect(await node.untilIdle(500)).toBe(true);
  });

  it('whose pool goes with it keeps the drain time of who used it', async () => {
    const node = await stage.node(silent);
    const next = await stage.node(named('next'));
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { drainMs: 300 } }],
      pools: [{ id: 'old', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    client.write(get());
    expect(await eventually(() => node.requests.length === 1)).toBe(true);
    await harness.apply({ listeners: [{ id: 'web', timeouts: { drainMs: 300 } }], pools: [{ id: 'new', nodes: [next.address] }] });
    expect(await client.untilClosed(1500)).not.toBe('open');
    expect(await node.untilIdle(500)).toBe(true);
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('next');
  });

  it('moved to another address, its old connections serve nobody else', async () => {
    const a = await stage.node(slowly(150, 'a'));
    const b = await stage.node(named('b'));
    const config = (address: string): HarnessConfig => ({ pools: [{ id: 'web', nodes: [{ id: 'x', address }] }] });
    const harness = await stage.engine(config(a.address));
    const client = await stage.client(harness);
    client.write(get());
    expect(await eventually(() => a.requests.length === 1)).toBe(true);
    await harness.apply(config(b.address));
    expect((await client.answer()).body.toString()).toBe('a');
    for (let i = 0; i < 4; i++) expect((await client.ask(get())).body.toString()).toBe('b');
    expect(await a.untilIdle(500)).toBe(true);
  });
});

describe('a mode changed while a request is in flight', () => {
  it.each(['drain', 'backup', 'reject'])('%s lets it finish', async (mode) => {
    const a = await stage.node(slowly(250, 'a'));
    const b = await stage.node(named('b'));
    const config = (to: string): HarnessConfig => ({
      pools: [
        {
          id: 'web',
          nodes: [
            { id: 'a', address: a.address, mode: to },
            { id: 'b', address: b.address, mode: to === 'accept' ? 'reject' : 'accept' },
          ],
        },
      ],
    });
    const harness = await stage.engine(config('accept'));
    const client = await stage.client(harness);
    client.write(get());
    const upgraded = await stage.client(harness);
    expect(await eventually(() => a.requests.length === 1)).toBe(true);
    await harness.apply(config(mode));
    expect((await upgraded.ask(get())).body.toString()).toBe('b');
    expect((await client.answer()).body.toString()).toBe('a');
    expect((await client.ask(get())).body.toString()).toBe('b');
  });
});

describe('a listener that goes elsewhere', () => {
  it('moved to another port: what is in flight is answered, idle connections end, tunnels and tcp sessions go on', async () => {
    const slow = await stage.node(slowly(250));
    const up = await stage.node(upgrading);
    const bytes = await stage.node(echo);
    const pools = [
      { id: 'web', nodes: [slow.address] },
      { id: 'up', nodes: [up.address] },
      { id: 'tcp', nodes: [bytes.address] },
    ];
    const spares = ['s1', 's2', 's3'];
    const before = {
      listeners: [
        { id: 'web' },
        { id: 'up', pool: 'up' },
        { id: 'tcp', pool: 'tcp', protocol: 'tcp' },
        ...spares.map((id) => ({ id, enabled: false })),
      ],
      pools,
    };
    const harness = await stage.engine(before);
    const idle = await stage.client(harness, 'web');
    expect((await idle.ask(get())).status).toBe(200);
    idle.forget();
    const busy = await stage.client(harness, 'web');
    busy.write(get());
    const tunnel = await stage.client(harness, 'up');
    expect((await tunnel.ask(upgrade)).status).toBe(101);
    const session = await stage.client(harness, 'tcp');
    expect(await echoes(session, 'one')).toBe(true);
    expect(await eventually(() => slow.requests.length === 2)).toBe(true);
    await harness.apply({
      listeners: [
        { id: 'web', port: harness.port('s1') },
        { id: 'up', pool: 'up', port: harness.port('s2') },
        { id: 'tcp', pool: 'tcp', protocol: 'tcp', port: harness.port('s3') },
      ],
      pools,
    });
    expect(await idle.untilClosed(1000)).toBe('ended');
    expect(idle.size).toBe(0);
    const answer = await busy.answer();
    expect(answer.status).toBe(200);
    expect(value(answer.fields, 'connection')?.toLowerCase()).toBe('close');
    expect(await busy.untilClosed(1000)).toBe('ended');
    expect(await echoes(tunnel, 'tunnel')).toBe(true);
    expect(await echoes(session, 'session')).toBe(true);
    expect((await askOnce(harness.port('s1'), get())).status).toBe(200);
    await expect(RawClient.open(harness.port('web'))).rejects.toThrow('ECONNREFUSED');
  });

  it.each([
    ['127.0.0.1', '0.0.0.0'],
    ['0.0.0.0', '127.0.0.1'],
  ])('from %s to %s on the same port, nobody who is connected notices', async (from, to) => {
    const node = await stage.node(slowly(150));
    const config = (host: string): HarnessConfig => ({ listeners: [{ id: 'web', host }], pools: [{ id: 'web', nodes: [node.address] }] });
    const harness = await stage.engine(config(from));
    const idle = await stage.client(harness);
    expect((await idle.ask(get())).status).toBe(200);
    const busy = await stage.client(harness);
    busy.write(get());
    expect(await eventually(() => node.requests.length === 2)).toBe(true);
    await harness.apply(config(to));
    expect((await harness.snapshot()).listeners[0]).toMatchObject({ state: 'up', address: `${to}:${harness.port()}` });
    expect((await busy.answer()).status).toBe(200);
    for (const client of [idle, busy]) expect((await client.ask(get())).status).toBe(200);
    expect((await askOnce(harness.port(), get())).status).toBe(200);
  });

  it('a change of address that fails leaves it where it was, serving', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    stage.also(() => holder.close());
    const taken = (holder.address() as { port: number }).port;
    const node = await stage.node();
    const pools = [{ id: 'web', nodes: [node.address] }];
    const harness = await stage.engine({ listeners: [{ id: 'web' }], pools });
    const client = await stage.client(harness);
    expect((await client.ask(get())).status).toBe(200);
    await expect(
      harness.apply({
        listeners: [
          { id: 'web', host: '0.0.0.0' },
          { id: 'bad', port: taken },
        ],
        pools,
      }),
    ).rejects.toMatchObject({ code: 'LISTENER_BIND_FAILED' });
    expect((await harness.snapshot()).listeners.map((l) => [l.address, l.state])).toEqual([[`127.0.0.1:${harness.port()}`, 'up']]);
    expect((await client.ask(get())).status).toBe(200);
    expect((await askOnce(harness.port(), get())).status).toBe(200);
  });

  it('switched off: idle connections end, what is in flight finishes, the rest is cut after the drain time', async () => {
    const slow = await stage.node(slowly(200));
    const bytes = await stage.node(echo);
    const config = (enabled: boolean): HarnessConfig => ({
      listeners: [
        { id: 'web', enabled, timeouts: { drainMs: 500 } },
        { id: 'tcp', pool: 'tcp', protocol: 'tcp', enabled, timeouts: { drainMs: 500 } },
      ],
      pools: [
        { id: 'web', nodes: [slow.address] },
        { id: 'tcp', nodes: [bytes.address] },
      ],
    });
    const harness = await stage.engine(config(true));
    const idle = await stage.client(harness, 'web');
    expect((await idle.ask(get())).status).toBe(200);
    const busy = await stage.client(harness, 'web');
    busy.write(get());
    const session = await stage.client(harness, 'tcp');
    expect(await echoes(session, 'one')).toBe(true);
    expect(await eventually(() => slow.requests.length === 2)).toBe(true);
    await harness.apply(config(false));
    expect(await idle.untilClosed(400)).toBe('ended');
    expect((await busy.answer()).status).toBe(200);
    expect(await echoes(session, 'two')).toBe(true);
    expect(await session.untilClosed(1500)).not.toBe('open');
    await expect(RawClient.open(harness.port('web'))).rejects.toThrow('ECONNREFUSED');
    await harness.apply(config(true));
    expect((await askOnce(harness.port('web'), get())).status).toBe(200);
  });

  it('removed: not even a client that never closes stays connected', { timeout: 10_000 }, async () => {
    const node = await stage.node();
    const pools = [{ id: 'web', nodes: [node.address] }];
    const harness = await stage.engine({ listeners: [{ id: 'web' }, { id: 'gone' }], pools });
    const client = await stage.client(harness, 'gone');
    expect((await client.ask(get())).status).toBe(200);
    let reset = false;
    client.socket.on('close', () => (reset = true));
    await harness.apply({ listeners: [{ id: 'web' }], pools });
    expect(await client.untilClosed(1000)).toBe('ended');
    // It has ended its side and lingers for the client's end, which does not come: two seconds, then it is gone.
    const nudge = setInterval(() => {
      client.write('x');
    }, 100);
    stage.also(() => {
      clearInterval(nudge);
    });
    expect(await eventually(() => reset || client.error !== undefined, 4000)).toBe(true);
  });
});

describe('a pool changed while it is used', () => {
  it('algorithm, stickiness and checks may change between two requests of one connection', async () => {
    const nodes = await Promise.all(['a', 'b'].map((id) => stage.node(named(id))));
    const config = (more: Record<string, unknown>): HarnessConfig => ({
      pools: [{ id: 'web', nodes: nodes.map((n, i) => ({ id: 'ab'[i], address: n.address })), ...more }],
    });
    const harness = await stage.engine(config({}));
    const client = await stage.client(harness);
    const both = async () => [(await client.ask(get())).body.toString(), (await client.ask(get())).body.toString()].sort().join('');
    expect(await both()).toBe('ab');
    await harness.apply(config({ stickiness: { type: 'table' } }));
    expect(['aa', 'bb']).toContain(await both());
    await harness.apply(config({ stickiness: { type: 'http_cookie' } }));
    expect(value((await client.ask(get())).fields, 'set-cookie')).toMatch(/^NB_SRVID=/);
    await harness.apply(config({ stickiness: { type: 'http_cookie', cookieName: 'OTHER' } }));
    expect(value((await client.ask(get())).fields, 'set-cookie')).toMatch(/^OTHER=/);
    for (const algorithm of ['leastconn', 'source', 'random2', 'roundrobin']) {
      await harness.apply(config({ algorithm }));
      expect((await client.ask(get())).status).toBe(200);
    }
    expect(await both()).toBe('ab');
    await harness.apply(config({ healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 1, rise: 1 } }));
    expect(await both()).toBe('ab');
    expect(await eventually(async () => (await harness.node('a')).state === 'up')).toBe(true);
  });

  it('limits of a listener hold from the next connection and request on', async () => {
    const node = await stage.node();
    const config = (more: Record<string, unknown>): HarnessConfig => ({
      listeners: [{ id: 'web', ...more }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const harness = await stage.engine(config({}));
    const client = await stage.client(harness);
    const long = get('/', `X-Long: ${'x'.repeat(2000)}`);
    expect((await client.ask(long)).status).toBe(200);
    await harness.apply(config({ maxHeadBytes: 1024 }));
    expect((await client.ask(long)).status).toBe(431);
    client.destroy();
    expect(await harness.untilQuiet()).toBe('');
    await harness.apply(config({ maxConnections: 1 }));
    const one = await stage.client(harness);
    expect((await one.ask(get())).status).toBe(200);
    expect(await (await stage.client(harness)).untilClosed(1000)).not.toBe('open');
  });
});
