import type { Socket } from 'node:net';
import type { NodeConfig } from '../../../shared/model/config.ts';
import { HEAD_END } from '../sessions/http/bytes.ts';
import { ChunkedBody, type BodySink } from '../sessions/http/chunked.ts';
import { ResponseHead } from '../sessions/http/response-head.ts';
import { dial } from './dial.ts';
import type { DialAddress } from './name-resolver.ts';
import { describeSocketError } from './socket-error.ts';

/** An answer's head at most; a node that sends more is broken. */
const maxAnswerHead = 65_536;
const alpn = ['http/1.1'];
/** Interim answers (1xx) to one request at most. */
const maxInterim = 100;

/** What a connection needs to know of the node it leads to. */
export interface UpstreamTarget {
  readonly address: DialAddress;
  readonly config: Pick<NodeConfig, 'tls'>;
  /** Bytes read from it. */
  bytesIn: number;
}

/** Who keeps the connection while it is idle. */
export interface ConnectionKeeper {
  /** It went away by itself. */
  forget(connection: UpstreamConnection): void;
}

/** Where the answer's body ends. */
export type AnswerFraming = 'none' | 'length' | 'chunked' | 'close';

/**
 * What an exchange hears from the connection that serves it. Every buffer is only lent (see `LentReader`).
 * Exactly one of `answerEnd` and `failed` comes last.
 */
export interface AnswerReceiver {
  /** The request's method is HEAD: its answer has no body. */
  readonly isHead: boolean;
  /** The client asked to upgrade, so 101 may come. */
  readonly asksUpgrade: boolean;
  /** Take chunked framing off (HTTP/1.0 client). */
  readonly strips: boolean;
  connected(): void;
  /** Some of a head is here, but not all of it yet. */
  headBegins(): void;
  interim(head: ResponseHead, buffer: Buffer, end: number): void;
  /** The head ends at `end`; body bytes up to `bodyEnd` lie right behind it and go out in the same write. */
  answerHead(head: ResponseHead, framing: AnswerFraming, buffer: Buffer, end: number, bodyEnd: number): void;
  answerBody(data: Buffer): void;
  /** The chunked decoder's way to write. */
  readonly bodySink: BodySink;
  /** The whole answer is through. `reusable`: the connection may serve another request. */
  answerEnd(reusable: boolean): void;
  switched(head: ResponseHead, buffer: Buffer): void;
  tunnelData(data: Buffer): void;
  tunnelEnd(): void;
  /** The connection cannot go on: refused, closed early, or what it sent is not one answer. `words` say why. */
  failed(words: string): void;
  /** The node takes more again. */
  drained(): void;
}

const Phase = { connecting: 0, head: 1, length: 2, chunked: 3, untilClose: 4, tunnel: 5, idle: 6, closed: 7 } as const;

/** One connection to a node: serves one exchange at a time and frames its answers strictly (RFC 9112 sections 4, 6, 7). */
export class UpstreamConnection {
  readonly node: UpstreamTarget;
  readonly socket: Socket;
  /** TLS: what is written to it is never taken at once. */
  readonly isSecure: boolean;
  /** It has served a request before: a failure before the answer may just be the node's keep-alive timeout. */
  reused = false;
  /** Monotonic milliseconds; set by the pool. */
  idleSince = 0;
  /** Set by the pool: what it was opened for may have moved since. */
  generation = 0;
  /** Something arrived since the request was sent. */
  answered = false;

  private readonly keeper: ConnectionKeeper;
  private readonly head = new ResponseHead();
  private readonly chunks = new ChunkedBody();
  private receiver: AnswerReceiver | null = null;
  private phase: number = Phase.connecting;
  private remaining = 0;
  private partial: Buffer | null = null;
  private interims = 0;
  private error = '';

  constructor(node: UpstreamTarget, keeper: ConnectionKeeper) {
    this.node = node;
    this.keeper = keeper;
    this.isSecure = node.config.tls !== false;
    const { socket, ready } = dial(node.address, node.config.tls, {
      alpn,
      read: (data) => {
        this.read(data);
      },
    });
    this.socket = socket;
    socket.once(ready, () => {
      if (this.phase !== Phase.connecting) return;
      this.phase = Phase.head;
      this.receiver?.connected();
    });
    socket.on('drain', () => {
      this.receiver?.drained();
    });
    socket.on('end', () => {
      this.ended();
    });
    socket.on('error', (error: Error) => {
      this.error = describeSocketError(error);
    });
    socket.on('close', () => {
      if (this.phase !== Phase.closed) this.fail(this.error === '' ? 'closed the connection' : this.error);
    });
  }

  get isConnected(): boolean {
    return this.phase !== Phase.connecting && this.phase !== Phase.closed;
  }

  /** Whether an idle connection can take a request. */
  get isUsable(): boolean {
    return this.phase === Phase.idle && !this.socket.destroyed && this.socket.readable && this.socket.writable;
  }

  /** From now on `receiver` hears what happens here. */
  attach(receiver: AnswerReceiver): void {
    this.receiver = receiver;
    this.answered = false;
    this.interims = 0;
    if (this.phase === Phase.idle) this.phase = Phase.head;
  }

