import type { LookupFunction } from 'node:net';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/certificates.ts';
import { named, useStage } from '../support/cleanup.ts';
import { askOnce, get } from '../support/raw-client.ts';
import type { RecorderNode } from '../support/recorder-node.ts';
import { eventually } from '../support/wait.ts';

const stage = useStage();
let local: TestCertificate;
let other: TestCertificate;

beforeAll(async () => {
  [local, other] = await Promise.all([makeCertificate('local', ['localhost', '127.0.0.1']), makeCertificate('other', ['other.example'])]);
});

interface SecureNode {
  port: number;
  /** What clients named in SNI; false: nothing. */
  names: (string | false)[];
  alpn: (string | false | null)[];
  /** Bytes ahead of the handshake. */
  headers: string[];
}

/** TLS in front of `behind`. With `header` each connection has to begin with a line of text, which is taken off. */
async function secureNode(behind: RecorderNode, certificate: TestCertificate, header = false): Promise<SecureNode> {
  const node: SecureNode = { port: 0, names: [], alpn: [], headers: [] };
  const tls = createTlsServer({ cert: certificate.certPem, key: certificate.keyPem, ALPNProtocols: ['http/1.1'] }, (socket: TLSSocket) => {
    node.names.push(socket.servername as string | false);
    node.alpn.push(socket.alpnProtocol);
    const inner = connect(behind.port, '127.0.0.1');
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
  });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (!header) {
      tls.emit('connection', socket);
      return;
    }
    const onData = (chunk: Buffer) => {
      const end = chunk.indexOf('\n');
      if (end < 0) return;
      socket.removeListener('data', onData);
      socket.pause();
      node.headers.push(chunk.toString('latin1', 0, end + 1));
      if (chunk.length > end + 1) socket.unshift(chunk.subarray(end + 1));
      tls.emit('connection', socket);
    };
    socket.on('data', onData);
  });
  tls.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.also(() => server.close());
  node.port = (server.address() as AddressInfo).port;
  return node;
}

const tcpEcho = {
  onBytes: () => undefined,
  onConnection: (c: { socket: import('node:net').Socket }) => {
    c.socket.pipe(c.socket);
  },
};

describe('http nodes over TLS', () => {
  const pool = (port: number, tls: unknown, more: Record<string, unknown> = {}) => ({
    pools: [{ id: 'web', nodes: [{ address: `127.0.0.1:${port}`, tls }], passiveCheck: { enabled: true, errors: 1000 }, ...more }],
  });

  it('are refused when nothing vouches for their certificate, and the node says so', async () => {
    const node = await secureNode(await stage.node(named('n')), local);
    const harness = await stage.engine(
      pool(node.port, true, { healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 400, attempts: 1, rise: 1 } }),
    );
    expect(await eventually(async () => (await harness.node()).state === 'down')).toBe(true);
    expect((await harness.node()).reason).toContain('certificate is self-signed and not trusted');
    expect((await askOnce(harness.port(), get())).status).toBe(503);
  });

  it('are refused by live traffic too', async () => {
    const behind = await stage.node(named('n'));
    const node = await secureNode(behind, local);
    const harness = await stage.engine(pool(node.port, true));
    expect((await askOnce(harness.port(), get())).status).toBe(503);
    expect(behind.requests).toEqual([]);
    expect((await harness.node()).errors).toBeGreaterThan(0);
  });

  it('are taken with their own authority', async () => {
    const behind = await stage.node(named('n'));
    const node = await secureNode(behind, local);
    const harness = await stage.engine(
      pool(node.port, { caPem: local.certPem }, { healthCheck: { type: 'http', intervalMs: 500, timeoutMs: 400, attempts: 1, rise: 1 } }),
    );
    const client = await stage.client(harness);
    for (let i = 0; i < 3; i++) expect((await client.ask(get())).body.toString()).toBe('n');
    expect(await eventually(async () => (await harness.node()).state === 'up')).toBe(true);
    // One connection for the client, others for checks; an address is never sent as SNI.
    expect(node.names.every((name) => name === false)).toBe(true);
    expect(node.alpn).toContain('http/1.1');
  });

  it('are refused when the certificate is for another name, unless that name is asked for', async () => {
    const node = await secureNode(await stage.node(named('n')), other);
    const wrong = await stage.engine(
      pool(
        node.port,
        { caPem: other.certPem },
        { healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 400, attempts: 1, rise: 1 } },
      ),
    );
    expect(await eventually(async () => (await wrong.node()).state === 'down')).toBe(true);
    expect((await wrong.node()).reason).toContain('certificate is for another name');
    const right = await stage.engine(pool(node.port, { caPem: other.certPem, serverName: 'other.example' }));
    expect((await askOnce(right.port(), get())).body.toString()).toBe('n');
    expect(node.names.at(-1)).toBe('other.example');
  });

  it('are taken whoever they are with verify false', async () => {
    const node = await secureNode(await stage.node(named('n')), other);
    const harness = await stage.engine(pool(node.port, { verify: false }));
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('n');
  });

  it('that do not speak TLS fail in words', async () => {
    const node = await stage.node();
    const harness = await stage.engine(
      pool(node.port, true, { healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 400, attempts: 1, rise: 1 } }),
    );
    expect(await eventually(async () => (await harness.node()).state === 'down')).toBe(true);
    expect((await harness.node()).reason).toMatch(/does not speak TLS|timed out|closed/);
  });

  it('changed from plain to TLS serve on with the next request', async () => {
    const behind = await stage.node(named('n'));
    const node = await secureNode(behind, local);
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [{ address: `127.0.0.1:${behind.port}` }] }] });
    const client = await stage.client(harness);
    expect((await client.ask(get())).body.toString()).toBe('n');
    await harness.apply(pool(node.port, { caPem: local.certPem }));
    expect((await client.ask(get())).body.toString()).toBe('n');
    expect(node.names.length).toBe(1);
    await harness.apply(pool(node.port, { caPem: other.certPem }));
    expect((await client.ask(get())).status).toBe(503);
  });

  it('carry large bodies', async () => {
    const behind = await stage.node({
      onRequest: (request) => ({ parts: [`HTTP/1.1 200 OK\r\nContent-Length: ${request.body.length}\r\n\r\n`, request.body] }),
    });
    const node = await secureNode(behind, local);
    const harness = await stage.engine(pool(node.port, { caPem: local.certPem }));
    const body = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => (i * 31 + (i >> 9)) & 255));
    const client = await stage.client(harness);
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    client.write(body);
    expect((await client.answer('POST', 8000)).body.equals(body)).toBe(true);
  });
});

