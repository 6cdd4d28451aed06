import { Reused, type Phases } from '../../metrics/request-ring.ts';
import { Placement } from '../../pools/decision.ts';
import { faultMark, type NodeFault } from '../../pools/node-fault.ts';
import type { Ending, PoolNode } from '../../pools/node.ts';
import type { Pool, Waiter } from '../../pools/pool.ts';
import type { AnswerFraming, AnswerReceiver, UpstreamConnection } from '../../upstream/connection.ts';
import { writeLent } from '../lent-writer.ts';
import type { ListenerContext } from '../listener-context.ts';
import type { BodySink } from './chunked.ts';
import { readCookie, withoutFields } from './header-rules.ts';
import { errorReply, faultReply } from './replies.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

/** The client's side, as an exchange sees it. */
export interface ClientSide {
  readonly listener: ListenerContext;
  readonly request: RequestHead;
  readonly secure: boolean;
  readonly clientAddress: string;
  /** Port the client connected to. */
  readonly localPort: number;
  /** The body's bytes are only lent (see `LentReader`). */
  readonly lends: boolean;
  /** When a byte last came from the client or went to it, monotonic milliseconds. */
  readonly lastActive: number;
  /** Nothing of the request's body is still to come. */
  readonly bodyDone: boolean;
  /** At least one byte of the body has come. */
  readonly bodyBegun: boolean;
  /** The connection ends after this answer. */
  readonly closing: boolean;
  /** Takes lent bytes. @returns false when the client takes no more for now. */
  write(data: Buffer): boolean;
  writeText(text: string): boolean;
  cork(): void;
  uncork(): void;
  /** The exchange can take the request's body. */
  bodyWanted(): void;
  /** The node's connection takes no more: stop reading the client, or go on. */
  holdBody(hold: boolean): void;
  /** The answer is through. `keep`: in good order, so the connection may go on. */
  answered(keep: boolean): void;
  /** The answer cannot be completed: the client must not take it for whole. */
  abort(): void;
  /** The node accepted the upgrade. */
  tunnel(): void;
  tunnelEnded(): void;
}

/** `held`: a made-up fault keeps the request back. `draining`: answered, but its body is still to come. */
const Step = { idle: 0, queued: 1, held: 2, connecting: 3, waiting: 4, answering: 5, draining: 6, tunnel: 7 } as const;

/**
 * One request on its way: placed on a node, sent, retried where that is safe, its answer passed on. There is one object per
 * client connection, used again for each request.
 */
export class Exchange implements AnswerReceiver, Ending, Waiter, Phases {
  isHead = false;
  asksUpgrade = false;
  strips = false;
  /** The answer's status; 0 until it is known. */
  status = 0;
  retries = 0;
  queuedMs = 0;
  triedMs = 0;
  connectMs = -1;
  firstByteMs = -1;
  reused: Reused = Reused.none;

  private readonly client: ClientSide;
  private readonly placement = new Placement<PoolNode>();
  private pool!: Pool;
  private node: PoolNode | undefined;
  /** Chosen last, whatever became of it. */
  private chosen: PoolNode | undefined;
  /** Failed just now; counted as retried once there is another to try. */
  private failedOn: PoolNode | undefined;
  private connection: UpstreamConnection | null = null;
  /** A connection whose authentication is bound to it; serves this client only (RFC 4559 section 6). */
  private bound: UpstreamConnection | null = null;
  private boundTo: PoolNode | undefined;
  private step: number = Step.idle;
  private startedAt = 0;
  private startedWall = 0;
  private stepSince = 0;
  /** When the attempt under way began, monotonic milliseconds. */
  private attemptAt = 0;
  /** How long a made-up fault has kept this attempt back, and how to end that. */
  private heldMs = 0;
  private cancelHold: (() => void) | undefined;
  private record = false;
  /** The client got an error that was not its own fault. */
  private erred = false;
  private why: Uint8Array = noWhy;
  private candidates: readonly string[] = [];
  /** The client's connection may go on after this answer. */
  private keep = true;
  /** The node's connection may serve another exchange after this one. */
  private reusable = true;
  /** Kept connections failed just now; open a new one. */
  private freshOnly = false;
  private corked = false;
  /** What to answer when no node is left to try. */
  private failure = 503;
  readonly bodySink: BodySink;

