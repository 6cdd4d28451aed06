import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { RecorderNode } from '../support/recorder-node.ts';
import { value } from '../support/strict-http.ts';
import { eventually, sleep, turns } from '../support/wait.ts';

const stage = useStage();
const post = 'POST /pay HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';
/** An address nobody listens on: the port of a node that is gone, far from those listeners get. */
const dead = async () => {
  const node = await RecorderNode.start();
  await node.kill();
  return node.address;
};

describe('a plug pulled under load', () => {
  it('is not seen by clients that GET', async () => {
    const nodes = await Promise.all(
      ['n1', 'n2', 'n3'].map((id) =>
        stage.node({
          onRequest: async () => {
            await sleep(2);
            return `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${id}`;
          },
        }),
      ),
    );
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: nodes.map((n) => n.address), retries: 2, passiveCheck: { enabled: true } }],
    });
    const until = performance.now() + 1500;
    const statuses = new Map<string, number>();
    const served = new Set<string>();
    const load = Array.from({ length: 20 }, async (_, i) => {
      let client = await stage.client(harness);
      while (performance.now() < until) {
        let outcome: string;
        try {
          const answer = await client.ask(get());
          outcome = String(answer.status);
          if (performance.now() > until - 500) served.add(answer.body.toString());
        } catch (error) {
          outcome = String(error).slice(0, 200);
        }
        statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1);
        // Half of them over a new connection each time.
        if (i % 2 === 0 || client.fate !== 'open') {
          client.destroy();
          client = await stage.client(harness);
        }
      }
      client.destroy();
    });
    await sleep(400);
    await nodes[1]!.kill();
    await Promise.all(load);
    expect([...statuses.keys()]).toEqual(['200']);
    expect(statuses.get('200')).toBeGreaterThan(300);
    expect([...served].sort()).toEqual(['n1', 'n3']);
    expect(await harness.untilQuiet()).toBe('');
  });
});

describe('what may be tried again', () => {
  it('a connect that fails, whatever the method', async () => {
    const good = await stage.node(named('good'));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [await dead(), good.address], retries: 1 }] });
    for (let i = 0; i < 6; i++) {
      expect((await askOnce(harness.port(), post, 'POST')).body.toString()).toBe('good');
      expect((await askOnce(harness.port(), get())).body.toString()).toBe('good');
    }
    expect(good.requests.filter((r) => r.method === 'POST').every((r) => r.body.toString() === 'hello')).toBe(true);
  });

  it('onto a backup, when every accept node has just failed and no check has said so yet', async () => {
    const backup = await stage.node({ onRequest: () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nb1' });
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: [await dead(), await dead(), { address: backup.address, mode: 'backup' }], retries: 2 }],
    });
    const answer = await askOnce(harness.port(), get());
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe('b1');
  });

  it('a GET whose node breaks before a byte of the answer', async () => {
    const bad = await stage.node({ onRequest: () => ({ parts: [], then: 'reset' }) });
    const good = await stage.node(named('good'));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [bad.address, good.address], retries: 1 }] });
    for (let i = 0; i < 6; i++) expect((await askOnce(harness.port(), get())).body.toString()).toBe('good');
    expect(bad.accepted).toBeGreaterThan(0);
    const { entries } = await harness.engine.listRequests({});
    expect(entries.some((e) => e.retries === 1 && e.node === 'n2')).toBe(true);
  });

  it('never a POST that was sent', async () => {
    const received: string[] = [];
    const bad = await stage.node({
      onRequest: (request) => {
        received.push(request.method);
        return { parts: [], then: 'reset' };
      },
    });
    const good = await stage.node(named('good'));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [bad.address, good.address], retries: 5 }] });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await askOnce(harness.port(), post, 'POST')).status);
    expect(statuses.filter((s) => s === 502)).toHaveLength(received.length);
    expect(received.length).toBeGreaterThan(0);
    expect(good.requests.length).toBe(statuses.filter((s) => s === 200).length);
    expect(received.length + good.requests.length).toBe(6);
  });

  it('nothing once a byte of the answer went out', async () => {
    const bad = await stage.node({ onRequest: () => ({ parts: ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'], then: 'reset' }) });
    const good = await stage.node(named('good'));
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: [{ address: bad.address }, { address: good.address, mode: 'backup' }], retries: 5 }],
    });
    const client = await stage.client(harness);
    client.write(get());
    expect(await client.untilClosed()).not.toBe('open');
    expect(client.received.toString()).not.toContain('good');
    expect(good.requests).toEqual([]);
  });

  it('nothing with retries 0', async () => {
    const good = await stage.node(named('good'));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [await dead(), good.address], retries: 0 }] });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await askOnce(harness.port(), get())).status);
    expect(statuses.filter((s) => s === 200)).toHaveLength(2);
    expect(statuses.filter((s) => s === 502 || s === 503)).toHaveLength(2);
  });

  it('a node that does not answer its connect costs its time once', async () => {
    // A listening socket whose backlog is never accepted still connects; an address of TEST-NET-1 does not answer at all.
    const good = await stage.node(named('good'));
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: ['192.0.2.1:9', good.address], retries: 1, timeouts: { connectMs: 200 } }],
    });
    for (let i = 0; i < 2; i++) expect((await askOnce(harness.port(), get())).body.toString()).toBe('good');
  });

  it('a tcp connect, onto another node', async () => {
    const good = await stage.node({
      onBytes: (bytes, connection) => {
        connection.send(bytes);
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [await dead(), good.address], retries: 1 }],
    });
    for (let i = 0; i < 4; i++) {
      const client = await stage.client(harness);
      client.write('hello');
      expect(await client.until(() => client.received.toString() === 'hello')).toBe(true);
    }
  });
});

