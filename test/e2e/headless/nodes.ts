import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A node of the owner's: answers with its own name. */
export interface TestNode {
  name: string;
  port: number;
  close(): Promise<void>;
}

export async function startNode(
  name: string,
  handle: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end(name),
): Promise<TestNode> {
  const server: Server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    name,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