  constructor(client: ClientSide, key: number) {
    this.client = client;
    this.placement.client = client.clientAddress;
    this.placement.key = key;
    this.bodySink = {
      write: (data: Buffer | string) => {
        this.passOn(typeof data === 'string' ? client.writeText(data) : client.write(data));
      },
    };
  }

  /** The node may be given the request's body now. */
  get takesBody(): boolean {
    return this.step >= Step.waiting && this.step <= Step.draining;
  }

  /** Begins with the head in `client.request`. */
  start(): void {
    const { listener, request } = this.client;
    this.startedAt = this.client.lastActive;
    this.isHead = request.method === 'HEAD';
    this.strips = request.minor === 0;
    this.asksUpgrade = request.upgradeTo !== '';
    this.status = 0;
    this.retries = 0;
    this.queuedMs = 0;
    this.triedMs = 0;
    this.connectMs = -1;
    this.firstByteMs = -1;
    this.reused = Reused.none;
    this.erred = false;
    this.failedOn = undefined;
    this.keep = true;
    this.reusable = true;
    this.freshOnly = false;
    this.failure = 503;
    this.enterPool(listener.pool);
    listener.requests++;
    this.record = listener.ring.shouldRecord(this.startedAt);
    if (this.record) this.startedWall = listener.clock.now();
    this.attempt(this.startedAt);
  }

  /** The request is `pool`'s to place. */
  private enterPool(pool: Pool): void {
    const { cookies } = this.client.request;
    const { stickiness } = pool.config;
    this.pool = pool;
    this.placement.reset();
    if (stickiness.type === 'http_cookie' && cookies !== '') this.placement.cookie = readCookie(cookies, stickiness.cookieName);
  }

  /** @param now monotonic milliseconds. */
  private attempt(now: number): void {
    const node = this.pool.choose(this.placement);
    this.chosen = node;
    if (this.record) {
      this.why = this.pool.explain(this.placement, node);
      this.candidates = this.pool.nodeIds;
    }
    if (node === undefined) {
      if (this.placement.onlyFull && this.pool.enqueue(this, this.placement)) {
        this.enter(Step.queued, now);
        return;
      }
      this.countError();
      this.reply(this.failure);
      return;
    }
    if (this.failedOn !== undefined) {
      this.failedOn.retried++;
      this.failedOn = undefined;
      if (this.retries++ === 0) this.client.listener.retried++;
    }
    this.occupy(node);
    this.connect(node, now);
  }

  /** The client gets an error. */
  private countError(): void {
    this.client.listener.errors++;
    this.erred = true;
  }

  get waitsIn(): Pool {
    return this.client.listener.pool;
  }

  placeFree(): void {
    const now = this.now();
    this.queuedMs += now - this.stepSince;
    // The listener may have been given another pool in the meantime.
    if (this.pool !== this.waitsIn) this.enterPool(this.waitsIn);
    this.attempt(now);
  }

  private occupy(node: PoolNode): void {
    this.node = node;
    this.pool.take(node);
    node.inUse.add(this);
  }

  private leave(): void {
    const { node } = this;
    if (node === undefined) return;
    this.node = undefined;
    node.inUse.delete(this);
    this.pool.drop(node);
  }

  private connect(node: PoolNode, now: number): void {
    this.attemptAt = now;
    this.heldMs = 0;
    if (node.fault !== null && this.meetsFault(node, node.fault, now)) return;
    this.join(node, now);
  }

  /** @returns true when the request does not go to the node now. */
  private meetsFault(node: PoolNode, fault: NodeFault, now: number): boolean {
    if (fault.strikes()) {
      this.answerFor(node, fault.status);
      return true;
    }
    const delay = fault.delayMs();
    if (delay === 0) return false;
    this.enter(Step.held, now);
    this.cancelHold = this.client.listener.clock.after(delay, () => {
      const then = this.now();
      this.cancelHold = undefined;
      this.heldMs = then - now;
      this.join(node, then);
    });
    return true;
  }

