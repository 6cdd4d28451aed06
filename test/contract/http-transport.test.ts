import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBody } from '../../electron/headless/body.ts';
import { EventStreams } from '../../electron/headless/event-stream.ts';
import { startHttpTransport, type HttpTransport } from '../../electron/headless/http-transport.ts';
import { openUi } from '../../electron/headless/open-ui.ts';
import { insideFolder } from '../../electron/headless/static-files.ts';
import { send } from './http-client.ts';
import { document, testPlane, type TestPlane } from './plane.ts';

const token = 'the-token-of-this-test-run';
const bearer = { Authorization: `Bearer ${token}` };
let test: TestPlane;
let ui: HttpTransport;
let screens: string;
let ownPeer = true;
let peer = 'user 1000';
let lookedUp = 0;
let logged: string[];

beforeEach(async () => {
  logged = [];
  ownPeer = true;
  peer = 'user 1000';
  screens = await mkdtemp(join(tmpdir(), 'evenkeel-screens-'));
  await mkdir(join(screens, 'assets'));
  await writeFile(join(screens, 'index.html'), '<!doctype html><title>Evenkeel</title>');
  await writeFile(join(screens, 'assets', 'index-B2x9aQz1.js'), 'let a;');
  await writeFile(join(screens, '.secret.js'), 'no');
  test = await testPlane();
  ui = await startHttpTransport({
    plane: test.plane,
    log: (level, message) => {
      if (level !== 'info') logged.push(message);
    },
    token,
    host: '127.0.0.1',
    port: 0,
    screens,
    isOwnPeer: () => Promise.resolve(ownPeer),
    peerName: () => {
      lookedUp++;
      return Promise.resolve(peer);
    },
  });
});
afterEach(async () => {
  await ui.close();
  await rm(screens, { recursive: true, force: true });
});

