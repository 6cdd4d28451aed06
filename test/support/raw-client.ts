import { connect, type Socket } from 'node:net';
import { readAnswers, type StrictAnswer } from './strict-http.ts';
import { sleep, turns } from './wait.ts';

/** How the other side left: still there, ended its side in good order, or reset the connection. */
export type Fate = 'open' | 'ended' | 'reset';

/**
 * A TCP client that sends exactly the bytes it is told to, in the pieces it is told to, and keeps every byte that comes back.
 * It never closes by itself: after the peer's end it can still write, as a careless or hostile client would.
 */
export class RawClient {
  readonly socket: Socket;
  fate: Fate = 'open';
  /** Set when the connection broke (ECONNRESET, EPIPE). */
  error: Error | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #wake: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#notify();
    });
    socket.on('end', () => {
      if (this.fate === 'open') this.fate = 'ended';
      this.#notify();
    });
    socket.on('error', (error) => {
      this.error = error;
    });
    socket.on('close', (hadError) => {
      if (this.fate === 'open') this.fate = hadError ? 'reset' : 'ended';
      this.#notify();
    });
  }

  /** Connects to a loopback port. @param from local address, another of 127.0.0.0/8 where the system has them. */
  static open(port: number, from?: string, host = '127.0.0.1'): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, allowHalfOpen: true, ...(from === undefined ? {} : { localAddress: from }) });
      const client = new RawClient(socket);
      socket.once('connect', () => {
        resolve(client);
      });
      socket.once('error', reject);
    });
  }

  /** Over a socket that is there already, a TLS one for instance. */
  static over(socket: Socket): RawClient {
    return new RawClient(socket);
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  /** Everything received so far. */
  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** Bytes received so far. */
  get size(): number {
    return this.#size;
  }

  /** Forgets what was received. */
  forget(): void {
    this.#chunks = [];
    this.#size = 0;
  }

  /** Sends in one piece. */
  write(bytes: Buffer | string): void {
    if (!this.socket.writable) return;
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends piece by piece, each read by the peer before the next goes out (as far as one process can see to that). */
  async writeParts(parts: readonly Buffer[], pause: () => Promise<void> = turns): Promise<void> {
    for (const [i, part] of parts.entries()) {
      if (this.fate !== 'open') return;
      this.write(part);
      if (i < parts.length - 1) await pause();
    }
  }

  /** Shuts down the writing side; the reading side stays. */
  end(): void {
    this.socket.end();
  }

  /** Closes in good order as far as the peer can see (FIN, or RST when unread bytes are left). */
  destroy(): void {
    this.socket.destroy();
  }

  /** Closes with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Waits until `test` holds, looking whenever something arrives. @returns whether it did within `ms`. */
  async until(test: () => boolean, ms = 8000): Promise<boolean> {
    const end = performance.now() + ms;
    for (;;) {
      if (test()) return true;
      const left = end - performance.now();
      if (left <= 0) return false;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
  }

  /** Waits for the peer to end or reset. @returns 'open' if it did not within `ms`. */
  async untilClosed(ms = 8000): Promise<Fate> {
    await this.until(() => this.fate !== 'open', ms);
    return this.fate;
  }

  /**
   * Waits for `count` final answers.
   * @param methods of the requests sent, in order.
   * @returns every answer that came, interim ones included.
   * @throws MalformedMessage when the bytes do not read as answers; Error when they do not come within `ms`.
   */
  async answers(count: number, methods: readonly string[] = [], ms = 8000): Promise<StrictAnswer[]> {
    const finals = () =>
      readAnswers(this.received, methods, this.fate === 'ended').answers.filter((a) => a.status >= 200 || a.status === 101);
    await this.until(() => finals().length >= count || this.fate !== 'open', ms);
    const { answers } = readAnswers(this.received, methods, this.fate === 'ended');
    const got = finals().length;
    if (got < count)
      throw new Error(
        `${got} of ${count} answers within ${ms} ms, connection ${this.fate}, received ${this.received.toString('latin1').slice(0, 300)}`,
      );
    return answers;
  }

  /** Waits for one final answer, interim answers passed over. */
  async answer(method = 'GET', ms = 8000): Promise<StrictAnswer> {
    return (await this.answers(1, [method], ms)).at(-1)!;
  }

  /** Sends a request and waits for its answer; the bytes received before are forgotten. */
  async ask(request: Buffer | string, method = 'GET', ms = 8000): Promise<StrictAnswer> {
    this.forget();
    this.write(request);
    return this.answer(method, ms);
  }

  /** Whether the connection stays open and silent for `ms`. */
  async staysQuiet(ms: number): Promise<boolean> {
    const before = this.#size;
    await sleep(ms);
    return this.fate === 'open' && this.#size === before;
  }
}

/** One request on a connection of its own, closed afterwards. */
export async function askOnce(port: number, request: Buffer | string, method = 'GET', ms = 8000, from?: string): Promise<StrictAnswer> {
  const client = await RawClient.open(port, from);
  try {
    return await client.ask(request, method, ms);
  } finally {
    client.destroy();
  }
}

/** A plain GET; further field lines without their CRLF. */
export function get(path = '/', ...fields: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: test.example', ...fields, '', ''].join('\r\n');
}
