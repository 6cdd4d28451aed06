import { Agent, request, type ClientRequest } from 'node:http';
import { CookieJar } from './cookie-jar.ts';

/** Connections a browser opens to one host at most, as real ones do. */
const maxConnections = 6;
/** Idle connections are given up well before a balancer would (60 s), so that no request meets one being closed. */
const idleMs = 30_000;
/** Memory of one answer is never kept; this bounds what is read of it. */
const maxBodyBytes = 8 * 1024 * 1024;

export interface Target {
  host: string;
  port: number;
  /** Where the browser's connections come from; undefined: as the system likes. */
  localAddress?: string | undefined;
}

export interface Settled {
  /** True for a whole answer below 500; false for a 5xx, a broken connection or a timeout. */
  ok: boolean;
  /** X-Node of the answer, whole or not; undefined when there was none. */
  node: string | undefined;
}

/**
 * One simulated browser: a cookie jar and a few keep-alive connections of its own. Unlike a real one it never repeats a
 * request by itself (RFC 9112 section 9.3.1 lets it, after a kept connection was reset): what fails is counted as failed.
 */
export class VirtualBrowser {
  readonly jar = new CookieJar();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: maxConnections, timeout: idleMs });
  readonly #inFlight = new Set<ClientRequest>();
  readonly #timeoutMs: number;
  /** Has been answered once, so that it has its cookie if there is one. */
  #met = false;
  #retired: (() => void) | undefined;

  /** @param timeoutMs a whole answer must have arrived by then. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Whether another request may start now. Until the first answer there is only one, as a page comes before what it
   * refers to; otherwise one browser would be given several cookies.
   */
  get ready(): boolean {
    return this.#inFlight.size < (this.#met ? maxConnections : 1);
  }

  /** Whether its first page has come. */
  get met(): boolean {
    return this.#met;
  }

  /**
   * GETs `path`.
   * @param keepAlive on a connection that stays open for the next, or on one of its own.
   * @param settled called once; not any more after `destroy`.
   */
  get({ host, port, localAddress }: Target, path: string, keepAlive: boolean, settled: (how: Settled) => void): void {
    const cookie = this.jar.header();
    const outgoing = request({
      host,
      port,
      path,
      ...(localAddress === undefined ? {} : { localAddress }),
      agent: keepAlive ? this.#agent : false,
      headers: { 'User-Agent': 'Evenkeel-Lab', Accept: '*/*', ...(cookie === undefined ? {} : { Cookie: cookie }) },
    });
    this.#inFlight.add(outgoing);
    let node: string | undefined;
    const timer = setTimeout(() => outgoing.destroy(new Error('timeout')), this.#timeoutMs);
    const settle = (ok: boolean): void => {
      if (!this.#inFlight.delete(outgoing)) return;
      clearTimeout(timer);
      settled({ ok, node });
      if (this.#inFlight.size === 0) this.#leave();
    };
    outgoing.on('response', (answer) => {
      this.#met = true;
      this.jar.store(answer.headers['set-cookie']);
      const named = answer.headers['x-node'];
      node = typeof named === 'string' ? named : undefined;
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBodyBytes) outgoing.destroy();
      });
      answer.on('end', () => {
        settle(answer.complete && (answer.statusCode ?? 500) < 500);
      });
      answer.on('error', () => {
        settle(false);
      });
    });
    outgoing.on('error', () => {
      settle(false);
    });
    outgoing.on('close', () => {
      clearTimeout(timer);
      settle(false);
    });
    outgoing.end();
  }

  /** Lets what is in flight finish, then closes the connections and says so. */
  retire(left: () => void): void {
    this.#retired = left;
    if (this.#inFlight.size === 0) this.#leave();
  }

  /** Breaks off everything at once. */
  destroy(): void {
    const open = [...this.#inFlight];
    this.#inFlight.clear();
    for (const outgoing of open) outgoing.destroy();
    this.#agent.destroy();
  }

  #leave(): void {
    if (!this.#retired) return;
    this.#agent.destroy();
    this.#retired();
  }
}
