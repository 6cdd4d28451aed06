import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { eventually, sleep } from '../../support/wait.ts';
import { startNode, type TestNode } from './nodes.ts';
import { apiOf, fetchOnce, Program } from './program.ts';

let folder: string;
let file: string;
let nodes: TestNode[];
let port: number;
const programs: Program[] = [];

beforeAll(async () => {
  nodes = await Promise.all(['a', 'b', 'c'].map((name) => startNode(name)));
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-serve-'));
  file = join(folder, 'evenkeel.json');
  port = await freePort();
  await writeFile(file, JSON.stringify(config()));
});
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.end()));
  await rm(folder, { recursive: true, force: true });
});

const config = () => ({
  version: 1,
  listeners: [{ id: 'web', port, protocol: 'http', pool: 'web', timeouts: { drainMs: 3000 } }],
  pools: [
    {
      id: 'web',
      stickiness: { type: 'none' },
      healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 2, rise: 1 },
      nodes: nodes.map((node) => ({ id: node.name, address: `127.0.0.1:${node.port}` })),
    },
  ],
});

function run(...args: string[]): Program {
  const program = new Program(args);
  programs.push(program);
  return program;
}

async function serve(...more: string[]) {
  const program = run('serve', '--config', file, '--ui', '127.0.0.1:0', ...more);
  const ready = await program.ready();
  return { program, ready, api: apiOf(ready) };
}

async function answers(count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let i = 0; i < count; i++) seen.push((await fetchOnce(port)).text);
  return seen;
}

