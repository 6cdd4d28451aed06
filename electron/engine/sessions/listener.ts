import type { Socket } from 'node:net';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import type { ListenerConfig } from '../../../shared/model/config.ts';
import { formatHostPort } from '../../../shared/model/address.ts';
import type { ListenerState } from '../../../shared/model/state.ts';
import type { Clock } from '../clock.ts';
import type { RequestRing } from '../metrics/request-ring.ts';
import { IntervalCounts, type WindowedHistogram } from '../metrics/histogram.ts';
import type { Pool } from '../pools/pool.ts';
import { Throttle } from './admission.ts';
import type { BoundSocket } from './bound-socket.ts';
import { HttpSession } from './http/http-session.ts';
import type { ClientAddress, ListenerContext, Session } from './listener-context.ts';
import { EventReading, readingOf, type ClientReading } from './lent-reading.ts';
import { createPeerMatcher } from './peer-list.ts';
import { plainAddress, ProxyHeaderParser } from './proxy-protocol.ts';
import { TcpSession } from './tcp-session.ts';

export interface ListenerDeps {
  clock: Clock;
  ring: RequestRing;
  /** Of all listeners. */
  latency: WindowedHistogram;
}

/** One configured listener: admits connections and starts their sessions. */
export class Listener implements ListenerContext {
  config: ListenerConfig;
  pool: Pool;
  readonly clock: Clock;
  readonly ring: RequestRing;
  /** Of the answers since the last tick. */
  readonly latencies = new IntervalCounts();
  readonly latency: ListenerContext['latency'];
  draining = false;
  requests = 0;
  errors = 0;
  retried = 0;
  bytesIn = 0;
  bytesOut = 0;
  socket: BoundSocket | null = null;

  private readonly sessions = new Set<Session>();
  private readonly throttle = new Throttle();
  private isListedPeer: (address: string) => boolean;
  private tls: TlsServer | null = null;
  private connections = 0;
  private since: number;
  /** Connections whose PROXY header is still to come. */
  private readonly pending = new Set<Socket>();
  /** Connections whose TLS handshake is under way, by their four addresses. */
  private readonly handshaking = new Map<string, { socket: Socket; peer: ClientAddress }>();
  /** Why it could not be bound; empty when it is, or is switched off. */
  failure = '';

  constructor(config: ListenerConfig, pool: Pool, deps: ListenerDeps) {
    this.config = config;
    this.pool = pool;
    this.clock = deps.clock;
    this.ring = deps.ring;
    const { latencies } = this;
    this.latency = {
      record(ms) {
        deps.latency.record(ms);
        latencies.record(ms);
      },
    };
    this.since = deps.clock.now();
    this.isListedPeer = createPeerMatcher(config.acceptProxyProtocolFrom);
  }

  /** Takes a new configuration; sessions that are open go on and read it with their next request. */
  update(config: ListenerConfig, pool: Pool): void {
    this.config = config;
    this.pool = pool;
    this.isListedPeer = createPeerMatcher(config.acceptProxyProtocolFrom);
  }

  /** Takes over a bound socket, or none (disabled). */
  bind(socket: BoundSocket | null): void {
    this.socket = socket;
    this.failure = '';
    if (socket) socket.listener = this;
    this.since = this.clock.now();
  }

  accept(accepted: Socket): void {
    const { config } = this;
    const address = plainAddress(accepted.remoteAddress ?? '');
    const isProxy = config.acceptProxyProtocolFrom.length > 0 && this.isListedPeer(address);
    if (address === '' || this.connections >= config.maxConnections || (!isProxy && !this.admits(address))) {
      accepted.destroy();
      return;
    }
    this.connections++;
    // TLS reads by itself, below the socket.
    const reading = config.protocol === 'https' ? new EventReading(accepted) : readingOf(accepted);
    const { socket } = reading;
    socket.once('close', () => {
      this.connections--;
    });
    if (isProxy) this.readProxyHeader(reading);
    else this.start(reading, peerOf(socket), null);
  }

  /** The throttle counts clients: behind a listed peer the one its PROXY header names, never the peer, which stands for many. */
  private admits(client: string): boolean {
    return this.throttle.admits(client, this.config.connectionThrottle, this.clock.monotonic());
  }

