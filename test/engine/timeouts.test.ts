import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { RecorderNode, type NodeHandlers } from '../support/recorder-node.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();
const silent: NodeHandlers = { onRequest: () => undefined };
const breaking: NodeHandlers = { onRequest: () => ({ parts: [], then: 'reset' }) };
/** Resolves every name but never: a connect to it takes for ever, whatever the network does with addresses nobody has. */
const nowhere = { lookup: () => undefined };
const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';

async function dead(): Promise<string> {
  const node = await RecorderNode.start();
  await node.kill();
  return node.address;
}

/** How long `run` takes, in milliseconds, and what it answers. */
async function timed<T>(run: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now();
  const result = await run();
  return [performance.now() - start, result];
}

describe('which of 502, 503 and 504', () => {
  const status = async (nodes: string[], request: string, more: Record<string, unknown> = {}) => {
    const harness = await stage.engine({ pools: [{ id: 'web', nodes, timeouts: { connectMs: 150, responseMs: 150 }, ...more }] }, nowhere);
    const answer = await askOnce(harness.port(), request, request.split(' ')[0]);
    const { entries } = harness.engine.listRequests({});
    return [answer.status, entries[0]!.retries];
  };

  it('503 when no node could be connected to', async () => {
    expect(await status([await dead()], get())).toEqual([503, 0]);
    expect(await status([await dead(), await dead()], post)).toEqual([503, 1]);
    expect(await status(['never.test:9'], get())).toEqual([503, 0]);
  });

  it('502 when a node broke off or spoke nonsense', async () => {
    const nonsense: NodeHandlers = { onRequest: () => ({ parts: ['SSH-2.0-OpenSSH\r\n\r\n'], then: 'end' }) };
    for (const handlers of [breaking, nonsense]) {
      for (const request of [get(), post]) expect(await status([(await stage.node(handlers)).address], request)).toEqual([502, 0]);
    }
    expect(await status([(await stage.node(breaking)).address, await dead()], get(), { retries: 5 })).toEqual([502, 1]);
  });

  it('504 when a node took too long to answer', async () => {
    for (const request of [get(), post]) expect(await status([(await stage.node(silent)).address], request)).toEqual([504, 0]);
    expect(await status([(await stage.node(silent)).address, await dead()], get(), { retries: 5 })).toEqual([504, 1]);
  });
});

describe('retries', () => {
  it.each([0, 1, 2, 3, 4, 5])('%i are as many nodes more, each once', async (retries) => {
    const nodes = await Promise.all(Array.from({ length: 7 }, () => stage.node(breaking)));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: nodes.map((n) => n.address), retries }] });
    expect((await askOnce(harness.port(), get())).status).toBe(502);
    expect(nodes.map((n) => n.requests.length).reduce((a, b) => a + b)).toBe(retries + 1);
    expect(nodes.every((n) => n.requests.length <= 1)).toBe(true);
    const [entry] = harness.engine.listRequests({}).entries;
    expect(entry!.retries).toBe(retries);
    expect(entry!.why.filter((w) => w.verdict === 'tried')).toHaveLength(retries);
  });

  it('a GET whose node is silent goes to another, and only then costs time', async () => {
    const slow = await stage.node(silent);
    const good = await stage.node(named('good'));
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: [slow.address, good.address], timeouts: { responseMs: 200 } }],
    });
    const [ms, answer] = await timed(() => askOnce(harness.port(), get()));
    expect(answer.body.toString()).toBe('good');
    expect(ms).toBeGreaterThan(150);
    expect((await harness.node()).errors).toBe(1);
  });

  it.each(['PUT', 'DELETE', 'HEAD', 'OPTIONS'])('%s may be sent twice', async (method) => {
    const bad = await stage.node(breaking);
    const good = await stage.node({ onRequest: () => 'HTTP/1.1 204 No Content\r\n\r\n' });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [bad.address, good.address] }] });
    expect((await askOnce(harness.port(), `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`, method)).status).toBe(204);
    expect(bad.requests).toHaveLength(1);
  });

  it.each([
    ['PATCH', 'PATCH / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method nobody knows', 'FROB / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a PUT whose body is gone', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi'],
  ])('%s may not', async (_, request) => {
    const bad = await stage.node(breaking);
    const good = await stage.node(named('good'));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [bad.address, good.address] }] });
    expect((await askOnce(harness.port(), request, 'PUT')).status).toBe(502);
    expect(good.requests).toEqual([]);
  });
});

