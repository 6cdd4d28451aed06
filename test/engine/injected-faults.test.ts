import { describe, expect, it } from 'vitest';
import { EngineHost } from '../../electron/engine/thread/host.ts';
import type { InjectedFault } from '../../shared/model/fault.ts';
import { named, useStage } from '../support/cleanup.ts';
import { buildConfig, type EngineHarness } from '../support/engine-harness.ts';
import { freePorts } from '../support/free-port.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { value } from '../support/strict-http.ts';
import { eventually, seededRandom, sleep } from '../support/wait.ts';

const stage = useStage();
const on = (fault: InjectedFault['fault'], node = 'n1'): InjectedFault => ({ pool: 'web', node, fault });
const bodies = async (harness: EngineHarness, count: number) => {
  const found: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const answer = await askOnce(harness.port(), get());
    const key = answer.status === 200 ? answer.body.toString() : String(answer.status);
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
};
const check = { type: 'http', intervalMs: 500, timeoutMs: 300, attempts: 1, rise: 1 };

describe('refuse', () => {
  it('new connections fail as if refused and are retried; checks take the node down and say why; ended, it comes back', async () => {
    const [a, b] = [await stage.node(named('a')), await stage.node(named('b'))];
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [a.address, b.address], healthCheck: check }] });
    expect(await eventually(async () => (await harness.node('n1')).state === 'up')).toBe(true);
    const before = a.accepted;
    harness.engine.setFaults([on({ type: 'refuse' })]);
    expect((await harness.node('n1')).fault).toBe('DEMO: refuses');
    expect((await harness.node('n2')).fault).toBe(null);
    expect(await bodies(harness, 6)).toEqual({ b: 6 });
    expect(a.accepted).toBe(before);
    const { retried, errors } = await harness.node('n1');
    expect(retried).toBeGreaterThan(0);
    expect(errors).toBe(retried);
    expect(await eventually(async () => (await harness.node('n1')).state === 'down')).toBe(true);
    expect((await harness.node('n1')).reason).toBe('1 of 1 checks: connection refused (DEMO fault)');
    harness.engine.setFaults([]);
    expect((await harness.node('n1')).fault).toBe(null);
    expect(await eventually(async () => (await harness.node('n1')).state === 'up')).toBe(true);
    expect((await bodies(harness, 4))['a']).toBeGreaterThan(0);
  });

  it('open connections go on', async () => {
    const node = await stage.node(named('a'));
    const harness = await stage.engine({ pools: [{ id: 'web', retries: 0, nodes: [node.address] }] });
    expect(await bodies(harness, 1)).toEqual({ a: 1 });
    harness.engine.setFaults([on({ type: 'refuse' })]);
    expect(await bodies(harness, 2)).toEqual({ a: 2 });
    expect(node.accepted).toBe(1);
    node.connections[0]!.socket.destroy();
    await sleep(20);
    expect(await bodies(harness, 1)).toEqual({ '503': 1 });
  });

  it('tcp: sessions are not taken', async () => {
    const [a, b] = [await stage.node({ onBytes: (_, c) => c.send('a') }), await stage.node({ onBytes: (_, c) => c.send('b') })];
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [a.address, b.address] }],
    });
    harness.engine.setFaults([on({ type: 'refuse' })]);
    for (let i = 0; i < 4; i++) {
      const client = await stage.client(harness);
      client.write('x');
      expect(await eventually(() => client.received.toString() === 'b')).toBe(true);
    }
    expect(a.accepted).toBe(0);
    harness.engine.setFaults([on({ type: 'refuse' }), on({ type: 'refuse' }, 'n2')]);
    const client = await stage.client(harness);
    expect(await eventually(() => client.fate !== 'open')).toBe(true);
    expect((await harness.snapshot()).listeners[0]!.errors).toBe(1);
  });
});