describe('serve', () => {
  it('says once that it is ready, and balances', async () => {
    const { program, ready } = await serve();
    expect(ready.listeners).toEqual([{ id: 'web', address: `127.0.0.1:${port}` }]);
    expect(ready.ui).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(ready.token).toMatch(/^[\w-]{43}$/);
    const seen = await answers(9);
    expect([...seen].sort().join('')).toBe('aaabbbccc');
    expect(program.stdout.split('\n')).toHaveLength(2);
    for (const entry of program.logs())
      expect(entry).toMatchObject({ time: expect.any(String), level: expect.any(String), message: expect.any(String) });
  });

  it('runs without the control API', async () => {
    const program = run('serve', '--config', file, '--no-ui', '--token-file', join(folder, 'token'));
    expect(await program.ready()).toMatchObject({ ui: null, token: null });
    expect(await answers(1)).toHaveLength(1);
  });

  it('makes a token file for its owner alone, and reads it the next time', async () => {
    const path = join(folder, 'token');
    const first = await serve('--token-file', path);
    expect((await readFile(path, 'utf8')).trim()).toBe(first.ready.token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    first.program.signal('SIGTERM');
    expect(await first.program.exited).toBe(0);
    expect((await serve('--token-file', path)).ready.token).toBe(first.ready.token);
  });

  it('ends with 1 for a file with a mistake, naming it', async () => {
    await writeFile(file, JSON.stringify({ ...config(), pools: [{ ...config().pools[0], retries: 9 }] }));
    const program = run('serve', '--config', file, '--ui', '127.0.0.1:0');
    expect(await program.exited).toBe(1);
    expect(program.stdout).toBe('');
    expect(program.logs().at(-1)).toMatchObject({ level: 'error', issues: [{ path: 'pools[0].retries', message: 'must be 0–5, got 9' }] });
  });

  it.each(['listener', 'ui'])('ends with 3 when the port of the %s is in use, naming it and who holds it', async (which) => {
    const holder = createServer();
    holder.listen(which === 'listener' ? port : 0, '127.0.0.1');
    await once(holder, 'listening');
    const taken = (holder.address() as AddressInfo).port;
    const program = run('serve', '--config', file, '--ui', `127.0.0.1:${which === 'ui' ? taken : 0}`);
    expect(await program.exited).toBe(3);
    expect(program.stdout).toBe('');
    const said = program.logs().at(-1)!;
    expect(said.message).toContain(String(taken));
    if (process.platform === 'linux') expect(said.message).toContain(`(pid ${process.pid})`);
    await new Promise((resolve) => holder.close(resolve));
  });
});

describe('SIGHUP', () => {
  it('takes a good file and leaves everything alone for a bad one, saying why', async () => {
    const { program, api } = await serve();
    const other = await freePort();
    await writeFile(file, JSON.stringify({ ...config(), listeners: [{ ...config().listeners[0], port: other }] }));
    program.signal('SIGHUP');
    expect(await eventually(async () => (await fetchOnce(other).catch(() => undefined))?.status === 200, 5000, 50)).toBe(true);
    await expect(fetchOnce(port)).rejects.toThrow('ECONNREFUSED');

    await writeFile(file, '{"version":1,\n"listeners":[}');
    program.signal('SIGHUP');
    expect(await eventually(() => program.stderr.includes('refused'), 5000)).toBe(true);
    expect(program.logs().at(-1)).toMatchObject({ level: 'error', issues: [{ path: 'line 2, column 14' }] });
    expect((await fetchOnce(other)).status).toBe(200);
    expect((await api.call('config.get')).value.listeners[0].port).toBe(other);
    const { entries } = (await api.call('journal.list', { limit: 1000 })).value;
    expect(entries.filter((entry: { kind: string }) => entry.kind === 'config.applied')).toHaveLength(2);
  });
});

describe('SIGTERM', () => {
  it('lets what is in flight finish, and takes nothing new', async () => {
    const slow = await startNode('slow', (_request, response) => {
      setTimeout(() => response.end('at last'), 1000);
    });
    await writeFile(
      file,
      JSON.stringify({ ...config(), pools: [{ ...config().pools[0], nodes: [{ id: 's', address: `127.0.0.1:${slow.port}` }] }] }),
    );
    const { program } = await serve();
    const answer = fetchOnce(port);
    const idle = connect(port, '127.0.0.1');
    idle.on('error', () => undefined);
    await once(idle, 'connect');
    await sleep(300);
    program.signal('SIGTERM');
    await sleep(200);
    await expect(fetchOnce(port)).rejects.toThrow();
    expect(await answer).toMatchObject({ status: 200, text: 'at last', headers: { connection: 'close' } });
    expect(await program.exited).toBe(0);
    await slow.close();
  });

  it('cuts what outlasts the drain timeout, says how many, and ends with 0', async () => {
    const stuck = await startNode('stuck', () => undefined);
    const short = { ...config().listeners[0], timeouts: { drainMs: 300 } };
    await writeFile(
      file,
      JSON.stringify({
        ...config(),
        listeners: [short],
        pools: [{ ...config().pools[0], nodes: [{ id: 's', address: `127.0.0.1:${stuck.port}` }] }],
      }),
    );
    const { program } = await serve();
    const answer = fetchOnce(port).catch(() => undefined);
    await sleep(300);
    program.signal('SIGINT');
    expect(await program.exited).toBe(0);
    expect(program.logs().at(-1)).toMatchObject({ cut: 1, message: expect.stringContaining('1 connections') });
    await answer;
    await stuck.close();
  });

  it('twice ends at once', async () => {
    const stuck = await startNode('stuck', () => undefined);
    const long = { ...config().listeners[0], timeouts: { drainMs: 60_000 } };
    await writeFile(
      file,
      JSON.stringify({
        ...config(),
        listeners: [long],
        pools: [{ ...config().pools[0], nodes: [{ id: 's', address: `127.0.0.1:${stuck.port}` }] }],
      }),
    );
    const { program } = await serve();
    const answer = fetchOnce(port).catch(() => undefined);
    await sleep(300);
    program.signal('SIGTERM');
    await sleep(500);
    expect(program.child.exitCode).toBeNull();
    const began = performance.now();
    program.signal('SIGTERM');
    expect(await program.exited).toBe(0);
    expect(performance.now() - began).toBeLessThan(1000);
    await answer;
    await stuck.close();
  });
});

describe('the control API', () => {
  it('sets modes, which hold from the next request on and are saved', async () => {
    const { api } = await serve();
    expect(await api.call('node.setMode', { pool: 'web', node: 'b', mode: 'reject' })).toMatchObject({
      status: 200,
      value: { id: 'b', mode: 'reject' },
    });
    expect(new Set(await answers(8))).toEqual(new Set(['a', 'c']));
    const saved = JSON.parse(await readFile(file, 'utf8'));
    expect(saved).toEqual({
      ...config(),
      pools: [{ ...config().pools[0], nodes: config().pools[0]!.nodes.map((n) => (n.id === 'b' ? { ...n, mode: 'reject' } : n)) }],
    });
    expect(await api.call('node.setMode', { pool: 'web', node: 'zz', mode: 'drain' })).toMatchObject({
      status: 404,
      error: { code: 'NODE_NOT_FOUND' },
    });
    const { entries } = (await api.call('journal.list')).value;
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'node.mode', pool: 'web', node: 'b', from: 'accept', to: 'reject' }));
  });

  it('applies all or nothing', async () => {
    const { api } = await serve();
    const before = await readFile(file, 'utf8');
    const holder = createServer();
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const taken = (holder.address() as AddressInfo).port;
    const two = { ...config(), listeners: [...config().listeners, { id: 'two', port: taken, protocol: 'http', pool: 'web' }] };
    const refused = await api.call('config.apply', { config: two });
    expect(refused).toMatchObject({ status: 409, error: { code: 'LISTENER_BIND_FAILED' } });
    expect(refused.error.message).toContain(String(taken));
    if (process.platform === 'linux') expect(refused.error.message).toContain(`(pid ${process.pid})`);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect((await api.call('config.get')).value.listeners).toHaveLength(1);
    expect((await fetchOnce(port)).status).toBe(200);
    await new Promise((resolve) => holder.close(resolve));
    const applied = await api.call('config.apply', { config: two });
    expect(applied).toMatchObject({ status: 200, value: { changed: ['listeners.two'] } });
    expect((await fetchOnce(taken)).status).toBe(200);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(two);
    expect(await api.call('config.apply', { config: { ...two, version: 7 } })).toMatchObject({
      status: 400,
      error: { issues: [{ path: 'version' }] },
    });
  });

  it('shows what happens: snapshot, requests with their reasons, events', async () => {
    const { api } = await serve();
    const request = get({ host: '127.0.0.1', port: api.port, path: '/api/events?channels=journal.entry,engine.patch', headers: api.auth });
    const [events] = (await once(request, 'response')) as [IncomingMessage];
    let streamed = '';
    events.setEncoding('utf8').on('data', (text: string) => (streamed += text));
    await answers(3);
    await nodes[2]!.close();
    try {
      expect(await eventually(() => /event: journal\.entry\ndata: .*"kind":"node\.down"/.test(streamed), 5000)).toBe(true);
      expect(streamed).toContain('event: engine.patch');
      const snapshot = (await api.call('engine.snapshot')).value;
      expect(snapshot.pools[0].nodes[2]).toMatchObject({ id: 'c', state: 'down', reason: expect.stringContaining('refused') });
      expect(new Set(await answers(6))).toEqual(new Set(['a', 'b']));
      const { entries } = (await api.call('requests.list', { limit: 5 })).value;
      expect(entries.at(-1)).toMatchObject({ listener: 'web', client: '127.0.0.1', method: 'GET', path: '/', status: 200 });
      expect(
        entries
          .at(-1)
          .why.map((w: { node: string }) => w.node)
          .sort(),
      ).toEqual(['a', 'b', 'c']);
      const metrics = await fetchOnce(api.port, '/metrics', api.auth);
      expect(metrics.text).toContain('evenkeel_node_up{pool="web",node="c"} 0');
    } finally {
      request.destroy();
      nodes[2] = await startNode('c');
    }
  });

  it('tries a check of a node that is not configured', async () => {
    const { api } = await serve();
    const node = { id: 'x', address: `127.0.0.1:${nodes[0]!.port}` };
    expect(await api.call('check.try', { node, healthCheck: { type: 'http' } })).toMatchObject({ status: 200, value: { ok: true } });
    expect(await api.call('check.try', { node: { ...node, address: '127.0.0.1:1' }, healthCheck: {} })).toMatchObject({
      value: { ok: false },
    });
  });

  it('starts and ends the demo beside what is served, unsaved', async () => {
    const { api } = await serve();
    const before = await readFile(file, 'utf8');
    const started = await api.call('lab.start');
    expect(started).toMatchObject({ status: 200, value: { running: true } });
    expect((await api.call('config.get')).value.pools.map((pool: { id: string }) => pool.id)).toEqual(['web', 'demo']);
    await api.call('node.setMode', { pool: 'demo', node: 'a', mode: 'drain' });
    expect((await fetchOnce(Number(new URL(started.value.url).port))).status).toBe(200);
    expect(await api.call('lab.end')).toMatchObject({ status: 200, value: { running: false } });
    expect((await api.call('config.get')).value.pools).toHaveLength(1);
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

it('demo: three nodes and simulated clients, within seconds', async () => {
  const program = run('demo', '--ui', '127.0.0.1:0');
  const ready = await program.ready();
  expect(ready.listeners).toMatchObject([{ id: 'demo' }]);
  const api = apiOf(ready);
  expect((await api.call('app.info')).value).toMatchObject({ host: 'headless', configPath: null });
  const served = async () => {
    const { pools } = (await api.call('engine.snapshot')).value;
    return pools[0].nodes.every((node: { requests: number }) => node.requests > 0);
  };
  expect(await eventually(served, 8000, 100)).toBe(true);
  program.signal('SIGTERM');
  expect(await program.exited).toBe(0);
});
