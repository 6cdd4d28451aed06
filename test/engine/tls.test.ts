import { execFile } from 'node:child_process';
import type { ConnectionOptions, DetailedPeerCertificate } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/certificates.ts';
import { named, useStage } from '../support/cleanup.ts';
import type { EngineHarness, HarnessConfig } from '../support/engine-harness.ts';
import { get, RawClient } from '../support/raw-client.ts';
import { okAnswer } from '../support/recorder-node.ts';
import { value, values } from '../support/strict-http.ts';
import { tlsClient, type TlsClient } from '../support/tls-client.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

let first: TestCertificate;
let second: TestCertificate;
let wild: TestCertificate;
let renewed: TestCertificate;

beforeAll(async () => {
  [first, second, wild, renewed] = await Promise.all([
    makeCertificate('first', ['first.example', 'localhost']),
    makeCertificate('second', ['second.example', 'Mixed.Example']),
    makeCertificate('wild', ['*.wild.example']),
    makeCertificate('renewed', ['first.example', 'renewed.example']),
  ]);
});

interface Setup {
  harness: EngineHarness;
  config: (listener?: Record<string, unknown>, more?: Partial<HarnessConfig>) => HarnessConfig;
}

async function https(listener: Record<string, unknown> = {}, pool: Record<string, unknown> = {}, nodes?: string[]): Promise<Setup> {
  const addresses = nodes ?? [(await stage.node(named('node'))).address];
  const config: Setup['config'] = (own = {}, more = {}) => ({
    listeners: [{ id: 'web', protocol: 'https', certificates: ['first', 'second', 'wild'], ...listener, ...own }],
    pools: [{ id: 'web', nodes: addresses, ...pool }],
    certificates: [first, second, wild],
    ...more,
  });
  return { harness: await stage.engine(config()), config };
}

async function open(harness: EngineHarness, options: ConnectionOptions = {}): Promise<TlsClient> {
  const client = await tlsClient(harness.port(), options);
  stage.also(() => client.socket.destroy());
  return client;
}

const nameOf = (client: TlsClient) => (client.socket.getPeerCertificate() as DetailedPeerCertificate).subject.CN;

/** What `openssl s_client` says after connecting with `args`; undefined where there is no openssl. */
function sClient(port: number, args: string[]): Promise<{ ok: boolean; output: string } | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      'openssl',
      ['s_client', '-connect', `127.0.0.1:${port}`, ...args],
      { timeout: 8000 },
      (error, stdout, stderr) => {
        if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') resolve(undefined);
        else resolve({ ok: /Cipher is (?!\(NONE\))/.test(stdout), output: stdout + stderr });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
  });
}

describe('the recommended profile', () => {
  it('serves TLS 1.2 and 1.3', async () => {
    const { harness } = await https();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const client = await open(harness, { minVersion: version, maxVersion: version });
      expect(client.socket.getProtocol()).toBe(version);
      expect((await client.raw.ask(get())).body.toString()).toBe('node');
    }
  });

  it.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'])(
    'serves %s',
    async (ciphers) => {
      const { harness } = await https();
      const client = await open(harness, { ciphers, maxVersion: 'TLSv1.2' });
      expect(client.socket.getCipher().name).toBe(ciphers);
    },
  );

  it.each<[string, ConnectionOptions]>([
    ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0' }],
    ['key exchange without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256:AES128-SHA:@SECLEVEL=0' }],
  ])('refuses %s', async (_, options) => {
    const { harness } = await https();
    await expect(open(harness, options)).rejects.toThrow();
    expect(await harness.untilQuiet()).toBe('');
  });

  it('lets no client renegotiate: each time would cost us far more than it', async () => {
    const { harness } = await https();
    const client = await open(harness, { maxVersion: 'TLSv1.2' });
    const outcome = await new Promise<string>((resolve) => {
      client.socket.once('error', () => resolve('refused'));
      client.socket.once('close', () => resolve('refused'));
      client.socket.renegotiate({}, (error) => resolve(error ? 'refused' : 'renegotiated'));
    });
    expect(outcome).toBe('refused');
  });

  it('holds against openssl s_client', { timeout: 30_000 }, async (context) => {
    const { harness } = await https();
    const good = await sClient(harness.port(), ['-tls1_2']);
    if (!good) return context.skip();
    expect(good.ok).toBe(true);
    const refused = [
      ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'],
      ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'],
      ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384'],
      ['-tls1_2', '-cipher', 'aRSA+kRSA'],
    ];
    for (const args of refused) expect([args, (await sClient(harness.port(), args))!.ok]).toEqual([args, false]);
  });
});

