import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { sameSecret } from './token.ts';

/**
 * The screens' own proof: a cookie made by this process alone, so that the token stays out of the browser.
 *
 * Browsers send a host's cookies to every port of it: to whatever else is served there, and through a listener to the nodes behind it, which
 * may be anybody's. So the value holds for the peer it was given to and for nobody else.
 */
export class Session {
  readonly #key = randomBytes(32);
  readonly #peerName: (socket: Socket) => Promise<string>;
  /** Looked up once a connection. */
  readonly #values = new WeakMap<Socket, Promise<string>>();

  /** @param peerName who is at the other end: the same name for the same peer, and another for every other. */
  constructor(peerName: (socket: Socket) => Promise<string>) {
    this.#peerName = peerName;
  }

  /** The name carries the port, too, so that two programs on one host do not write over each other's. */
  #name(request: IncomingMessage): string {
    return `evenkeel_session_${request.socket.localPort ?? 0}`;
  }

  #value({ socket }: IncomingMessage): Promise<string> {
    let value = this.#values.get(socket);
    if (!value) {
      value = this.#peerName(socket).then((name) => createHmac('sha256', this.#key).update(name).digest('base64url'));
      this.#values.set(socket, value);
    }
    return value;
  }

  async isIn(request: IncomingMessage): Promise<boolean> {
    const name = this.#name(request);
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name && sameSecret(pair.slice(at + 1).trim(), await this.#value(request))) return true;
    }
    return false;
  }

  /** The Set-Cookie header's value. Ends with the browser; never readable by scripts, never sent from other sites. */
  async cookie(request: IncomingMessage): Promise<string> {
    return `${this.#name(request)}=${await this.#value(request)}; HttpOnly; SameSite=Strict; Path=/`;
  }
}