  private endHold(): void {
    this.cancelHold?.();
    this.cancelHold = undefined;
  }

  /** Answers in the node's place; the request's body is read as it would have been for the node. */
  private answerFor(node: PoolNode, status: number): void {
    const { client } = this;
    const { request } = client;
    node.requests++;
    this.countError();
    this.status = status;
    const bodyUnsure = request.expectContinue && !client.bodyDone && !client.bodyBegun;
    this.keep = !client.closing && !client.listener.draining && !bodyUnsure;
    const { head, body } = faultReply(status);
    const cookie = this.placement.setCookie === '' ? '' : this.cookieField(this.placement.setCookie);
    const connection = this.keep ? (request.minor === 0 ? 'Connection: keep-alive\r\n' : '') : 'Connection: close\r\n';
    client.writeText(`${head}${cookie}${connection}\r\n${this.isHead ? '' : body}`);
    this.nodeFailed(node, `HTTP ${status} ${faultMark}`);
    if (client.bodyDone || !this.keep) this.finish();
    else {
      this.step = Step.draining;
      client.bodyWanted();
    }
  }

  /** Takes or makes a connection to the node. */
  private join(node: PoolNode, now: number): void {
    const { bound } = this;
    if (bound !== null && bound.node === node && bound.isUsable) this.connection = bound;
    else {
      this.dropBound();
      const kept = this.freshOnly ? undefined : node.upstream.take();
      if (kept === undefined && node.fault?.refuses === true) {
        this.attemptFailed(node, `connection refused ${faultMark}`, false, true, false);
        return;
      }
      this.connection = kept ?? node.upstream.open();
    }
    this.connection.attach(this);
    if (this.connection.isConnected) {
      this.reused = Reused.yes;
      this.connectMs = 0;
      this.send(now);
    } else {
      this.reused = Reused.no;
      this.connectMs = -1;
      this.enter(Step.connecting, now);
    }
  }

  connected(): void {
    const now = this.now();
    this.connectMs = now - this.stepSince;
    this.send(now);
  }

  private send(now: number): void {
    const { client } = this;
    const { request } = client;
    const node = this.node!;
    const connection = this.connection!;
    // A node that is made to be slow has the less time left.
    this.enter(Step.waiting, now - this.heldMs);
    node.requests++;
    let head = request.forward;
    if (request.hostMissing) head += `Host: ${node.config.address}\r\n`;
    head += request.forwardedFor === '' ? 'X-Forwarded-For: ' : `X-Forwarded-For: ${request.forwardedFor}, `;
    head += client.clientAddress;
    head += request.hasForwardedProto ? '\r\n' : client.secure ? '\r\nX-Forwarded-Proto: https\r\n' : '\r\nX-Forwarded-Proto: http\r\n';
    if (!request.hasForwardedHost && request.host !== '') head += `X-Forwarded-Host: ${request.host}\r\n`;
    if (!request.hasForwardedPort) head += `X-Forwarded-Port: ${client.localPort}\r\n`;
    if (this.asksUpgrade) head += `Connection: upgrade\r\nUpgrade: ${request.upgradeTo}\r\n`;
    else if (request.teTrailers) head += 'TE: trailers\r\nConnection: TE\r\n';
    head += '\r\n';
    node.bytesOut += head.length;
    if (!client.bodyDone) {
      // Head and the body that is already here leave in one write; `flush` ends it.
      connection.socket.cork();
      this.corked = true;
    }
    connection.socket.write(head, 'latin1');
    if (!client.bodyDone) client.bodyWanted();
  }

  /** What has been given for the node so far leaves now. */
  flush(): void {
    if (!this.corked) return;
    this.corked = false;
    this.connection?.socket.uncork();
  }

