import { createServer, type Server, type Socket } from 'node:net';

/**
 * A port that can be given up and taken again while connections made through it live on: what a full backlog or a firewall
 * does to a server, and `http.Server.close` would not (it ends idle connections).
 */
export class DemoPort {
  readonly #host: string;
  readonly #port: number;
  readonly #onConnection: (socket: Socket) => void;
  #server: Server | undefined;

  constructor(host: string, port: number, onConnection: (socket: Socket) => void) {
    this.#host = host;
    this.#port = port;
    this.#onConnection = onConnection;
  }

  /** @throws the bind's error, with its code. */
  open(): Promise<void> {
    if (this.#server) return Promise.resolve();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, this.#onConnection);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.#host, port: this.#port, exclusive: true }, () => {
        server.removeListener('error', reject);
        this.#server = server;
        resolve();
      });
    });
  }

  /** From now on connections are refused; open ones go on. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }
}
