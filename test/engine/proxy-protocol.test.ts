import { describe, expect, it, beforeAll } from 'vitest';
import { encodeProxyHeader } from '../../electron/engine/sessions/proxy-protocol.ts';
import { makeCertificate, type TestCertificate } from '../support/certificates.ts';
import { named, useStage } from '../support/cleanup.ts';
import type { EngineHarness } from '../support/engine-harness.ts';
import { get, RawClient } from '../support/raw-client.ts';
import type { RecorderNode } from '../support/recorder-node.ts';
import { value } from '../support/strict-http.ts';
import { connect as connectTls } from 'node:tls';
import { Duplex } from 'node:stream';
import { eventually, sleep, turns } from '../support/wait.ts';

const stage = useStage();
let certificate: TestCertificate;

beforeAll(async () => {
  certificate = await makeCertificate('cert', ['localhost']);
});

const far = { address: '203.0.113.9', port: 40_000 };
const here = { address: '198.51.100.1', port: 443 };
const headers: [string, Buffer][] = [
  ['v1', encodeProxyHeader('v1', far, here)],
  ['v2', encodeProxyHeader('v2', far, here)],
];

describe('sent to tcp nodes', () => {
  async function bytesBehind(
    version: string,
    listenerHost = '127.0.0.1',
  ): Promise<{ node: RecorderNode; harness: EngineHarness; got: () => Buffer }> {
    let got = Buffer.alloc(0);
    const node = await stage.node({
      onBytes: (bytes) => {
        got = Buffer.concat([got, bytes]);
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp', host: listenerHost }],
      pools: [{ id: 'web', nodes: [node.address], proxyProtocol: version }],
    });
    return { node, harness, got: () => got };
  }

  it('v1, byte for byte, ahead of the first byte', async () => {
    const { harness, got } = await bytesBehind('v1');
    const client = await stage.client(harness);
    client.write('hello');
    const expected = `PROXY TCP4 127.0.0.1 127.0.0.1 ${client.socket.localPort} ${harness.port()}\r\nhello`;
    expect(await eventually(() => got().length >= expected.length)).toBe(true);
    expect(got().toString('latin1')).toBe(expected);
  });

  it('v2, byte for byte', async () => {
    const { harness, got } = await bytesBehind('v2');
    const client = await stage.client(harness);
    client.write('hello');
    const expected = Buffer.from([
      ...[0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c],
      ...[127, 0, 0, 1, 127, 0, 0, 1],
      ...[client.socket.localPort! >> 8, client.socket.localPort! & 255, harness.port() >> 8, harness.port() & 255],
      ...Buffer.from('hello'),
    ]);
    expect(await eventually(() => got().length >= expected.length)).toBe(true);
    expect(got().equals(expected)).toBe(true);
  });

  it('for IPv6 clients', async () => {
    const { harness, got } = await bytesBehind('v1', '::1');
    const client = await RawClient.open(harness.port(), undefined, '::1');
    stage.also(() => {
      client.destroy();
    });
    client.write('x');
    const expected = `PROXY TCP6 ::1 ::1 ${client.socket.localPort} ${harness.port()}\r\nx`;
    expect(await eventually(() => got().length >= expected.length)).toBe(true);
    expect(got().toString('latin1')).toBe(expected);
  });

  it('at once, to a node that waits for it before it speaks', async () => {
    const node = await stage.node({
      onBytes: (bytes, connection) => {
        if (bytes.includes('\r\n')) connection.send('220 ready\r\n');
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [node.address], proxyProtocol: 'v1' }],
    });
    const client = await stage.client(harness);
    expect(await client.until(() => client.received.toString() === '220 ready\r\n')).toBe(true);
  });

  it('to every node tried, the whole of it each time', async () => {
    const dead = await stage.node();
    await dead.kill();
    let got = '';
    const node = await stage.node({ onBytes: (bytes) => (got += bytes.toString('latin1')) });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [dead.address, node.address], proxyProtocol: 'v1', retries: 1 }],
    });
    for (let i = 0; i < 2; i++) {
      got = '';
      const client = await stage.client(harness);
      client.write('!');
      expect(await eventually(() => got.endsWith('\r\n!'))).toBe(true);
      expect(got).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${client.socket.localPort} ${harness.port()}\r\n!`);
      client.destroy();
    }
  });

  it('names the client that a header named', async () => {
    let got = '';
    const node = await stage.node({ onBytes: (bytes) => (got += bytes.toString('latin1')) });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp', acceptProxyProtocolFrom: ['127.0.0.0/8'] }],
      pools: [{ id: 'web', nodes: [node.address], proxyProtocol: 'v1' }],
    });
    const client = await stage.client(harness);
    client.write(Buffer.concat([headers[1]![1], Buffer.from('payload')]));
    expect(await eventually(() => got.endsWith('payload'))).toBe(true);
    expect(got).toBe('PROXY TCP4 203.0.113.9 198.51.100.1 40000 443\r\npayload');
  });
});

const listed = { acceptProxyProtocolFrom: ['127.0.0.1', '10.0.0.0/8'] };

async function front(
  listener: Record<string, unknown>,
  pool: Record<string, unknown> = {},
): Promise<{ node: RecorderNode; harness: EngineHarness }> {
  const node = await stage.node(named('node'));
  const harness = await stage.engine({
    listeners: [{ id: 'web', ...listed, ...(listener['protocol'] === 'https' ? { certificates: ['cert'] } : {}), ...listener }],
    pools: [{ id: 'web', nodes: [node.address], ...pool }],
    certificates: [certificate],
  });
  return { node, harness };
}

/** Every cut into two, and one byte at a time. */
function splits(bytes: Buffer): Buffer[][] {
  const cuts = Array.from({ length: bytes.length - 1 }, (_, i) => [bytes.subarray(0, i + 1), bytes.subarray(i + 1)]);
  return [[bytes], ...cuts, Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))];
}

describe('accepted on http listeners', () => {
  it.each(headers)('%s, in any split, with the first request behind it', async (_, header) => {
    const { node, harness } = await front({});
    const bytes = Buffer.concat([header, Buffer.from(get('/who'))]);
    const cuts = splits(bytes).filter((parts, i) => i === 0 || parts.length > 2 || parts[0]!.length <= header.length + 3);
    for (const parts of cuts) {
      const client = await stage.client(harness);
      await client.writeParts(parts, () => turns(parts.length > 2 ? 1 : 4));
      const answer = await client.answer();
      expect([parts.length, parts[0]!.length, answer.status]).toEqual([parts.length, parts[0]!.length, 200]);
      client.destroy();
    }
    expect(new Set(node.requests.map((r) => value(r.fields, 'x-forwarded-for')))).toEqual(new Set(['203.0.113.9']));
    expect(new Set(node.requests.map((r) => value(r.fields, 'x-forwarded-port')))).toEqual(new Set(['443']));
    const { entries } = await harness.engine.listRequests({ limit: 1000 });
    expect(new Set(entries.map((e) => e.client))).toEqual(new Set(['203.0.113.9']));
    expect(await harness.untilQuiet()).toBe('');
  });

  it('the address named is the one that sticks', async () => {
    const { harness } = await front({}, { stickiness: { type: 'table' } });
    for (const address of ['203.0.113.9', '203.0.113.10', '203.0.113.9']) {
      const client = await stage.client(harness);
      client.write(Buffer.concat([encodeProxyHeader('v2', { address, port: 1 }, here), Buffer.from(get())]));
      expect((await client.answer()).status).toBe(200);
    }
    const { clients } = harness.engine.listClients({});
    expect(clients.map((c) => [c.key, c.requests]).sort()).toEqual([
      ['203.0.113.10', 1],
      ['203.0.113.9', 2],
    ]);
  });

  it.each<[string, Buffer]>([
    ['UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n')],
    ['LOCAL', encodeProxyHeader('v2', { address: '', port: 0 }, { address: '', port: 0 })],
  ])('%s stands for the peer itself', async (_, header) => {
    const { node, harness } = await front({});
    const client = await stage.client(harness);
    expect((await client.ask(Buffer.concat([header, Buffer.from(get())]))).status).toBe(200);
    expect(value(node.requests[0]!.fields, 'x-forwarded-for')).toBe('127.0.0.1');
  });

  it('an IPv6 client is named as such', async () => {
    const { node, harness } = await front({});
    const client = await stage.client(harness);
    const header = encodeProxyHeader('v2', { address: '2001:db8::7', port: 5 }, { address: '2001:db8::1', port: 443 });
    expect((await client.ask(Buffer.concat([header, Buffer.from(get())]))).status).toBe(200);
    expect(value(node.requests[0]!.fields, 'x-forwarded-for')).toBe('2001:db8::7');
  });

  it.each([
    ['a request without a header', get()],
    ['a broken header', 'PROXY TCP4 nonsense\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00'],
  ])('from a listed peer %s is refused at once', async (_, bytes) => {
    const { node, harness } = await front({});
    const client = await stage.client(harness);
    client.write(bytes);
    expect(await client.untilClosed(1000)).not.toBe('open');
    expect(node.size).toBe(0);
    expect(await harness.untilQuiet()).toBe('');
  });

  it.each([
    ['nothing', ''],
    ['half a header', 'PROXY TCP4 203.0.113.9'],
    ['half a version 2 header', encodeProxyHeader('v2', far, here).subarray(0, 20).toString('latin1')],
  ])('a listed peer that sends %s has the head timeout', async (_, bytes) => {
    const { harness } = await front({ timeouts: { requestHeadMs: 300 } });
    const client = await stage.client(harness);
    const start = performance.now();
    client.write(bytes);
    await sleep(150);
    if (bytes !== '') client.write(bytes.startsWith('PROXY') ? ' ' : '\x01');
    expect(await client.untilClosed(2000)).not.toBe('open');
    expect(performance.now() - start).toBeGreaterThan(250);
    expect(performance.now() - start).toBeLessThan(1200);
    expect(await harness.untilQuiet()).toBe('');
  });

  it('one that ends before its header is whole is let go at once', async () => {
    const { harness } = await front({});
    const client = await stage.client(harness);
    client.write('PROXY TCP4');
    client.end();
    expect(await client.untilClosed(1000)).not.toBe('open');
    expect(await harness.untilQuiet()).toBe('');
  });

  it('an unlisted peer is served as itself, and refused with a header', async () => {
    const { node, harness } = await front({ acceptProxyProtocolFrom: ['10.0.0.0/8'] });
    const plain = await stage.client(harness);
    expect((await plain.ask(get())).status).toBe(200);
    expect(value(node.requests[0]!.fields, 'x-forwarded-for')).toBe('127.0.0.1');
    for (const [, header] of headers) {
      const client = await stage.client(harness);
      client.write(Buffer.concat([header, Buffer.from(get())]));
      expect((await client.answer()).status).toBe(400);
      expect(await client.untilClosed(1000)).not.toBe('open');
    }
    expect(node.requests).toHaveLength(1);
  });

  it('who is listed can be changed while connections are open', async () => {
    const { node, harness } = await front({});
    const before = await stage.client(harness);
    expect((await before.ask(Buffer.concat([headers[0]![1], Buffer.from(get())]))).status).toBe(200);
    await harness.apply({ listeners: [{ id: 'web' }], pools: [{ id: 'web', nodes: [node.address] }] });
    expect((await before.ask(get('/still'))).status).toBe(200);
    expect(value(node.requests[1]!.fields, 'x-forwarded-for')).toBe('203.0.113.9');
    expect((await (await stage.client(harness)).ask(get())).status).toBe(200);
  });
});

describe('accepted on tcp listeners', () => {
  it.each(headers)('%s with the first bytes behind it, in any split', async (_, header) => {
    let got = '';
    const node = await stage.node({
      onBytes: (bytes) => (got += bytes.toString('latin1')),
      onConnection: (c) => c.socket.on('end', () => c.socket.end()),
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp', ...listed }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    for (const parts of splits(Buffer.concat([header, Buffer.from('payload')]))) {
      got = '';
      const client = await stage.client(harness);
      await client.writeParts(parts, () => turns(parts.length > 2 ? 1 : 4));
      client.end();
      expect(await eventually(() => got === 'payload')).toBe(true);
      expect(await client.untilClosed()).toBe('ended');
    }
    expect(await harness.untilQuiet()).toBe('');
    const { entries } = await harness.engine.listRequests({ limit: 1000 });
    expect(new Set(entries.map((e) => e.client))).toEqual(new Set(['203.0.113.9']));
  });

  it('an unlisted peer’s bytes are nobody’s business', async () => {
    let got = '';
    const node = await stage.node({ onBytes: (bytes) => (got += bytes.toString('latin1')) });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    client.write('anything at all');
    expect(await eventually(() => got === 'anything at all')).toBe(true);
  });
});

/** A stream that hands TLS records to the test instead of a socket. */
class Tap extends Duplex {
  sent: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent.push(chunk);
    this.emit('sent');
    done();
  }
  override _read(): void {}
}

describe('accepted on https listeners', () => {
  it.each(headers)('%s together with the ClientHello, in any split', { timeout: 60_000 }, async (_, header) => {
    const { node, harness } = await front({ protocol: 'https' });
    const lengths = [0, 1, 5, header.length - 1, header.length, header.length + 1, header.length + 5, header.length + 60];
    for (const cut of lengths) {
      const raw = await RawClient.open(harness.port());
      stage.also(() => {
        raw.destroy();
      });
      const tap = new Tap();
      const tls = connectTls({ socket: tap, rejectUnauthorized: false, servername: 'localhost' });
      tls.on('error', () => undefined);
      if (tap.sent.length === 0) await new Promise((resolve) => tap.once('sent', resolve));
      const hello = Buffer.concat(tap.sent.splice(0));
      const bytes = Buffer.concat([header, hello]);
      await raw.writeParts(cut === 0 ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)]);
      // From here on the records go through as they come.
      raw.socket.removeAllListeners('data');
      raw.socket.on('data', (chunk: Buffer) => tap.push(chunk));
      tap.on('sent', () => {
        for (const record of tap.sent.splice(0)) raw.write(record);
      });
      let text = '';
      tls.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await new Promise((resolve) => tls.once('secureConnect', resolve));
      tls.write(get('/secure'));
      expect([cut, await eventually(() => text.endsWith('node'))]).toEqual([cut, true]);
      raw.destroy();
      tls.destroy();
    }
    expect(new Set(node.requests.map((r) => value(r.fields, 'x-forwarded-for')))).toEqual(new Set(['203.0.113.9']));
    expect(new Set(node.requests.map((r) => value(r.fields, 'x-forwarded-proto')))).toEqual(new Set(['https']));
    expect(await harness.untilQuiet()).toBe('');
  });

  it('a ClientHello without a header is refused', async () => {
    const { node, harness } = await front({ protocol: 'https' });
    const client = await stage.client(harness);
    client.write('\x16\x03\x01\x02\x00\x01');
    expect(await client.untilClosed(1000)).not.toBe('open');
    expect(node.size).toBe(0);
  });
});

describe('the throttle', () => {
  it('counts the client that is named, not the peer that stands for all', async () => {
    const { harness } = await front({ connectionThrottle: 2 });
    const ask = async (address: string) => {
      const client = await stage.client(harness);
      client.write(Buffer.concat([encodeProxyHeader('v1', { address, port: 1 }, here), Buffer.from(get())]));
      return (await client.until(() => client.size > 0 || client.fate !== 'open', 1000)) && client.size > 0;
    };
    expect([await ask('203.0.113.1'), await ask('203.0.113.1'), await ask('203.0.113.1')]).toEqual([true, true, false]);
    for (let i = 2; i < 8; i++) expect(await ask(`203.0.113.${i}`)).toBe(true);
  });
});