describe('slow', () => {
  it('answers wait by the distribution, and the time is the node’s', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] }, { random: seededRandom(11) });
    harness.engine.setFaults([on({ type: 'slow', medianMs: 30, p95Ms: 60 })]);
    expect((await harness.node()).fault).toBe('DEMO: slow, 30 ms');
    const clients = await Promise.all(Array.from({ length: 40 }, () => stage.client(harness)));
    await Promise.all(clients.map((client) => client.ask(get())));
    const times = harness.engine
      .listRequests({})
      .entries.map((one) => one.phases!.firstByteMs! - one.phases!.connectMs!)
      .sort((x, y) => x - y);
    expect(times).toHaveLength(40);
    expect(times[0]).toBeGreaterThan(5);
    expect(times[20]).toBeGreaterThan(20);
    // Half would be of the median at most; a busy machine adds to them, but seldom to so many.
    expect(times[8]).toBeLessThan(60);
    expect(times[39]).toBeGreaterThan(45);
    expect((await harness.node()).connections).toBe(0);
  });

  it('a body waits with its request and arrives whole', async () => {
    let body = '';
    const node = await stage.node({ onRequest: (request) => ((body = request.body.toString()), 'HTTP/1.1 204 Fine\r\n\r\n') });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    harness.engine.setFaults([on({ type: 'slow', medianMs: 60, p95Ms: 60 })]);
    const client = await stage.client(harness);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234');
    await sleep(20);
    client.write('56789');
    expect((await client.answer()).status).toBe(204);
    expect(body).toBe('0123456789');
  });

  it('longer than the node has to answer: 504, or another node', async () => {
    const [a, b] = [await stage.node(named('a')), await stage.node(named('b'))];
    const slow = on({ type: 'slow', medianMs: 20_000, p95Ms: 20_000 });
    const harness = await stage.engine({
      pools: [{ id: 'web', retries: 1, timeouts: { responseMs: 200 }, nodes: [a.address, { address: b.address, mode: 'backup' }] }],
    });
    harness.engine.setFaults([slow]);
    expect(await bodies(harness, 1)).toEqual({ b: 1 });
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';
    expect((await askOnce(harness.port(), post, 'POST')).status).toBe(504);
    expect(a.requests).toHaveLength(0);
    // A client that goes away in the meantime leaves nothing behind.
    const client = await stage.client(harness);
    client.write(get());
    expect(await eventually(async () => (await harness.node('n1')).connections === 1)).toBe(true);
    client.reset();
    expect(await harness.untilQuiet()).toBe('');
  });

  it('checks wait too, and time out', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], healthCheck: check }] });
    harness.engine.setFaults([on({ type: 'slow', medianMs: 1_000, p95Ms: 1_000 })]);
    expect(await eventually(async () => (await harness.node()).state === 'down')).toBe(true);
    expect((await harness.node()).reason).toContain('timed out');
  });

  it('tcp: connecting waits, at most its timeout', async () => {
    const node = await stage.node({ onBytes: (bytes, c) => c.send(bytes) });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', retries: 0, timeouts: { connectMs: 300 }, nodes: [node.address] }],
    });
    harness.engine.setFaults([on({ type: 'slow', medianMs: 100, p95Ms: 100 })]);
    const client = await stage.client(harness);
    const start = performance.now();
    client.write('x');
    expect(await eventually(() => client.size === 1)).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(90);
    harness.engine.setFaults([on({ type: 'slow', medianMs: 20_000, p95Ms: 20_000 })]);
    const late = await stage.client(harness);
    expect(await eventually(() => late.fate !== 'open')).toBe(true);
    const gone = await stage.client(harness);
    expect(await eventually(async () => (await harness.node()).connections === 2)).toBe(true);
    gone.reset();
    client.reset();
    expect(await harness.untilQuiet()).toBe('');
    expect((await harness.node()).errors).toBe(1);
  });
});

