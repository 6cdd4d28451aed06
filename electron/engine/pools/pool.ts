import type { NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import type { ObservedState, PoolState } from '../../../shared/model/state.ts';
import { createPolicy } from '../balancing/registry.ts';
import type { Policy, PolicyHow } from '../balancing/policy.ts';
import { same } from '../changes.ts';
import type { Clock } from '../clock.ts';
import { createNodeHealth } from '../health/checked-node-health.ts';
import { verdictCode } from '../metrics/request-ring.ts';
import { CookieCodec } from '../stickiness/cookie.ts';
import { ClientTable, type StickyClient, type TableOptions } from '../stickiness/table.ts';
import type { InjectedFault } from '../../../shared/model/fault.ts';
import type { Placement } from './decision.ts';
import { NodeFault } from './node-fault.ts';
import { addressOf, PoolNode } from './node.ts';
import type { DialAddress, NameResolver } from '../upstream/name-resolver.ts';

/** What a pool needs of the engine around it. */
export interface PoolDeps {
  clock: Clock;
  random: () => number;
  cookieKey: Uint8Array;
  names: NameResolver;
  fact(fact: JournalFact): void;
  /** Something a snapshot shows has changed; a patch should go out soon. */
  changed(): void;
  /** The longest drain timeout of the listeners that use the pool, ms. */
  drainMs(pool: string): number;
  /** Checks are held back at present. Default false. */
  checksHeld?: boolean;
}

const howCodes: Record<PolicyHow, number> = {
  turn: verdictCode['chosen:turn'],
  least: verdictCode['chosen:least'],
  hash: verdictCode['chosen:hash'],
  random: verdictCode['chosen:random'],
};

const maxReleased = 10_000;
/** Requests and sessions that wait for a place at most. */
const maxQueue = 1_000;

/** A request or session that waits until a node is below its limit. */
export interface Waiter {
  /** The pool it is to be placed by now; its listener may have been given another since it began to wait. */
  readonly waitsIn: Pool;
  /** A place may be free now: choose again. */
  placeFree(): void;
}

/** Nodes behind one or more listeners, and the one place where "which node" is decided. */
export class Pool {
  config: PoolConfig;
  nodes: PoolNode[] = [];
  /** Ids in the order of `nodes`; replaced, never changed, because request records keep it. */
  nodeIds: readonly string[] = [];
  /** Who sticks where; null when the pool does not stick. */
  clients: ClientTable<PoolNode> | null = null;

  private readonly deps: PoolDeps;
  private policy: Policy<PoolNode>;
  /** Nodes a new client may go to: live accept nodes, or live backup nodes when there is none. */
  private candidates: PoolNode[] = [];
  private backupsServe = false;
  /** Some candidate has a connection limit, so fullness is worth looking at. */
  private hasLimits = false;
  private codec: CookieCodec | null = null;
  private checksHeld = false;
  private nodesByTag = new Map<string, PoolNode>();
  /** Cookie value → entry, so that a returning client costs one lookup and no MAC. */
  private readonly byCookie = new Map<string, StickyClient<PoolNode>>();
  /** Cookie clients a person released: their cookies are still well signed, but no longer count. The oldest go first. */
  private readonly released = new Set<string>();
  /** In the order they came. */
  private readonly queue = new Map<Waiter, Placement<PoolNode>>();

  constructor(config: PoolConfig, deps: PoolDeps) {
    this.config = config;
    this.deps = deps;
    this.checksHeld = deps.checksHeld ?? false;
    this.policy = createPolicy<PoolNode>(config.algorithm, deps.random);
    this.setNodes(config);
    this.setStickiness(undefined, config);
    this.refresh();
  }

  /** Takes a new configuration; nodes that stay keep their connections, counters, health and clients. */
  update(config: PoolConfig): void {
    const before = this.config;
    this.config = config;
    if (config.algorithm !== before.algorithm) this.policy = createPolicy<PoolNode>(config.algorithm, this.deps.random);
    const checksChanged =
      !same(before.healthCheck, config.healthCheck) ||
      !same(before.passiveCheck, config.passiveCheck) ||
      before.proxyProtocol !== config.proxyProtocol;
    this.setNodes(config, checksChanged);
    this.setStickiness(before, config);
    this.refresh();
  }

  /** Ends checks and idle connections; what is in flight is the engine's to wait for, who waits for a place is told no. */
  close(): void {
    for (const node of this.nodes) this.retire(node);
    this.nodes = [];
    this.nodeIds = [];
    this.clients?.clear();
    this.refresh();
    for (const waiter of [...this.queue.keys()]) {
      this.queue.delete(waiter);
      waiter.placeFree();
    }
  }

  /** Closes connections of removed nodes once their time is up. Set by the engine. */
  onRetired: ((node: PoolNode) => void) | undefined;

  private setNodes(config: PoolConfig, checksChanged = false): void {
    const old = new Map(this.nodes.map((node) => [node.id, node]));
    this.nodes = config.nodes.map((nodeConfig) => {
      const node = old.get(nodeConfig.id);
      if (!node) return this.createNode(nodeConfig);
      old.delete(node.id);
      const modeBefore = node.config.mode;
      const moved = node.config.address !== nodeConfig.address || !same(node.config.tls, nodeConfig.tls);
      node.config = nodeConfig;
      if (moved) {
        this.deps.names.unwatch(node.address);
        node.address = this.watch(nodeConfig, () => {
          node.upstream.closeIdle();
        });
        node.upstream.closeIdle();
      }
      if (moved || checksChanged) {
        node.health.stop();
        this.attachHealth(node);
        if (nodeConfig.mode !== 'reject') node.health.start();
      }
      if (nodeConfig.mode !== modeBefore) this.modeChanged(node, modeBefore);
      return node;
    });
    for (const node of old.values()) this.retire(node);
    this.nodeIds = this.nodes.map((node) => node.id);
  }

  /** What is dialled for a node; `moved` is called when its name has come to mean another address. */
  private watch(config: NodeConfig, moved: () => void): DialAddress {
    return this.deps.names.watch(addressOf(config), moved);
  }

  private createNode(config: NodeConfig): PoolNode {
    const address = this.watch(config, () => {
      node.upstream.closeIdle();
    });
    const node: PoolNode = new PoolNode(this.config.id, config, address);
    this.attachHealth(node);
    if (config.mode !== 'reject') node.health.start();
    if (config.mode === 'drain') this.beginDrain(node);
    return node;
  }

  private attachHealth(node: PoolNode): void {
    node.health = createNodeHealth({
      address: node.address,
      tls: node.config.tls,
      check: this.config.healthCheck,
      passive: this.config.passiveCheck,
      proxyProtocol: this.config.proxyProtocol,
      fault: () => node.fault,
      clock: this.deps.clock,
      random: this.deps.random,
      onChange: (_health, before) => {
        this.healthChanged(node, before);
      },
      onTelling: ({ time: startedAt, ok }, streak, reason) => {
        const about = { time: this.deps.clock.now(), pool: this.config.id, node: node.id, reason };
        this.deps.fact({ ...about, kind: 'node.check', check: { startedAt, ok, streak } });
      },
    });
    node.isLive = node.health.state !== 'down';
    if (this.checksHeld) node.health.hold();
  }

  /** See `EngineApi.holdChecks`; nodes that come later are held as well. */
  holdChecks(held: boolean): void {
    this.checksHeld = held;
    for (const node of this.nodes) {
      if (held) node.health.hold();
      else node.health.release();
    }
    this.deps.changed();
  }

  private modeChanged(node: PoolNode, before: string): void {
    this.deps.fact({ time: this.deps.clock.now(), kind: 'node.mode', pool: this.config.id, node: node.id, from: before, to: node.mode });
    if (node.mode === 'reject') {
      node.health.stop();
      node.upstream.closeIdle();
      this.clients?.dropNode(node);
    } else if (before === 'reject') {
      // What was seen before checks stopped is no evidence any more.
      this.attachHealth(node);
      node.health.start();
      this.beginRamp(node);
    }
    if (node.mode === 'drain') this.beginDrain(node);
    else node.drain = null;
  }

  private beginDrain(node: PoolNode): void {
    const since = this.deps.clock.now();
    node.drain = { since, until: since + this.deps.drainMs(this.config.id), clientsAtStart: node.stickyClients };
  }

  private healthChanged(node: PoolNode, before: ObservedState): void {
    const now = this.deps.clock.now();
    const { state, reason } = node.health;
    node.isLive = state !== 'down';
    const wasDown = node.lastTold === 'down';
    if (state === 'down' && before !== 'down') {
      // A node on trial that fails again has not been up in between: downs and ups are told in pairs.
      if (!wasDown) {
        node.lastTold = 'down';
        this.deps.fact({ time: now, kind: 'node.down', pool: this.config.id, node: node.id, reason });
      }
      node.upstream.closeIdle();
      node.rampFrom = 0;
      this.clients?.dropNode(node);
    } else if (state === 'up' && before !== 'up') {
      // A streak that broke before it took the node down changed nothing, so it is no fact.
      if (node.lastTold !== 'up') {
        node.lastTold = 'up';
        this.deps.fact({ time: now, kind: 'node.up', pool: this.config.id, node: node.id, reason });
      }
      if (wasDown) this.beginRamp(node);
    }
    this.refresh();
    this.deps.changed();
  }

  /** Slow start: the node has come back, and takes its full share only after a while. */
  private beginRamp(node: PoolNode): void {
    if (this.config.slowStartMs > 0) node.rampFrom = this.deps.clock.monotonic();
  }

  private retire(node: PoolNode): void {
    node.retired = true;
    node.health.stop();
    this.deps.names.unwatch(node.address);
    node.upstream.closeIdle();
    this.clients?.unpinNode(node, this.deps.clock.now());
    this.clients?.dropNode(node);
    this.onRetired?.(node);
  }

  private setStickiness(before: PoolConfig | undefined, config: PoolConfig): void {
    const { type, ttlMs, maxEntries } = config.stickiness;
    const options: TableOptions = { expires: type === 'http_cookie' ? 'seen' : 'added', ttlMs, maxEntries };
    if (before?.stickiness.type === type) this.clients?.configure(options);
    else {
      this.clients?.clear();
      this.byCookie.clear();
      this.clients = type === 'none' ? null : new ClientTable<PoolNode>(options);
      this.codec = type === 'http_cookie' ? new CookieCodec(this.deps.cookieKey, config.id) : null;
      if (this.clients) {
        this.clients.onRemove = (entry) => {
          this.byCookie.delete(entry.cookie);
        };
      }
    }
    this.nodesByTag = new Map(this.codec ? this.nodes.map((node) => [this.codec!.nodeTag(node.id), node]) : []);
  }

  /** Makes these faults up for its nodes, and no others; those of other pools do not matter. */
  setFaults(faults: readonly InjectedFault[]): void {
    for (const node of this.nodes) {
      const found = faults.find((one) => one.pool === this.config.id && one.node === node.id);
      node.fault = found ? new NodeFault(found.fault, this.deps.random) : null;
    }
    this.deps.changed();
  }

  /** Works out anew who may get new clients. Called when a mode, a state, a weight or the nodes change. */
  refresh(): void {
    const live = (mode: string) => this.nodes.filter((node) => node.mode === mode && node.isLive);
    const accepting = live('accept');
    this.backupsServe = accepting.length === 0;
    this.candidates = this.backupsServe ? live('backup') : accepting;
    this.hasLimits = this.candidates.some((node) => node.config.maxConnections > 0);
    for (const node of this.nodes) node.weight = this.effectiveWeight(node);
    this.policy.update(this.candidates);
    // A limit may have been raised, or a node have come back.
    for (let i = this.queue.size; i > 0; i--) this.admitNext();
    // Clients that sat on a backup go home once the others are back: backups are for when nobody else can.
    if (!this.backupsServe)
      for (const node of this.nodes) if (node.mode === 'backup' && node.stickyClients > 0) this.clients?.dropNode(node);
  }

  private effectiveWeight(node: PoolNode): number {
    const { weight } = node.config;
    if (node.rampFrom === 0) return weight;
    const share = (this.deps.clock.monotonic() - node.rampFrom) / this.config.slowStartMs;
    if (share >= 1 || this.config.slowStartMs === 0) {
      node.rampFrom = 0;
      return weight;
    }
    // Never below a tenth: a node that gets nothing proves nothing.
    return weight * Math.max(0.1, share);
  }

  /** Once a second: slow start goes on, drains end, table entries end, old idle connections are closed. */
  sweep(): void {
    const now = this.deps.clock.now();
    const monotonic = this.deps.clock.monotonic();
    let ramping = false;
    for (const node of this.nodes) {
      ramping ||= node.rampFrom !== 0;
      node.upstream.sweep(monotonic);
      // The drain's time is up: who is still there is placed anew by the next request.
      if (node.drain !== null && now >= node.drain.until && node.stickyClients > 0) this.clients?.dropNode(node);
    }
    if (ramping) this.refresh();
    this.clients?.sweep(now);
  }

  /** Whether a client that sticks to `node` may stay there. */
  private takesSticky(node: PoolNode): boolean {
    if (!node.isLive) return false;
    switch (node.mode) {
      case 'accept':
        return true;
      case 'drain':
        return node.drain === null || this.deps.clock.now() < node.drain.until;
      case 'backup':
        return this.backupsServe;
      case 'reject':
        return false;
    }
  }

  /** How many nodes would take a new client now. */
  get available(): number {
    return this.candidates.length;
  }

  /**
   * The node for a request or session: where the client sticks if it does and may, else the algorithm's choice. Called again,
   * with the node that failed in `placement.tried`, for a retry.
   * @returns undefined when no node can serve it.
   */
  choose(placement: Placement<PoolNode>): PoolNode | undefined {
    const { clients } = this;
    if (clients === null) return this.pickFresh(placement);
    const now = this.deps.clock.now();
    const entry = this.codec === null ? clients.find(placement.client, now) : this.findByCookie(placement, clients, now);
    if (entry === undefined) return this.placeNew(placement, clients, now);
    placement.entry = entry.key;

    // A request that waited for a place asks for the second time.
    if (placement.tried.length === 0 && !placement.onlyFull) {
      entry.settled = true;
      clients.seen(entry, now);
    }
    const { pinned } = entry;
    if (pinned !== null && pinned.isLive && pinned.mode !== 'reject' && !placement.tried.includes(pinned)) {
      if (pinned.isFull) return this.pickFresh(placement);
      placement.how = verdictCode['chosen:pinned'];
      this.moveTo(placement, entry, pinned, now);
      return pinned;
    }
    const stuck = entry.node;
    if (stuck !== null && this.takesSticky(stuck) && !placement.tried.includes(stuck)) {
      if (!stuck.isFull) {
        placement.how = this.codec === null ? verdictCode['chosen:sticky-table'] : verdictCode['chosen:sticky-cookie'];
        return stuck;
      }
      // Full for a moment is no reason to move for good.
      return this.pickFresh(placement);
    }
    const node = this.pickFresh(placement);
    if (node) this.moveTo(placement, entry, node, now);
    return node;
  }

  private pickFresh(placement: Placement<PoolNode>): PoolNode | undefined {
    const { tried } = placement;
    // The closure is only made when something has to be passed over.
    const skip =
      tried.length > 0 || (this.hasLimits && this.candidates.some(isFull))
        ? (node: PoolNode) => tried.includes(node) || node.isFull
        : undefined;
    const node = this.policy.pick(placement.key, skip) ?? this.lastResort(tried);
    if (node === undefined) {
      placement.onlyFull = this.hasLimits && this.candidates.some((candidate) => candidate.isFull && !tried.includes(candidate));
      return undefined;
    }
    placement.onlyFull = false;
    if (tried.length > 0) placement.how = verdictCode['chosen:retry'];
    else placement.how = this.candidates.length === 1 ? verdictCode['chosen:only'] : howCodes[this.policy.how];
    return node;
  }

  /**
   * A backup for a request that every accept node has just failed. Checks will say that they are down in a moment; this
   * request knows it already.
   */
  private lastResort(tried: readonly PoolNode[]): PoolNode | undefined {
    if (this.backupsServe || !this.candidates.every((node) => tried.includes(node))) return undefined;
    return this.nodes.find((node) => node.mode === 'backup' && node.isLive && !node.isFull && !tried.includes(node));
  }

  private placeNew(placement: Placement<PoolNode>, clients: ClientTable<PoolNode>, now: number): PoolNode | undefined {
    const node = this.pickFresh(placement);
    if (node === undefined) return undefined;
    const entry = clients.add(this.codec === null ? placement.client : this.codec.newClient(), node, now);
    placement.entry = entry.key;
    clients.seen(entry, now);
    entry.how = placement.how;
    this.issueCookie(placement, entry, node);
    return node;
  }

  private moveTo(placement: Placement<PoolNode>, entry: StickyClient<PoolNode>, node: PoolNode, now: number): void {
    if (entry.node === node) return;
    const from = this.clients!.place(entry, node, now);
    this.issueCookie(placement, entry, node);
    entry.how = placement.how;
    entry.from = '';
    entry.reason = '';
    if (from === undefined) return;
    // A client whose very first request is still looking for a node has not moved; it has only just arrived.
    if (!entry.settled) entry.moves--;
    else {
      const reason = entry.pinned === node ? `pinned to ${node.label}` : this.whyLeft(from, placement.tried);
      entry.from = from;
      entry.reason = reason;
      this.deps.fact({ time: now, kind: 'client.moved', pool: this.config.id, client: entry.key, from, to: node.id, reason });
    }
  }

  /** Why a client is not on the node it was on, in words. */
  private whyLeft(id: string, tried: readonly PoolNode[]): string {
    const node = this.nodes.find((candidate) => candidate.id === id);
    if (!node) return `${id} was removed`;
    if (!node.isLive) return `${node.label} is down`;
    if (node.mode === 'reject') return `${node.label} rejects`;
    if (tried.includes(node)) return `${node.label} did not answer`;
    if (node.mode === 'drain') return `${node.label} was drained`;
    if (node.mode === 'backup' && !this.backupsServe) return `${node.label} is a backup and is not needed any more`;
    return `${node.label} was away`;
  }

  private issueCookie(placement: Placement<PoolNode>, entry: StickyClient<PoolNode>, node: PoolNode): void {
    if (this.codec === null) return;
    this.byCookie.delete(entry.cookie);
    entry.cookie = this.codec.write({ client: entry.key, nodeTag: this.codec.nodeTag(node.id) });
    this.byCookie.set(entry.cookie, entry);
    placement.setCookie = entry.cookie;
    // A retry of this very request finds its entry by the value it is about to be given.
    placement.cookie = entry.cookie;
  }

  private findByCookie(placement: Placement<PoolNode>, clients: ClientTable<PoolNode>, now: number): StickyClient<PoolNode> | undefined {
    const { cookie } = placement;
    if (cookie === undefined) return undefined;
    const held = this.byCookie.get(cookie);
    if (held !== undefined && clients.holds(held, now)) return held;
    const content = this.codec!.read(cookie);
    if (content === undefined || this.released.has(content.client)) return undefined;
    const entry = clients.find(content.client, now);
    if (entry !== undefined) {
      // An older cookie of a client that has moved since (a second tab, a request that overtook the answer).
      placement.setCookie = entry.cookie;
      return entry;
    }
    const node = this.nodesByTag.get(content.nodeTag);
    if (node === undefined) return undefined;
    // Ours, but not in the table: the engine was restarted, or the entry was forgotten for being unseen.
    const restored = clients.add(content.client, node, now);
    restored.settled = true;
    restored.cookie = cookie;
    restored.how = verdictCode['chosen:sticky-cookie'];
    this.byCookie.set(cookie, restored);
    // Whose node has gone meanwhile is the same client still, and has to move.
    if (!this.takesSticky(node)) clients.takeOff(restored);
    return restored;
  }

  /** A verdict for each node, in the order of `nodeIds`, for a request that went to `chosen`. */
  explain(placement: Placement<PoolNode>, chosen: PoolNode | undefined): Uint8Array {
    const codes = new Uint8Array(this.nodes.length);
    const stuck =
      placement.how === verdictCode['chosen:sticky-cookie'] ||
      placement.how === verdictCode['chosen:sticky-table'] ||
      placement.how === verdictCode['chosen:pinned'];
    this.nodes.forEach((node, i) => {
      codes[i] = node === chosen ? placement.how : this.passedOver(placement, node, stuck);
    });
    return codes;
  }

  private passedOver(placement: Placement<PoolNode>, node: PoolNode, stuck: boolean): number {
    if (placement.tried.includes(node)) return verdictCode.tried;
    if (node.mode === 'reject') return verdictCode.rejecting;
    if (!node.isLive) return verdictCode.down;
    if (node.mode === 'drain') return verdictCode.draining;
    if (node.mode === 'backup' && !this.backupsServe) return verdictCode.backup;
    if (node.isFull) return verdictCode.full;
    return stuck ? verdictCode['not-sticky'] : verdictCode['not-turn'];
  }

  /** A request or session begins at `node`. */
  take(node: PoolNode): void {
    node.active++;
    this.policy.take(node);
  }

  /** It has ended; the first who waits for a place gets it. */
  drop(node: PoolNode): void {
    node.active--;
    this.policy.drop(node);
    if (this.queue.size > 0) this.admitNext();
  }

  /**
   * Waits for a place when every node that could serve `placement` is at its limit. First come, first served.
   * @returns false when too many wait already.
   */
  enqueue(waiter: Waiter, placement: Placement<PoolNode>): boolean {
    if (this.queue.size >= maxQueue) return false;
    this.queue.set(waiter, placement);
    return true;
  }

  /** Waits no longer. */
  dequeue(waiter: Waiter): void {
    this.queue.delete(waiter);
  }

  /** Who waits here for a listener that has another pool now is placed by that one. */
  releaseStrangers(): void {
    for (const waiter of [...this.queue.keys()]) {
      if (waiter.waitsIn === this) continue;
      this.queue.delete(waiter);
      waiter.placeFree();
    }
  }

  private admitNext(): void {
    for (const [waiter, { tried }] of this.queue) {
      if (!this.candidates.some((node) => !node.isFull && !tried.includes(node))) {
        // Only who has seen nodes fail may be unable to use what others could.
        if (tried.length === 0) return;
        continue;
      }
      this.queue.delete(waiter);
      waiter.placeFree();
      return;
    }
  }

  /** Makes a client stay on `node` whenever that node can serve. */
  pin(entry: StickyClient<PoolNode>, node: PoolNode): void {
    const now = this.deps.clock.now();
    entry.pinned = node;
    this.deps.fact({ time: now, kind: 'client.pinned', pool: this.config.id, client: entry.key, node: node.id });
  }

  /** Takes a pin off: the client stays on its node as others do, and its entry's time begins anew. */
  unpin(entry: StickyClient<PoolNode>): void {
    const now = this.deps.clock.now();
    if (entry.pinned === null) return;
    const node = entry.node?.id ?? entry.lastNode;
    this.clients!.unpin(entry, now);
    this.deps.fact({ time: now, kind: 'client.unpinned', pool: this.config.id, client: entry.key, node });
  }

  /** Forgets a client: its next request is placed afresh, whatever cookie it holds. */
  release(entry: StickyClient<PoolNode>): void {
    this.clients?.remove(entry);
    if (this.codec !== null) {
      this.released.add(entry.key);
      if (this.released.size > maxReleased) this.released.delete(this.released.values().next().value!);
    }
    this.deps.fact({ time: this.deps.clock.now(), kind: 'client.released', pool: this.config.id, client: entry.key });
  }

  snapshot(): PoolState {
    return {
      id: this.config.id,
      name: this.config.name ?? this.config.id,
      algorithm: this.config.algorithm,
      stickiness: this.config.stickiness.type,
      available: this.candidates.length,
      nodes: this.nodes.map((node) => node.snapshot()),
    };
  }
}

function isFull(node: PoolNode): boolean {
  return node.isFull;
}