  /** Passes body bytes on to the node. */
  body(data: Buffer | string): void {
    const { connection } = this;
    if (connection === null) return;
    this.node!.bytesOut += data.length;
    const { socket } = connection;
    let more: boolean;
    if (typeof data === 'string') more = socket.write(data, 'latin1');
    else if (this.client.lends) more = writeLent(socket, data, this.corked || connection.isSecure);
    else more = socket.write(data);
    if (!more) this.client.holdBody(true);
  }

  drained(): void {
    this.client.holdBody(false);
  }

  /** The request's body is through. */
  bodyEnded(): void {
    if (this.step === Step.waiting) this.stepSince = this.now();
    else if (this.step === Step.draining) this.finish();
  }

  headBegins(): void {
    if (this.firstByteMs < 0) this.firstByteMs = this.now() - this.startedAt;
  }

  interim(head: ResponseHead, buffer: Buffer, end: number): void {
    this.firstByteMs = -1;
    // HTTP/1.0 knows no interim answers (RFC 9110 section 15.2).
    if (this.client.request.minor === 0) return;
    if (head.plain) this.client.write(buffer.subarray(head.compact(buffer), end + 4));
    else this.client.writeText(`${head.text(buffer)}\r\n`);
  }

  answerHead(head: ResponseHead, framing: AnswerFraming, buffer: Buffer, end: number, bodyEnd: number): void {
    const { client } = this;
    const node = this.node!;
    this.status = head.status;
    this.step = Step.answering;
    if (head.status >= 500 && head.status !== 501 && head.status !== 505) {
      node.errors++;
      this.countError();
      node.health.reportFailure(`HTTP ${head.status}`);
    } else node.health.reportSuccess();
    if (head.bound) client.request.bound = true;

    // A client that waited for 100 and got this instead may or may not send its body now; nobody could tell it from a request.
    const bodyUnsure = client.request.expectContinue && !client.bodyDone && !client.bodyBegun;
    const ends = framing === 'close' || (framing === 'chunked' && this.strips) || client.closing || client.listener.draining || bodyUnsure;
    if (ends) this.keep = false;
    this.passHead(head, buffer, end, bodyEnd, ends);
    // The time of that write, so that no request asks for it once more.
    if (this.firstByteMs < 0) this.firstByteMs = client.lastActive - this.startedAt;
  }

  private passHead(head: ResponseHead, buffer: Buffer, end: number, bodyEnd: number, ends: boolean): void {
    const { client } = this;
    const { setCookie } = this.placement;
    const speaksOld = client.request.minor === 0;
    if (!ends && setCookie === '' && !speaksOld && head.plain) {
      this.passOn(client.write(buffer.subarray(head.compact(buffer), bodyEnd)));
      return;
    }
    let text = head.text(buffer);
    if (head.chunked && this.strips) text = withoutFields(text, ['transfer-encoding']);
    if (setCookie !== '') text += this.cookieField(setCookie);
    if (ends) text += 'Connection: close\r\n';
    else if (speaksOld) text += 'Connection: keep-alive\r\n';
    text += '\r\n';
    if (bodyEnd === end + 4) {
      this.passOn(client.writeText(text));
      return;
    }
    client.cork();
    client.writeText(text);
    this.passOn(client.write(buffer.subarray(end + 4, bodyEnd)));
    client.uncork();
  }

  private cookieField(value: string): string {
    const name = this.pool.config.stickiness.cookieName;
    return `Set-Cookie: ${name}=${value}; Path=/; HttpOnly; SameSite=Lax${this.client.secure ? '; Secure' : ''}\r\n`;
  }

  answerBody(data: Buffer): void {
    this.passOn(this.client.write(data));
  }

  /** The client takes no more: stop reading the node until it does. */
  private passOn(more: boolean): void {
    if (!more) this.connection?.socket.pause();
  }

  /** The client takes more again. */
  clientDrained(): void {
    this.connection?.socket.resume();
  }

  answerEnd(reusable: boolean): void {
    this.reusable &&= reusable;
    if (this.client.bodyDone || !this.keep) this.finish();
    // Answered before the request's body was through: it may still end in good order (RFC 9112 section 9.5).
    else this.step = Step.draining;
  }

