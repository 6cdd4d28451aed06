import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { startVirtualClients } from '../../../electron/control/lab/virtual-clients-thread.ts';
import { VirtualClients } from '../../../electron/control/lab/virtual-clients.ts';
import { sleep, until } from './support.ts';

/** What the clients do where a test says nothing else. */
const load0 = { keepAlive: 1, webSockets: 0, ownAddresses: false };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ port: number; server: Server }> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

function clients(options: { port: number; count: number; requestsPerSecond: number; timeoutMs?: number }): VirtualClients {
  const made = new VirtualClients({ ...load0, host: '127.0.0.1', seed: 1, ...options });
  closing.push(() => {
    made.stop();
  });
  return made;
}

const open = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });

test('the rate is what was asked for, within 15 %, as the server counts it', async () => {
  let seen = 0;
  const { port } = await serve((_, response) => {
    seen += 1;
    response.end('hello');
  });
  const load = clients({ port, count: 24, requestsPerSecond: 400 });
  await sleep(2000);
  load.set({ ...load0, host: '127.0.0.1', port, count: 24, requestsPerSecond: 0 });
  await until('the last answers', () => load.counts().answered + load.counts().failed === load.counts().sent);
  const { sent, failed } = load.counts();
  expect(sent).toBeGreaterThan(800 * 0.85);
  expect(sent).toBeLessThan(800 * 1.15);
  expect(failed).toBe(0);
  expect(seen).toBe(sent);
});

