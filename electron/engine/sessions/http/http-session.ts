import type { Socket } from 'node:net';
import { hash32 } from '../../balancing/hash.ts';
import type { ClientAddress, ListenerContext, Session } from '../listener-context.ts';
import { CR, HEAD_END, LF, TOKEN } from './bytes.ts';
import { ChunkedBody, type BodySink } from './chunked.ts';
import type { ClientReading } from '../lent-reading.ts';
import { writeLent } from '../lent-writer.ts';
import { Exchange, type ClientSide } from './exchange.ts';
import { errorReply } from './replies.ts';
import { RequestHead } from './request-head.ts';

/** Pipelined bytes kept while an answer is under way; above it the client is not read. */
const maxAhead = 65_536;
/** After a refusal the client is read and ignored this long, so that it gets to see the answer (RFC 9112 section 9.6). */
const lingerMs = 2_000;
/** A tunnel one side of which has ended goes on only as long as the other keeps sending; most never say that they are gone. */
const halfTunnelMs = 1_000;
const maxLingerBytes = 1_048_576;

const Phase = { head: 0, exchange: 1, tunnel: 2, linger: 3, closed: 4 } as const;
const Body = { done: 0, length: 1, chunked: 2 } as const;

/**
 * One client connection of an http or https listener: reads requests strictly, one after the other, and hands each to its
 * exchange. Bytes may come in any split; what belongs to the next request waits.
 */
export class HttpSession implements Session, ClientSide {
  readonly listener: ListenerContext;
  readonly request = new RequestHead();
  readonly secure: boolean;
  readonly clientAddress: string;
  readonly localPort: number;
  readonly lends: boolean;
  bodyBegun = false;
  lastActive: number;

  private readonly socket: Socket;
  /** What a reset has to go to: TLS knows none, and would say an orderly goodbye. */
  private readonly below: Socket;
  private corked = false;
  private readonly exchange: Exchange;
  private readonly chunks = new ChunkedBody();
  private readonly requestSink: BodySink;
  private phase: number = Phase.head;
  private body: number = Body.done;
  private remaining = 0;
  /** Bytes read and not yet used; the front is at `waitingFrom`. */
  private waiting: Buffer | null = null;
  private blankLines = 0;
  /** Where the search for the head's end may begin. */
  private searchFrom = 0;
  private processing = false;
  private again = false;
  /** Why the client is not read: too much is waiting, or the node takes no more. */
  private fullAhead = false;
  private heldByNode = false;
  private clientEnded = false;
  /** This connection is to end, though its listener may go on. */
  private leaving = false;
  private tunnelHalves = 0;
  private lingered = 0;
  /** Monotonic milliseconds. */
  private since: number;
  private headSince = 0;
  private served = 0;