describe('errors', () => {
  it('that share of requests is answered in the node’s place, said to be a demo, and counted as the node’s', async () => {
    const node = await stage.node(named('a'));
    const harness = await stage.engine(
      { pools: [{ id: 'web', nodes: [node.address], stickiness: { type: 'http_cookie' } }] },
      { random: seededRandom(5) },
    );
    harness.engine.setFaults([on({ type: 'errors', share: 0.25, status: 503 })]);
    expect((await harness.node()).fault).toBe('DEMO: 25 % 503');
    const client = await stage.client(harness);
    let failed = 0;
    for (let i = 0; i < 200; i++) {
      client.forget();
      const answer = await client.ask(get());
      if (answer.status === 503) {
        failed++;
        expect(answer.body.toString()).toContain('DEMO');
        expect(value(answer.fields, 'set-cookie')).toContain('NB_SRVID=');
      }
    }
    expect(failed).toBeGreaterThan(30);
    expect(failed).toBeLessThan(70);
    expect(node.requests).toHaveLength(200 - failed);
    expect(await harness.node()).toMatchObject({ requests: 200, errors: failed, connections: 0 });
    expect((await harness.snapshot()).listeners[0]!.errors).toBe(failed);
  });

  it('the request is read to its end, and the connection goes on', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    harness.engine.setFaults([on({ type: 'errors', share: 1, status: 500 })]);
    const client = await stage.client(harness);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234');
    expect((await client.answer('POST')).status).toBe(500);
    client.forget();
    client.write('56789POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    expect((await client.answer('POST')).status).toBe(500);
    client.forget();
    const head = await client.ask('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD');
    expect(head.status).toBe(500);
    expect(head.body).toHaveLength(0);
    harness.engine.setFaults([]);
    client.forget();
    expect((await client.ask(get())).status).toBe(200);
    expect(node.requests).toHaveLength(1);
  });

  it('http checks meet it too, connection checks do not', async () => {
    const node = await stage.node();
    const harness = await stage.engine({
      listeners: [{ id: 'web' }, { id: 'plain', pool: 'plain' }],
      pools: [
        { id: 'web', nodes: [node.address], healthCheck: check },
        { id: 'plain', nodes: [node.address], healthCheck: { ...check, type: 'connection' } },
      ],
    });
    const fault = { type: 'errors' as const, share: 1, status: 503 };
    harness.engine.setFaults([on(fault), { pool: 'plain', node: 'n1', fault }]);
    expect(await eventually(async () => (await harness.node('n1', 'web')).state === 'down')).toBe(true);
    expect((await harness.node('n1', 'web')).reason).toBe('1 of 1 checks: HTTP 503, expected 200-399 (DEMO fault)');
    await sleep(600);
    expect((await harness.node('n1', 'plain')).state).toBe('up');
  });
});

describe('faults', () => {
  it('outlive a change, end with their node, and are refused for what is not there', async () => {
    const [a, b] = [await stage.node(named('a')), await stage.node(named('b'))];
    const nodes = [a.address, b.address];
    const harness = await stage.engine({ pools: [{ id: 'web', nodes }] });
    harness.engine.setFaults([on({ type: 'refuse' }), on({ type: 'refuse' }, 'n2')]);
    expect(() => harness.engine.setFaults([on({ type: 'refuse' }, 'n9')])).toThrow(/no node "n9"/);
    expect(() => harness.engine.setFaults([{ ...on({ type: 'refuse' }), pool: 'none' }])).toThrow(/no pool "none"/);
    await harness.apply({ pools: [{ id: 'web', algorithm: 'leastconn', nodes: [nodes[0]!] }] });
    expect((await harness.node('n1')).fault).toBe('DEMO: refuses');
    await harness.apply({ pools: [{ id: 'web', nodes }] });
    expect((await harness.node('n1')).fault).toBe('DEMO: refuses');
    expect((await harness.node('n2')).fault).toBe(null);
  });

  it('reach the engine’s thread', async () => {
    const node = await stage.node(named('a'));
    const config = buildConfig({ pools: [{ id: 'web', nodes: [node.address] }] }, new Map([['web', (await freePorts(1))[0]!]]));
    const host = new EngineHost({ backoffMs: { first: 10, longest: 10 } });
    stage.also(() => host.destroy());
    await host.apply(config);
    await host.setFaults([on({ type: 'errors', share: 1, status: 503 })]);
    const faultNow = async () => (await host.snapshot()).pools[0]!.nodes[0]!.fault;
    expect(await faultNow()).toBe('DEMO: 100 % 503');
    await expect(host.setFaults([on({ type: 'refuse' }, 'n9')])).rejects.toThrow(/no node "n9"/);
  });
});
