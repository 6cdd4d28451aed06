import { randomBytes } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { formatHostPort, parseHostPort, reachesListener } from '../../shared/model/address.ts';
import type { Config, HealthCheckConfig, ListenerConfig, NodeConfig, PoolConfig } from '../../shared/model/config.ts';
import type { InjectedFault } from '../../shared/model/fault.ts';
import type { JournalFact } from '../../shared/model/journal.ts';
import type { Client, ClientCounts } from '../../shared/model/metrics.ts';
import type { CheckResult, EngineSnapshot } from '../../shared/model/state.ts';
import { diffState, type StateDiff } from '../../shared/state/patch.ts';
import type { ApplyOptions, ClientCountQuery, ClientQuery, EngineApi, EngineEvents, RequestQuery } from './api.ts';
import { systemClock, type Clock } from './clock.ts';
import { describeChanges } from './changes.ts';
import { EngineError } from './errors.ts';
import { runProbe } from './health/probes/run-probe.ts';
import { WindowedHistogram } from './metrics/histogram.ts';
import { RequestRing } from './metrics/request-ring.ts';
import { TrafficMeter } from './metrics/traffic-meter.ts';
import type { PoolNode } from './pools/node.ts';
import { Pool } from './pools/pool.ts';
import { BoundSocket } from './sessions/bound-socket.ts';
import { Listener } from './sessions/listener.ts';
import { createTlsTerminator } from './sessions/tls.ts';
import { countClients, describeClient, queryClients } from './stickiness/client-query.ts';
import type { StickyClient } from './stickiness/table.ts';
import { LoopGuard } from './upstream/loop-guard.ts';
import { NameResolver } from './upstream/name-resolver.ts';

export interface EngineOptions {
  events?: Partial<EngineEvents>;
  /** Default: the machine's clock. */
  clock?: Clock;
  /** 0 ≤ n < 1. Default Math.random. */
  random?: () => number;
  /** Secret behind stickiness cookies, 16 bytes or more; the same key reads cookies of an earlier engine. Default: random. */
  cookieKey?: Uint8Array;
  /** Resolves node names. Default: dns.lookup. */
  lookup?: LookupFunction;
  /** Number of this engine among those that followed each other. Default 1. */
  epoch?: number;
}

/** Timeouts are looked at this often, so they are at most this late. */
const checkMs = 100;
const sweepMs = 1_000;
/** Latency windows move on this often; ten of them are one window. */
const rotateMs = 500;
/** Counters are published with every fifth tick. */
const countersEvery = 5;
/** A listener that could not be bound at start is tried again this often. */
const rebindMs = 2_000;
const maxRequestsPerTick = 50;

/** Where a listener is to be bound. */
interface Place {
  host: string;
  port: number;
}

const keyOf = (place: Place) => formatHostPort(place.host, place.port);

/** The balancer itself: listeners, pools and what connects them. Knows no files, no windows and no other process. */
export class Engine implements EngineApi {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly cookieKey: Uint8Array;
  private readonly events: Partial<EngineEvents>;
  private readonly epoch: number;
  private readonly guard: LoopGuard;
  private readonly names: NameResolver;
  private readonly startedAt: number;
  private readonly ring: RequestRing;
  private readonly latency = new WindowedHistogram();
  private readonly meter = new TrafficMeter();

  private config: Config = { version: 1, listeners: [], pools: [], certificates: [] };
  /** The listeners of the configuration that are enabled. */
  private open: readonly ListenerConfig[] = [];
  /** The one before: what is removed ends by its times. */
  private previousConfig = this.config;
  private listeners = new Map<string, Listener>();
  private pools = new Map<string, Pool>();
  /** Removed listeners and nodes whose connections may still end by themselves. */
  private readonly leaving = new Set<Listener>();
  private seq = 0;
  private published: Pick<EngineSnapshot, 'listeners' | 'pools'> = { listeners: [], pools: [] };
  private patchPending = false;
  private lastRequestSeq = 0;
  private ticks = 0;
  private lastRotate = 0;
  private lastRebind = 0;
  private readonly stops = new Set<() => void>();
  private queue: Promise<unknown> = Promise.resolve();
  private checksHeld = false;
  private closed = false;

