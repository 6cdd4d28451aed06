import { exponential, seededRandom, type Random } from './random.ts';
import { VirtualBrowser } from './virtual-browser.ts';

/** Bounds of what may be asked for; the contract has the same. */
export const maxClients = 1000;
export const maxRequestsPerSecond = 2000;

const paths = ['/', '/', '/', '/products', '/cart', '/api/session', '/api/products', '/api/cart'];
/** How far behind the plan may be (a suspended machine, a starved thread) before the missed requests are dropped. */
const maxLagMs = 1000;

export interface ClientLoad {
  /** Simulated browsers, 0–1,000. */
  count: number;
  /** Requests a second that all of them make together, 0–2,000. */
  requestsPerSecond: number;
}

export interface ClientCounts {
  /** Requests begun. */
  sent: number;
  /** Whole answers below 500. */
  answered: number;
  /** Answers 5xx, broken connections and timeouts. What is in neither is in flight, or was broken off by stopping. */
  failed: number;
}

export interface VirtualClientsOptions extends ClientLoad {
  host: string;
  /** 1–65,535. */
  port: number;
  /** Makes think times and paths repeatable. */
  seed: number;
  /** For a whole answer. Default 5,000 ms. */
  timeoutMs?: number;
}

/** Simulated browsers that click at random moments and together make the rate asked for. Starts at once. */
export class VirtualClients {
  readonly #target: { host: string; port: number };
  readonly #timeoutMs: number;
  readonly #random: Random;
  readonly #counts: ClientCounts = { sent: 0, answered: 0, failed: 0 };
  readonly #browsers: VirtualBrowser[] = [];
  /** Told to finish, still with requests in flight: stopping must reach them too. */
  readonly #retired = new Set<VirtualBrowser>();
  #meanGapMs = Infinity;
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: VirtualClientsOptions) {
    this.#target = { host: options.host, port: options.port };
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#random = seededRandom(options.seed);
    this.set(options);
  }

  /** Changes how many there are and how much they ask. Browsers taken away finish what they have begun. */
  set({ count, requestsPerSecond }: ClientLoad): void {
    const wanted = Math.min(maxClients, Math.max(0, Math.round(count)));
    while (this.#browsers.length < wanted) this.#browsers.push(new VirtualBrowser(this.#timeoutMs));
    for (const browser of this.#browsers.splice(wanted)) {
      this.#retired.add(browser);
      browser.retire(() => this.#retired.delete(browser));
    }
    this.#meanGapMs = 1000 / Math.min(maxRequestsPerSecond, Math.max(0, requestsPerSecond));
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (wanted === 0 || this.#meanGapMs === Infinity) return;
    this.#nextAt = performance.now() + exponential(this.#random, this.#meanGapMs);
    this.#arm();
  }

  counts(): ClientCounts {
    return { ...this.#counts };
  }

  /** Breaks off everything at once; nothing is counted afterwards. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const browser of [...this.#browsers.splice(0), ...this.#retired]) browser.destroy();
    this.#retired.clear();
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
    const browser = this.#drawReady();
    // All busy: a real visitor would still be waiting for the page and not click again.
    if (!browser) return;
    const path = paths[Math.floor(this.#random() * paths.length)] ?? '/';
    this.#counts.sent += 1;
    browser.get(this.#target, path, (ok) => {
      if (ok) this.#counts.answered += 1;
      else this.#counts.failed += 1;
    });
  }

  #drawReady(): VirtualBrowser | undefined {
    const start = Math.floor(this.#random() * this.#browsers.length);
    for (let i = 0; i < this.#browsers.length; i++) {
      const browser = this.#browsers[(start + i) % this.#browsers.length];
      if (browser?.ready) return browser;
    }
    return undefined;
  }
}
