import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../../electron/engine/clock.ts';
import { runProbe, runTimed } from '../../../../../electron/engine/health/probes/run-probe.ts';
import { configSchema, type HealthCheckConfig, type NodeConfig } from '../../../../../shared/model/config.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

const defaults = configSchema.parse({ version: 1, pools: [{ id: 'p', stickiness: { type: 'none' } }] }).pools[0]!.healthCheck;
const servers: net.Server[] = [];
const sockets = new Set<net.Socket>();

/** Listens on a free port of the loopback; every connection it ever had is kept in `sockets` until it is closed. */
async function listen<S extends net.Server>(server: S, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

afterEach(async () => {
  const left = [...sockets];
  for (const socket of left) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

/** Every probe's connection is gone soon after its answer. */
async function allClosed(): Promise<void> {
  for (let i = 0; i < 100 && sockets.size > 0; i++) await new Promise((done) => setTimeout(done, 5));
  expect(sockets.size).toBe(0);
}

function probe(port: number, check: Partial<HealthCheckConfig> = {}, nodeTls: NodeConfig['tls'] = false, host = '127.0.0.1') {
  return runProbe({ host, port }, { ...defaults, timeoutMs: 1_000, ...check }, nodeTls, systemClock);
}

async function closedPort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe('connection', () => {
  it('passes when somebody listens, and closes properly', async () => {
    const errors: Error[] = [];
    const ended = new Promise((resolve) => {
      void listen(
        net.createServer((socket) => {
          socket.on('error', (error) => errors.push(error));
          socket.on('end', resolve);
          socket.resume();
        }),
      ).then((port) => probe(port).then((result) => expect(result).toMatchObject({ ok: true, detail: 'connected' })));
    });
    await ended;
    await allClosed();
    expect(errors).toEqual([]);
  });

  it('says that nobody listens', async () => {
    expect(await probe(await closedPort())).toMatchObject({ ok: false, detail: 'connection refused' });
  });

  it('resolves names when it connects, and says when there is no such name', async () => {
    const port = await listen(net.createServer());
    expect(await probe(port, {}, false, 'localhost')).toMatchObject({ ok: true });
    const unknown = await probe(port, {}, false, 'no-such-node.invalid');
    expect(unknown.ok).toBe(false);
    expect(unknown.detail).toMatch(/^(name not found|name lookup failed|timed out after 1000 ms)$/);
  });

  it("uses the check's own port", async () => {
    const port = await listen(net.createServer());
    expect(await probe(await closedPort(), { port })).toMatchObject({ ok: true });
  });

  it('never reaches out for type none', async () => {
    expect(await probe(await closedPort(), { type: 'none' })).toMatchObject({ ok: true, detail: 'not checked' });
  });
});

describe('http', () => {
  it('asks for what the check says, on a connection of its own', async () => {
    const seen: string[] = [];
    const port = await listen(
      net.createServer((socket) => {
        socket.on('data', (data: Buffer) => {
          seen.push(data.toString('latin1'));
          socket.end('HTTP/1.1 204 No Content\r\n\r\n');
        });
      }),
    );
    expect(await probe(port, { type: 'http', path: '/health?full=1', method: 'POST', host: 'shop.example' })).toMatchObject({
      ok: true,
      detail: 'HTTP 204',
    });
    expect(await probe(port, { type: 'http' })).toMatchObject({ ok: true });
    expect(seen[0]).toBe(
      'POST /health?full=1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Evenkeel-check\r\nAccept: */*\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    expect(seen[1]).toContain(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`);
    await allClosed();
  });

  it('judges the status', async () => {
    let status = 503;
    const port = await listen(http.createServer((_, response) => response.writeHead(status).end('x')));
    expect(await probe(port, { type: 'http' })).toMatchObject({ ok: false, detail: 'HTTP 503, expected 200-399' });
    status = 302;
    expect(await probe(port, { type: 'http' })).toMatchObject({ ok: true, detail: 'HTTP 302' });
    expect(await probe(port, { type: 'http', expectStatus: '200,204' })).toMatchObject({ ok: false, detail: 'HTTP 302, expected 200,204' });
    expect(await probe(port, { type: 'http', method: 'HEAD' })).toMatchObject({ ok: true });
    await allClosed();
  });

  it('judges the body, with a length, in chunks and until the end', async () => {
    const port = await listen(
      http.createServer((request, response) => {
        if (request.url === '/length') response.end('all is well');
        else {
          response.write('all is ');
          setTimeout(() => response.end('well'), 10);
        }
      }),
    );
    const plain = await listen(net.createServer((socket) => socket.resume().end('HTTP/1.0 200 OK\r\n\r\nall is well')));
    for (const [at, path] of [
      [port, '/length'],
      [port, '/chunks'],
      [plain, '/'],
    ] as const) {
      expect(await probe(at, { type: 'http_body', path, bodyPattern: '^all is well$' })).toMatchObject({
        ok: true,
        detail: 'HTTP 200, body matches',
      });
      expect(await probe(at, { type: 'http_body', path, bodyPattern: 'broken' })).toMatchObject({
        ok: false,
        detail: 'HTTP 200, but the body does not match the pattern',
      });
    }
    await allClosed();
  });

  it('gives a pattern up that backtracks for ever, and nothing else waits for it', { timeout: 20_000 }, async () => {
    const port = await listen(http.createServer((_, response) => response.end(`${'a'.repeat(60)}!`)));
    await probe(port, { type: 'http_body', timeoutMs: 10_000, bodyPattern: '!$' });
    const patient = { type: 'http_body' as const, timeoutMs: 10_000 };
    const evil = { ...patient, bodyPattern: '^(a+)+$' };
    let turns = 0;
    const counting = setInterval(() => turns++, 5);
    const given = await probe(port, evil);
    clearInterval(counting);
    expect(given).toMatchObject({ ok: false, detail: 'HTTP 200, but the pattern took longer than 500 ms' });
    // On this thread 500 ms of matching would have been one turn.
    expect(turns).toBeGreaterThan(10);
    // From now on it waits in a line of its own: others are answered before it.
    const order: string[] = [];
    await Promise.all([
      probe(port, evil).then(() => order.push('evil')),
      ...Array.from({ length: 5 }, () => probe(port, { ...patient, bodyPattern: '^a+!$' }).then(({ ok }) => order.push(String(ok)))),
    ]);
    expect(order).toEqual(['true', 'true', 'true', 'true', 'true', 'evil']);
    await allClosed();
  });

  it('does not read a large page to its end', async () => {
    const port = await listen(
      net.createServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        const more = () => {
          while (!socket.destroyed && socket.write('x'.repeat(16_384)));
        };
        socket.on('drain', more);
        more();
      }),
    );
    expect(await probe(port, { type: 'http_body', bodyPattern: 'x{100}' })).toMatchObject({ ok: true });
    await allClosed();
  });

  it.each([
    ['answers in another language', 'SSH-2.0-x\r\n', 'answer is not HTTP/1.x'],
    ['closes without a word', '', 'closed without an answer'],
    ['breaks off', 'HTTP/1.1 200 OK\r\nContent-Le', 'answer broke off'],
  ])('fails when the node %s', async (_, bytes, detail) => {
    const port = await listen(net.createServer((socket) => socket.resume().end(bytes)));
    expect(await probe(port, { type: 'http' })).toMatchObject({ ok: false, detail });
  });

  it('fails when the node resets the connection', async () => {
    const port = await listen(net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(await probe(port, { type: 'http' })).toMatchObject({ ok: false, detail: 'connection reset' });
  });

  it('ends at its timeout: no answer, half an answer, one byte at a time', async () => {
    const port = await listen(
      net.createServer((socket) => {
        let n = 0;
        const drip = setInterval(() => socket.write('HTTP/1.1 200 OK\r\nX: '.charAt(n++) || 'x'), 20);
        socket.on('close', () => {
          clearInterval(drip);
        });
      }),
    );
    const silent = await listen(net.createServer((socket) => socket.resume()));
    const results = await Promise.all([port, silent].map((p) => probe(p, { type: 'http', timeoutMs: 150 })));
    for (const result of results) {
      expect(result).toMatchObject({ ok: false, detail: 'timed out after 150 ms' });
      expect(result.durationMs).toBeGreaterThanOrEqual(149);
      expect(result.durationMs).toBeLessThan(1_000);
    }
    await allClosed();
  });
});

describe('node tls', () => {
  let key = '';
  let cert = '';
  beforeAll(async () => {
    const made = await generate([{ name: 'commonName', value: 'node.test' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'node.test' }] }],
    });
    key = made.private;
    cert = made.cert;
  });

  it('verifies the certificate unless told not to, for both kinds of probe', async () => {
    const names: unknown[] = [];
    const port = await listen(
      tls.createServer({ key, cert }, (socket) => {
        names.push(socket.servername);
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
      }),
    );
    for (const type of ['connection', 'http'] as const) {
      expect(await probe(port, { type }, true)).toMatchObject({ ok: false, detail: 'certificate is self-signed and not trusted' });
      expect(await probe(port, { type }, { verify: false })).toMatchObject({ ok: true });
      expect(await probe(port, { type }, { verify: true, caPem: cert, serverName: 'node.test' })).toMatchObject({ ok: true });
      expect(await probe(port, { type }, { verify: true, caPem: cert, serverName: 'other.test' })).toMatchObject({
        ok: false,
        detail: 'certificate is for another name',
      });
    }
    expect(names).toContain('node.test');
    await allClosed();
  });

  it('says when the node does not speak TLS, or never finishes the handshake', async () => {
    const plain = await listen(net.createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await probe(plain, {}, true)).toMatchObject({ ok: false, detail: 'does not speak TLS' });
    const silent = await listen(net.createServer((socket) => socket.resume()));
    expect(await probe(silent, { timeoutMs: 100 }, true)).toMatchObject({ ok: false, detail: 'timed out after 100 ms' });
    await allClosed();
  });
});

describe('runTimed', () => {
  it('turns whatever a probe throws into a failure', async () => {
    const clock = new FakeClock();
    const thrown = () => {
      throw new Error('broken probe');
    };
    expect(await runTimed(thrown, 100, clock)).toMatchObject({ ok: false, detail: 'broken probe' });
    expect(await runTimed(() => Promise.reject(new Error('broken later')), 100, clock)).toMatchObject({
      ok: false,
      detail: 'broken later',
    });
    expect(clock.pending).toBe(0);
  });

  it('can be called off before and while it runs', async () => {
    const clock = new FakeClock();
    const off = new AbortController();
    const running = runTimed(() => new Promise(() => undefined), 100, clock, off.signal);
    off.abort();
    expect(await running).toMatchObject({ ok: false, detail: 'called off' });
    expect(await runTimed(() => new Promise(() => undefined), 100, clock, off.signal)).toMatchObject({ detail: 'called off' });
    expect(clock.pending).toBe(0);
  });
});