describe('timeouts', () => {
  it('connect: each attempt has its own', async () => {
    const good = await stage.node(named('good'));
    const harness = await stage.engine(
      { pools: [{ id: 'web', nodes: ['never.test:9', 'never.test:10', good.address], retries: 2, timeouts: { connectMs: 200 } }] },
      nowhere,
    );
    const [ms, answer] = await timed(() => askOnce(harness.port(), post, 'POST'));
    expect(answer.body.toString()).toBe('good');
    expect(ms).toBeGreaterThan(350);
    expect(ms).toBeLessThan(1500);
  });

  it('connect, tcp', async () => {
    const harness = await stage.engine(
      { listeners: [{ id: 'web', protocol: 'tcp' }], pools: [{ id: 'web', nodes: ['never.test:9'], timeouts: { connectMs: 200 } }] },
      nowhere,
    );
    const client = await stage.client(harness);
    const [ms, fate] = await timed(() => client.untilClosed(2000));
    expect(fate).not.toBe('open');
    expect(ms).toBeGreaterThan(150);
    expect(ms).toBeLessThan(1000);
    expect(await harness.untilQuiet()).toBe('');
  });

  it('request head: the whole of it, however it trickles', async () => {
    const node = await stage.node();
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { requestHeadMs: 400 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    const [ms] = await timed(async () => {
      for (const c of get('/', 'X-Padding: 0123456789')) {
        if (client.fate !== 'open' || client.size > 0) break;
        client.write(c);
        await sleep(30);
      }
      await client.untilClosed(2000);
    });
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(ms).toBeLessThan(1500);
    expect(node.accepted).toBe(0);
  });

  it('response: counts from the end of the request, and a slow body is no slow answer', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], timeouts: { responseMs: 250 } }] });
    const client = await stage.client(harness);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n');
    for (const c of 'hello') {
      await sleep(100);
      client.write(c);
    }
    expect((await client.answer('POST')).status).toBe(200);
  });

  it('response: an answer that has begun may take its time', async () => {
    const node = await stage.node({
      onRequest: () => ({ parts: ['HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n', 'a', 'b', 'c', 'd', 'e', 'f'], pause: () => sleep(80) }),
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], timeouts: { responseMs: 150 } }] });
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('abcdef');
  });

  it('idle: a kept connection is closed without a word, and not while it is used', async () => {
    const node = await stage.node();
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { idleMs: 400 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    for (let i = 0; i < 4; i++) {
      expect((await client.ask(get())).status).toBe(200);
      await sleep(200);
    }
    client.forget();
    expect(await client.untilClosed(1500)).not.toBe('open');
    expect(client.size).toBe(0);
    expect(await harness.untilQuiet()).toBe('');
  });

  it('idle: a request that waits for its answer is not idle', async () => {
    const node = await stage.node({
      onRequest: async () => {
        await sleep(700);
        return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { idleMs: 200 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    expect((await askOnce(harness.port(), get())).status).toBe(200);
  });

  it('idle: a body or an answer that stalls', async () => {
    const node = await stage.node({ onRequest: () => ({ parts: ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'] }) });
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { idleMs: 300 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const uploads = await stage.client(harness);
    uploads.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    const downloads = await stage.client(harness);
    downloads.write(get());
    expect(await uploads.untilClosed(2000)).not.toBe('open');
    expect(uploads.received.toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(await downloads.untilClosed(2000)).not.toBe('open');
    expect(downloads.received.toString()).toMatch(/half$/);
    expect(await harness.untilQuiet()).toBe('');
  });

  it('tunnel idle: bytes either way keep it, silence ends it', async () => {
    const node = await stage.node({
      onRequest: (_, connection) => {
        connection.socket.on('data', (chunk: Buffer) => connection.socket.write(chunk));
        return 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { idleMs: 100, tunnelIdleMs: 1000 } }],
      pools: [{ id: 'web', nodes: [node.address] }],
    });
    const client = await stage.client(harness);
    expect((await client.ask(get('/', 'Connection: Upgrade', 'Upgrade: echo'))).status).toBe(101);
    for (let i = 0; i < 4; i++) {
      client.forget();
      client.write('ping');
      expect(await client.until(() => client.received.toString() === 'ping')).toBe(true);
      await sleep(300);
    }
    const [ms, fate] = await timed(() => client.untilClosed(2000));
    expect(fate).not.toBe('open');
    expect(ms).toBeGreaterThan(150);
    expect(await eventually(() => node.open === 0)).toBe(true);
    expect(await harness.untilQuiet()).toBe('');
  });
});
