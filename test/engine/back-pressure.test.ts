import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { useStage } from '../support/cleanup.ts';
import { get } from '../support/raw-client.ts';
import type { NodeConnection } from '../support/recorder-node.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();
const total = 200 * 1024 * 1024;
const piece = Buffer.alloc(1 << 18, 'p');

/** What the process may grow by while 200 MB wait: the kernel's buffers are not in it, the engine's are. */
const allowedMb = 60;

const rssMb = () => process.memoryUsage().rss / 1024 / 1024;

async function pour(connection: NodeConnection, head: string): Promise<void> {
  const { socket } = connection;
  socket.write(head);
  for (let sent = 0; sent < total && !socket.destroyed; sent += piece.length) {
    if (!socket.write(piece)) {
      const ended = new AbortController();
      const { signal } = ended;
      await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
      ended.abort();
    }
  }
}

describe.each([
  ['http', `HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`],
  ['tcp', ''],
] as const)('200 MB to a slow reader (%s)', (protocol, head) => {
  it('waits in the node, not in the engine', { timeout: 60_000 }, async () => {
    let poured = false;
    const node = await stage.node({
      onBytes: (_, connection) => {
        if (poured) return;
        poured = true;
        void pour(connection, head);
      },
    });
    const harness = await stage.engine({ listeners: [{ id: 'web', protocol }], pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    client.socket.removeAllListeners('data');
    client.socket.pause();
    globalThis.gc?.();
    const before = rssMb();
    client.write(get());
    await sleep(1500);
    const grown = rssMb() - before;
    expect(node.connections[0]!.socket.bytesWritten).toBeLessThan(total / 4);
    expect(grown).toBeLessThan(allowedMb);
    let size = 0;
    let most = 0;
    client.socket.on('data', (chunk: Buffer) => {
      size += chunk.length;
      most = Math.max(most, rssMb() - before);
    });
    client.socket.resume();
    expect(await eventually(() => size >= total + head.length || client.fate !== 'open', 20_000)).toBe(true);
    expect(size).toBe(total + head.length);
    expect(most).toBeLessThan(allowedMb * 3);
  });
});

it.each(['http', 'tcp'] as const)('200 MB to a slow node wait in the client (%s)', { timeout: 60_000 }, async (protocol) => {
  const node = await stage.node({ onBytes: () => undefined });
  node.handlers.onConnection = (connection) => {
    connection.socket.pause();
  };
  const harness = await stage.engine({ listeners: [{ id: 'web', protocol }], pools: [{ id: 'web', nodes: [node.address] }] });
  const client = await stage.client(harness);
  const before = rssMb();
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`);
  let sent = 0;
  const pouring = (async () => {
    while (sent < total && client.fate === 'open') {
      sent += piece.length;
      if (!client.socket.write(piece))
        await new Promise<void>((resolve) =>
          client.socket.once('drain', resolve).once('close', () => {
            resolve();
          }),
        );
    }
  })();
  await sleep(1500);
  expect(sent).toBeLessThan(total / 4);
  expect(rssMb() - before).toBeLessThan(allowedMb);
  node.connections[0]!.socket.resume();
  await pouring;
  expect(await eventually(() => node.size >= total, 10_000)).toBe(true);
});

it('many pipelined requests do not pile up while one is served', { timeout: 30_000 }, async () => {
  const node = await stage.node({ onRequest: () => undefined });
  const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
  const client = await stage.client(harness);
  const many = Buffer.from(get().repeat(5000));
  let sent = 0;
  const pouring = (async () => {
    while (sent < total && client.fate === 'open') {
      sent += many.length;
      if (!client.socket.write(many))
        await new Promise<void>((resolve) =>
          client.socket.once('drain', resolve).once('close', () => {
            resolve();
          }),
        );
    }
  })();
  const before = rssMb();
  await sleep(1000);
  expect(sent).toBeLessThan(total / 4);
  expect(rssMb() - before).toBeLessThan(allowedMb);
  client.reset();
  await pouring;
});