  /** A listed peer must begin with a PROXY header, whole within the head timeout. */
  private readProxyHeader(reading: ClientReading): void {
    const { socket } = reading;
    const parser = new ProxyHeaderParser();
    this.pending.add(socket);
    const stopTimer = this.clock.after(this.config.timeouts.requestHeadMs, () => {
      socket.destroy();
    });
    const done = () => {
      stopTimer();
      this.pending.delete(socket);
    };
    const onEnd = () => {
      socket.destroy();
    };
    socket.once('close', done);
    socket.once('end', onEnd);
    socket.on('error', () => undefined);
    reading.onRead((chunk) => {
      // A header may come in pieces, and what follows it may have to wait.
      const result = parser.push(Buffer.from(chunk));
      if (!result.done) return;
      socket.removeListener('close', done);
      socket.removeListener('end', onEnd);
      done();
      if (!result.ok) {
        socket.destroy();
        return;
      }
      const peer = peerOf(socket);
      if (result.source) {
        peer.address = result.source.address;
        peer.port = result.source.port;
      }
      // Where the client connected to is not where its proxy connects to: X-Forwarded-Port and PROXY headers to nodes say the former.
      if (result.destination) {
        peer.localAddress = result.destination.address;
        peer.localPort = result.destination.port;
      }
      if (!this.admits(peer.address)) {
        socket.destroy();
        return;
      }
      this.start(reading, peer, result.rest.length > 0 ? result.rest : null);
    });
  }

  /** @param first came behind a PROXY header. */
  private start(reading: ClientReading, peer: ClientAddress, first: Buffer | null): void {
    const { protocol } = this.config;
    if (protocol !== 'https') {
      const session = protocol === 'tcp' ? new TcpSession(this, reading, peer) : new HttpSession(this, reading, peer);
      this.sessions.add(session);
      if (first) session.read(first);
      return;
    }
    const { socket } = reading;
    reading.stop();
    if (first) socket.unshift(first);
    const key = connectionKey(socket);
    this.handshaking.set(key, { socket, peer });
    socket.once('close', () => {
      this.handshaking.delete(key);
    });
    if (this.tls) this.tls.emit('connection', socket);
    else socket.destroy();
  }

  /** Sets what terminates TLS for an https listener; null for the other protocols. */
  secure(tls: TlsServer | null): void {
    this.tls = tls;
    tls?.on('secureConnection', (socket: TLSSocket) => {
      // The certificate's socket knows the peer it is connected to, not the client a PROXY header named.
      const key = connectionKey(socket);
      const entry = this.handshaking.get(key);
      this.handshaking.delete(key);
      // It went away in the meantime, or the listener ended.
      if (entry === undefined) {
        socket.destroy();
        return;
      }
      this.sessions.add(new HttpSession(this, new EventReading(socket), entry.peer, entry.socket));
    });
    tls?.on('tlsClientError', (_error, socket) => {
      socket.destroy();
    });
  }

  ended(session: Session): void {
    this.sessions.delete(session);
  }

  /** Timeouts of every session; ten times a second. */
  check(now: number): void {
    for (const session of this.sessions) session.check(now);
  }

  sweep(now: number): void {
    this.throttle.sweep(now);
  }

  /** Accepts nothing more; idle connections end now, the others after what is in flight. */
  drain(): void {
    this.draining = true;
    for (const socket of this.pending) socket.destroy();
    for (const session of this.sessions) session.drain();
  }

  /**
   * The listener has gone elsewhere, is switched off or speaks another protocol: what is open here is as good as before, but takes no
   * further requests.
   * @returns ends what is still left of it.
   */
  leave(): () => void {
    const left = [...this.sessions];
    for (const session of left) session.drain();
    return () => {
      for (const session of left) if (this.sessions.has(session)) session.cut();
    };
  }

  /** Ends whatever is left. @returns how many connections were cut in the middle of something. */
  cut(): number {
    const busy = this.busyCount;
    for (const session of [...this.sessions]) session.cut();
    for (const socket of this.pending) socket.destroy();
    for (const { socket } of [...this.handshaking.values()]) socket.destroy();
    this.tls = null;
    return busy;
  }

  /** Something is there that terminates TLS. */
  get isSecured(): boolean {
    return this.tls !== null;
  }

  /** Open client connections. */
  get open(): number {
    return this.connections;
  }

  /** Sessions with something still to be passed on. */
  get busyCount(): number {
    let busy = 0;
    for (const session of this.sessions) if (session.busy) busy++;
    return busy;
  }

  snapshot(): ListenerState {
    const { config } = this;
    return {
      id: config.id,
      name: config.name ?? config.id,
      protocol: config.protocol,
      address: formatHostPort(config.host, config.port),
      pool: config.pool,
      state: this.socket ? 'up' : this.failure === '' ? 'disabled' : 'error',
      reason: this.socket ? '' : this.failure === '' ? 'Switched off' : this.failure,
      since: this.since,
      connections: this.connections,
      requests: this.requests,
      errors: this.errors,
      retried: this.retried,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
    };
  }
}

function connectionKey(socket: Socket): string {
  return `${socket.remoteAddress ?? ''}|${socket.remotePort ?? 0}|${socket.localAddress ?? ''}|${socket.localPort ?? 0}`;
}

function peerOf(socket: Socket): ClientAddress {
  return {
    address: plainAddress(socket.remoteAddress ?? ''),
    port: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress ?? ''),
    localPort: socket.localPort ?? 0,
  };
}
