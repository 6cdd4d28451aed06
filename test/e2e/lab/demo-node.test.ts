import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { PortTakenError, startDemoNode, type DemoNodeThread } from '../../../electron/control/lab/demo-node-thread.ts';
import { failure, freePort, get } from './support.ts';

const running: DemoNodeThread[] = [];

async function start(port: number, label = 'api-1'): Promise<DemoNodeThread> {
  const node = await startDemoNode({ host: '127.0.0.1', port, label, seed: 1, fault: null }, (reason) => {
    throw new Error(`ended by itself: ${reason}`);
  });
  running.push(node);
  return node;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.kill()));
});

test('pages, JSON and health name the node', async () => {
  const port = await freePort();
  await start(port, 'api-2');
  const health = await get(port, '/healthz');
  expect(health).toMatchObject({ status: 200, body: 'ok', headers: { 'x-node': 'api-2' } });
  const api = await get(port, '/api/cart?x=1');
  expect(api).toMatchObject({ status: 200, headers: { 'x-node': 'api-2', 'content-type': 'application/json; charset=utf-8' } });
  expect(JSON.parse(api.body)).toEqual({ node: 'api-2', path: '/api/cart?x=1' });
  const page = await get(port, '/', { 'X-Forwarded-For': '192.0.2.7' });
  expect(page.headers['x-node']).toBe('api-2');
  expect(page.body).toContain('<h1>api-2</h1>');
  expect(page.body).toContain('192.0.2.7');
  expect(page.body).toContain('<dd>2</dd>');
});

test('pages take 2 to 30 ms and not always the same', async () => {
  const port = await freePort();
  await start(port);
  await get(port, '/');
  const times: number[] = [];
  for (let i = 0; i < 40; i++) {
    const begin = performance.now();
    await get(port, '/api/x');
    times.push(performance.now() - begin);
  }
  expect(Math.min(...times)).toBeGreaterThan(1.5);
  expect(times.sort((a, b) => a - b)[20]).toBeLessThan(30);
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(3);
});

test('killed, it refuses connections at once and breaks what is in flight; revived, it is at the same port', async () => {
  const port = await freePort();
  const node = await start(port);
  const agent = new Agent({ keepAlive: true });
  const inFlight = Promise.all(
    Array.from(
      { length: 20 },
      () =>
        new Promise((resolve) => {
          const outgoing = request({ host: '127.0.0.1', port, path: '/api/slow', agent }, (answer) => {
            answer.resume();
            answer.on('end', () => {
              resolve('answered');
            });
          });
          outgoing.on('error', (error: NodeJS.ErrnoException) => {
            resolve(error.code);
          });
          outgoing.end();
        }),
    ),
  );
  const idle = connect(port, '127.0.0.1');
  const idleClosed = new Promise((resolve) => idle.on('error', () => undefined).on('close', resolve));
  await new Promise((resolve) => idle.once('connect', resolve));
  await node.kill();
  expect(await failure(get(port, '/healthz'))).toBe('ECONNREFUSED');
  await idleClosed;
  expect(await inFlight).toContain('ECONNRESET');
  agent.destroy();

  await start(port);
  expect(await get(port, '/healthz')).toMatchObject({ status: 200 });
});

test('a port that is taken is said, and nothing stays behind', async () => {
  const port = await freePort();
  await start(port);
  await expect(startDemoNode({ host: '127.0.0.1', port, label: 'api-9', seed: 9, fault: null }, () => undefined)).rejects.toThrow(
    PortTakenError,
  );
});
