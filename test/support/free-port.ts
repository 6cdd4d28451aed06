import { createServer, type Server } from 'node:net';

function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      resolve(server);
    });
  });
}

/**
 * Ports of 127.0.0.1 that were free a moment ago. Below the range systems hand out for outgoing connections, so that none of
 * the thousands of connections of a suite takes one of them before it is bound.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 20 * count + 100) throw new Error(`found only ${ports.length} of ${count} free ports below 32,000`);
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = await hold(port);
    if (!server) continue;
    held.push(server);
    ports.push(port);
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** One port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  return (await freePorts(1))[0]!;
}
