import type { LookupFunction } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { named, useStage } from '../support/cleanup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { askOnce, get } from '../support/raw-client.ts';
import type { RecorderNode } from '../support/recorder-node.ts';
import { value } from '../support/strict-http.ts';
import { eventually, sleep, turns } from '../support/wait.ts';

const stage = useStage();

/** A resolver whose answers a test decides about; it never asks anybody. */
class Names {
  addresses: string[] | undefined;
  asked: string[] = [];

  constructor(...addresses: string[]) {
    this.addresses = addresses;
  }

  readonly lookup: LookupFunction = (host, options, done) => {
    this.asked.push(host);
    const { addresses } = this;
    setImmediate(() => {
      const family = (address: string) => (address.includes(':') ? 6 : 4);
      if (addresses === undefined) done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), '', 4);
      else if (options.all)
        done(
          null,
          addresses.map((address) => ({ address, family: family(address) })),
        );
      else done(null, addresses[0]!, family(addresses[0]!));
    });
  };
}

/** Nodes on several loopback addresses and one port. Systems that have only 127.0.0.1 have none of these. */
async function nodesOn(...hosts: string[]): Promise<RecorderNode[] | undefined> {
  const nodes: RecorderNode[] = [];
  try {
    for (const host of hosts) nodes.push(await stage.node(named(host), nodes[0]?.port ?? 0, host));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return undefined;
    throw error;
  }
  return nodes;
}

const oneNode = (port: number, more: Record<string, unknown> = {}) => ({
  pools: [{ id: 'web', nodes: [{ address: `node.test:${port}` }], retries: 0, ...more }],
});

