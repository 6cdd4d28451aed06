import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DemoNode } from '../../../electron/control/lab/demo-node-life.ts';
import { failure, freePort, get, sleep, until } from './support.ts';

let node: DemoNode;
let port: number;
let tcpPort: number;
let told: string[] = [];
const sockets: Socket[] = [];

// One node for all: each test heals it, which is tested with it.
beforeAll(async () => {
  [port, tcpPort] = [await freePort(), await freePort()];
  node = new DemoNode(
    { id: 'a', label: 'api-1', seed: 1 },
    { host: '127.0.0.1', port, tcpPort },
    { changed: () => undefined, flapped: (gone) => told.push(gone ? 'gone' : 'back'), ended: (reason) => told.push(reason) },
  );
  await node.start();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await node.setFault(null);
  told = [];
});
afterAll(() => node.stop());

const health = () => get(port, '/healthz');

function open(at: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, '127.0.0.1', () => resolve(socket));
    sockets.push(socket);
    socket.once('error', reject);
  });
}

/** What comes back of `text` on a TCP connection within `ms`. */
async function echoed(socket: Socket, text: string, ms = 1000): Promise<string> {
  let back = '';
  const take = (data: Buffer): void => {
    back += String(data);
  };
  socket.on('data', take);
  socket.write(text);
  const end = performance.now() + ms;
  while (back.length < text.length && performance.now() < end) await sleep(5);
  socket.off('data', take);
  return back;
}

test('a killed node refuses and has broken what was open; healed, it is back', async () => {
  const socket = await open(tcpPort);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await node.setFault({ type: 'kill' });
  await closed;
  expect(await failure(health())).toBe('ECONNREFUSED');
  expect([node.alive, node.fault]).toEqual([false, { type: 'kill' }]);
  await node.setFault(null);
  expect((await health()).body).toBe('ok');
});

test('refusing, new connections are refused and open ones go on, TCP as HTTP', async () => {
  const socket = await open(tcpPort);
  const kept = await open(port);
  const ask = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  // Answered once, so that it is the program's and not the kernel's.
  expect(await echoed(kept, ask, 300)).toContain('200 OK');
  await node.setFault({ type: 'refuse' });
  expect([await failure(health()), await failure(open(tcpPort))]).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  expect(await echoed(socket, 'still here')).toBe('still here');
  expect(await echoed(kept, ask, 300)).toContain('200 OK');
  await node.setFault(null);
  expect((await health()).status).toBe(200);
});

test('hanging, it accepts and says nothing, checks included; what waited is answered when it ends', async () => {
  await node.setFault({ type: 'hang' });
  const socket = await open(tcpPort);
  const waiting = health();
  expect(await Promise.race([waiting.then(() => 'answered'), sleep(300).then(() => 'silent')])).toBe('silent');
  expect(await echoed(socket, 'anybody?', 200)).toBe('');
  await node.setFault(null);
  expect((await waiting).body).toBe('ok');
});

test('slow, every answer waits, checks too', async () => {
  await node.setFault({ type: 'slow', medianMs: 80, p95Ms: 160 });
  const times = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const begin = performance.now();
      await health();
      return performance.now() - begin;
    }),
  );
  times.sort((a, b) => a - b);
  expect(times[10]).toBeGreaterThan(50);
  expect(times[19]! - times[0]!).toBeGreaterThan(20);
});

test('with a share of errors, about that share of answers has the status, checks included', async () => {
  await node.setFault({ type: 'errors', share: 0.4, status: 502 });
  const answers = await Promise.all(Array.from({ length: 200 }, health));
  const bad = answers.filter((answer) => answer.status === 502).length;
  expect(answers.every((answer) => answer.status === 502 || answer.status === 200)).toBe(true);
  expect(bad).toBeGreaterThan(50);
  expect(bad).toBeLessThan(110);
});

test('resetting, an answer begins and breaks off with a reset', async () => {
  await node.setFault({ type: 'reset', share: 1 });
  const seen = await new Promise<{ status: number; bytes: number; code: unknown }>((resolve) => {
    request({ host: '127.0.0.1', port, path: '/bytes/4000', agent: false }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('error', (error: NodeJS.ErrnoException) => resolve({ status: answer.statusCode ?? 0, bytes, code: error.code }));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes, code: 'whole' }));
    })
      .on('error', () => undefined)
      .end();
  });
  expect(seen).toEqual({ status: 200, bytes: 2000, code: 'ECONNRESET' });
});

test('capped, all its connections together get no more than that', async () => {
  await node.setFault({ type: 'bandwidth', bytesPerSecond: 40_000 });
  const begin = performance.now();
  const answers = await Promise.all([get(port, '/bytes/10000'), get(port, '/bytes/10000')]);
  const took = performance.now() - begin;
  expect(answers.map((answer) => answer.body.length)).toEqual([10_000, 10_000]);
  expect(took).toBeGreaterThan(400);
  expect(took).toBeLessThan(2000);
});

test('flapping, it goes and comes until it is healed', async () => {
  await node.setFault({ type: 'flap', upMs: 300, downMs: 200 });
  expect(await failure(health())).toBe('ECONNREFUSED');
  await until('it is back', () => node.alive);
  expect((await health()).status).toBe(200);
  await until('it goes and comes again', () => told.length >= 3, 8000);
  await node.setFault(null);
  expect(node.alive).toBe(true);
  expect(told.slice(0, 3)).toEqual(['back', 'gone', 'back']);
  const count = told.length;
  // Longer than it ran, and than it was gone.
  await sleep(400);
  expect(told).toHaveLength(count);
});

test('WebSockets are echoed in order, name the node, and break with it', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`);
  let label: unknown;
  socket.on('upgrade', (answer) => (label = answer.headers['x-node']));
  const back: string[] = [];
  socket.on('message', (data) => back.push((data as Buffer).toString()));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  await node.setFault({ type: 'slow', medianMs: 10, p95Ms: 40 });
  const said = Array.from({ length: 20 }, (_, i) => `message ${i}`);
  for (const text of said) socket.send(text);
  await until('all echoed', () => back.length === 20);
  expect([label, back]).toEqual(['api-1', said]);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await node.setFault({ type: 'kill' });
  await closed;
});

test('TCP is echoed whole, and the end of one side is the end of both once the rest is back', async () => {
  const socket = await open(tcpPort);
  const text = 'x'.repeat(300_000);
  let back = 0;
  socket.on('data', (data: Buffer) => (back += data.length));
  socket.end(text);
  await new Promise((resolve) => socket.once('end', resolve));
  expect(back).toBe(text.length);
});

test('one fault takes the place of another, and a port taken meanwhile is said', async () => {
  await node.setFault({ type: 'kill' });
  await node.setFault({ type: 'hang' });
  expect(node.alive).toBe(true);
  await node.setFault({ type: 'refuse' });
  const other = new DemoNode(
    { id: 'b', label: 'api-2', seed: 2 },
    { host: '127.0.0.1', port },
    { changed: () => undefined, flapped: () => undefined, ended: () => undefined },
  );
  await other.start();
  await expect(node.setFault(null)).rejects.toThrow(/api-1 could not bind port/);
  expect(node.fault).toEqual({ type: 'refuse' });
  await other.stop();
  await node.setFault(null);
  expect((await health()).headers['x-node']).toBe('api-1');
});
