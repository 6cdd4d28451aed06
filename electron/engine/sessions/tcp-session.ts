import type { Socket } from 'node:net';
import { hash32 } from '../balancing/hash.ts';
import { Reused, type Phases } from '../metrics/request-ring.ts';
import { Placement } from '../pools/decision.ts';
import { faultMark, type NodeFault } from '../pools/node-fault.ts';
import type { Ending, PoolNode } from '../pools/node.ts';
import type { Pool, Waiter } from '../pools/pool.ts';
import { dial } from '../upstream/dial.ts';
import { describeSocketError } from '../upstream/socket-error.ts';
import type { ClientAddress, ListenerContext, Session } from './listener-context.ts';
import type { ClientReading } from './lent-reading.ts';
import { writeLent } from './lent-writer.ts';
import { encodeProxyHeader } from './proxy-protocol.ts';

/** Bytes kept for a node that is not connected yet; above it the client is not read. */
const maxEarly = 65_536;

/**
 * One connection of a tcp listener: placed on a node, then bytes both ways until both sides have ended. A side that shuts
 * down its writing half is passed on as such.
 */
export class TcpSession implements Session, Ending, Waiter, Phases {
  private readonly listener: ListenerContext;
  private readonly client: Socket;
  /** What the client sends is only lent. */
  private readonly lends: boolean;
  private readonly peer: ClientAddress;
  private pool: Pool;
  private readonly placement = new Placement<PoolNode>();
  private readonly startedAt: number;
  private readonly startedWall: number;
  private readonly record: boolean;
  private why: Uint8Array = new Uint8Array(0);
  private candidates: readonly string[] = [];
  private node: PoolNode | undefined;
  /** Chosen last, whatever became of it. */
  private chosen: PoolNode | undefined;
  private upstream: Socket | null = null;
  private isConnected = false;
  private connectingSince = 0;
  /** Ends the wait that a made-up fault has put before connecting. */
  private cancelHold: (() => void) | undefined;
  private lastActive: number;
  /** Monotonic milliseconds; 0 while it does not wait for a place. */
  private queuedSince = 0;
  private retries = 0;
  queuedMs = 0;
  triedMs = 0;
  connectMs = -1;
  /** What comes first from a node may be anything, so nothing is measured by it. */
  readonly firstByteMs = -1;
  reused: Reused = Reused.none;
  /** Failed just now; counted as retried once there is another to try. */
  private failedOn: PoolNode | undefined;
  private erred = false;
  private over = false;
  /** Bytes that came before a node was there. */
  private early: Buffer[] = [];
  private earlyBytes = 0;

