import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { sameSecret } from './token.ts';

/** The screens' own proof: a cookie with a value of this process alone, so that the token stays out of the browser. */
export class Session {
  readonly #value = randomBytes(32).toString('base64url');

  /** Cookies are shared between the ports of a host, so the name carries the port. */
  #name(request: IncomingMessage): string {
    return `evenkeel_session_${request.socket.localPort ?? 0}`;
  }

  isIn(request: IncomingMessage): boolean {
    const name = this.#name(request);
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name && sameSecret(pair.slice(at + 1).trim(), this.#value)) return true;
    }
    return false;
  }

  /** The Set-Cookie header's value. Ends with the browser; never readable by scripts, never sent from other sites. */
  cookie(request: IncomingMessage): string {
    return `${this.#name(request)}=${this.#value}; HttpOnly; SameSite=Strict; Path=/`;
  }
}