const ask = (channel: string, body: unknown = {}, headers: Record<string, string> = bearer) =>
  send(ui.port, { method: 'POST', path: `/api/request/${channel}`, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const json = (reply: { text: string }) => JSON.parse(reply.text) as Record<string, unknown>;
const own = () => ({ 'Content-Type': 'application/json', Origin: `http://127.0.0.1:${ui.port}` });

async function sessionCookie(): Promise<string> {
  const reply = await send(ui.port);
  return String(reply.headers['set-cookie']).split(';')[0]!;
}

describe('requests', () => {
  it('answer in the envelope, with a status that fits', async () => {
    const cases: [string, unknown, number, string?][] = [
      ['config.get', {}, 200],
      ['config.get', '', 200],
      ['config.get', '{', 400, 'BAD_REQUEST'],
      ['config.get', { x: 1 }, 400, 'BAD_REQUEST'],
      ['config.apply', { config: { ...document, version: 2 } }, 400, 'CONFIG_INVALID'],
      ['nope', {}, 404, 'UNKNOWN_CHANNEL'],
      ['node.setMode', { pool: 'web', node: 'zz', mode: 'drain' }, 404, 'NODE_NOT_FOUND'],
      ['clients.release', { pool: 'web', key: 'zz' }, 404, 'CLIENT_NOT_FOUND'],
      ['app.info', JSON.stringify({ pad: 'x'.repeat(1024 * 1024) }), 413, 'TOO_LARGE'],
    ];
    for (const [channel, body, status, code] of cases) {
      const reply = await ask(channel, body);
      expect([channel, reply.status]).toEqual([channel, status]);
      expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(json(reply)).toMatchObject(code ? { ok: false, error: { code } } : { ok: true });
    }
  });

  it('409 for a port that cannot be had and for the last node', async () => {
    const guarded = { ...document, pools: [{ ...document.pools[0], keepLastNode: true }] };
    expect((await ask('config.apply', { config: guarded })).status).toBe(200);
    const reply = await ask('node.setMode', { pool: 'web', node: 'a', mode: 'reject' });
    expect([reply.status, json(reply)]).toMatchObject([409, { error: { code: 'LAST_NODE' } }]);
    const { EngineError } = await import('../../electron/engine/errors.ts');
    test.engine.refuse = new EngineError('LISTENER_BIND_FAILED', `Port ${ui.port} on 127.0.0.1 is used by another program.`);
    const taken = await ask('config.apply', { config: { ...document, listeners: [{ ...document.listeners[0], port: ui.port }] } });
    expect(taken.status).toBe(409);
    if (process.platform === 'linux') expect(taken.text).toContain(`is used by Evenkeel itself (pid ${process.pid})`);
  });

  it('refuse a body that lies about its length, and one that is chunked and too large', async () => {
    const socket = connect(ui.port, '127.0.0.1');
    socket.write(
      `POST /api/request/app.info HTTP/1.1\r\nHost: 127.0.0.1:${ui.port}\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let i = 0; i < 20; i++) socket.write(chunk);
    socket.write('0\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 413');
    socket.destroy();
  });

  it('are POST and nothing else', async () => {
    const reply = await send(ui.port, { path: '/api/request/app.info', headers: bearer });
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'POST']);
    expect((await send(ui.port, { path: '/api/elsewhere', headers: bearer })).status).toBe(404);
  });

  it('need the token', async () => {
    for (const headers of [
      {},
      { Authorization: token },
      { Authorization: `Bearer ${token}x` },
      { Authorization: 'Bearer ' },
      { Authorization: `Basic ${token}` },
    ]) {
      const reply = await ask('nope', '{', headers as Record<string, string>);
      expect([reply.status, json(reply)]).toMatchObject([401, { error: { code: 'UNAUTHORIZED' } }]);
      expect(reply.headers['www-authenticate']).toContain('Bearer');
    }
    for (const path of ['/api/events', '/metrics']) expect((await send(ui.port, { path })).status).toBe(401);
  });
});

describe('foreigners', () => {
  it('are refused on every path', async () => {
    const paths = [
      '/',
      '/index.html',
      '/assets/index-B2x9aQz1.js',
      '/metrics',
      '/api/events',
      '/api/request/app.info',
      '/nope',
      '/session',
    ];
    const bad: Record<string, string>[] = [
      { Host: 'evil.example' },
      { Host: `evil.example:${ui.port}` },
      { Host: '127.0.0.1' },
      { Host: `127.0.0.1:${ui.port + 1}` },
      { Host: `127.0.0.2:${ui.port}` },
      { Host: `localhost.:${ui.port}` },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: `https://127.0.0.1:${ui.port}` },
      { Origin: `http://127.0.0.1:${ui.port + 1}` },
      { Origin: `http://localhost:${ui.port}` },
    ];
    for (const path of paths) {
      for (const headers of bad) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const reply = await send(ui.port, { method, path, headers: { ...bearer, ...headers } });
          expect([method, path, headers, reply.status]).toEqual([method, path, headers, 403]);
          expect(reply.headers['set-cookie']).toBeUndefined();
        }
      }
    }
  });

  it('are not our own names, in any case of letters', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
      const headers = { Host: `${host}:${ui.port}`, Origin: `http://${host}:${ui.port}` };
      expect([host, (await ask('app.info', {}, { ...bearer, ...headers })).status]).toEqual([host, 200]);
    }
  });

  it('do not come in by an absolute target or a second Host', async () => {
    for (const head of [
      `GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${ui.port}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${ui.port}\r\nHost: evil.example\r\n\r\n`,
      `GET / HTTP/1.0\r\n\r\n`,
    ]) {
      const socket = connect(ui.port, '127.0.0.1');
      socket.end(head);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 40[03] /);
    }
  });
});

