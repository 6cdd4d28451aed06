import type { Socket } from 'node:net';

/** Enough for every page and script of one owner before each has proved itself, which takes milliseconds. */
const defaultMax = 256;

/**
 * Connections to the control API that nobody has proved himself on. They are few: the oldest gives way to the next, so that whoever opens
 * connections without end, or keeps them open, takes no place from the owner.
 */
export class Strangers {
  readonly #max: number;
  /** In the order they came. */
  readonly #sockets = new Set<Socket>();

  constructor(max = defaultMax) {
    this.#max = max;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const [oldest] = this.#sockets;
    if (this.#sockets.size > this.#max) oldest?.destroy();
  }

  /** Whoever sent a request on it has shown that he may; from now on it counts to nobody's limit but the server's. */
  known(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