describe('a node named by DNS', () => {
  it('moves with its name once the new address answers; what is in flight finishes where it is', async (context) => {
    const nodes = await nodesOn('127.0.0.2', '127.0.0.3');
    if (!nodes) return context.skip();
    const [two, three] = nodes as [RecorderNode, RecorderNode];
    const names = new Names('127.0.0.2');
    const clock = new FakeClock();
    const harness = await stage.engine(oneNode(two.port), { lookup: names.lookup, clock });
    const ask = async () => (await askOnce(harness.port(), get())).body.toString();
    expect(await ask()).toBe('127.0.0.2');
    // The address is remembered: a request does not look it up again.
    const { length } = names.asked;
    expect(await ask()).toBe('127.0.0.2');
    expect(names.asked).toHaveLength(length);

    let go: (() => void) | undefined;
    two.handlers = {
      onRequest: async () => {
        await new Promise<void>((resolve) => (go = resolve));
        return 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate';
      },
    };
    const slow = await stage.client(harness);
    slow.write(get());
    expect(await eventually(() => go !== undefined)).toBe(true);
    names.addresses = ['127.0.0.3'];
    clock.advance(9_000);
    await sleep(30);
    expect(three.accepted).toBe(0);
    clock.advance(1_100);
    expect(await eventually(() => three.accepted > 0)).toBe(true);
    await turns(6);
    expect(await ask()).toBe('127.0.0.3');
    go!();
    expect((await slow.answer()).body.toString()).toBe('late');
    // The old connection is not used again, and does not stay.
    expect((await slow.ask(get())).body.toString()).toBe('127.0.0.3');
    expect(await two.untilIdle(1000)).toBe(true);
  });

  it('stays while the resolver fails, says nothing, or names a dead address', async (context) => {
    const nodes = await nodesOn('127.0.0.2');
    if (!nodes) return context.skip();
    const [two] = nodes as [RecorderNode];
    const names = new Names('127.0.0.2');
    const clock = new FakeClock();
    const harness = await stage.engine(oneNode(two.port), { lookup: names.lookup, clock });
    const ask = async () => (await askOnce(harness.port(), get())).body.toString();
    expect(await ask()).toBe('127.0.0.2');
    for (const addresses of [undefined, [], ['127.0.0.9']]) {
      const { length } = names.asked;
      names.addresses = addresses;
      clock.advance(10_000);
      expect(await eventually(() => names.asked.length > length)).toBe(true);
      await sleep(30);
      expect([addresses, await ask()]).toEqual([addresses, '127.0.0.2']);
    }
    expect((await harness.node()).errors).toBe(0);
  });

  it('is looked up at once when it cannot be reached, at most once a second, for checks as for traffic', async (context) => {
    const nodes = await nodesOn('127.0.0.2', '127.0.0.3');
    if (!nodes) return context.skip();
    const [two, three] = nodes as [RecorderNode, RecorderNode];
    const names = new Names('127.0.0.2');
    const harness = await stage.engine(
      oneNode(two.port, { healthCheck: { type: 'http', intervalMs: 500, timeoutMs: 200, attempts: 1, rise: 1 } }),
      { lookup: names.lookup },
    );
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('127.0.0.2');
    expect(await eventually(async () => (await harness.node()).state === 'up')).toBe(true);
    expect(value(two.requests[0]!.fields, 'host')).toBeDefined();
    await two.kill();
    names.asked = [];
    for (let i = 0; i < 10; i++) expect((await askOnce(harness.port(), get())).status).toBe(503);
    expect(names.asked.length).toBeLessThanOrEqual(1);
    names.addresses = ['127.0.0.3'];
    expect(await eventually(async () => (await harness.node()).state === 'up' && three.accepted > 1, 4000)).toBe(true);
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('127.0.0.3');
    const check = three.requests.find((r) => value(r.fields, 'user-agent') === 'Evenkeel-check')!;
    expect(value(check.fields, 'host')).toBe(`node.test:${two.port}`);
  });

  it('of several addresses one that answers is used, and another when that one dies', async (context) => {
    const nodes = await nodesOn('127.0.0.2', '127.0.0.3');
    if (!nodes) return context.skip();
    const [two, three] = nodes as [RecorderNode, RecorderNode];
    const names = new Names('127.0.0.9', '127.0.0.2', '127.0.0.3');
    const harness = await stage.engine(oneNode(two.port), { lookup: names.lookup });
    const ask = async () => {
      const answer = await askOnce(harness.port(), get());
      return answer.status === 200 ? answer.body.toString() : String(answer.status);
    };
    for (let i = 0; i < 3; i++) expect(await ask()).toBe('127.0.0.2');
    await two.kill();
    expect(await ask()).toBe('503');
    expect(await eventually(async () => (await ask()) === '127.0.0.3')).toBe(true);
    expect(three.requests.length).toBeGreaterThan(0);
  });

  it('carries tcp sessions too', async (context) => {
    const nodes = await nodesOn('127.0.0.2');
    if (!nodes) return context.skip();
    const [two] = nodes as [RecorderNode];
    two.handlers = {
      onBytes: (bytes, c) => {
        c.send(bytes);
      },
    };
    const names = new Names('127.0.0.9', '127.0.0.2');
    for (const proxyProtocol of ['none', 'v1']) {
      const harness = await stage.engine(
        { listeners: [{ id: 'web', protocol: 'tcp' }], ...oneNode(two.port, { proxyProtocol }) },
        { lookup: names.lookup },
      );
      for (let i = 0; i < 2; i++) {
        const client = await stage.client(harness);
        client.write('hello');
        expect(await client.until(() => client.received.toString().endsWith('hello'))).toBe(true);
      }
    }
  });

  it('that is not known is a failed connect in words', async () => {
    const names = new Names();
    names.addresses = undefined;
    const harness = await stage.engine(oneNode(9, { passiveCheck: { enabled: true, errors: 1 } }), { lookup: names.lookup });
    expect((await askOnce(harness.port(), get())).status).toBe(503);
    expect((await harness.node()).reason).toContain('name not found');
  });

  it('keeps its name towards TLS', async () => {
    const certificate = await makeCertificate('n', ['node.test']);
    const sni: unknown[] = [];
    const server = createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, (socket: TLSSocket) => {
      sni.push(socket.servername);
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stage.also(() => server.close());
    const { port } = server.address() as { port: number };
    const names = new Names('127.0.0.1');
    const harness = await stage.engine(
      { pools: [{ id: 'web', nodes: [{ address: `node.test:${port}`, tls: { caPem: certificate.certPem } }] }] },
      { lookup: names.lookup },
    );
    for (let i = 0; i < 2; i++) expect((await askOnce(harness.port(), get())).status).toBe(200);
    expect(sni).toEqual(['node.test', 'node.test']);
  });

  it('localhost is whichever of ::1 and 127.0.0.1 answers', async () => {
    const node = await stage.node(named('four'));
    const names = new Names('::1', '127.0.0.1');
    const check = { healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 300, attempts: 1, rise: 1 } };
    const config = { pools: [{ id: 'web', nodes: [{ address: `localhost:${node.port}` }], ...check }] };
    for (const options of [{ lookup: names.lookup }, {}]) {
      const harness = await stage.engine(config, options);
      const client = await stage.client(harness);
      for (let i = 0; i < 3; i++) expect((await client.ask(get())).body.toString()).toBe('four');
      expect(await eventually(async () => (await harness.node()).state === 'up')).toBe(true);
    }
  });
});
