import { isIPv4 } from 'node:net';
import type { LabClients } from '../../../shared/model/scenario.ts';
import { exponential, seededRandom, type Random } from './random.ts';
import { VirtualBrowser, type Settled, type Target } from './virtual-browser.ts';
import { VirtualSocket, type SocketCounts } from './virtual-socket.ts';

/** Bounds of what may be asked for; the contract has the same. */
export const maxClients = 1000;
export const maxRequestsPerSecond = 2000;

const paths = ['/', '/', '/', '/products', '/cart', '/api/session', '/api/products', '/api/cart'];
/** How far behind the plan may be (a suspended machine, a starved thread) before the missed requests are dropped. */
const maxLagMs = 1000;

/** How the clients behave, and where they ask. */
export interface ClientLoad extends LabClients {
  host: string;
  /** 1–65,535. */
  port: number;
}

/** Requests, each counted once. What is in neither `answered` nor `failed` is in flight, or was broken off by stopping. */
export interface RequestCounts {
  /** Begun. */
  sent: number;
  /** Whole answers below 500. */
  answered: number;
  /** Answers 5xx, broken connections and timeouts. */
  failed: number;
}

export interface ClientCounts extends RequestCounts {
  /** Of those begun since `begin` was called last. */
  run: RequestCounts;
  /** Settled requests by the answer's X-Node. */
  byNode: Record<string, number>;
  sockets: SocketCounts;
}

export interface VirtualClientsOptions extends ClientLoad {
  /** Makes think times and paths repeatable. */
  seed: number;
  /** For a whole answer. Default 5,000 ms. */
  timeoutMs?: number;
}

interface Visitor {
  browser: VirtualBrowser;
  socket: VirtualSocket | undefined;
  /** Its number from 0: also its address. */
  index: number;
}

const noRequests = (): RequestCounts => ({ sent: 0, answered: 0, failed: 0 });

/** Nothing counted yet. */
export const noCounts = (): ClientCounts => ({
  ...noRequests(),
  run: noRequests(),
  byNode: {},
  sockets: { open: 0, opened: 0, sent: 0, echoed: 0, broken: 0 },
});

/** The address of the client with this number from 0: 127.0.0.2 and on. */
export function ownAddress(index: number): string {
  const n = index + 2;
  return `127.0.${n >> 8}.${n & 255}`;
}

/** Simulated browsers that click at random moments and together make the rate asked for. Starts at once. */
export class VirtualClients {
  readonly #timeoutMs: number;
  readonly #random: Random;
  readonly #counts: ClientCounts = noCounts();
  readonly #visitors: Visitor[] = [];
  /** Told to finish, still with requests in flight: stopping must reach them too. */
  readonly #retired = new Set<VirtualBrowser>();
  #load: ClientLoad;
  #meanGapMs = Infinity;
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: VirtualClientsOptions) {
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#random = seededRandom(options.seed);
    this.#load = options;
    this.set(options);
  }

  /** Changes how many there are and what they do. Browsers taken away finish what they have begun. */
  set(load: ClientLoad): void {
    this.#load = load;
    const wanted = Math.min(maxClients, Math.max(0, Math.round(load.count)));
    while (this.#visitors.length < wanted) {
      this.#visitors.push({ browser: new VirtualBrowser(this.#timeoutMs), socket: undefined, index: this.#visitors.length });
    }
    for (const { browser, socket } of this.#visitors.splice(wanted)) {
      socket?.stop();
      this.#retired.add(browser);
      browser.retire(() => this.#retired.delete(browser));
    }
    this.#setSockets(Math.round(wanted * load.webSockets));
    this.#meanGapMs = 1000 / Math.min(maxRequestsPerSecond, Math.max(0, load.requestsPerSecond));
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (wanted === 0 || this.#meanGapMs === Infinity) return;
    this.#nextAt = performance.now() + exponential(this.#random, this.#meanGapMs);
    this.#arm();
  }

  counts(): ClientCounts {
    const counts = this.#counts;
    return { ...counts, run: { ...counts.run }, byNode: { ...counts.byNode }, sockets: { ...counts.sockets } };
  }

  /** `run` counts from here on, and only what begins from here on. */
  begin(): void {
    this.#counts.run = noRequests();
  }

  /** Breaks off everything at once; nothing is counted afterwards. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { browser, socket } of this.#visitors.splice(0)) {
      socket?.stop();
      browser.destroy();
    }
    for (const browser of this.#retired) browser.destroy();
    this.#retired.clear();
  }

  #target(index: number): Target {
    const { host, port, ownAddresses } = this.#load;
    return { host, port, localAddress: ownAddresses && isIPv4(host) ? ownAddress(index) : undefined };
  }

  /** The first `wanted` visitors hold a WebSocket. */
  #setSockets(wanted: number): void {
    for (const visitor of this.#visitors) {
      const { browser, index } = visitor;
      if (index < wanted) {
        visitor.socket ??= new VirtualSocket({
          target: () => this.#target(index),
          jar: browser.jar,
          met: () => browser.met,
          random: this.#random,
          counts: this.#counts.sockets,
          timeoutMs: this.#timeoutMs,
        });
      } else {
        visitor.socket?.stop();
        visitor.socket = undefined;
      }
    }
  }

  /**
   * Each browser's think times are exponential. The sum of such browsers is one such stream at the whole rate with a
   * browser drawn at random for each request, so one timer does for all of them.
   */
  #arm(): void {
    this.#timer = setTimeout(
      () => {
        const now = performance.now();
        if (now - this.#nextAt > maxLagMs) this.#nextAt = now;
        while (this.#nextAt <= now) {
          this.#click();
          this.#nextAt += exponential(this.#random, this.#meanGapMs);
        }
        this.#arm();
      },
      Math.max(1, this.#nextAt - performance.now()),
    );
  }

  #click(): void {
    const visitor = this.#drawReady();
    // All busy: a real visitor would still be waiting for the page and not click again.
    if (!visitor) return;
    const path = paths[Math.floor(this.#random() * paths.length)] ?? '/';
    const keepAlive = this.#load.keepAlive >= 1 || this.#random() < this.#load.keepAlive;
    const { run } = this.#counts;
    this.#counts.sent += 1;
    run.sent += 1;
    visitor.browser.get(this.#target(visitor.index), path, keepAlive, (how) => {
      this.#settled(how, run);
    });
  }

  #settled({ ok, node }: Settled, run: RequestCounts): void {
    const which = ok ? 'answered' : 'failed';
    this.#counts[which] += 1;
    run[which] += 1;
    if (node !== undefined) this.#counts.byNode[node] = (this.#counts.byNode[node] ?? 0) + 1;
  }

  #drawReady(): Visitor | undefined {
    const start = Math.floor(this.#random() * this.#visitors.length);
    for (let i = 0; i < this.#visitors.length; i++) {
      const visitor = this.#visitors[(start + i) % this.#visitors.length];
      if (visitor?.browser.ready) return visitor;
    }
    return undefined;
  }
}