  switched(head: ResponseHead, buffer: Buffer): void {
    this.status = 101;
    this.step = Step.tunnel;
    this.headBegins();
    this.node!.health.reportSuccess();
    let text = head.text(buffer);
    if (this.placement.setCookie !== '') text += this.cookieField(this.placement.setCookie);
    this.client.writeText(`${text}\r\n`);
    this.client.tunnel();
  }

  tunnelData(data: Buffer): void {
    this.passOn(this.client.write(data));
  }

  tunnelEnd(): void {
    this.client.tunnelEnded();
  }

  /** The client has said all it will say in the tunnel. */
  endTunnelWriting(): void {
    this.connection?.socket.end();
  }

  failed(words: string): void {
    const connection = this.connection!;
    const node = this.node!;
    const wasConnecting = this.step === Step.connecting;
    const { step } = this;
    this.connection = null;
    if (this.bound === connection) this.bound = null;

    if (step === Step.draining) {
      // The answer is out; only the rest of the request's body has nowhere to go.
      this.keep = false;
      this.finish();
      return;
    }
    if (step === Step.answering) {
      this.nodeFailed(node, words);
      this.countError();
    }
    if (step === Step.answering || step === Step.tunnel) {
      this.settle();
      this.client.abort();
      return;
    }
    // A kept connection that was closed just as it was used again says nothing about the node.
    const stale = connection.reused && !connection.answered;
    this.attemptFailed(node, words, stale, wasConnecting, connection.answered);
  }

  /**
   * The node did not answer: another may, where that is safe.
   * @param stale only the kept connection was.
   * @param unsent nothing of the request has gone to the node.
   * @param answered something of an answer came.
   */
  private attemptFailed(node: PoolNode, words: string, stale: boolean, unsent: boolean, answered: boolean): void {
    if (!stale) this.nodeFailed(node, words);
    const { request } = this.client;
    // Safe to send again: it never was, or it may be sent twice and no byte of an answer came (RFC 9110 section 9.2.2).
    const mayRetry = unsent || (request.idempotent && !request.hasBody && !answered);
    this.leave();
    this.firstByteMs = -1;
    if (!unsent && this.failure !== 504) this.failure = 502;
    if (stale && mayRetry) {
      const now = this.now();
      this.triedMs += now - this.attemptAt;
      this.freshOnly = true;
      this.occupy(node);
      this.connect(node, now);
    } else if (mayRetry && this.retries < this.pool.config.retries) {
      this.tryAnother(node);
    } else {
      this.countError();
      this.reply(this.failure);
    }
  }

  private tryAnother(failed: PoolNode): void {
    const now = this.now();
    this.triedMs += now - this.attemptAt;
    this.connectMs = -1;
    this.reused = Reused.none;
    this.failedOn = failed;
    this.placement.tried.push(failed);
    this.freshOnly = false;
    this.attempt(now);
  }

  private nodeFailed(node: PoolNode, words: string): void {
    node.errors++;
    node.health.reportFailure(words);
  }

