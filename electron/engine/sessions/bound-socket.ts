import { createServer, type Server, type Socket } from 'node:net';
import { formatHostPort } from '../../../shared/model/address.ts';
import { EngineError } from '../errors.ts';
import { proveLending } from './lent-reading.ts';

/** A bound server socket. It outlives the listener it was bound for when another takes over the same address. */
export class BoundSocket {
  readonly key: string;
  readonly server: Server;
  /** Who gets the connections; null while it changes hands. */
  listener: { accept(socket: Socket): void } | null = null;

  private constructor(host: string, port: number, server: Server) {
    this.key = formatHostPort(host, port);
    this.server = server;
  }

  /** @throws EngineError LISTENER_BIND_FAILED with what stood in the way. */
  static async bind(host: string, port: number): Promise<BoundSocket> {
    await proveLending();
    return new Promise((resolve, reject) => {
      // Half-open: a client that has sent its request may shut down its writing side and still be answered.
      const server = createServer({ allowHalfOpen: true, noDelay: true });
      const bound = new BoundSocket(host, port, server);
      server.on('connection', (socket: Socket) => {
        if (bound.listener) bound.listener.accept(socket);
        else socket.destroy();
      });
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new EngineError('LISTENER_BIND_FAILED', bindWords(error, host, port)));
      });
      server.listen({ host, port, backlog: 1024, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => undefined);
        resolve(bound);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.listener = null;
      this.server.close();
      // `close` calls back only when every connection has ended; the address itself is free on the next turn.
      setImmediate(resolve);
    });
  }
}

function bindWords(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is used by another program. Stop it or choose another port.`;
    case 'EACCES':
      return `Port ${port} on ${host} needs more rights than this program has. Choose a port of 1024 or above, or allow low ports.`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine, so port ${port} cannot be opened there. Choose one of its addresses.`;
    default:
      return `Port ${port} on ${host} cannot be opened (${error.code ?? error.message}).`;
  }
}