  constructor(listener: ListenerContext, reading: ClientReading, peer: ClientAddress) {
    const { socket } = reading;
    this.listener = listener;
    this.client = socket;
    this.lends = reading.lends;
    this.peer = peer;
    this.pool = listener.pool;
    this.placement.client = peer.address;
    this.placement.key = hash32(peer.address);
    this.startedAt = this.lastActive = listener.clock.monotonic();
    this.startedWall = listener.clock.now();
    this.record = listener.ring.shouldRecord(this.startedAt);
    listener.requests++;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.end();
    });
    socket.on('end', () => {
      if (this.isConnected) this.upstream?.end();
    });
    socket.on('drain', () => {
      this.lastActive = listener.clock.monotonic();
      if (this.isConnected) this.upstream?.resume();
    });
    reading.onRead((data) => {
      this.read(data);
    });
    this.attempt();
  }

  get busy(): boolean {
    return !this.over;
  }

  private attempt(): void {
    const node = this.pool.choose(this.placement);
    this.chosen = node;
    if (this.record) {
      this.why = this.pool.explain(this.placement, node);
      this.candidates = this.pool.nodeIds;
    }
    if (node === undefined) {
      if (this.placement.onlyFull && this.pool.enqueue(this, this.placement)) {
        this.queuedSince = this.listener.clock.monotonic();
        return;
      }
      this.fail();
      return;
    }
    if (this.failedOn !== undefined) {
      this.failedOn.retried++;
      this.failedOn = undefined;
      if (this.retries++ === 0) this.listener.retried++;
    }
    this.reused = Reused.no;
    this.node = node;
    this.pool.take(node);
    node.inUse.add(this);
    this.isConnected = false;
    this.connectingSince = this.listener.clock.monotonic();
    if (node.fault === null || !this.meetsFault(node, node.fault)) this.connect(node);
  }

  /** @returns true when the session does not go to the node now. */
  private meetsFault(node: PoolNode, fault: NodeFault): boolean {
    if (fault.refuses) {
      this.connectFailed(node, `connection refused ${faultMark}`);
      return true;
    }
    const delay = fault.delayMs();
    if (delay === 0) return false;
    this.cancelHold = this.listener.clock.after(delay, () => {
      this.cancelHold = undefined;
      this.connect(node);
    });
    return true;
  }

  private connect(node: PoolNode): void {
    const { socket, ready } = dial(node.address, node.config.tls, {
      preamble: this.proxyHeader(),
      read: (data) => {
        this.fromNode(data, node);
      },
    });
    this.upstream = socket;
    let error = 'closed the connection';
    socket.on('error', (e: Error) => {
      error = describeSocketError(e);
    });
    socket.once(ready, () => {
      if (this.upstream === socket) this.connected(node, socket);
    });
    socket.on('close', (hadError: boolean) => {
      if (this.upstream !== socket) return;
      if (!this.isConnected) this.connectFailed(node, error);
      else if (hadError) {
        // It took the session; how that ended is between the two ends, and says nothing about the node's health.
        node.errors++;
        this.client.resetAndDestroy();
      } else this.client.destroySoon();
    });
  }

  private proxyHeader(): Buffer | undefined {
    const { proxyProtocol } = this.pool.config;
    if (proxyProtocol === 'none') return undefined;
    const { address, port, localAddress, localPort } = this.peer;
    return encodeProxyHeader(proxyProtocol, { address, port }, { address: localAddress, port: localPort });
  }

  get waitsIn(): Pool {
    return this.listener.pool;
  }

  placeFree(): void {
    this.stopWaiting();
    if (this.pool !== this.waitsIn) {
      this.pool = this.waitsIn;
      this.placement.reset();
    }
    this.attempt();
  }

  private stopWaiting(): void {
    this.queuedMs += this.listener.clock.monotonic() - this.queuedSince;
    this.queuedSince = 0;
  }

  /** No node takes the session. */
  private fail(): void {
    this.listener.errors++;
    this.erred = true;
    this.client.destroy();
  }

  private connectFailed(node: PoolNode, words: string): void {
    this.nodeFailed(node, words);
    this.leave();
    this.upstream = null;
    if (this.over) return;
    if (this.retries >= this.pool.config.retries) {
      this.fail();
      return;
    }
    this.triedMs += this.listener.clock.monotonic() - this.connectingSince;
    this.reused = Reused.none;
    this.failedOn = node;
    this.placement.tried.push(node);
    this.attempt();
  }

  private nodeFailed(node: PoolNode, words: string): void {
    node.errors++;
    node.health.reportFailure(words);
  }

  private connected(node: PoolNode, upstream: Socket): void {
    const { client, listener } = this;
    this.isConnected = true;
    this.lastActive = listener.clock.monotonic();
    node.requests++;
    node.health.reportSuccess();
    this.connectMs = this.lastActive - this.connectingSince;
    node.latency.record(this.connectMs);
    listener.latency.record(this.lastActive - this.startedAt);
    upstream.on('drain', () => {
      this.lastActive = listener.clock.monotonic();
      client.resume();
    });
    upstream.on('end', () => {
      client.end();
    });
    for (const data of this.early) this.toNode(data, false);
    this.early = [];
    // A client that had nothing more to say may have ended its side before a node was there.
    if (client.readableEnded) upstream.end();
    // Too much may have come early.
    else if (client.isPaused() && !upstream.writableNeedDrain) client.resume();
  }

  /** Takes what the client sends. */
  read(data: Buffer): void {
    this.listener.bytesIn += data.length;
    if (this.isConnected) {
      this.toNode(data, this.lends);
      return;
    }
    this.early.push(this.lends ? Buffer.from(data) : data);
    this.earlyBytes += data.length;
    if (this.earlyBytes >= maxEarly) this.client.pause();
  }

  private fromNode(data: Buffer, node: PoolNode): void {
    this.lastActive = this.listener.clock.monotonic();
    node.bytesIn += data.length;
    this.listener.bytesOut += data.length;
    if (!writeLent(this.client, data, false)) this.upstream?.pause();
  }

  private toNode(data: Buffer, lent: boolean): void {
    const { upstream, node } = this;
    if (upstream === null || node === undefined) return;
    this.lastActive = this.listener.clock.monotonic();
    node.bytesOut += data.length;
    const more = lent ? writeLent(upstream, data, node.config.tls !== false) : upstream.write(data);
    if (!more) this.client.pause();
  }

  private leave(): void {
    const { node } = this;
    if (node === undefined) return;
    this.node = undefined;
    node.inUse.delete(this);
    this.pool.drop(node);
  }

  /** The client's side is closed: the session is over. */
  private end(): void {
    if (this.over) return;
    this.over = true;
    this.pool.dequeue(this);
    if (this.queuedSince !== 0) this.stopWaiting();
    const { upstream, node } = this;
    if (this.record || (this.erred && this.recordsError())) {
      this.listener.ring.push(
        this.startedWall,
        this.listener.config.id,
        this.pool.config.id,
        this.peer.address,
        this.placement.entry,
        '',
        '',
        0,
        this.listener.clock.monotonic() - this.startedAt,
        node?.id ?? null,
        this.retries,
        this.why,
        this.candidates,
        this,
      );
    }
    this.leave();
    this.upstream = null;
    upstream?.destroy();
    this.cancelHold?.();
    this.listener.ended(this);
  }

  /** Errors are recorded although the sample passed the session over. */
  private recordsError(): boolean {
    if (!this.listener.ring.shouldRecordError(this.listener.clock.monotonic())) return false;
    this.why = this.pool.explain(this.placement, this.chosen);
    this.candidates = this.pool.nodeIds;
    return true;
  }

  check(now: number): void {
    if (!this.isConnected) {
      const { connectMs } = this.pool.config.timeouts;
      if (this.queuedSince !== 0 && now - this.queuedSince >= connectMs) {
        this.fail();
        return;
      }
      const { upstream, node, cancelHold } = this;
      if (node !== undefined && (upstream !== null || cancelHold !== undefined) && now - this.connectingSince >= connectMs) {
        this.upstream = null;
        upstream?.destroy();
        cancelHold?.();
        this.cancelHold = undefined;
        this.connectFailed(node, `no connection within ${connectMs} ms${cancelHold === undefined ? '' : ` ${faultMark}`}`);
      }
    } else if (now - this.lastActive >= this.listener.config.timeouts.idleMs) this.cut();
  }

  /** A session has no end of its own to wait for; it goes on until the drain's time is up. */
  drain(): void {
    if (!this.isConnected) this.client.destroy();
  }

  cut(): void {
    this.client.destroy();
  }
}
