import { afterEach, describe, expect, it } from 'vitest';
import { EngineHarness } from '../../support/engine-harness.ts';
import { RawClient, get } from '../../support/raw-client.ts';
import { okAnswer, RecorderNode, type NodeConnection } from '../../support/recorder-node.ts';
import type { readRequest } from '../../support/strict-http.ts';
import { values } from '../../support/strict-http.ts';
import { eventually, turns } from '../../support/wait.ts';

/** Row 29: after a 101 the connection is a pipe; before it, HTTP as strict as ever. */

const started: { stop: () => unknown }[] = [];

afterEach(async () => {
  for (const thing of started.splice(0).reverse()) await thing.stop();
});

const upgrade = get('/chat', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: zq7');
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: zq7\r\n\r\n';

interface Tunnel {
  node: RecorderNode;
  harness: EngineHarness;
  client: RawClient;
  /** The node's end, once there. */
  end: () => NodeConnection;
  /** What the node received behind the head. */
  got: () => string;
}

async function tunnel(answer = switching, timeouts: Record<string, number> = {}): Promise<Tunnel> {
  const heads = new Map<NodeConnection, Buffer>();
  let last: NodeConnection | undefined;
  const node = await RecorderNode.start({
    onBytes: (bytes, connection) => {
      last = connection;
      const before = heads.get(connection) ?? Buffer.alloc(0);
      const all = Buffer.concat([before, bytes]);
      heads.set(connection, all);
      if (!before.includes('\r\n\r\n') && all.includes('\r\n\r\n')) connection.send(answer);
    },
  });
  started.push({ stop: () => node.kill() });
  const harness = await EngineHarness.start({
    listeners: [{ id: 'web', timeouts }],
    pools: [{ id: 'web', nodes: [node.address], retries: 0 }],
  });
  started.push(harness);
  const client = await RawClient.open(harness.port());
  started.push({
    stop: () => {
      client.destroy();
    },
  });
  const text = () => heads.get(last!)?.toString('latin1') ?? '';
  return { node, harness, client, end: () => last!, got: () => text().slice(text().indexOf('\r\n\r\n') + 4) };
}

async function opened(t: Tunnel): Promise<void> {
  t.client.write(upgrade);
  expect((await t.client.answer()).status).toBe(101);
}

describe('an upgrade', () => {
  it('is forwarded with its fields, and the 101 with its', async () => {
    let seen: ReturnType<typeof readRequest>;
    const node = await RecorderNode.start({
      onRequest: (request) => {
        seen = request;
        return switching;
      },
    });
    started.push({ stop: () => node.kill() });
    const harness = await EngineHarness.start({ pools: [{ id: 'web', nodes: [node.address] }] });
    started.push(harness);
    const client = await RawClient.open(harness.port());
    client.write(get('/chat', 'Connection: keep-alive, Upgrade, X-Gone', 'X-Gone: 1', 'Upgrade: websocket', 'Sec-WebSocket-Key: zq7'));
    const answer = await client.answer();
    expect(answer.status).toBe(101);
    expect(values(answer.fields, 'upgrade')).toEqual(['websocket']);
    expect(values(answer.fields, 'connection').join().toLowerCase()).toContain('upgrade');
    expect(values(answer.fields, 'sec-websocket-accept')).toEqual(['zq7']);
    expect(values(seen!.fields, 'upgrade')).toEqual(['websocket']);
    expect(values(seen!.fields, 'connection').join().toLowerCase()).toBe('upgrade');
    expect(values(seen!.fields, 'x-gone')).toEqual([]);
    client.destroy();
  });

  it('carries any bytes both ways', async () => {
    const t = await tunnel();
    await opened(t);
    t.client.forget();
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    t.client.write(all);
    t.end().send(all);
    t.client.write('GET / HTTP/1.1\r\n\r\n');
    expect(await eventually(() => t.got() === `${all.toString('latin1')}GET / HTTP/1.1\r\n\r\n`)).toBe(true);
    expect(await t.client.until(() => t.client.received.equals(all))).toBe(true);
  });

  it('loses nothing that comes with the 101 or right behind the request', async () => {
    const t = await tunnel(`${switching}first words`);
    t.client.write(upgrade);
    await t.client.until(() => t.client.received.includes('first words'));
    expect(t.client.received.toString().endsWith('first words')).toBe(true);
    t.client.write('early');
    expect(await eventually(() => t.got() === 'early')).toBe(true);
  });

  it('keeps back what the client sends before the node has agreed, then passes it on', async () => {
    const t = await tunnel();
    t.client.write(`${upgrade}\x81\x05hello`);
    expect(await eventually(() => t.got().length > 0 || t.client.fate !== 'open')).toBe(true);
    if (t.client.fate === 'open') expect(t.got()).toBe('\x81\x05hello');
  });

  it('ends on the other side when one ends, after all its bytes', async () => {
    const t = await tunnel();
    await opened(t);
    t.client.forget();
    t.end().send('last');
    t.end().socket.end();
    expect(await t.client.until(() => t.client.received.includes('last'))).toBe(true);
    expect(await t.client.untilClosed()).toBe('ended');
    t.client.destroy();
    expect(await t.harness.untilQuiet()).toBe('');

    const u = await tunnel();
    await opened(u);
    u.client.write('last');
    u.client.end();
    expect(await eventually(() => u.got() === 'last' && u.end().ended)).toBe(true);
    u.end().socket.end();
    expect(await u.harness.untilQuiet()).toBe('');
  });

  it('ends on the other side when one is reset', async () => {
    const t = await tunnel();
    await opened(t);
    t.end().socket.resetAndDestroy();
    expect(await t.client.untilClosed()).not.toBe('open');
    expect(await t.harness.untilQuiet()).toBe('');
  });

  it('has an idle time of its own', async () => {
    const t = await tunnel(switching, { idleMs: 200, requestHeadMs: 200, tunnelIdleMs: 900 });
    await opened(t);
    expect(await t.client.staysQuiet(600)).toBe(true);
    t.client.write('x');
    expect(await t.client.staysQuiet(600)).toBe(true);
    expect(await t.client.untilClosed(2500)).not.toBe('open');
    expect(await t.harness.untilQuiet()).toBe('');
  });

  it('counts as a connection of the node while it is open', async () => {
    const t = await tunnel();
    await opened(t);
    expect((await t.harness.node()).connections).toBe(1);
    t.client.reset();
    expect(await t.harness.untilQuiet()).toBe('');
    expect(await eventually(() => t.end().ended)).toBe(true);
  });

  it('that was closed leaves no connection that is used again', async () => {
    const t = await tunnel();
    await opened(t);
    t.client.reset();
    expect(await eventually(() => t.end().ended)).toBe(true);
    const other = await RawClient.open(t.harness.port());
    other.write(upgrade);
    expect((await other.answer()).status).toBe(101);
    expect(t.node.accepted).toBe(2);
    other.reset();
  });
});

describe('an upgrade that is refused', () => {
  it('passes the answer on and goes on as HTTP', async () => {
    const node = await RecorderNode.start({
      onRequest: (request) => (request.target === '/chat' ? 'HTTP/1.1 426 No\r\nContent-Length: 2\r\n\r\nno' : okAnswer),
    });
    started.push({ stop: () => node.kill() });
    const harness = await EngineHarness.start({ pools: [{ id: 'web', nodes: [node.address] }] });
    started.push(harness);
    const client = await RawClient.open(harness.port());
    expect((await client.ask(upgrade)).status).toBe(426);
    expect((await client.ask(get())).status).toBe(200);
    expect((await client.ask(upgrade)).status).toBe(426);
    // Pipelined behind the refused upgrade: still a request, still judged.
    client.forget();
    client.write(`${upgrade}GET  / HTTP/1.1\r\n\r\n`);
    const answers = await client.answers(2);
    expect(answers.map((a) => a.status)).toEqual([426, 400]);
    expect(node.connections.every((c) => c.malformed === undefined && c.rest.length === 0)).toBe(true);
    client.destroy();
    await turns();
    expect(await harness.untilQuiet()).toBe('');
  });
});