describe('what is no request', () => {
  it('is answered as such whatever its target looks like, and is nothing to report', async () => {
    for (const path of ['//[', '//', '///x:y@[::', '/%', '/\\..\\x', '//evil.example/api/request/config.get', `/${'a'.repeat(8_000)}`]) {
      const reply = await send(ui.port, { path });
      expect([path.slice(0, 40), reply.status]).toEqual([path.slice(0, 40), 404]);
    }
    expect(logged).toEqual([]);
  });

  it('does not keep its connection by never finishing its head', async () => {
    const socket = connect(ui.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume().write('GET / HTTP/1.1\r\nHost: ');
    const startedAt = performance.now();
    await once(socket, 'close');
    // Ten seconds it has, and they are looked after every two.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  }, 20_000);

  it('is not waited for once its sender has gone', async () => {
    const request = new IncomingMessage(new Socket());
    request.destroy();
    await expect(readBody(request)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: 'The body broke off.' });
  });

  it('is told apart from JSON with the place of the mistake, in our words', async () => {
    const reply = await ask('config.get', '{\n "a": 1,\n "a": 2}');
    expect(reply.status).toBe(400);
    expect(json(reply)).toMatchObject({
      ok: false,
      error: { code: 'BAD_REQUEST', message: expect.stringMatching(/^The body is not JSON: line 3, column 2: /) as string },
    });
  });
});

describe('the screens', () => {
  it('come with headers that keep others out', async () => {
    const reply = await send(ui.port);
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('Evenkeel');
    expect(reply.headers['content-security-policy']).toContain("default-src 'self'");
    expect(reply.headers['content-security-policy']).toContain("script-src 'self';");
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
    expect(reply.headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^evenkeel_session_${ui.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`)),
    ]);
    expect((await send(ui.port, { method: 'HEAD' })).text).toBe('');
  });

  it('keep hashed files for ever, and nothing else', async () => {
    const asset = await send(ui.port, { path: '/assets/index-B2x9aQz1.js' });
    expect(asset).toMatchObject({ status: 200, text: 'let a;' });
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-type']).toContain('text/javascript');
    expect((await send(ui.port)).headers['cache-control']).toBe('no-cache');
    const head = await send(ui.port, { method: 'HEAD', path: '/assets/index-B2x9aQz1.js' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '6']);
  });

  it('never leave their folder', async () => {
    const paths = [
      '/../package.json',
      '/assets/../../package.json',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2fpackage.json',
      '/.secret.js',
      '/assets/',
      '/assets',
      '/%',
      '/a%00.js',
      '/..%5cx.js',
      '//etc/passwd.txt',
    ];
    for (const path of paths) expect([path, (await send(ui.port, { path })).status]).toEqual([path, 404]);
    expect(insideFolder('/srv/screens', '/../screens2/x.js')).toBeUndefined();
    expect(insideFolder('/srv/screens', '/a/b.js')).toBe(join('/srv/screens', 'a', 'b.js'));
  });

  it('ask a stranger on this machine for the token', async () => {
    ownPeer = false;
    const asked = await send(ui.port);
    expect([asked.status, asked.headers['set-cookie']]).toEqual([401, undefined]);
    expect(asked.text).toContain('<form method="post" action="/session">');
    expect((await send(ui.port, { path: '/?token=wrong' })).status).toBe(401);
    const let_in = await send(ui.port, { path: `/?token=${token}` });
    expect([let_in.status, let_in.headers['location']]).toEqual([303, '/']);
    const cookie = String(let_in.headers['set-cookie']).split(';')[0]!;
    expect((await send(ui.port, { headers: { Cookie: `other=1; ${cookie}` } })).status).toBe(200);
    expect((await send(ui.port, { headers: { Cookie: `${cookie}x` } })).status).toBe(401);
  });

  it('ask whoever came through a proxy, whosever that is', async () => {
    for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP']) {
      const reply = await send(ui.port, { headers: { [name]: '203.0.113.7' } });
      expect([name, reply.status, reply.headers['set-cookie']]).toEqual([name, 401, undefined]);
    }
  });

  it('take the token from the sign-in page, and only from there', async () => {
    ownPeer = false;
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const post = (value: string, headers: Record<string, string>) =>
      send(ui.port, { method: 'POST', path: '/session', headers: { ...form, ...headers }, body: `token=${value}` });
    const origin = { Origin: `http://127.0.0.1:${ui.port}` };
    expect((await post(token, {})).status).toBe(403);
    expect((await post('wrong', origin)).status).toBe(401);
    const reply = await post(token, origin);
    expect([reply.status, reply.headers['set-cookie']?.length]).toEqual([303, 1]);
    // Whoever has not proved himself does not make us keep a megabyte.
    expect((await post('x'.repeat(5_000), origin)).status).toBe(413);
  });

  it('say so when they have not been built', async () => {
    await rm(join(screens, 'index.html'));
    expect(await send(ui.port)).toMatchObject({ status: 503, text: expect.stringContaining('npm run build') as string });
  });
});

describe("the screens' session", () => {
  it('may do what the token may, from our own page', async () => {
    const cookie = await sessionCookie();
    expect((await ask('app.info', {}, { Cookie: cookie, ...own() })).status).toBe(200);
    expect(
      (await ask('app.info', {}, { Cookie: cookie, 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' })).status,
    ).toBe(200);
    expect((await send(ui.port, { path: '/metrics', headers: { Cookie: cookie } })).status).toBe(200);
  });

  it('is no use to anybody else', async () => {
    const cookie = await sessionCookie();
    const type = { 'Content-Type': 'application/json' };
    for (const headers of [
      type,
      { ...type, 'Sec-Fetch-Site': 'same-site' },
      { ...own(), 'Sec-Fetch-Site': 'cross-site' },
      { ...type, 'Sec-Fetch-Site': 'none' },
    ]) {
      expect([headers, (await ask('app.info', {}, { Cookie: cookie, ...headers })).status]).toEqual([headers, 403]);
    }
    expect((await ask('app.info', {}, { Cookie: cookie, ...own(), 'Content-Type': 'text/plain' })).status).toBe(400);
    expect((await send(ui.port, { path: '/api/events', headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-site' } })).status).toBe(403);
    const renamed = cookie.replace(`_${ui.port}=`, `_${ui.port + 1}=`);
    expect((await ask('app.info', {}, { Cookie: renamed, ...own() })).status).toBe(401);
  });

  it('asks the system for nobody who makes its value up', async () => {
    await sessionCookie();
    const before = lookedUp;
    const Cookie = `evenkeel_session_${ui.port}=${'a'.repeat(43)}`;
    expect((await ask('app.info', {}, { Cookie, ...own() })).status).toBe(401);
    expect(lookedUp).toBe(before);
  });

  it('is no use to a server on another port, which browsers send it to', async () => {
    const cookie = await sessionCookie();
    peer = 'user 65534';
    ownPeer = false;
    expect((await ask('app.info', {}, { Cookie: cookie, ...own() })).status).toBe(401);
    expect((await send(ui.port, { path: '/metrics', headers: { Cookie: cookie } })).status).toBe(401);
    expect((await send(ui.port, { path: '/api/events', headers: { Cookie: cookie } })).status).toBe(401);
    expect((await send(ui.port, { headers: { Cookie: cookie } })).status).toBe(401);
    // Who may not use it may sign in for himself.
    const signedIn = await send(ui.port, { path: `/?token=${token}` });
    const another = String(signedIn.headers['set-cookie']).split(';')[0]!;
    expect((await ask('app.info', {}, { Cookie: another, ...own() })).status).toBe(200);
    peer = 'user 1000';
    expect((await ask('app.info', {}, { Cookie: another, ...own() })).status).toBe(401);
    expect((await ask('app.info', {}, { Cookie: cookie, ...own() })).status).toBe(200);
  });
});

describe('events', () => {
  async function open(query: string, headers: Record<string, string> = bearer): Promise<IncomingMessage> {
    const request = get({ host: '127.0.0.1', port: ui.port, path: `/api/events${query}`, headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    return response;
  }
  const nextChunk = async (response: IncomingMessage) => ((await once(response, 'data')) as [string])[0];

  it('are named by their channel, and only those asked for come', async () => {
    const response = await open('?channels=journal.entry,config.changed');
    expect(response.headers['content-type']).toContain('text/event-stream');
    expect(await nextChunk(response)).toContain(': subscribed');
    test.engine.emit('patch', { epoch: 1, seq: 1 });
    test.engine.emit('fact', { time: 5, kind: 'node.up', pool: 'web', node: 'a' });
    expect(await nextChunk(response)).toMatch(
      /^event: journal\.entry\ndata: \{"time":5,"kind":"node\.up","pool":"web","node":"a","seq":\d+\}\n\n$/,
    );
    response.destroy();
  });

  it('come with the session as well', async () => {
    const response = await open('', { Cookie: await sessionCookie(), 'Sec-Fetch-Site': 'same-origin' });
    expect(response.statusCode).toBe(200);
    response.destroy();
  });

  it('are not begun for who went while it was found out who he is', () => {
    let subscribed = 0;
    const streams = new EventStreams(() => {
      subscribed++;
      return () => undefined;
    });
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    response.destroy();
    streams.add(response, ['journal.entry']);
    expect(subscribed).toBe(0);
  });

  it('are refused for a channel that is not there', async () => {
    const reply = await send(ui.port, { path: '/api/events?channels=nope', headers: bearer });
    expect([reply.status, json(reply)]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }]);
  });

  it('are cut off for a reader who does not read', async () => {
    const socket = connect(ui.port, '127.0.0.1');
    socket.write(`GET /api/events?channels=journal.entry HTTP/1.1\r\nHost: 127.0.0.1:${ui.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const reason = 'x'.repeat(100_000);
    for (let i = 0; i < 300; i++) {
      test.engine.emit('fact', { time: i, kind: 'node.up', reason });
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    socket.on('error', () => undefined);
    socket.resume();
    await closed;
    expect(socket.bytesRead).toBeLessThan(300 * 100_000);
  });

  it('end with the program although a reader is behind and more happens meanwhile', async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', note);
    try {
      const socket = connect(ui.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        `GET /api/events?channels=journal.entry HTTP/1.1\r\nHost: 127.0.0.1:${ui.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      await once(socket, 'data');
      socket.pause();
      // In one turn, so that nothing of it can be sent before the end.
      for (let i = 0; i < 5; i++) test.engine.emit('fact', { time: i, kind: 'node.up', reason: 'x'.repeat(100_000) });
      const closed = ui.close();
      test.engine.emit('fact', { time: 6, kind: 'node.up', reason: 'too late' });
      await closed;
      socket.destroy();
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
    }
  });
});

describe('who never reads an answer', () => {
  it('is cut off, stranger or not, while an answer that takes its time is waited for', async () => {
    await writeFile(join(screens, 'assets', 'large-B2x9aQz1.js'), Buffer.alloc(4_000_000, 'a'));
    const impatient = await startHttpTransport({
      plane: {
        ...test.plane,
        router: (...args) =>
          new Promise((resolve) =>
            setTimeout(() => {
              resolve(test.plane.router(...args));
            }, 1_500),
          ),
      },
      log: () => undefined,
      token,
      host: '127.0.0.1',
      port: 0,
      screens,
      stalledMs: 500,
    });
    const socket = connect(impatient.port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    const head = `Host: 127.0.0.1:${impatient.port}\r\n\r\n`;
    for (let i = 0; i < 10; i++) socket.write(`GET /assets/large-B2x9aQz1.js HTTP/1.1\r\n${head}`);
    const slow = send(impatient.port, { method: 'POST', path: '/api/request/app.info', headers: bearer });
    expect((await slow).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // What is read now is what the kernel had taken, and then the end.
    const end = once(socket, 'close');
    socket.resume();
    await end;
    expect(socket.bytesRead).toBeLessThan(40_000_000);
    await impatient.close();
  }, 20_000);
});

describe('who takes connections and never asks for anything', () => {
  it('takes none from who has proved himself, and none from who comes next', async () => {
    const small = await startHttpTransport({
      plane: test.plane,
      log: () => undefined,
      token,
      host: '127.0.0.1',
      port: 0,
      screens,
      maxStrangers: 8,
    });
    const open = async (text = '') => {
      const socket = connect(small.port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(text);
      return socket;
    };
    const events = `GET /api/events?channels=journal.entry HTTP/1.1\r\nHost: 127.0.0.1:${small.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const follower = await open(events);
    await once(follower, 'data');
    const first = await open('GET / HT');
    const gone = once(first, 'close');
    const others: Socket[] = [];
    for (let i = 0; i < 40; i++) others.push(await open());
    await gone;
    expect((await send(small.port, { method: 'POST', path: '/api/request/app.info', headers: bearer })).status).toBe(200);
    expect((await send(small.port, { path: '/' })).status).toBeLessThan(500);
    expect(follower.destroyed).toBe(false);
    const said = once(follower, 'data');
    test.engine.emit('fact', { time: 5, kind: 'node.up', pool: 'web', node: 'a' });
    await said;
    await expect.poll(() => others.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(8);
    for (const socket of [...others, follower]) socket.destroy();
    await small.close();
  }, 20_000);
});

describe('an address', () => {
  it.each([
    ['127.0.0.1', 0],
    ['0.0.0.0', 1],
  ])('%s: that others reach it is said in the log', async (host, warnings) => {
    const said: string[] = [];
    const log = (level: string, message: string) => void (level === 'warn' && said.push(message));
    const opened = await openUi(test.plane, token, { ui: { host, port: 0 }, uiGiven: true, metricsOpen: false, elsewhere: false, log });
    expect(said).toHaveLength(warnings);
    for (const words of said) expect(words).toContain(`http://0.0.0.0:${opened!.port}/ are open to the network, in plain HTTP`);
    await opened!.close();
  });
});

describe('metrics', () => {
  it('are Prometheus text', async () => {
    const reply = await send(ui.port, { path: '/metrics', headers: bearer });
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(reply.text).toContain('evenkeel_listener_up{listener="web"} 1\n');
    expect(reply.text).toContain('evenkeel_node_mode{pool="web",node="a",mode="accept"} 1\n');
    for (const line of reply.text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) evenkeel_\w+ .+|evenkeel_\w+(\{(\w+="[^"]*",?)+\})? -?[0-9.e+]+)$/);
    }
  });

  it('are open only when that was asked for', async () => {
    const open = await startHttpTransport({
      plane: test.plane,
      log: () => undefined,
      token,
      host: '127.0.0.1',
      port: 0,
      metricsOpen: true,
      screens,
    });
    expect((await send(open.port, { path: '/metrics' })).status).toBe(200);
    expect((await send(open.port, { path: '/metrics', headers: { Host: 'evil' } })).status).toBe(403);
    expect((await send(open.port, { path: '/api/events' })).status).toBe(401);
    await open.close();
  });
});
