import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useStage } from '../support/cleanup.ts';
import type { EngineHarness } from '../support/engine-harness.ts';
import type { RawClient } from '../support/raw-client.ts';
import type { NodeHandlers, RecorderNode } from '../support/recorder-node.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

async function tcp(
  handlers: NodeHandlers,
  timeouts: Record<string, number> = {},
): Promise<{ node: RecorderNode; harness: EngineHarness; client: RawClient }> {
  const node = await stage.node(handlers);
  const harness = await stage.engine({
    listeners: [{ id: 'web', protocol: 'tcp', timeouts }],
    pools: [{ id: 'web', nodes: [node.address] }],
  });
  return { node, harness, client: await stage.client(harness) };
}

const echo: NodeHandlers = {
  onBytes: () => undefined,
  onConnection: (connection) => {
    connection.socket.pipe(connection.socket);
  },
};

/** Writes `total` bytes made of `piece`, never faster than they are taken. */
async function pour(client: RawClient, piece: Buffer, total: number): Promise<void> {
  for (let sent = 0; sent < total; sent += piece.length) {
    if (!client.socket.write(piece)) await new Promise((resolve) => client.socket.once('drain', resolve));
  }
}

describe('a tcp session', () => {
  it('carries any bytes both ways', async () => {
    const { client } = await tcp(echo);
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    client.write(all);
    expect(await client.until(() => client.received.equals(all))).toBe(true);
  });

  it('lets the node speak first', async () => {
    const { client } = await tcp({
      onBytes: () => undefined,
      onConnection: (c) => {
        c.send('220 hello\r\n');
      },
    });
    expect(await client.until(() => client.received.toString() === '220 hello\r\n')).toBe(true);
  });

  it('loses nothing a client sends before the node is connected', async () => {
    let got = '';
    const { client } = await tcp({ onBytes: (bytes) => (got += bytes.toString()) });
    client.write('early');
    client.end();
    expect(await eventually(() => got === 'early')).toBe(true);
  });

  it('passes on the end of one side while the other goes on', async () => {
    let got = '';
    const { node, client, harness } = await tcp({ onBytes: (bytes) => (got += bytes.toString()) });
    client.write('question');
    client.end();
    expect(await eventually(() => got === 'question' && node.connections[0]!.ended)).toBe(true);
    node.connections[0]!.send('a late answer');
    expect(await client.until(() => client.received.toString() === 'a late answer')).toBe(true);
    expect(client.fate).toBe('open');
    node.connections[0]!.socket.end();
    expect(await client.untilClosed()).toBe('ended');
    expect(await harness.untilQuiet()).toBe('');

    got = '';
    const other = await stage.client(harness);
    expect(await eventually(() => node.connections.length === 2)).toBe(true);
    const end = node.connections[1]!;
    end.send('bye');
    end.socket.end();
    expect(await other.untilClosed()).toBe('ended');
    expect(other.received.toString()).toBe('bye');
    other.write('still here');
    expect(await eventually(() => got === 'still here')).toBe(true);
    other.end();
    expect(await eventually(() => end.closed)).toBe(true);
    expect(await harness.untilQuiet()).toBe('');
  });

  it.each(['client', 'node'] as const)('ends on both sides when the %s resets', async (side) => {
    const { node, client, harness } = await tcp(echo);
    client.write('x');
    expect(await client.until(() => client.size === 1)).toBe(true);
    if (side === 'client') client.reset();
    else node.connections[0]!.socket.resetAndDestroy();
    expect(await eventually(() => node.connections[0]!.closed)).toBe(true);
    expect(await client.untilClosed()).not.toBe('open');
    expect(await harness.untilQuiet()).toBe('');
  });

  it('ends after its idle time, not before', async () => {
    const { client, harness } = await tcp(echo, { idleMs: 400 });
    for (let i = 0; i < 4; i++) {
      await sleep(200);
      client.write('x');
    }
    expect(await client.until(() => client.size === 4)).toBe(true);
    expect(await client.untilClosed(1500)).not.toBe('open');
    expect(await harness.untilQuiet()).toBe('');
  });

  it('carries 50 MB each way, byte for byte', { timeout: 60_000 }, async () => {
    const { client, harness } = await tcp(echo);
    const piece = randomBytes(1 << 20);
    const total = 50 * piece.length;
    const sent = createHash('sha256');
    for (let i = 0; i < 50; i++) sent.update(piece);
    const back = createHash('sha256');
    let size = 0;
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk: Buffer) => {
      size += chunk.length;
      back.update(chunk);
    });
    await pour(client, piece, total);
    client.end();
    expect(await client.untilClosed(30_000)).toBe('ended');
    expect(size).toBe(total);
    expect(back.digest('hex')).toBe(sent.digest('hex'));
    expect(await harness.untilQuiet()).toBe('');
    const node = await harness.node();
    expect(node.bytesIn + node.bytesOut).toBeGreaterThanOrEqual(2 * total);
  });

  it('counts many sessions and forgets them all', async () => {
    const { client, harness, node } = await tcp(echo);
    const clients = [client, ...(await Promise.all(Array.from({ length: 99 }, () => stage.client(harness))))];
    for (const c of clients) c.write('x');
    expect(await eventually(() => clients.every((c) => c.size === 1))).toBe(true);
    expect((await harness.node()).connections).toBe(100);
    expect((await harness.snapshot()).listeners[0]!.connections).toBe(100);
    for (const [i, c] of clients.entries())
      if (i % 2 === 0) c.reset();
      else c.end();
    expect(await harness.untilQuiet()).toBe('');
    expect(await node.untilIdle()).toBe(true);
    expect((await harness.node()).errors).toBe(0);
  });

  it('goes down with a node whose plug is pulled, and the next one finds another', async () => {
    const nodes = await Promise.all([stage.node(echo), stage.node(echo)]);
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: nodes.map((n) => n.address) }],
    });
    const client = await stage.client(harness);
    client.write('x');
    expect(await client.until(() => client.size === 1)).toBe(true);
    await nodes.find((n) => n.open === 1)!.kill();
    expect(await client.untilClosed()).not.toBe('open');
    for (let i = 0; i < 4; i++) {
      const next = await stage.client(harness);
      next.write('y');
      expect(await next.until(() => next.received.toString() === 'y')).toBe(true);
    }
  });
});