  /** @param below the TCP socket under a TLS one; undefined when what is read is TCP itself. */
  constructor(listener: ListenerContext, reading: ClientReading, client: ClientAddress, below?: Socket) {
    const { socket } = reading;
    this.listener = listener;
    this.lends = reading.lends;
    this.socket = socket;
    this.below = below ?? socket;
    this.secure = below !== undefined;
    this.clientAddress = client.address;
    this.localPort = client.localPort;
    this.exchange = new Exchange(this, hash32(client.address));
    this.requestSink = {
      write: (data: Buffer | string) => {
        this.exchange.body(data);
      },
    };
    this.since = this.lastActive = listener.clock.monotonic();
    reading.onRead((data) => {
      this.read(data);
    });
    socket.on('drain', () => {
      this.lastActive = this.listener.clock.monotonic();
      this.exchange.clientDrained();
    });
    socket.on('end', () => {
      this.onEnd();
    });
    // 'close' follows and says all there is to say.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.onClose();
    });
  }

  get busy(): boolean {
    if (this.phase === Phase.head) return this.waiting !== null;
    if (this.phase === Phase.linger) return !this.socket.writableFinished && !this.socket.destroyed;
    return this.phase !== Phase.closed;
  }

  get bodyDone(): boolean {
    return this.body === Body.done;
  }

  get closing(): boolean {
    // Requests that came before a half-close are still to be answered.
    return this.leaving || !this.request.persistent || (this.clientEnded && this.waiting === null);
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes what the client sends. */
  read(chunk: Buffer): void {
    this.lastActive = this.listener.clock.monotonic();
    this.listener.bytesIn += chunk.length;
    if (this.phase === Phase.tunnel) {
      this.exchange.body(chunk);
      return;
    }
    if (this.phase === Phase.linger) {
      this.lingered += chunk.length;
      if (this.lingered > maxLingerBytes) this.socket.destroy();
      return;
    }
    if (this.phase === Phase.closed) return;
    this.process(chunk);
  }

  /** Uses what is there as far as it goes; the rest waits. */
  private process(chunk: Buffer | null): void {
    if (this.processing) {
      this.again = true;
      return;
    }
    this.processing = true;
    let data = chunk;
    if (this.waiting !== null) {
      data = chunk === null ? this.waiting : Buffer.concat([this.waiting, chunk]);
      this.waiting = null;
    }
    let p = 0;
    if (data !== null) {
      do {
        this.again = false;
        p = this.advance(data, p);
      } while (this.again);
    }
    this.processing = false;
    if (this.phase === Phase.exchange) this.exchange.flush();
    if (data !== null && p < data.length) this.keepRest(data, p, data === chunk);
    else if (this.fullAhead) {
      this.fullAhead = false;
      this.readOn();
    }
  }

  private advance(data: Buffer, from: number): number {
    let p = from;
    const { length } = data;
    while (p < length) {
      if (this.phase === Phase.head) {
        const next = this.readHead(data, p);
        if (next === p) break;
        p = next;
      } else if (this.phase === Phase.exchange && this.body !== Body.done && this.exchange.takesBody) {
        p = this.readBody(data, p);
      } else if (this.phase === Phase.tunnel) {
        this.exchange.body(p === 0 ? data : data.subarray(p));
        p = length;
      } else if (this.phase >= Phase.linger) p = length;
      else break;
    }
    return p;
  }

  /** @param read it has just been read, and may be lent. */
  private keepRest(data: Buffer, p: number, read: boolean): void {
    // A copy also so that a few bytes do not keep a whole read alive.
    this.waiting = p === 0 && !read ? data : Buffer.from(data.subarray(p));
    if (this.phase === Phase.exchange && this.waiting.length > maxAhead) {
      this.fullAhead = true;
      this.socket.pause();
    }
  }

  /** @returns where the next thing begins; `from` when the head is not whole yet. */
  private readHead(data: Buffer, from: number): number {
    const { config } = this.listener;
    let p = from;
    // Up to two empty lines before a request line are skipped (RFC 9112 section 2.2).
    while (data[p] === CR && data[p + 1] === LF) {
      if (++this.blankLines > 2) return this.refuse(400, data);
      p += 2;
    }
    if (p > from) {
      this.searchFrom = 0;
      if (p === data.length) return p;
    }
    if (this.headSince === 0) this.headSince = this.lastActive;
    const first = data[p]!;
    // TLS, a PROXY header version 2, or anything else that cannot begin a request is refused without waiting for a line end.
    if (TOKEN[first] === 0 && !(first === CR && p + 1 === data.length)) return this.refuse(400, data);
    if (isProxyHeader(data, p)) return this.refuse(400, data);
    const end = data.indexOf(HEAD_END, p + this.searchFrom);
    if (end < 0 || end - p + 4 > config.maxHeadBytes) {
      const lineEnd = data.indexOf('\r\n', p);
      if ((end < 0 ? data.length : end) - p > config.maxHeadBytes) {
        return this.refuse(lineEnd < 0 || lineEnd - p > config.maxHeadBytes ? 414 : 431, data);
      }
      if (end >= 0) return this.refuse(431, data);
      if (hasBareLineFeed(data, p + this.searchFrom)) return this.refuse(400, data);
      this.searchFrom = Math.max(0, data.length - p - 3);
      return p;
    }

    const { request } = this;
    const good = request.parse(data, p, end, config, config.trustForwarded);
    this.blankLines = 0;
    this.searchFrom = 0;
    this.headSince = 0;
    if (!good) return this.refuse(request.refuse, data);
    this.served++;
    this.beginBody();
    this.phase = Phase.exchange;
    this.exchange.start();
    return end + 4;
  }

  private beginBody(): void {
    const { request } = this;
    this.bodyBegun = false;
    if (request.chunked) {
      this.body = Body.chunked;
      this.chunks.begin(false, true);
    } else if (request.contentLength > 0) {
      this.body = Body.length;
      this.remaining = request.contentLength;
    } else this.body = Body.done;
    // No body with an upgrade, and h2c would start another protocol behind our back (RFC 9113 section 3.1).
    if (request.upgradeTo !== '' && (this.body !== Body.done || /\bh2c\b/i.test(request.upgradeTo))) request.upgradeTo = '';
  }

  private readBody(data: Buffer, from: number): number {
    this.bodyBegun = true;
    if (this.body === Body.length) {
      const end = Math.min(data.length, from + this.remaining);
      this.remaining -= end - from;
      if (this.remaining === 0) this.body = Body.done;
      this.exchange.body(from === 0 && end === data.length ? data : data.subarray(from, end));
      if (this.bodyDone) this.exchange.bodyEnded();
      return end;
    }
    const end = this.chunks.push(data, from, data.length, this.requestSink);
    if (end < 0) {
      const answered = this.exchange.status !== 0;
      this.exchange.abandon();
      if (answered) {
        this.abort();
        return data.length;
      }
      return this.refuse(400, data);
    }
    if (this.chunks.done) {
      this.body = Body.done;
      this.exchange.bodyEnded();
    }
    return end;
  }

  /** Answers an error and ends the connection; what follows on it is never read as a request. */
  private refuse(status: number, data: Buffer): number {
    this.writeText(errorReply(status, true));
    this.linger();
    return data.length;
  }

  // ── the exchange's view ──────────────────────────────────────────────────────────────────────────────────

  write(data: Buffer): boolean {
    this.lastActive = this.listener.clock.monotonic();
    this.listener.bytesOut += data.length;
    return writeLent(this.socket, data, this.secure || this.corked);
  }

  writeText(text: string): boolean {
    this.lastActive = this.listener.clock.monotonic();
    this.listener.bytesOut += text.length;
    return this.socket.write(text, 'latin1');
  }

  cork(): void {
    this.corked = true;
    this.socket.cork();
  }

  uncork(): void {
    this.corked = false;
    this.socket.uncork();
  }

  bodyWanted(): void {
    this.process(null);
  }

  holdBody(hold: boolean): void {
    this.heldByNode = hold;
    if (hold) this.socket.pause();
    else this.readOn();
  }

  private readOn(): void {
    if (!this.fullAhead && !this.heldByNode && this.socket.isPaused()) this.socket.resume();
  }

  /** Nothing of what held the client up before matters any more. */
  private releaseHolds(): void {
    this.fullAhead = false;
    this.heldByNode = false;
    this.readOn();
  }

  answered(keep: boolean): void {
    if (this.phase === Phase.closed) return;
    this.since = this.lastActive;
    if (!keep || this.leaving || this.listener.draining) {
      this.linger();
      return;
    }
    this.phase = Phase.head;
    this.releaseHolds();
    if (this.processing) this.again = true;
    else if (this.waiting !== null) this.process(null);
    if (this.clientEnded && this.phase === Phase.head) this.linger();
  }

  abort(): void {
    if (this.phase === Phase.closed) return;
    // A reset, because an orderly end would make a cut body look whole where only the close tells its length.
    this.phase = Phase.closed;
    this.below.resetAndDestroy();
    if (this.secure) this.socket.destroy();
  }

  tunnel(): void {
    this.phase = Phase.tunnel;
    this.releaseHolds();
    if (this.processing) this.again = true;
    else if (this.waiting !== null) this.process(null);
    if (this.clientEnded) this.exchange.endTunnelWriting();
  }

  tunnelEnded(): void {
    this.socket.end();
    if (++this.tunnelHalves === 2) this.cut();
  }

  // ── ending ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends our side and reads on for a moment: closing with unread bytes would reset the connection and lose the answer. */
  private linger(): void {
    this.phase = Phase.linger;
    this.since = this.listener.clock.monotonic();
    this.waiting = null;
    this.releaseHolds();
    this.socket.end();
    if (this.clientEnded) this.socket.destroySoon();
  }

  private onEnd(): void {
    this.clientEnded = true;
    switch (this.phase) {
      case Phase.head:
        // Between requests: an orderly end. In mid-head there is nobody left to complain to.
        this.linger();
        break;
      case Phase.exchange:
        // Half-closed after a whole request it still gets its answer (RFC 9112 section 9.6); in mid-body there is no request.
        if (!this.bodyDone) this.cut();
        break;
      case Phase.tunnel:
        this.exchange.endTunnelWriting();
        if (++this.tunnelHalves === 2) this.cut();
        break;
      case Phase.linger:
        this.socket.destroySoon();
        break;
    }
  }

  private onClose(): void {
    this.phase = Phase.closed;
    this.waiting = null;
    this.exchange.abandon();
    this.exchange.dropBound();
    this.listener.ended(this);
  }

  check(now: number): void {
    const { timeouts } = this.listener.config;
    switch (this.phase) {
      case Phase.head:
        if (this.headSince !== 0) {
          if (now - this.headSince >= timeouts.requestHeadMs) {
            this.headSince = 0;
            this.refuse(408, noBytes);
          }
        } else if (now - this.since >= (this.served === 0 ? timeouts.requestHeadMs : timeouts.idleMs)) this.socket.destroy();
        break;
      case Phase.exchange:
        this.exchange.check(now);
        if (this.phase === Phase.exchange && now - this.lastActive >= timeouts.idleMs) this.stalled();
        break;
      case Phase.tunnel:
        if (now - this.lastActive >= (this.tunnelHalves > 0 ? halfTunnelMs : timeouts.tunnelIdleMs)) this.cut();
        break;
      case Phase.linger:
        if (now - this.since >= lingerMs) this.socket.destroy();
        break;
    }
  }

  /** Neither side has moved a byte for the idle timeout. */
  private stalled(): void {
    if (!this.exchange.waitsForClient && this.exchange.status === 0) return;
    const answered = this.exchange.status !== 0;
    const waitsForClient = this.exchange.waitsForClient;
    // The client has taken all there is: it is the node that has stopped in mid-answer.
    if (answered && !waitsForClient && this.socket.writableLength === 0) {
      this.exchange.giveUp(`no further byte of its answer within ${this.listener.config.timeouts.idleMs} ms`);
      return;
    }
    this.exchange.abandon();
    if (answered) {
      if (waitsForClient) this.linger();
      else this.abort();
    } else this.refuse(408, noBytes);
  }

  drain(): void {
    this.leaving = true;
    if (this.phase === Phase.head && this.waiting === null) this.linger();
  }

  cut(): void {
    this.phase = Phase.closed;
    this.socket.destroy();
  }
}

const noBytes = Buffer.alloc(0);

const proxyV1 = Buffer.from('PROXY ');

/** A PROXY header version 1 where none is expected: `PROXY` is a good method name, but TCP4 and UNKNOWN are no targets. */
function isProxyHeader(data: Buffer, at: number): boolean {
  if (data[at] !== 80 || data.length < at + 7 || data.compare(proxyV1, 0, 6, at, at + 6) !== 0) return false;
  return data[at + 6] === 84 || data[at + 6] === 85;
}

/** A line feed without its carriage return: never part of a head (RFC 9112 section 2.2), so there is no need to wait. */
function hasBareLineFeed(data: Buffer, from: number): boolean {
  for (let at = data.indexOf(LF, from); at >= 0; at = data.indexOf(LF, at + 1)) {
    if (at === 0 || data[at - 1] !== CR) return true;
  }
  return false;
}