  /** Answers by itself; the request's body, if any is still to come, is not read. */
  private reply(status: number): void {
    const { client } = this;
    this.status = status;
    const keep = client.bodyDone && !client.closing && !client.listener.draining;
    this.keep = keep;
    if (client.request.minor === 0 && keep) {
      client.writeText(errorReply(status, false, this.isHead).replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n'));
    } else client.writeText(errorReply(status, !keep, this.isHead));
    this.finish();
  }

  /** The client is gone, or its request turned out broken: the node's connection cannot be used again. */
  abandon(): void {
    if (this.step === Step.idle) return;
    const now = this.now();
    if (this.step === Step.queued) this.stopWaiting(now);
    this.endHold();
    this.connection?.destroy();
    this.connection = null;
    this.settle(now - this.startedAt);
  }

  private stopWaiting(now: number): void {
    this.pool.dequeue(this);
    this.queuedMs += now - this.stepSince;
  }

  /** The node's time is up (removed, and its drain is over). */
  cut(): void {
    this.abandon();
    this.client.abort();
  }

  /** Timeouts of this side. @param now monotonic milliseconds. */
  check(now: number): void {
    const { timeouts } = this.pool.config;
    const waited = now - this.stepSince;
    if (this.step === Step.queued && waited >= timeouts.connectMs) {
      this.stopWaiting(now);
      this.countError();
      this.reply(503);
    } else if (this.step === Step.held && waited >= timeouts.responseMs) {
      this.endHold();
      this.failure = 504;
      this.attemptFailed(this.node!, `no answer within ${timeouts.responseMs} ms ${faultMark}`, false, false, false);
    } else if (this.step === Step.connecting && waited >= timeouts.connectMs) this.giveUp(`no connection within ${timeouts.connectMs} ms`);
    else if (this.step === Step.waiting && this.client.bodyDone && waited >= timeouts.responseMs) {
      this.failure = 504;
      this.giveUp(`no answer within ${timeouts.responseMs} ms`);
    }
  }

  /** The node's time is up. */
  giveUp(words: string): void {
    this.connection!.destroy();
    this.failed(words);
  }

  /** It is the client who is waited for. */
  get waitsForClient(): boolean {
    return this.step === Step.draining || (this.step === Step.waiting && !this.client.bodyDone);
  }

  /** Steps that have a time limit of their own. */
  private enter(step: number, now: number): void {
    this.step = step;
    this.stepSince = now;
  }

  /** Monotonic milliseconds. Costly enough to be asked for once a read, so most of this file works with `lastActive`. */
  private now(): number {
    return this.client.listener.clock.monotonic();
  }

  /** The exchange is over: connection kept or closed, figures noted, the client's side told. */
  private finish(): void {
    const { connection, client, node } = this;
    this.connection = null;
    if (connection !== null) this.putAway(connection, node!);
    const { keep } = this;
    this.settle();
    client.answered(keep);
  }

  /** Another client may have the connection only after an exchange in good order (http-rules row 31). */
  private putAway(connection: UpstreamConnection, node: PoolNode): void {
    const { client } = this;
    if (!this.reusable || !client.bodyDone || this.step === Step.tunnel) {
      connection.destroy();
      return;
    }
    connection.detach();
    // The last write may have paused it for a client that was slow to take it.
    if (connection.socket.isPaused()) connection.socket.resume();
    // What has been authenticated once stays so, whatever later requests on it say.
    if (client.request.bound || connection === this.bound) {
      this.boundTo = node;
      this.bound = node.upstream.bind(connection) ? connection : null;
    } else if (node.retired || !node.isLive || node.mode === 'reject') connection.destroy();
    else node.upstream.give(connection, client.lastActive);
  }

  /** @param durationMs default: until a byte last moved on the client's side. */
  private settle(durationMs = this.client.lastActive - this.startedAt): void {
    const { listener, request, clientAddress } = this.client;
    const { node } = this;
    if (this.status !== 0 && this.step !== Step.tunnel) {
      listener.latency.record(durationMs);
      node?.latency.record(durationMs);
    }
    if (this.record || (this.erred && this.recordsError(durationMs))) {
      listener.ring.push(
        this.startedWall,
        listener.config.id,
        this.pool.config.id,
        clientAddress,
        this.placement.entry,
        request.method,
        request.target,
        this.status,
        durationMs,
        node?.id ?? null,
        this.retries,
        this.why,
        this.candidates,
        this,
      );
    }
    this.leave();
    this.step = Step.idle;
  }

  /** Errors are recorded although the sample passed the request over; what it did not note is made up for. */
  private recordsError(durationMs: number): boolean {
    const { listener } = this.client;
    if (!listener.ring.shouldRecordError(this.client.lastActive)) return false;
    this.startedWall = listener.clock.now() - durationMs;
    this.why = this.pool.explain(this.placement, this.chosen);
    this.candidates = this.pool.nodeIds;
    return true;
  }

  /** The client's connection is gone for good. */
  dropBound(): void {
    if (this.bound === null) return;
    this.boundTo?.upstream.forget(this.bound);
    this.bound.destroy();
    this.bound = null;
  }
}

const noWhy = new Uint8Array(0);
