import { randomBytes } from 'node:crypto';
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
  readonly #peerName: (socket: Socket) => Promise<string>;
  /** The value each peer was given. Few: a user's own programs and whoever had the token. */
  readonly #values = new Map<string, string>();
  /** Looked up once a connection. */
  readonly #names = new WeakMap<Socket, Promise<string>>();

  /** @param peerName who is at the other end: the same name for the same peer, and another for every other. */
  constructor(peerName: (socket: Socket) => Promise<string>) {
    this.#peerName = peerName;
  }

  /** The name carries the port, too, so that two programs on one host do not write over each other's. */
  #name(request: IncomingMessage): string {
    return `evenkeel_session_${request.socket.localPort ?? 0}`;
  }

  #peer({ socket }: IncomingMessage): Promise<string> {
    let name = this.#names.get(socket);
    if (!name) {
      name = this.#peerName(socket);
      this.#names.set(socket, name);
    }
    return name;
  }

  async isIn(request: IncomingMessage): Promise<boolean> {
    const name = this.#name(request);
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at <= 0 || pair.slice(0, at).trim() !== name) continue;
      const given = pair.slice(at + 1).trim();
      // Whoever makes values up does not make us look for who he is, which takes a while on a machine with many connections.
      const holder = [...this.#values].find(([, value]) => sameSecret(given, value))?.[0];
      if (holder !== undefined && holder === (await this.#peer(request))) return true;
    }
    return false;
  }

  /** The Set-Cookie header's value. Ends with the browser; never readable by scripts, never sent from other sites. */
  async cookie(request: IncomingMessage): Promise<string> {
    const peer = await this.#peer(request);
    const value = this.#values.get(peer) ?? randomBytes(32).toString('base64url');
    this.#values.set(peer, value);
    return `${this.#name(request)}=${value}; HttpOnly; SameSite=Strict; Path=/`;
  }
}