describe('when no node can serve', () => {
  it.each([
    ['the pool is empty', []],
    ['all are rejecting', [{ address: '127.0.0.1:9', mode: 'reject' }]],
    ['all are draining', [{ address: '127.0.0.1:9', mode: 'drain' }]],
  ])('http answers 503 with a short page: %s', async (_, nodes) => {
    const harness = await stage.engine({ pools: [{ id: 'web', nodes }] });
    const answer = await askOnce(harness.port(), get('/zq7'));
    expect(answer.status).toBe(503);
    expect(answer.body.length).toBeGreaterThan(20);
    expect(answer.body.length).toBeLessThan(2000);
    expect(answer.body.toString()).not.toContain('zq7');
    const head = await askOnce(harness.port(), 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD');
    expect(head.status).toBe(503);
    const old = await askOnce(harness.port(), 'GET / HTTP/1.0\r\n\r\n');
    expect(old.status).toBe(503);
    expect((await harness.snapshot()).pools[0]!.available).toBe(0);
  });

  it('http answers 503 (or 502) when none can be reached', async () => {
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [await dead(), await dead()], retries: 2 }] });
    expect([502, 503]).toContain((await askOnce(harness.port(), get())).status);
  });

  it('a POST with a body gets its 503 whole', async () => {
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [] }] });
    const client = await stage.client(harness);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n');
    const piece = Buffer.alloc(100_000, 'x');
    for (let i = 0; i < 40 && client.fate === 'open'; i++) {
      client.write(piece);
      await turns(1);
    }
    expect((await client.answer('POST')).status).toBe(503);
  });

  it('the connection of a client that got 503 is in order or closed', async () => {
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [] }] });
    const client = await stage.client(harness);
    client.write(post + get());
    const first = (await client.answers(1, ['POST']))[0]!;
    expect(first.status).toBe(503);
    if (value(first.fields, 'connection')?.toLowerCase() === 'close') expect(await client.untilClosed()).not.toBe('open');
    else expect((await client.answers(2, ['POST', 'GET']))[1]!.status).toBe(503);
  });

  it('tcp closes', async () => {
    const harness = await stage.engine({ listeners: [{ id: 'web', protocol: 'tcp' }], pools: [{ id: 'web', nodes: [] }] });
    const client = await stage.client(harness);
    client.write('hello');
    expect(await client.untilClosed()).not.toBe('open');
    expect(client.size).toBe(0);
    const other = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [await dead(), await dead()] }],
    });
    const second = await stage.client(other);
    expect(await second.untilClosed()).not.toBe('open');
  });

  it('serves again as soon as a node is back', async () => {
    const first = await stage.node(named('n1'));
    const { port } = first;
    const harness = await stage.engine({
      pools: [
        { id: 'web', nodes: [first.address], healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 1, rise: 1 } },
      ],
    });
    expect((await askOnce(harness.port(), get())).status).toBe(200);
    await first.kill();
    expect(await eventually(async () => (await harness.node()).state === 'down', 3000)).toBe(true);
    expect((await askOnce(harness.port(), get())).status).toBe(503);
    await stage.node(named('n1'), port);
    expect(await eventually(async () => (await harness.node()).state === 'up', 3000)).toBe(true);
    expect((await askOnce(harness.port(), get())).status).toBe(200);
  });
});