  /** The exchange is over; the connection is idle. */
  detach(): void {
    this.receiver = null;
    this.reused = true;
  }

  destroy(): void {
    this.phase = Phase.closed;
    this.receiver = null;
    this.socket.destroy();
  }

  private fail(words: string): void {
    const { receiver } = this;
    this.phase = Phase.closed;
    this.receiver = null;
    this.keeper.forget(this);
    this.socket.destroy();
    receiver?.failed(words);
  }

  private ended(): void {
    switch (this.phase) {
      case Phase.untilClose:
        this.finish(false);
        return;
      case Phase.tunnel:
        this.receiver?.tunnelEnd();
        return;
      default:
        this.fail(this.answered ? 'closed the connection in mid-answer' : 'closed the connection without an answer');
    }
  }

  /** The answer is complete. */
  private finish(reusable: boolean): void {
    const { receiver } = this;
    this.phase = Phase.idle;
    receiver?.answerEnd(reusable);
  }

  private read(data: Buffer): void {
    if (this.receiver === null || this.phase === Phase.idle) {
      // Bytes nobody asked for: whatever they are, they must not become somebody's answer.
      this.fail('sent bytes while idle');
      return;
    }
    this.answered = true;
    this.node.bytesIn += data.length;
    let chunk = data;
    if (this.partial !== null) {
      chunk = Buffer.concat([this.partial, data]);
      this.partial = null;
    }
    const { length } = chunk;
    let p = 0;
    while (p < length) {
      switch (this.phase) {
        case Phase.head:
          p = this.readHead(chunk, p);
          if (p < 0) return;
          break;
        case Phase.length: {
          const end = Math.min(length, p + this.remaining);
          this.remaining -= end - p;
          this.receiver.answerBody(p === 0 && end === length ? chunk : chunk.subarray(p, end));
          p = end;
          if (this.remaining === 0) {
            this.finish(this.head.persistent && p === length);
            return;
          }
          break;
        }
        case Phase.chunked:
          p = this.chunks.push(chunk, p, length, this.receiver.bodySink);
          if (p < 0) {
            this.fail('sent a broken chunked body');
            return;
          }
          if (this.chunks.done) {
            this.finish(this.head.persistent && p === length);
            return;
          }
          break;
        case Phase.untilClose:
          this.receiver.answerBody(p === 0 ? chunk : chunk.subarray(p));
          return;
        case Phase.tunnel:
          this.receiver.tunnelData(p === 0 ? chunk : chunk.subarray(p));
          return;
        default:
          return;
      }
      // What it called may have ended this exchange.
      if (this.receiver === null) return;
    }
  }

  /** @returns where reading goes on, or −1 when there is nothing more to do with this read. */
  private readHead(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(HEAD_END, from);
    if (end < 0) {
      if (chunk.length - from > maxAnswerHead) this.fail('sent too large an answer head');
      else {
        this.partial = Buffer.from(chunk.subarray(from));
        this.receiver!.headBegins();
      }
      return -1;
    }
    const receiver = this.receiver!;
    const { head } = this;
    if (end - from > maxAnswerHead || !head.parse(chunk, from, end)) {
      this.fail('sent an answer that is not valid HTTP');
      return -1;
    }
    const bodyStart = end + 4;
    if (head.status === 101) return this.switchProtocols(chunk, end);
    if (head.status < 200) {
      if (++this.interims > maxInterim) {
        this.fail('sent too many interim answers');
        return -1;
      }
      receiver.interim(head, chunk, end);
      return bodyStart;
    }

    // Which body follows is decided in the order of RFC 9112 section 6.3.
    if (receiver.isHead || head.status === 204 || head.status === 304 || head.contentLength === 0) {
      receiver.answerHead(head, 'none', chunk, end, bodyStart);
      this.finish(head.persistent && bodyStart === chunk.length);
      return -1;
    }
    if (head.chunked) {
      this.phase = Phase.chunked;
      this.chunks.begin(receiver.strips, true);
      receiver.answerHead(head, 'chunked', chunk, end, bodyStart);
      return bodyStart;
    }
    if (head.contentLength > 0) {
      this.phase = Phase.length;
      const bodyEnd = Math.min(chunk.length, bodyStart + head.contentLength);
      this.remaining = head.contentLength - (bodyEnd - bodyStart);
      receiver.answerHead(head, 'length', chunk, end, bodyEnd);
      if (this.remaining === 0) {
        this.finish(head.persistent && bodyEnd === chunk.length);
        return -1;
      }
      return bodyEnd;
    }
    this.phase = Phase.untilClose;
    receiver.answerHead(head, 'close', chunk, end, chunk.length);
    return -1;
  }

  private switchProtocols(chunk: Buffer, end: number): number {
    const receiver = this.receiver!;
    if (!receiver.asksUpgrade || !this.head.upgrade || this.head.upgradeTo === '') {
      this.fail('switched protocols unasked');
      return -1;
    }
    this.phase = Phase.tunnel;
    receiver.switched(this.head, chunk);
    return end + 4;
  }
}