test('every browser has its own cookie, kept over all its requests, on keep-alive connections', async () => {
  const requestsByCookie = new Map<string, number>();
  let given = 0;
  let connections = 0;
  const { port, server } = await serve((request, response) => {
    const cookie = /NB_SRVID=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    if (cookie === undefined) response.setHeader('Set-Cookie', `NB_SRVID=c${++given}; Path=/; HttpOnly`);
    else requestsByCookie.set(cookie, (requestsByCookie.get(cookie) ?? 0) + 1);
    response.end('hello');
  });
  server.on('connection', () => (connections += 1));
  const load = clients({ port, count: 8, requestsPerSecond: 200 });
  await until('300 requests', () => load.counts().answered >= 300);
  expect(given).toBe(8);
  expect([...requestsByCookie.keys()].sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8']);
  expect(connections).toBeLessThanOrEqual(48);
});

test('5xx, broken and truncated answers and timeouts are failures; 4xx is an answer', async () => {
  const modes = ['500', '404', 'break', 'truncate', 'hang'] as const;
  for (const mode of modes) {
    const { port } = await serve((request, response) => {
      if (mode === 'break') request.socket.destroy();
      else if (mode === 'truncate') {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('half');
        setTimeout(() => request.socket.destroy(), 5);
      } else if (mode !== 'hang') response.writeHead(Number(mode)).end('x');
    });
    const load = clients({ port, count: 4, requestsPerSecond: 200, timeoutMs: 100 });
    await until(`answers to ${mode}`, () => load.counts().answered + load.counts().failed >= 8);
    const { answered, failed } = load.counts();
    load.stop();
    expect([mode, mode === '404' ? failed : answered]).toEqual([mode, 0]);
  }
});

test('a port that refuses is a failure each time, not an end', async () => {
  const { port, server } = await serve(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  const load = clients({ port, count: 4, requestsPerSecond: 200 });
  await until('failures', () => load.counts().failed >= 20);
  expect(load.counts().answered).toBe(0);
});

test('fewer clients leave without breaking anything; none means silence', async () => {
  let seen = 0;
  const { port, server } = await serve((_, response) => {
    seen += 1;
    setTimeout(() => response.end('hello'), 5);
  });
  const load = clients({ port, count: 20, requestsPerSecond: 400 });
  await until('traffic', () => load.counts().answered > 100);
  load.set({ ...load0, host: '127.0.0.1', port, count: 2, requestsPerSecond: 100 });
  await until('connections of two browsers', async () => (await open(server)) <= 12);
  load.set({ ...load0, host: '127.0.0.1', port, count: 0, requestsPerSecond: 100 });
  await until('no connection', async () => (await open(server)) === 0);
  const before = seen;
  await sleep(200);
  expect(seen).toBe(before);
  expect(load.counts().failed).toBe(0);
  load.set({ ...load0, host: '127.0.0.1', port, count: 2, requestsPerSecond: 100 });
  await until('traffic again', () => seen > before);
});

test('stopping is at once and leaves no connection', async () => {
  const { port, server } = await serve((_, response) => {
    setTimeout(() => response.end('hello'), 500);
  });
  const load = clients({ port, count: 20, requestsPerSecond: 400 });
  await until('requests in flight', () => load.counts().sent > 20);
  load.stop();
  const counts = load.counts();
  await until('no connection', async () => (await open(server)) === 0, 400);
  expect(load.counts()).toEqual(counts);
});

test('in their own thread they count, take new loads and stop at once', async () => {
  let seen = 0;
  const { port, server } = await serve((_, response) => {
    seen += 1;
    response.end('hello');
  });
  let counts = { sent: 0, answered: 0, failed: 0 };
  const thread = startVirtualClients(
    { ...load0, host: '127.0.0.1', port, count: 4, requestsPerSecond: 50, seed: 1 },
    {
      counts: (now) => (counts = now),
      ended: (reason) => {
        throw new Error(reason);
      },
    },
  );
  await until('counts', () => counts.answered > 5);
  thread.set({ ...load0, host: '127.0.0.1', port, count: 10, requestsPerSecond: 500 });
  const before = seen;
  await sleep(600);
  expect(seen - before).toBeGreaterThan(180);
  await thread.stop();
  await until('no connection', async () => (await open(server)) === 0, 400);
  const after = seen;
  await sleep(100);
  expect(seen).toBe(after);
});

test.runIf(process.platform === 'linux')('each comes from an address of its own where that is asked for', async () => {
  const addresses = new Map<string, Set<string>>();
  let given = 0;
  const { port } = await serve((request, response) => {
    const cookie = /NB_SRVID=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    if (cookie === undefined) response.setHeader('Set-Cookie', `NB_SRVID=c${++given}`);
    else addresses.set(cookie, (addresses.get(cookie) ?? new Set()).add(request.socket.remoteAddress ?? ''));
    response.end('hello');
  });
  const load = new VirtualClients({ ...load0, host: '127.0.0.1', port, seed: 1, count: 6, requestsPerSecond: 300, ownAddresses: true });
  closing.push(() => load.stop());
  await until('all seen again', () => addresses.size === 6);
  load.stop();
  expect([...addresses.values()].map((set) => set.size)).toEqual([1, 1, 1, 1, 1, 1]);
  expect([...addresses.values()].flatMap((set) => [...set]).sort()).toEqual([2, 3, 4, 5, 6, 7].map((n) => `127.0.0.${n}`));
});

test('the share of kept connections is what was asked for, and answers are counted by node', async () => {
  let connections = 0;
  let requests = 0;
  const { port, server } = await serve((_, response) => {
    requests += 1;
    response.setHeader('X-Node', requests % 2 === 0 ? 'even' : 'odd').end('hello');
  });
  server.on('connection', () => (connections += 1));
  const load = new VirtualClients({ ...load0, host: '127.0.0.1', port, seed: 1, count: 4, requestsPerSecond: 400, keepAlive: 0.5 });
  closing.push(() => load.stop());
  await until('400 requests', () => load.counts().answered >= 400);
  load.stop();
  expect(connections).toBeGreaterThan(requests * 0.35);
  expect(connections).toBeLessThan(requests * 0.65);
  const { even, odd } = load.counts().byNode;
  expect((even ?? 0) + (odd ?? 0)).toBe(load.counts().answered);
});

test('a share of them holds a WebSocket; what breaks is counted and opened again', async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const { port, server } = await serve((_, response) => response.end('hello'));
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (one) => {
      one.on('message', (data) => one.send(data as Buffer));
    });
  });
  const load = new VirtualClients({ ...load0, host: '127.0.0.1', port, seed: 1, count: 6, requestsPerSecond: 60, webSockets: 0.5 });
  closing.push(() => load.stop());
  const counts = () => load.counts().sockets;
  await until('three are open and talk', () => counts().open === 3 && counts().echoed >= 2);
  for (const one of sockets.clients) one.terminate();
  await until('all three broke', () => counts().broken === 3);
  await until('and are open again', () => counts().open === 3 && counts().opened === 6);
  load.set({ ...load0, host: '127.0.0.1', port, count: 6, requestsPerSecond: 60, webSockets: 0 });
  await until('closed when not wanted', () => sockets.clients.size === 0);
  expect(counts()).toMatchObject({ open: 0, broken: 3 });
});

test('what a run counts begins with it', async () => {
  const { port } = await serve((_, response) => setTimeout(() => response.end('hello'), 20));
  const load = clients({ port, count: 10, requestsPerSecond: 300 });
  await until('traffic', () => load.counts().answered > 50);
  load.begin();
  await until('more of it', () => load.counts().run.sent > 50);
  load.set({ ...load0, host: '127.0.0.1', port, count: 10, requestsPerSecond: 0 });
  await until('the last answers', () => load.counts().run.sent === load.counts().run.answered);
  expect(load.counts().sent).toBeGreaterThan(load.counts().run.sent + 50);
});
