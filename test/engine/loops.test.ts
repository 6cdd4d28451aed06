import type { LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import { freePorts } from '../support/free-port.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { eventually } from '../support/wait.ts';

const stage = useStage();

const to =
  (...addresses: string[]): LookupFunction =>
  (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    setImmediate(() => {
      if (options.all) done(null, all);
      else done(null, all[0]!.address, all[0]!.family);
    });
  };

const check = { type: 'connection', intervalMs: 500, timeoutMs: 400, attempts: 1 };

describe.each(['http', 'tcp'])('a node whose name leads back to the %s listener', (protocol) => {
  const listeners = [{ id: 'web', protocol }];

  it('is down and says why; the others serve', async () => {
    const other = await stage.node(named('other'));
    const harness = await stage.engine({ listeners, pools: [{ id: 'web', nodes: [other.address] }] }, { lookup: to('127.0.0.1') });
    await harness.apply({
      listeners,
      pools: [{ id: 'web', nodes: [`loop.test:${harness.port()}`, other.address], healthCheck: check }],
    });
    const loop = () => harness.engine.snapshot().pools[0]!.nodes[0]!;
    expect(await eventually(() => loop().state === 'down')).toBe(true);
    expect(loop().reason).toContain(`127.0.0.1:${harness.port()} leads back to listener "web", which would loop`);
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('other');
  });

  it('takes no request round in circles, with no check to tell', async () => {
    const harness = await stage.engine({ listeners, pools: [{ id: 'web', nodes: ['loop.test:1'] }] }, { lookup: to('127.0.0.1') });
    await harness.apply({ listeners, pools: [{ id: 'web', nodes: [`loop.test:${harness.port()}`] }] });
    const answer = await askOnce(harness.port(), get()).catch(() => undefined);
    expect(answer?.status).toBe(protocol === 'http' ? 503 : undefined);
    expect(harness.engine.snapshot().listeners[0]!.requests).toBe(1);
  });
});

describe('what may be dialled', () => {
  it('is every other address of a name', async () => {
    const other = await stage.node(named('other'), 0, '127.0.0.2').catch(() => undefined);
    if (!other) return;
    const harness = await stage.engine(
      { listeners: [{ id: 'web', port: other.port }], pools: [{ id: 'web', nodes: [`both.test:${other.port}`] }] },
      { lookup: to('127.0.0.1', '127.0.0.2') },
    );
    expect((await askOnce(other.port, get())).body.toString()).toBe('other');
    expect(harness.engine.snapshot().listeners[0]!.requests).toBe(1);
  });

  it('is no address of this machine where a listener takes all of them', async (context) => {
    const own = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    if (own === undefined) return context.skip();
    const [port] = (await freePorts(1)) as [number];
    await stage.engine({ listeners: [{ id: 'web', host: '0.0.0.0', port }], pools: [{ id: 'web', nodes: [`${own}:${port}`] }] });
    expect((await askOnce(port, get())).status).toBe(503);
  });

  it('is told before it is saved', async () => {
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: ['127.0.0.1:1'] }] });
    const node = { ...harness.config.pools[0]!.nodes[0]!, address: `localhost:${harness.port()}` };
    const result = await harness.engine.tryCheck(node, { ...harness.config.pools[0]!.healthCheck, type: 'connection' });
    expect(result).toMatchObject({ ok: false, detail: expect.stringContaining('leads back to listener "web"') });
  });
});
