import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { proveLending, readingOf } from '../../electron/engine/sessions/lent-reading.ts';
import { useStage } from '../support/cleanup.ts';
import { RawClient } from '../support/raw-client.ts';

/** A Node whose sockets no longer take a handle: what lending needs is not promised by its manual. */
vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  const Plain = net.Socket;
  return {
    ...net,
    Socket: function Socket(options: Record<string, unknown>) {
      const { handle: _, ...rest } = options;
      return new Plain(rest);
    },
  };
});

const stage = useStage();

describe('in a Node in which accepted connections cannot lend', () => {
  it('says so, leaves nothing behind, and they read as ever', async () => {
    expect(await proveLending()).toBe(false);
    let accepted: Socket | undefined;
    const server = createServer((socket) => {
      accepted = socket;
      const reading = readingOf(socket);
      expect(reading.lends).toBe(false);
      expect(reading.socket).toBe(socket);
      reading.onRead((data) => {
        socket.write(Buffer.from(data));
      });
    });
    stage.also(() => server.close());
    stage.also(() => accepted?.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = await RawClient.open((server.address() as AddressInfo).port);
    stage.also(() => {
      client.destroy();
    });
    client.write('echo');
    expect(await client.until(() => client.received.toString() === 'echo')).toBe(true);
  });
});
