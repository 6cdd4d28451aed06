import { WebSocket } from 'ws';
import type { CookieJar } from './cookie-jar.ts';
import { exponential, type Random } from './random.ts';
import type { Target } from './virtual-browser.ts';

/** Mean time between two messages over one WebSocket. Milliseconds. */
const talkMs = 1000;
/** How long a page waits before it opens its WebSocket again after it broke. Milliseconds. */
const againMs = 1000;
/** How often a browser that has no page yet looks whether it may open its WebSocket. Milliseconds. */
const pageMs = 100;

/** WebSockets of all browsers together. */
export interface SocketCounts {
  /** Open now. */
  open: number;
  /** Handshakes that were accepted. */
  opened: number;
  /** Messages sent, and those that came back. */
  sent: number;
  echoed: number;
  /** Ended by the other side, left without an echo, or not to be opened. */
  broken: number;
}

export interface VirtualSocketOptions {
  /** Asked anew for each connection. */
  target: () => Target;
  jar: CookieJar;
  /** Whether the browser's first page has come: before it has no cookie to be recognised by. */
  met: () => boolean;
  random: Random;
  counts: SocketCounts;
  /** For the handshake and for each echo. Milliseconds. */
  timeoutMs: number;
}

/** The WebSocket a browser's page holds open: says something now and then, waits for the echo, opens it again when it breaks. */
export class VirtualSocket {
  readonly #options: VirtualSocketOptions;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: VirtualSocketOptions) {
    this.#options = options;
    this.#open();
  }

  /** Closes it; nothing is counted afterwards. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    if (socket.readyState === WebSocket.OPEN) this.#options.counts.open -= 1;
    socket.terminate();
  }

  #open(): void {
    const { target, jar, met, counts, timeoutMs } = this.#options;
    if (!met()) {
      this.#timer = setTimeout(() => {
        this.#open();
      }, pageMs);
      return;
    }
    const { host, port, localAddress } = target();
    const cookie = jar.header();
    const socket = new WebSocket(`ws://${host}:${port}/live`, {
      perMessageDeflate: false,
      handshakeTimeout: timeoutMs,
      ...(localAddress === undefined ? {} : { localAddress }),
      headers: { 'User-Agent': 'Evenkeel-Lab', ...(cookie === undefined ? {} : { Cookie: cookie }) },
    });
    this.#socket = socket;
    let opened = false;
    let awaited: string | undefined;
    socket.on('upgrade', (answer) => {
      jar.store(answer.headers['set-cookie']);
    });
    socket.on('open', () => {
      if (this.#stopped) return;
      opened = true;
      counts.opened += 1;
      counts.open += 1;
      talk();
    });
    socket.on('message', (data) => {
      if (this.#stopped || (data as Buffer).toString() !== awaited) return;
      counts.echoed += 1;
      awaited = undefined;
      clearTimeout(this.#timer);
      talk();
    });
    // What went wrong does not matter: `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#stopped) return;
      counts.broken += 1;
      if (opened) counts.open -= 1;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#open();
      }, againMs);
    });
    const talk = (): void => {
      this.#timer = setTimeout(
        () => {
          counts.sent += 1;
          awaited = String(counts.sent);
          socket.send(awaited);
          this.#timer = setTimeout(() => {
            socket.terminate();
          }, timeoutMs);
        },
        exponential(this.#options.random, talkMs),
      );
    };
  }
}