  constructor(options: EngineOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.cookieKey = options.cookieKey ?? randomBytes(32);
    this.events = options.events ?? {};
    this.epoch = options.epoch ?? 1;
    this.guard = new LoopGuard(this.clock, () => this.open);
    this.names = new NameResolver(this.clock, options.lookup, this.guard);
    this.startedAt = this.clock.now();
    this.ring = new RequestRing(10_000, this.random);
    this.stops.add(
      this.clock.every(checkMs, () => {
        this.tick();
      }),
    );
    this.stops.add(
      this.clock.every(sweepMs, () => {
        this.sweep();
      }),
    );
  }

  /** Runs `fn` after `ms`, unless the engine is destroyed before. */
  private later(ms: number, fn: () => void): void {
    const stop = this.clock.after(ms, () => {
      this.stops.delete(stop);
      fn();
    });
    this.stops.add(stop);
  }

  // ── configuration ────────────────────────────────────────────────────────────────────────────────────────

  apply(config: Config, options: ApplyOptions = {}): Promise<{ changed: string[] }> {
    // One after the other: two at once could both find the same port free.
    const result = this.queue.then(() => this.applyNow(config, options));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async applyNow(config: Config, options: ApplyOptions): Promise<{ changed: string[] }> {
    if (this.closed) throw new EngineError('ENGINE_CLOSED', 'The engine has been closed.');
    // What can fail comes first and changes nothing yet: certificates, then sockets.
    const keepGoing = options.keepGoing === true;
    const failures = new Map<string, string>();
    const terminators = this.createTerminators(config, keepGoing, failures);
    const sockets = await this.bindAll(config, keepGoing, failures);

    const changed = describeChanges(this.config, config);
    const before = this.config;
    this.config = config;
    this.open = config.listeners.filter(({ enabled }) => enabled);
    this.previousConfig = before;
    const pools = [...this.pools.values()];
    this.applyPools(config);
    this.applyListeners(before, config, sockets, failures);
    // Once listeners have their new pools, so that who waited in another follows.
    for (const pool of pools) pool.releaseStrangers();
    for (const pool of pools) if (this.pools.get(pool.config.id) !== pool) pool.close();
    for (const [id, terminator] of terminators) this.listeners.get(id)?.secure(terminator);
    this.publishSoon();
    return { changed };
  }

  private createTerminators(config: Config, keepGoing: boolean, failures: Map<string, string>): Map<string, TlsServer> {
    const terminators = new Map<string, TlsServer>();
    for (const listener of config.listeners) {
      if (!listener.enabled || listener.protocol !== 'https' || !this.needsTerminator(listener, config)) continue;
      try {
        terminators.set(listener.id, createTlsTerminator(listener, config.certificates));
      } catch (error) {
        if (!keepGoing) throw error;
        failures.set(listener.id, (error as Error).message);
      }
    }
    return terminators;
  }

  /** A terminator keeps its session tickets, so an https listener that has not changed keeps its terminator. */
  private needsTerminator(listener: ListenerConfig, config: Config): boolean {
    const running = this.config.listeners.find((l) => l.id === listener.id);
    if (this.listeners.get(listener.id)?.isSecured !== true) return true;
    if (!running || running.protocol !== 'https' || !running.enabled) return true;
    const material = (from: Config, l: ListenerConfig) =>
      JSON.stringify([l.certificates.map((id) => from.certificates.find((c) => c.id === id)), l.tlsProfile, l.timeouts.requestHeadMs]);
    return material(this.config, running) !== material(config, listener);
  }

  /** Opens what is not open yet. On failure everything is as it was before. */
  private async bindAll(config: Config, keepGoing: boolean, failures: Map<string, string>): Promise<Map<string, BoundSocket>> {
    const sockets = new Map<string, BoundSocket>();
    const held = new Map([...this.listeners.values()].flatMap((l) => (l.socket ? [[l.socket.key, l.socket] as const] : [])));
    const wanted = config.listeners.filter((l) => l.enabled && !failures.has(l.id));
    const wantedKeys = new Set(wanted.map(keyOf));
    const opened: BoundSocket[] = [];
    const givenUp: { place: Place; listener: Listener }[] = [];
    for (const place of wanted) {
      const key = keyOf(place);
      const ours = held.get(key);
      if (ours) {
        sockets.set(key, ours);
        continue;
      }
      // 127.0.0.1:8080 cannot be opened while our own 0.0.0.0:8080 is; that one is on its way out, so it goes first.
      for (const listener of this.listeners.values()) {
        if (listener.socket && !wantedKeys.has(listener.socket.key) && overlaps(listener.config, place)) {
          givenUp.push({ place: listener.config, listener });
          await listener.socket.close();
          listener.socket = null;
        }
      }
      try {
        const socket = await BoundSocket.bind(place.host, place.port);
        opened.push(socket);
        sockets.set(key, socket);
      } catch (error) {
        if (keepGoing) {
          failures.set(place.id, (error as Error).message);
          continue;
        }
        for (const socket of opened) await socket.close();
        for (const { place: old, listener } of givenUp) listener.bind(await BoundSocket.bind(old.host, old.port));
        throw error;
      }
    }
    return sockets;
  }

  private applyPools(config: Config): void {
    const next = new Map<string, Pool>();
    for (const poolConfig of config.pools) {
      const pool = this.pools.get(poolConfig.id);
      if (pool) pool.update(poolConfig);
      else {
        const created = new Pool(poolConfig, {
          clock: this.clock,
          random: this.random,
          cookieKey: this.cookieKey,
          names: this.names,
          fact: (fact) => {
            this.fact(fact);
          },
          changed: () => {
            this.publishSoon();
          },
          drainMs: (id) => this.drainMs(id),
          checksHeld: this.checksHeld,
        });
        created.onRetired = (node) => {
          this.cutLater(node);
        };
        next.set(poolConfig.id, created);
        continue;
      }
      next.set(poolConfig.id, pool);
    }
    this.pools = next;
  }

  private drainMs(pool: string): number {
    let times = this.config.listeners.filter((l) => l.pool === pool).map((l) => l.timeouts.drainMs);
    // Nobody uses it any more: those who did say how long it may take.
    if (times.length === 0) times = this.previousConfig.listeners.filter((l) => l.pool === pool).map((l) => l.timeouts.drainMs);
    return times.length > 0 ? Math.max(...times) : 30_000;
  }

  /** What a removed node still serves may end by itself within the drain timeout. */
  private cutLater(node: PoolNode): void {
    if (node.inUse.size === 0) return;
    this.later(this.drainMs(node.pool), () => {
      for (const user of [...node.inUse]) user.cut();
    });
  }

  private applyListeners(before: Config, config: Config, sockets: Map<string, BoundSocket>, failures: Map<string, string>): void {
    const next = new Map<string, Listener>();
    const released = new Set([...this.listeners.values()].flatMap((l) => (l.socket ? [l.socket] : [])));
    for (const listenerConfig of config.listeners) {
      const pool = this.pools.get(listenerConfig.pool)!;
      const old = this.listeners.get(listenerConfig.id);
      const listener = old ?? new Listener(listenerConfig, pool, { clock: this.clock, ring: this.ring, latency: this.latency });
      const wasBound = old?.socket ?? null;
      old?.update(listenerConfig, pool);
      const socket = listenerConfig.enabled ? (sockets.get(keyOf(listenerConfig)) ?? null) : null;
      if (socket) released.delete(socket);
      if (socket !== wasBound || !old) listener.bind(socket);
      const was = before.listeners.find((l) => l.id === listenerConfig.id);
      if (old && was?.enabled) this.leavePlace(listener, was);
      const failedBefore = listener.failure;
      listener.failure = failures.get(listenerConfig.id) ?? '';
      this.reportListener(listener, wasBound, failedBefore, was);
      next.set(listenerConfig.id, listener);
    }
    for (const socket of released) void socket.close();
    for (const [id, listener] of this.listeners) if (!next.has(id)) this.retire(listener);
    this.listeners = next;
  }

  /** What becomes of the connections of a listener that was bound, when it is not bound there any more or serves otherwise. */
  private leavePlace(listener: Listener, was: ListenerConfig): void {
    const { config } = listener;
    if (!config.enabled) {
      const cut = listener.leave();
      this.later(config.timeouts.drainMs, cut);
    } else if (was.protocol !== 'tcp' && (config.protocol !== was.protocol || !overlaps(was, config))) listener.leave();
  }

  private reportListener(listener: Listener, wasBound: BoundSocket | null, failedBefore: string, before: ListenerConfig | undefined): void {
    const time = this.clock.now();
    const about = { time, listener: listener.config.id };
    if (listener.failure !== '') {
      // Tried again every two seconds, told once.
      if (listener.failure !== failedBefore) this.fact({ ...about, kind: 'listener.error', reason: listener.failure });
    } else if (listener.socket && listener.socket !== wasBound) {
      this.fact({ ...about, kind: 'listener.up', reason: `Listening on ${keyOf(listener.config)}` });
    } else if (!listener.socket && wasBound && before) this.fact({ ...about, kind: 'listener.down', reason: 'Switched off' });
  }

  /** A listener that is gone lets its connections end by themselves for as long as its drain timeout. */
  private retire(listener: Listener): void {
    listener.socket = null;
    this.fact({ time: this.clock.now(), kind: 'listener.down', listener: listener.config.id, reason: 'Removed' });
    listener.drain();
    this.leaving.add(listener);
    this.later(listener.config.timeouts.drainMs, () => {
      listener.cut();
      this.leaving.delete(listener);
    });
  }

  // ── what happens ─────────────────────────────────────────────────────────────────────────────────────────

  private fact(fact: JournalFact): void {
    this.events.fact?.(fact);
    this.publishSoon();
  }

  /** Facts go out at once; what else the same turn changes goes with them. */
  private publishSoon(): void {
    if (this.patchPending) return;
    this.patchPending = true;
    setImmediate(() => {
      this.patchPending = false;
      if (!this.closed) this.publish();
    });
  }

  private publish(): void {
    const state = this.state();
    const diff: StateDiff | undefined = diffState(this.published, state);
    if (!diff) return;
    this.published = state;
    this.seq++;
    this.events.patch?.({ epoch: this.epoch, seq: this.seq, ...diff });
  }

  private state(): Pick<EngineSnapshot, 'listeners' | 'pools'> {
    return {
      listeners: [...this.listeners.values()].map((listener) => listener.snapshot()),
      pools: [...this.pools.values()].map((pool) => pool.snapshot()),
    };
  }

  private tick(): void {
    const now = this.clock.monotonic();
    for (const listener of this.listeners.values()) listener.check(now);
    for (const listener of this.leaving) {
      listener.check(now);
      if (listener.open === 0) this.leaving.delete(listener);
    }
    if (now - this.lastRotate >= rotateMs) {
      this.lastRotate = now;
      this.meter.rotate(this.pools.values(), this.latency);
    }
    // Discrete changes have gone out already; counters alone can wait, traffic ticks carry them ten times a second.
    if (this.ticks++ % countersEvery === 0) this.publish();
    this.events.tick?.(this.meter.tick(this.epoch, this.clock.now(), now, this.listeners.values(), this.pools.values()));
    this.sendRequests();
  }

  private sendRequests(): void {
    if (!this.events.requests || this.ring.lastSeq === this.lastRequestSeq) return;
    const batch = this.ring.since(this.lastRequestSeq, maxRequestsPerTick);
    this.lastRequestSeq = this.ring.lastSeq;
    this.events.requests(batch);
  }

  private sweep(): void {
    const now = this.clock.monotonic();
    for (const pool of this.pools.values()) pool.sweep();
    for (const listener of this.listeners.values()) listener.sweep(now);
    if (now - this.lastRebind >= rebindMs && [...this.listeners.values()].some((l) => l.failure !== '')) {
      this.lastRebind = now;
      void this.apply(this.config, { keepGoing: true }).catch(() => undefined);
    }
  }

  // ── questions ────────────────────────────────────────────────────────────────────────────────────────────

  snapshot(): EngineSnapshot {
    // Whatever has not been published yet becomes a patch first, so that the next one follows this snapshot.
    this.publish();
    return { epoch: this.epoch, seq: this.seq, startedAt: this.startedAt, ...this.published };
  }

  listClients(query: ClientQuery): { total: number; clients: Client[] } {
    return queryClients(this.pools.values(), query, this.clock.now());
  }

  countClients(query: ClientCountQuery): { nodes: ClientCounts[] } {
    return { nodes: countClients(this.pools.values(), query, this.clock.now()) };
  }

  pinClient(poolId: string, key: string, nodeId: string): Client {
    const pool = this.poolNamed(poolId);
    const node = this.nodeNamed(pool, nodeId);
    const entry = this.entryOf(pool, key);
    pool.pin(entry, node);
    return describeClient(pool, entry, this.clock.now());
  }

  unpinClient(poolId: string, key: string): Client {
    const pool = this.poolNamed(poolId);
    const entry = this.entryOf(pool, key);
    pool.unpin(entry);
    return describeClient(pool, entry, this.clock.now());
  }

  releaseClient(poolId: string, key: string): void {
    const pool = this.poolNamed(poolId);
    pool.release(this.entryOf(pool, key));
  }

  moveClients(poolId: string, nodeId: string): { moved: number } {
    const pool = this.poolNamed(poolId);
    const moved = pool.clients?.dropNode(this.nodeNamed(pool, nodeId), 'keepPinned') ?? 0;
    this.publishSoon();
    return { moved };
  }

  private nodeNamed(pool: Pool, id: string): PoolNode {
    const node = pool.nodes.find((n) => n.id === id);
    if (!node) throw new EngineError('NODE_NOT_FOUND', `Pool "${pool.config.id}" has no node "${id}".`);
    return node;
  }

  private poolNamed(id: string): Pool {
    const pool = this.pools.get(id);
    if (!pool) throw new EngineError('POOL_NOT_FOUND', `There is no pool "${id}".`);
    return pool;
  }

  private entryOf(pool: Pool, key: string): StickyClient<PoolNode> {
    const entry = pool.clients?.find(key, this.clock.now());
    if (!entry) throw new EngineError('CLIENT_NOT_FOUND', `Pool "${pool.config.id}" knows no client "${key}".`);
    return entry;
  }

  setFaults(faults: readonly InjectedFault[]): void {
    for (const { pool, node } of faults) this.nodeNamed(this.poolNamed(pool), node);
    for (const pool of this.pools.values()) pool.setFaults(faults);
  }

  holdChecks(held: boolean): void {
    if (held === this.checksHeld) return;
    this.checksHeld = held;
    for (const pool of this.pools.values()) pool.holdChecks(held);
  }

  listRequests(query: RequestQuery): ReturnType<RequestRing['list']> {
    return this.ring.list(query);
  }

  tryCheck(node: NodeConfig, check: HealthCheckConfig, proxyProtocol?: PoolConfig['proxyProtocol']): Promise<CheckResult> {
    const address = parseHostPort(node.address);
    if (typeof address === 'string') throw new EngineError('NODE_NOT_FOUND', `The address ${address}.`);
    return runProbe({ ...address, guard: this.guard }, check, node.tls, this.clock, proxyProtocol);
  }

  // ── ending ───────────────────────────────────────────────────────────────────────────────────────────────

  async close(): Promise<{ cut: number }> {
    await this.queue;
    if (this.closed) return { cut: 0 };
    this.closed = true;
    const all = [...this.listeners.values(), ...this.leaving];
    for (const listener of this.listeners.values()) {
      await listener.socket?.close();
      listener.socket = null;
    }
    for (const listener of all) listener.drain();
    const cut = (await Promise.all(all.map((listener) => this.waitFor(listener)))).reduce((a, b) => a + b, 0);
    this.destroy();
    return { cut };
  }

  /** Waits until a draining listener's connections have ended, at most its drain timeout. @returns how many had to be cut. */
  private waitFor(listener: Listener): Promise<number> {
    if (listener.busyCount === 0) return Promise.resolve(0);
    return new Promise((resolve) => {
      const finish = (cut: number) => {
        stopPolling();
        stopTimer();
        resolve(cut);
      };
      const stopPolling = this.clock.every(20, () => {
        if (listener.busyCount === 0) finish(0);
      });
      const stopTimer = this.clock.after(listener.config.timeouts.drainMs, () => {
        finish(listener.cut());
      });
    });
  }

  /** Ends everything at once. */
  destroy(): void {
    this.closed = true;
    for (const stop of this.stops) stop();
    this.stops.clear();
    for (const listener of [...this.listeners.values(), ...this.leaving]) {
      void listener.socket?.close();
      listener.cut();
    }
    for (const pool of this.pools.values()) pool.close();
    this.names.close();
    this.listeners.clear();
    this.pools.clear();
    this.leaving.clear();
  }
}

function overlaps(a: Place, b: Place): boolean {
  return a.port === b.port && (reachesListener(a, b) || reachesListener(b, a));
}