describe('tcp nodes over TLS', () => {
  const pool = (port: number, tls: unknown, more: Record<string, unknown> = {}) => ({
    listeners: [{ id: 'web', protocol: 'tcp' }],
    pools: [{ id: 'web', nodes: [{ address: `127.0.0.1:${port}`, tls }], ...more }],
  });

  it('carry bytes when they are verified', async () => {
    const node = await secureNode(await stage.node(tcpEcho), local);
    const harness = await stage.engine(pool(node.port, { caPem: local.certPem }));
    const client = await stage.client(harness);
    client.write('hello');
    expect(await client.until(() => client.received.toString() === 'hello')).toBe(true);
    expect(node.alpn).toEqual([false]);
    client.end();
    expect(await client.untilClosed()).toBe('ended');
    expect(await harness.untilQuiet()).toBe('');
  });

  it('close the client when they are not', async () => {
    const behind = await stage.node(tcpEcho);
    const node = await secureNode(behind, local);
    const harness = await stage.engine(pool(node.port, true));
    const client = await stage.client(harness);
    client.write('secret');
    expect(await client.untilClosed()).not.toBe('open');
    expect(behind.size).toBe(0);
    expect((await harness.node()).errors).toBeGreaterThan(0);
  });

  it('get their PROXY header ahead of the handshake, checks included', async () => {
    const node = await secureNode(await stage.node(tcpEcho), local, true);
    const harness = await stage.engine(
      pool(
        node.port,
        { caPem: local.certPem },
        { proxyProtocol: 'v1', healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 400, attempts: 1, rise: 1 } },
      ),
    );
    const client = await stage.client(harness);
    client.write('hello');
    expect(await client.until(() => client.received.toString() === 'hello')).toBe(true);
    expect(node.headers).toContain(`PROXY TCP4 127.0.0.1 127.0.0.1 ${client.socket.localPort} ${harness.port()}\r\n`);
    expect(await eventually(async () => (await harness.node()).state === 'up')).toBe(true);
    expect(node.headers).toContain('PROXY UNKNOWN\r\n');
    // A check tried from a form is the same check.
    const { nodes, healthCheck, proxyProtocol } = harness.config.pools[0]!;
    expect(await harness.engine.tryCheck(nodes[0]!, healthCheck, proxyProtocol)).toMatchObject({ ok: true });
    expect(await harness.engine.tryCheck(nodes[0]!, healthCheck)).toMatchObject({ ok: false });
    client.end();
    expect(await client.untilClosed()).toBe('ended');
    expect(await harness.untilQuiet()).toBe('');
  });

  it('get their PROXY header whichever address of their name answers, before any of them has', async () => {
    const node = await secureNode(await stage.node(tcpEcho), local, true);
    const addresses = ['::1', '127.0.0.9', '127.0.0.1'];
    const lookup: LookupFunction = (_host, options, done) => {
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      setImmediate(() => {
        if (options.all) done(null, found);
        else done(null, found[0]!.address, found[0]!.family);
      });
    };
    const named = pool(node.port, { verify: false }, { proxyProtocol: 'v1', retries: 0 });
    named.pools[0]!.nodes[0]!.address = `node.test:${node.port}`;
    const harness = await stage.engine(named, { lookup });
    const client = await stage.client(harness);
    client.write('hello');
    expect(await client.until(() => client.received.toString() === 'hello')).toBe(true);
    expect(node.headers).toContain(`PROXY TCP4 127.0.0.1 127.0.0.1 ${client.socket.localPort} ${harness.port()}\r\n`);
    // None that answers: it fails in the words of the last.
    addresses.length = 0;
    addresses.push('127.0.0.8', '127.0.0.9');
    const other = await stage.engine(named, { lookup });
    expect(await (await stage.client(other)).untilClosed()).not.toBe('open');
    expect((await other.node()).errors).toBe(1);
  });

  it('that refuse a connection with a PROXY header ahead fail as any other', async () => {
    const dead = await stage.node();
    await dead.kill();
    const harness = await stage.engine(pool(dead.port, { verify: false }, { proxyProtocol: 'v2' }));
    const client = await stage.client(harness);
    expect(await client.untilClosed()).not.toBe('open');
    expect((await harness.node()).errors).toBe(1);
    expect(await harness.untilQuiet()).toBe('');
  });
});