describe('the legacy profile', () => {
  it('adds CBC suites', async () => {
    const { harness } = await https({ tlsProfile: 'legacy' });
    const client = await open(harness, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' });
    expect(client.socket.getCipher().name).toBe('ECDHE-ECDSA-AES128-SHA');
    expect((await client.raw.ask(get())).status).toBe(200);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('speaks %s where OpenSSL still can', async (version) => {
    const { harness } = await https({ tlsProfile: 'legacy' });
    const client = await open(harness, { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
    expect(client.socket.getProtocol()).toBe(version);
    expect((await client.raw.ask(get())).status).toBe(200);
  });

  it('can be switched on and off while it runs', async () => {
    const { harness, config } = await https();
    const old: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' };
    await expect(open(harness, old)).rejects.toThrow();
    await harness.apply(config({ tlsProfile: 'legacy' }));
    await open(harness, old);
    await harness.apply(config());
    await expect(open(harness, old)).rejects.toThrow();
  });
});

describe('SNI', () => {
  it.each([
    ['first.example', 'first.example'],
    ['second.example', 'second.example'],
    ['SECOND.Example', 'second.example'],
    ['mixed.example', 'second.example'],
    ['a.wild.example', '*.wild.example'],
    ['A.WILD.EXAMPLE', '*.wild.example'],
    ['a.b.wild.example', 'first.example'],
    ['wild.example', 'first.example'],
    ['unknown.example', 'first.example'],
  ])('%s gets the certificate of %s', async (servername, expected) => {
    const { harness } = await https();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
      expect(nameOf(await open(harness, { servername, maxVersion }))).toBe(expected);
  });

  it('no name gets the first certificate of the listener, whatever their order in the file', async () => {
    const { harness, config } = await https();
    expect(nameOf(await open(harness, { servername: '' }))).toBe('first.example');
    await harness.apply(config({ certificates: ['second', 'first'] }));
    expect(nameOf(await open(harness, { servername: '' }))).toBe('second.example');
    expect(nameOf(await open(harness, { servername: 'first.example' }))).toBe('first.example');
  });
});

describe('ALPN', () => {
  it('agrees on http/1.1', async () => {
    const { harness } = await https();
    const client = await open(harness, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(client.socket.alpnProtocol).toBe('http/1.1');
    expect((await client.raw.ask(get())).status).toBe(200);
    expect((await open(harness)).socket.alpnProtocol).toBe(false);
  });

  it('a client that can only speak HTTP/2 is told so in the handshake', async () => {
    const { harness } = await https();
    await expect(open(harness, { ALPNProtocols: ['h2'] })).rejects.toThrow(/no application protocol/i);
    expect(await harness.untilQuiet()).toBe('');
  });
});

/** A connection that has asked once, and the session it could be taken up with again. */
async function sessionOf(harness: EngineHarness, options: ConnectionOptions): Promise<Buffer> {
  const client = await open(harness, options);
  let session = client.socket.getSession();
  client.socket.on('session', (s) => (session = s));
  expect((await client.raw.ask(get())).status).toBe(200);
  await sleep(20);
  client.socket.destroy();
  return session!;
}

describe('session resumption', () => {
  it.each<[string, ConnectionOptions]>([
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['TLS 1.2 with SNI of another certificate', { maxVersion: 'TLSv1.2', servername: 'second.example' }],
    ['TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['TLS 1.3 with SNI of another certificate', { minVersion: 'TLSv1.3', servername: 'second.example' }],
  ])('%s, also after a change that does not concern it', async (_, options) => {
    const { harness, config } = await https();
    const session = await sessionOf(harness, options);
    const again = await open(harness, { ...options, session });
    expect(again.socket.isSessionReused()).toBe(true);
    expect((await again.raw.ask(get())).status).toBe(200);
    await harness.apply(config({ maxHeaders: 77 }));
    const after = await open(harness, { ...options, session: await sessionOf(harness, { ...options, session }) });
    expect(after.socket.isSessionReused()).toBe(true);
    const early = await open(harness, { ...options, session });
    expect(early.socket.isSessionReused()).toBe(true);
  });
});

describe('what https adds to http', () => {
  it('tells the node and secures the cookie', async () => {
    const node = await stage.node();
    const { harness } = await https({}, { stickiness: { type: 'http_cookie' } }, [node.address]);
    const client = await open(harness, { servername: 'first.example' });
    const answer = await client.raw.ask(get('/', 'X-Forwarded-Proto: http'));
    expect(values(node.requests[0]!.fields, 'x-forwarded-proto')).toEqual(['https']);
    expect(value(node.requests[0]!.fields, 'x-forwarded-port')).toBe(String(harness.port()));
    const cookie = value(answer.fields, 'set-cookie')!;
    expect(cookie).toMatch(/; Secure\b/);
    expect(cookie).toMatch(/; HttpOnly\b/);
    expect(cookie).toMatch(/; SameSite=Lax\b/);
  });

  it('answers a client that half-closes after its request', async () => {
    const node = await stage.node({
      onRequest: async () => {
        await sleep(100);
        return okAnswer;
      },
    });
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { harness } = await https({}, {}, [node.address]);
      const client = await open(harness, { maxVersion });
      client.raw.write(get());
      client.raw.end();
      expect((await client.raw.answer()).body.toString()).toBe('ok');
      expect(await client.raw.untilClosed()).toBe('ended');
      expect(await harness.untilQuiet()).toBe('');
    }
  });

  it('lets a client that is still sending see its refusal', async () => {
    const { harness } = await https({}, { nodes: [] });
    const client = await open(harness);
    client.raw.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n');
    const piece = Buffer.alloc(100_000, 'x');
    for (let i = 0; i < 8; i++) {
      client.raw.write(piece);
      await sleep(5);
    }
    expect((await client.raw.answer('POST')).status).toBe(503);
  });

  it('carries large bodies both ways, byte for byte', async () => {
    const size = 3_000_000;
    const node = await stage.node({
      onRequest: (request) => ({ parts: [`HTTP/1.1 200 OK\r\nContent-Length: ${request.body.length}\r\n\r\n`, request.body] }),
    });
    const { harness } = await https({}, {}, [node.address]);
    const body = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 255));
    const client = await open(harness);
    client.raw.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    client.raw.write(body);
    const answer = await client.raw.answer('POST', 8000);
    expect(answer.body.equals(body)).toBe(true);
    expect((await client.raw.ask(get('/next'))).status).toBe(200);
  });

  it('does not make a cut answer look whole', async () => {
    const node = await stage.node({
      onRequest: () => ({ parts: ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'], then: 'reset' }),
    });
    const { harness } = await https({}, {}, [node.address]);
    const client = await open(harness);
    client.raw.write(get());
    expect(await client.raw.untilClosed()).not.toBe('open');
    expect(client.raw.received.toString()).not.toContain('502');
    expect(await harness.untilQuiet()).toBe('');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('nor one whose end only the close tells (%s)', async (maxVersion) => {
    const node = await stage.node({ onRequest: () => ({ parts: ['HTTP/1.1 200 OK\r\n\r\nhalf'], then: 'reset' }) });
    const { harness } = await https({}, {}, [node.address]);
    const client = await open(harness, { maxVersion });
    client.raw.write(get());
    expect(await client.raw.untilClosed()).toBe('reset');
    expect(await harness.untilQuiet()).toBe('');
  });
});

describe('handshakes that come to nothing', () => {
  it('plain HTTP is refused at once', async () => {
    const { harness } = await https();
    const client = await stage.client(harness);
    const start = performance.now();
    client.write(get());
    expect(await client.untilClosed(2000)).not.toBe('open');
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await harness.untilQuiet()).toBe('');
  });

  it.each([
    ['says nothing', ''],
    ['stops in mid-hello', '\x16\x03\x01\x02\x00\x01'],
  ])('one that %s ends with the head timeout', async (_, bytes) => {
    const { harness } = await https({ timeouts: { requestHeadMs: 300 } });
    const client = await stage.client(harness);
    const start = performance.now();
    client.write(bytes);
    expect(await client.untilClosed(3000)).not.toBe('open');
    expect(performance.now() - start).toBeGreaterThan(250);
    expect(performance.now() - start).toBeLessThan(1500);
    expect(await harness.untilQuiet()).toBe('');
  });

  it('ends with its listener', async () => {
    const { harness, config } = await https({ timeouts: { drainMs: 200 } });
    const client = await stage.client(harness);
    client.write('\x16\x03\x01');
    expect(await eventually(async () => (await harness.snapshot()).listeners[0]!.connections === 1)).toBe(true);
    await harness.apply({ ...config(), listeners: [] });
    expect(await client.untilClosed(2000)).not.toBe('open');
  });

  it('ends with the engine', async () => {
    const { harness } = await https();
    const client = await stage.client(harness);
    client.write('\x16\x03\x01');
    expect(await eventually(async () => (await harness.snapshot()).listeners[0]!.connections === 1)).toBe(true);
    harness.stop();
    expect(await client.untilClosed(1000)).not.toBe('open');
  });

  it('a connection without a request ends with the head timeout', async () => {
    const { harness } = await https({ timeouts: { requestHeadMs: 300 } });
    const client = await open(harness);
    expect(await client.raw.untilClosed(2000)).toBe('ended');
  });
});

describe('a certificate changed while it is in use', () => {
  it('old connections go on, new ones get the new one', async () => {
    const { harness, config } = await https();
    const before = await open(harness);
    expect((await before.raw.ask(get())).status).toBe(200);
    const { changed } = await harness.apply(config({}, { certificates: [{ ...renewed, id: 'first' }, second, wild] }));
    expect(changed).toEqual(['certificates.first']);
    expect((await before.raw.ask(get())).status).toBe(200);
    const after = await open(harness, { servername: 'renewed.example' });
    expect(after.socket.getPeerCertificate().subjectaltname).toContain('renewed.example');
    expect((await after.raw.ask(get())).status).toBe(200);
    expect(nameOf(await open(harness, { servername: 'second.example' }))).toBe('second.example');
  });

  it('a handshake under way finishes with the one it began with', async () => {
    const { harness, config } = await https();
    const slow = tlsClient(harness.port(), { servername: 'first.example' });
    await eventually(async () => (await harness.snapshot()).listeners[0]!.connections === 1);
    await harness.apply(config({}, { certificates: [{ ...renewed, id: 'first' }, second, wild] }));
    const client = await slow;
    stage.also(() => client.socket.destroy());
    expect((await client.raw.ask(get())).status).toBe(200);
  });

  it.each<[string, () => TestCertificate]>([
    [
      'text that is no PEM',
      () => ({ id: 'first', certPem: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----', keyPem: first.keyPem }),
    ],
    ['a key that does not fit', () => ({ id: 'first', certPem: first.certPem, keyPem: second.keyPem })],
    ['a broken key', () => ({ id: 'first', certPem: first.certPem, keyPem: '-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----' })],
  ])('%s changes nothing', async (_, bad) => {
    const { harness, config } = await https();
    const before = await harness.snapshot();
    const next = config({ maxHeaders: 5 }, { certificates: [bad(), second, wild] });
    await expect(harness.apply(next)).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      message: expect.stringContaining('"first"') as string,
    });
    expect((await harness.snapshot()).listeners.map((l) => l.state)).toEqual(before.listeners.map((l) => l.state));
    const client = await open(harness, { servername: 'first.example' });
    expect((await client.raw.ask(get('/', ...Array.from({ length: 10 }, (__, i) => `X-${i}: 1`)))).status).toBe(200);
  });

  it('at start, a certificate that cannot be used leaves only its own listener in error', async () => {
    const node = await stage.node();
    const short: HarnessConfig = {
      listeners: [{ id: 'plain' }, { id: 'web', enabled: false }],
      pools: [{ id: 'web', nodes: [node.address] }],
    };
    const harness = await stage.engine(short);
    const broken = { ...first, keyPem: second.keyPem };
    const config = {
      ...short,
      listeners: [{ id: 'plain' }, { id: 'web', protocol: 'https', certificates: ['first'] }],
    };
    await harness.applyKeepGoing({ ...config, certificates: [broken] });
    const states = (await harness.snapshot()).listeners;
    expect(states.map((l) => [l.id, l.state])).toEqual([
      ['plain', 'up'],
      ['web', 'error'],
    ]);
    expect(states[1]!.reason).toContain('"first"');
    await harness.apply({ ...config, certificates: [first] });
    expect((await harness.snapshot()).listeners[1]!.state).toBe('up');
    const client = await open({ port: () => harness.port('web') } as EngineHarness);
    expect((await client.raw.ask(get())).status).toBe(200);
  });
});

describe('a change of protocol on the same port', () => {
  it('http to https and back: what is in flight ends in order, what is new speaks the new one', async () => {
    const node = await stage.node({
      onRequest: async () => {
        await sleep(200);
        return okAnswer;
      },
    });
    const { harness, config } = await https({}, {}, [node.address]);
    const secure = await open(harness);
    const idle = await open(harness);
    expect((await idle.raw.ask(get())).status).toBe(200);
    secure.raw.write(get());
    expect(await eventually(() => node.requests.length === 2)).toBe(true);
    await harness.apply(config({ protocol: 'http', certificates: [] }, { certificates: [] }));
    expect(await idle.raw.untilClosed(1000)).toBe('ended');
    const answer = await secure.raw.answer();
    expect(answer.status).toBe(200);
    expect(value(answer.fields, 'connection')?.toLowerCase()).toBe('close');
    expect(await secure.raw.untilClosed(1000)).toBe('ended');

    const plain = await stage.client(harness);
    expect((await plain.ask(get())).status).toBe(200);
    await expect(tlsClient(harness.port())).rejects.toThrow();
    await harness.apply(config());
    expect(await plain.untilClosed(1000)).toBe('ended');
    expect((await (await open(harness)).raw.ask(get())).status).toBe(200);
    const late = await RawClient.open(harness.port());
    stage.also(() => {
      late.destroy();
    });
    late.write(get());
    expect(await late.untilClosed(1000)).not.toBe('open');
  });
});
