import type { EventChannel, RequestChannel } from '../../shared/contract/channels.ts';
import {
  events,
  type Handlers,
  type LabState,
  type Opening,
  type Payload,
  requests,
  type Settings,
} from '../../shared/contract/contract.ts';
import { ContractError, type Envelope } from '../../shared/contract/envelope.ts';
import type { Config } from '../../shared/model/config.ts';
import { emptyConfig } from '../../shared/model/config.ts';
import type { FoundServer } from '../../shared/model/discovery.ts';
import { faultWords } from '../../shared/model/fault-words.ts';
import type { AuthorityStatus } from '../../shared/model/authority.ts';
import type { JournalEntry, JournalFact } from '../../shared/model/journal.ts';
import type { Client as BalancedClient, TrafficTick } from '../../shared/model/metrics.ts';
import type { Run } from '../../shared/model/run.ts';
import type { EngineSnapshot, ListenerState, NodeState, PoolState } from '../../shared/model/state.ts';
import type { UpdateState } from '../../shared/model/update.ts';
import { parseConfig } from '../../shared/model/validate.ts';
import { diffState } from '../../shared/state/patch.ts';
import { TrafficRing, trafficSteps } from '../../shared/state/traffic-ring.ts';
import { type Client, createClient, type Transport } from './client.ts';
import { createFakeAuthority } from './fake-authority.ts';
import { fakeBackupHandlers } from './fake-backups.ts';
import { fakeCertificateHandlers } from './fake-certificates.ts';
import { createFakeHistory } from './fake-history.ts';
import { createFakeLab } from './fake-lab.ts';
import { createFakeRequests } from './fake-requests.ts';
import { createFakeUpdates } from './fake-updates.ts';

/**
 * A control plane and an engine that exist only in this module: for tests and for looking at screens without a server.
 * The product never imports it. Every message it takes or sends is checked against the contract.
 */
export interface FakeMain {
  transport: Transport;
  client: Client;
  handlers: Handlers;
  /** Moves time on: one tick of traffic. The demo page calls it ten times a second, a test when it wants. */
  tick(intervalMs?: number): void;
  /** The node stops answering: the next checks fail, then it is down and its clients move. */
  kill(pool: string, node: string): void;
  revive(pool: string, node: string): void;
  emit<C extends EventChannel>(channel: C, payload: Payload<C>): void;
  /** Breaks or mends the way to the control plane. */
  setConnected(connected: boolean): void;
  /** As if the engine thread had been restarted: another epoch, the sequence from 0. */
  restartEngine(): void;
  /** Loses the next patch, as a full buffer would. */
  dropNextPatch(): void;
  /** Puts a run among those kept, as if it had been recorded. */
  addRun(run: Run): void;
  /** As if the system, the menu or the tray had asked the window for it. */
  open(opening: Opening): void;
  /** As if bringing the program up to date had come so far. */
  showUpdates(state: UpdateState): void;
}

export interface FakeOptions {
  config?: unknown;
  /** Clients that stick to nodes of each pool, by pool id. */
  clients?: Record<string, number>;
  /** Requests a second, by pool id. */
  rates?: Record<string, number>;
  settings?: Partial<Settings>;
  /** What program it is. Default headless. */
  host?: 'desktop' | 'headless';
  /** How far bringing it up to date has come. Default: it is headless, and is not asked. */
  updates?: UpdateState;
  lab?: Partial<LabState>;
  /** One request in so many is recorded. Default 1: all are. */
  every?: number;
  /** Traffic of so many milliseconds is there from the start. Default 0. */
  history?: number;
  /** The local authority as it is at the start. Default: not made yet, with a folder to be kept in. */
  authority?: Partial<AuthorityStatus>;
  /** Servers that listen on this machine. Default none. */
  servers?: FoundServer[];
  now?: () => number;
}

/** Small and seeded: the same picture each time. */
function randoms(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Health {
  dead: boolean;
}

export function createFakeMain(options: FakeOptions = {}): FakeMain {
  const now = options.now ?? Date.now;
  const random = randoms(7);
  const subscribers = new Map<EventChannel, Set<(payload: unknown) => void>>();
  const connectionWatchers = new Set<(connected: boolean) => void>();
  let connected = true;
  let config: Config = emptyConfig;
  let epoch = 1;
  let seq = 0;
  let dropPatch = false;
  const startedAt = now() - 8_040_000;
  const journal: JournalEntry[] = [];
  let settings: Settings = requests['settings.get'].result.parse({ theme: 'dark', ...options.settings });
  let listeners: ListenerState[] = [];
  let pools: PoolState[] = [];
  let shown: Pick<EngineSnapshot, 'listeners' | 'pools'> = { listeners, pools };
  const clients = new Map<string, BalancedClient>();
  const health = new Map<string, Health>();
  let paused = false;
  let waiting: Opening[] = [];
  const counts = new Map<string, { requests: number; errors: number }>();
  const requestLog = createFakeRequests(randoms(11), options.every ?? 1);
  const rings = trafficSteps.map(({ stepMs, rangeMs }) => ({ rangeMs, ring: new TrafficRing(stepMs, rangeMs) }));

  const emit: FakeMain['emit'] = (channel, payload) => {
    events[channel].parse(payload);
    if (connected) for (const callback of subscribers.get(channel) ?? []) callback(structuredClone(payload));
  };
  const record = (fact: JournalFact) => {
    const entry = { ...fact, seq: journal.length + 1 };
    journal.push(entry);
    emit('journal.entry', entry);
  };
  const authority = createFakeAuthority(() => config, now, options.authority);
  const past = createFakeHistory({
    now,
    entries: journal,
    snapshot: () => ({ epoch, seq, startedAt, listeners, pools }),
    clients: () => [...clients.values()].map(({ pool, key, node }) => ({ pool, key, node })),
    changed: (runs) => {
      emit('runs.changed', { runs });
    },
  });
  const poolOf = (id: string) => {
    const pool = pools.find((p) => p.id === id);
    if (!pool) throw new ContractError('POOL_NOT_FOUND', `No pool has the id "${id}".`);
    return pool;
  };
  const nodeOf = (poolId: string, id: string) => {
    const node = poolOf(poolId).nodes.find((n) => n.id === id);
    if (!node) throw new ContractError('NODE_NOT_FOUND', `Pool "${poolId}" has no node "${id}".`);
    return node;
  };
  const takesNew = (pool: PoolState) => {
    const up = pool.nodes.filter((n) => n.state !== 'down');
    const accept = up.filter((n) => n.mode === 'accept');
    return accept.length > 0 ? accept : up.filter((n) => n.mode === 'backup');
  };
  const checkWords = (poolId: string) => config.pools.find((p) => p.id === poolId)!.healthCheck;

  const publish = () => {
    pools = pools.map((pool) => {
      const nodes = pool.nodes.map((node) => ({
        ...node,
        stickyClients: [...clients.values()].filter((c) => c.pool === pool.id && c.node === node.id).length,
      }));
      return { ...pool, nodes, available: takesNew({ ...pool, nodes }).length };
    });
    const diff = diffState(shown, { listeners, pools });
    shown = { listeners, pools };
    if (!diff) return;
    const patch = { epoch, seq: ++seq, ...diff };
    if (dropPatch) dropPatch = false;
    else emit('engine.patch', patch);
  };
  const change = (poolId: string, nodeId: string, fields: Partial<NodeState>) => {
    pools = pools.map((pool) =>
      pool.id === poolId ? { ...pool, nodes: pool.nodes.map((node) => (node.id === nodeId ? { ...node, ...fields } : node)) } : pool,
    );
  };

  const move = (client: BalancedClient, to: string, reason: string) => {
    const from = client.node;
    clients.set(`${client.pool}/${client.key}`, {
      ...client,
      ...{ node: to, since: now(), lastSeen: now(), moves: client.moves + 1, how: 'chosen:turn', from, reason },
    });
    record({ time: now(), kind: 'client.moved', pool: client.pool, client: client.key, from, to, reason });
  };
  const moveAll = (poolId: string, nodeId: string, share: number, reason: string) => {
    const targets = takesNew(poolOf(poolId)).filter((n) => n.id !== nodeId);
    const leaving = [...clients.values()].filter((c) => c.pool === poolId && c.node === nodeId && !c.pinned);
    if (targets.length === 0) return;
    leaving.slice(0, Math.ceil(leaving.length * share)).forEach((client, i) => move(client, targets[i % targets.length]!.id, reason));
  };

  const apply = (next: Config): string[] => {
    const changed =
      JSON.stringify(next) === JSON.stringify(config)
        ? []
        : [...next.listeners.map((l) => `listeners.${l.id}`), ...next.pools.map((p) => `pools.${p.id}`)];
    const old = new Map(pools.flatMap((pool) => pool.nodes.map((node) => [`${pool.id}/${node.id}`, node] as const)));
    config = next;
    pools = next.pools.map((pool, p) => ({
      id: pool.id,
      name: pool.name ?? pool.id,
      algorithm: pool.algorithm,
      stickiness: pool.stickiness.type,
      available: pool.nodes.length,
      nodes: pool.nodes.map((node, n) => {
        const known = old.get(`${pool.id}/${node.id}`);
        const streak = known?.streak ?? 812 - 291 * (n % 3) - p;
        return {
          connections: 0,
          requests: 0,
          errors: 0,
          retried: 0,
          bytesIn: 0,
          bytesOut: 0,
          stickyClients: 0,
          state: 'up' as const,
          reason: `HTTP 200 in ${4 + n} ms, ${streak} in a row`,
          since: n % 3 === 2 ? now() - 2_280_000 : startedAt,
          lastCheck: { time: now() - 400, ok: true, detail: 'HTTP 200', durationMs: 4 + n },
          streak,
          nextCheckAt: now() + 600,
          drain: null,
          fault: null,
          ...known,
          id: node.id,
          label: node.label ?? node.id,
          address: node.address,
          weight: node.weight,
          mode: node.mode,
        };
      }),
    }));
    listeners = next.listeners.map((listener) => ({
      id: listener.id,
      name: listener.name ?? listener.id,
      protocol: listener.protocol,
      address: listener.host.includes(':') ? `[${listener.host}]:${listener.port}` : `${listener.host}:${listener.port}`,
      pool: listener.pool,
      state: listener.enabled ? ('up' as const) : ('disabled' as const),
      reason: '',
      since: startedAt,
      connections: 0,
      requests: 0,
      errors: 0,
      retried: 0,
      bytesIn: 0,
      bytesOut: 0,
    }));
    publish();
    if (changed.length > 0) emit('config.changed', { changed });
    return changed;
  };

  const addClients = (poolId: string, count: number) => {
    const pool = poolOf(poolId);
    const targets = takesNew(pool);
    const kind = pool.stickiness === 'table' ? 'address' : 'cookie';
    for (let i = 0; i < count && targets.length > 0; i++) {
      const key =
        kind === 'cookie'
          ? Math.floor(random() * 0xffffffff)
              .toString(16)
              .padStart(8, '0')
          : `10.${pools.indexOf(pool)}.${i >> 8}.${i & 255}`;
      const node = targets[Math.floor(random() * targets.length)]!;
      clients.set(`${poolId}/${key}`, {
        pool: poolId,
        key,
        kind,
        node: node.id,
        since: now() - Math.floor(random() * 3_600_000),
        lastSeen: now() - (random() < 0.2 ? 12_000 : 300),
        moves: 0,
        requests: Math.floor(random() * 2_000),
        requestsPerSecond: Math.floor(random() * 40) / 10,
        pinned: i === 5,
        pinnedTo: i === 5 ? node.id : null,
        how: 'chosen:turn',
        from: null,
        reason: null,
        expiresAt: kind === 'address' ? now() + 1_700_000 : null,
      });
    }
  };

  const demoConfig = {
    version: 1,
    listeners: [{ id: 'demo', name: 'Demo', host: '127.0.0.1', port: 8080, protocol: 'http', pool: 'demo' }],
    pools: [
      {
        id: 'demo',
        name: 'Demo',
        stickiness: { type: 'http_cookie' },
        healthCheck: { type: 'http', path: '/healthz', intervalMs: 1_000, timeoutMs: 500, attempts: 2 },
        nodes: [1, 2, 3].map((n) => ({ id: `demo-${n}`, address: `127.0.0.1:900${n}` })),
      },
    ],
  };

  const lab = createFakeLab({
    initial: options.lab ?? {},
    now,
    start() {
      const parsed = parseConfig(demoConfig);
      apply(parsed.config!);
      addClients('demo', 24);
      publish();
      return demoConfig.pools[0]!.nodes.map(({ id, address }) => ({ id, label: id, address }));
    },
    end() {
      clients.clear();
      apply(emptyConfig);
    },
    setDead(node, dead) {
      health.set(`demo/${node}`, { dead });
    },
    setInjected(faults) {
      for (const pool of pools) {
        for (const node of pool.nodes) {
          const found = faults.find((one) => one.pool === pool.id && one.node === node.id);
          change(pool.id, node.id, { fault: found ? `DEMO: ${faultWords(found.fault)}` : null });
        }
      }
      publish();
    },
    record,
    changed(state) {
      emit('lab.changed', state);
    },
  });

  const updates = createFakeUpdates((state) => emit('updates.changed', state), now, options.updates);
  const handlers: Handlers = {
    'app.info': () => ({
      version: '0.1.0',
      host: options.host ?? 'headless',
      platform: 'linux',
      startedAt,
      configPath: '/etc/evenkeel.json',
      paused,
      recovered: null,
    }),
    'config.get': () => config,
    'config.validate': ({ config: raw }) => ({ issues: parseConfig(raw).issues }),
    'config.apply': ({ config: raw }) => {
      const parsed = parseConfig(raw);
      if (!parsed.config) throw new ContractError('CONFIG_INVALID', 'The configuration has mistakes. Nothing was changed.', parsed.issues);
      const changed = apply(parsed.config);
      record({ time: now(), kind: 'config.applied', changed });
      return { changed };
    },
    'config.export': ({ to }) => ({
      text: `# ${to}\n${config.pools.map((pool) => `backend ${pool.id}`).join('\n')}\n`,
      notes: to === 'haproxy' ? [] : [{ path: 'pools[0].slowStartMs', message: 'There is no slow start there.' }],
    }),
    'config.import': ({ text }) => {
      if (!text.includes('frontend')) throw new ContractError('BAD_REQUEST', 'This is no haproxy.cfg: it has no section.');
      return {
        config: {
          version: 1,
          listeners: [{ id: 'shop', host: '0.0.0.0', port: 8081, protocol: 'http', pool: 'shop' }],
          pools: [{ id: 'shop', stickiness: { type: 'none' }, nodes: [{ id: 'shop-1', address: '10.0.0.7:80' }] }],
        },
        notes: [{ line: 4, directive: 'option httplog', reason: 'Evenkeel logs in its own way' }],
      };
    },
    'config.reload': () => ({ changed: [] }),
    ...fakeBackupHandlers(
      () => config,
      (next) => handlers['config.apply']({ config: next }) as { changed: string[] },
      now,
    ),
    'node.setMode': ({ pool, node, mode }) => {
      const before = nodeOf(pool, node);
      const last = takesNew(poolOf(pool));
      if (config.pools.find((p) => p.id === pool)!.keepLastNode && mode !== 'accept' && last.length === 1 && last[0]!.id === node)
        throw new ContractError(
          'LAST_NODE',
          `${before.label} is the last node that serves. Bring another up first, or turn off "keep the last node".`,
        );
      change(pool, node, {
        mode,
        drain: mode === 'drain' ? { since: now(), until: now() + 30_000, clientsAtStart: before.stickyClients } : null,
        ...(mode === 'reject' ? { nextCheckAt: null } : {}),
      });
      config = {
        ...config,
        pools: config.pools.map((p) => (p.id === pool ? { ...p, nodes: p.nodes.map((n) => (n.id === node ? { ...n, mode } : n)) } : p)),
      };
      record({ time: now(), kind: 'node.mode', pool, node, from: before.mode, to: mode });
      if (mode === 'reject') moveAll(pool, node, 1, `${before.label} rejects`);
      publish();
      return nodeOf(pool, node);
    },
    'node.moveClients': ({ pool, node }) => {
      const { label } = nodeOf(pool, node);
      const leaving = [...clients.values()].filter((c) => c.pool === pool && c.node === node && !c.pinned).length;
      moveAll(pool, node, 1, `${label} was drained`);
      publish();
      return { moved: leaving };
    },
    'engine.snapshot': () => ({ epoch, seq, startedAt, listeners, pools }),
    'clients.list': ({ pool, node, search, key, moved, pinned, sort, order, offset = 0, limit = 100 }) => {
      const found = [...clients.values()].filter(
        (c) =>
          (!pool || c.pool === pool) &&
          (!node || c.node === node) &&
          (!key || c.key === key) &&
          (!moved || c.moves > 0) &&
          (!pinned || c.pinned) &&
          (!search || c.key.toLowerCase().includes(search.toLowerCase())),
      );
      if (sort) {
        const worth = (c: BalancedClient) =>
          sort === 'expires' ? (c.expiresAt ?? Number.MAX_VALUE) : sort === 'rate' ? (c.requestsPerSecond ?? -1) : c[sort];
        const sign = order === 'desc' ? -1 : 1;
        found.sort((a, b) => sign * (worth(a) < worth(b) ? -1 : worth(a) > worth(b) ? 1 : 0));
      }
      return { total: found.length, clients: found.slice(offset, offset + limit) };
    },
    'clients.summary': ({ pool: only, activeMs = 5_000 }) => ({
      nodes: pools
        .filter((pool) => (!only || pool.id === only) && pool.stickiness !== 'none')
        .flatMap((pool) =>
          pool.nodes.map((node) => {
            const here = [...clients.values()].filter((c) => c.pool === pool.id && c.node === node.id);
            const arrivals = new Map<string, { how: BalancedClient['how']; reason: string | null; clients: number }>();
            for (const { how, reason } of here) {
              const same = arrivals.get(reason ?? how);
              arrivals.set(reason ?? how, { how, reason, clients: (same?.clients ?? 0) + 1 });
            }
            return {
              pool: pool.id,
              node: node.id,
              clients: here.length,
              active: here.filter((c) => now() - c.lastSeen <= activeMs).length,
              pinned: here.filter((c) => c.pinned).length,
              arrivals: [...arrivals.values()].sort((a, b) => b.clients - a.clients),
            };
          }),
        ),
    }),
    'clients.unpin': ({ pool, key }) => {
      const client = clients.get(`${pool}/${key}`);
      if (!client) throw new ContractError('CLIENT_NOT_FOUND', `Pool "${pool}" knows no client "${key}".`);
      const loose = { ...client, pinned: false, pinnedTo: null };
      clients.set(`${pool}/${key}`, loose);
      record({ time: now(), kind: 'client.unpinned', pool, client: key, node: client.node });
      publish();
      return loose;
    },
    'clients.pin': ({ pool, key, node }) => {
      const client = clients.get(`${pool}/${key}`);
      if (!client) throw new ContractError('CLIENT_NOT_FOUND', `Pool "${pool}" knows no client "${key}".`);
      nodeOf(pool, node);
      const moved = client.node === node ? {} : { node, from: client.node, reason: `pinned to ${node}`, how: 'chosen:pinned' as const };
      const pinned = { ...client, ...moved, pinned: true, pinnedTo: node };
      clients.set(`${pool}/${key}`, pinned);
      record({ time: now(), kind: 'client.pinned', pool, client: key, to: node });
      publish();
      return pinned;
    },
    'clients.release': ({ pool, key }) => {
      if (!clients.delete(`${pool}/${key}`)) throw new ContractError('CLIENT_NOT_FOUND', `Pool "${pool}" knows no client "${key}".`);
      record({ time: now(), kind: 'client.released', pool, client: key });
      publish();
      return {};
    },
    ...past.handlers,
    'journal.list': ({ afterSeq, beforeSeq = Infinity, from = 0, to = Infinity, limit = 100, kinds }) => {
      const fit = journal.filter(
        (e) =>
          e.seq > (afterSeq ?? 0) && e.seq < beforeSeq && e.time >= from && e.time <= to && (kinds === undefined || kinds.includes(e.kind)),
      );
      const entries = afterSeq === undefined ? fit.slice(-limit) : fit.slice(0, limit);
      return { entries, lastSeq: journal.length };
    },
    'requests.list': (query) => requestLog.list(query),
    'traffic.history': ({ rangeMs }) => (rings.find((one) => one.rangeMs >= rangeMs) ?? rings[0]!).ring.read(rangeMs, now()),
    'check.try': ({ node }) => ({ time: now(), ok: true, detail: `HTTP 200 from ${node.address}`, durationMs: 4 }),
    ...fakeCertificateHandlers(() => config, now, authority.fileText),
    ...authority.handlers,
    'discovery.list': () => ({ servers: options.servers ?? [] }),
    ...lab.handlers,
    'app.setPaused': ({ paused: wanted }) => {
      paused = wanted;
      emit('app.paused', { paused });
      return { paused };
    },
    'app.takeOpenings': () => {
      const openings = waiting;
      waiting = [];
      return { openings };
    },
    'settings.get': () => settings,
    'settings.set': (given) => {
      settings = { ...settings, ...given };
      emit('settings.changed', settings);
      updates.follow(settings.lookForUpdates);
      return settings;
    },
    ...updates.handlers,
  };

  const check = (pool: PoolState, node: NodeState) => {
    const key = `${pool.id}/${node.id}`;
    const spec = checkWords(pool.id);
    const state = health.get(key);
    if (node.mode === 'reject' || now() < (node.nextCheckAt ?? 0)) return;
    const durationMs = state?.dead ? spec.timeoutMs : 4 + Math.round(random() * 3);
    const detail = state?.dead ? `timed out after ${spec.timeoutMs} ms` : 'HTTP 200';
    const streak = state?.dead
      ? Math.min(-1, node.streak - (node.streak < 0 ? 1 : node.streak + 1))
      : Math.max(1, node.streak + (node.streak > 0 ? 1 : 1 - node.streak));
    const checked = { lastCheck: { time: now(), ok: !state?.dead, detail, durationMs }, streak, nextCheckAt: now() + spec.intervalMs };
    if (state?.dead && -streak < spec.attempts && node.state !== 'down') {
      change(pool.id, node.id, { ...checked, state: 'checking', since: now(), reason: `${-streak} of ${spec.attempts} checks timed out` });
    } else if (state?.dead && node.state !== 'down') {
      const reason = `${spec.attempts} of ${spec.attempts} checks timed out`;
      change(pool.id, node.id, { ...checked, state: 'down', since: now(), reason, connections: 0 });
      publish();
      record({ time: now(), kind: 'node.down', pool: pool.id, node: node.id, reason });
      moveAll(pool.id, node.id, 1, `${node.label} is down`);
    } else if (!state?.dead && node.state !== 'up' && streak >= (node.state === 'down' ? spec.rise : 1)) {
      const wasDown = node.state === 'down';
      change(pool.id, node.id, { ...checked, state: 'up', since: now(), reason: `HTTP 200 in ${durationMs} ms, ${streak} in a row` });
      if (wasDown)
        record({ time: now(), kind: 'node.up', pool: pool.id, node: node.id, reason: `${streak} of ${spec.rise} checks passed` });
    } else {
      change(pool.id, node.id, { ...checked, ...(state?.dead ? {} : { reason: `HTTP 200 in ${durationMs} ms, ${streak} in a row` }) });
    }
  };

  const tick = (intervalMs = 100) => {
    const time = now();
    const message: TrafficTick = {
      epoch,
      time,
      intervalMs,
      listeners: [],
      nodes: [],
      total: { p50: 12, p95: 33 + random() * 6, p99: 58 },
      clients: clients.size,
    };
    for (const pool of pools) {
      for (const node of pool.nodes) check(pool, node);
      const rate = options.rates?.[pool.id] ?? (lab.state().running ? lab.state().clients.requestsPerSecond : 0);
      const owned = pool.nodes.map((node) => [...clients.values()].filter((c) => c.pool === pool.id && c.node === node.id));
      const all = owned.reduce((sum, list) => sum + list.length, 0);
      let served = 0;
      let retried = 0;
      poolOf(pool.id).nodes.forEach((node, n) => {
        const key = `${pool.id}/${node.id}`;
        const count = counts.get(key) ?? { requests: 0, errors: 0 };
        const share = node.state === 'down' || all === 0 ? 0 : owned[n]!.length / all;
        const made = share * rate * (intervalMs / 1_000) * (0.85 + 0.3 * random());
        const whole = Math.floor(made + random());
        const errors = health.get(key)?.dead && whole > 0 ? Math.min(whole, 1) : 0;
        counts.set(key, { requests: count.requests + whole, errors: count.errors + errors });
        served += whole;
        const through = listeners.find((l) => l.pool === pool.id && l.state === 'up');
        if (through)
          for (let i = 0; i < Math.min(whole, 100); i++)
            requestLog.record(time, through, poolOf(pool.id), node.id, owned[n]![i % owned[n]!.length]?.key);
        const sticky = owned[n]!;
        for (const client of sticky) {
          if (time - client.lastSeen > 8_000 || node.state === 'down' || random() > 0.3) continue;
          clients.set(`${client.pool}/${client.key}`, { ...client, lastSeen: time, requests: client.requests + 1 });
        }
        const connections = node.state === 'down' ? 0 : Math.round(sticky.length * 1.05);
        retried += errors;
        change(pool.id, node.id, {
          connections,
          requests: counts.get(key)!.requests,
          errors: counts.get(key)!.errors,
          retried: counts.get(key)!.errors,
        });
        const silent = whole === 0 && share === 0;
        message.nodes.push({
          pool: pool.id,
          node: node.id,
          state: node.state,
          connections,
          requests: whole,
          errors,
          // What the dead node fails is served by another.
          retried: errors,
          bytesIn: whole * 400,
          bytesOut: whole * 1_024,
          stickyClients: sticky.length,
          p50: silent ? null : 11 + n * 2,
          p95: silent ? null : 29 + n * 4 + random() * 5,
          p99: silent ? null : 58,
        });
        if (node.mode === 'drain' && sticky.length > 2 && random() < 0.02)
          moveAll(pool.id, node.id, 1 / sticky.length, `${node.label} drains`);
      });
      const own = listeners.filter((l) => l.pool === pool.id && l.state === 'up');
      for (const listener of own) {
        const part = Math.round(served / own.length);
        const refused = takesNew(poolOf(pool.id)).length === 0 && rate > 0 ? 1 : 0;
        message.listeners.push({
          id: listener.id,
          connections: all,
          requests: part + refused,
          errors: refused,
          retried: Math.round(retried / own.length),
          bytesIn: part * 400,
          bytesOut: part * 1_024,
        });
        listeners = listeners.map((l) =>
          l.id === listener.id ? { ...l, connections: Math.round(all / own.length), requests: l.requests + part } : l,
        );
      }
    }
    publish();
    lab.tick();
    for (const { ring } of rings) ring.push(message);
    past.tick(message);
    emit('traffic.tick', message);
    const batch = requestLog.drain();
    if (batch) emit('requests.tick', batch);
  };

  /** One second of the made-up past: a wave of traffic with an error now and then. */
  const pastTick = (time: number): TrafficTick => {
    const wave = 1 + 0.4 * Math.sin(time / 47_000) + 0.15 * random();
    const nodes = pools.flatMap((pool) =>
      pool.nodes.map((node, n) => {
        const requests = Math.round(((options.rates?.[pool.id] ?? 0) / pool.nodes.length) * wave * (1 + n * 0.12));
        return {
          pool: pool.id,
          node: node.id,
          state: node.state,
          connections: 10 + n,
          requests,
          errors: time % 90_000 < 3_000 ? 1 : 0,
          retried: 0,
          bytesIn: requests * 400,
          bytesOut: requests * 1_024,
          stickyClients: 12,
          p50: 11 + n,
          p95: 30 + 8 * wave,
          p99: 58 + 10 * wave,
        };
      }),
    );
    const sum = (of: (node: (typeof nodes)[number]) => number) => nodes.reduce((all, node) => all + of(node), 0);
    return {
      epoch,
      time,
      intervalMs: 1_000,
      listeners: listeners.map(({ id }) => ({
        id,
        connections: sum((node) => node.connections),
        requests: sum((node) => node.requests),
        errors: sum((node) => node.errors),
        retried: sum((node) => node.retried),
        bytesIn: sum((node) => node.bytesIn),
        bytesOut: sum((node) => node.bytesOut),
      })),
      nodes,
      total: { p50: 12, p95: 30 + 8 * wave, p99: 58 + 10 * wave },
      clients: clients.size,
    };
  };

  const transport: Transport = {
    async request(channel: RequestChannel, params: unknown): Promise<Envelope> {
      await Promise.resolve();
      if (!connected) return { ok: false, error: { code: 'ENGINE_UNAVAILABLE', message: 'Evenkeel does not answer.' } };
      const parsed = requests[channel].params.safeParse(params);
      if (!parsed.success) return { ok: false, error: { code: 'BAD_REQUEST', message: parsed.error.issues[0]!.message } };
      try {
        const handler = handlers[channel] as (given: unknown) => unknown;
        const value = structuredClone(await handler(parsed.data));
        requests[channel].result.parse(value);
        return { ok: true, value };
      } catch (error) {
        if (error instanceof ContractError) return { ok: false, error: error.toBody() };
        throw error;
      }
    },
    subscribe(channel, callback) {
      let set = subscribers.get(channel);
      if (!set) subscribers.set(channel, (set = new Set()));
      set.add(callback);
      return () => set.delete(callback);
    },
    onConnection(callback) {
      connectionWatchers.add(callback);
      return () => connectionWatchers.delete(callback);
    },
  };

  if (options.config) {
    const parsed = parseConfig(options.config);
    if (!parsed.config) throw new Error(`The fake's configuration is invalid: ${JSON.stringify(parsed.issues)}`);
    apply(parsed.config);
    for (const [pool, count] of Object.entries(options.clients ?? {})) addClients(pool, count);
    publish();
    for (let back = options.history ?? 0; back > 0; back -= 1_000) for (const { ring } of rings) ring.push(pastTick(now() - back));
  }

  return {
    transport,
    client: createClient(transport),
    handlers,
    tick,
    kill(pool, node) {
      health.set(`${pool}/${node}`, { dead: true });
    },
    revive(pool, node) {
      health.set(`${pool}/${node}`, { dead: false });
    },
    emit,
    setConnected(next) {
      connected = next;
      for (const watcher of connectionWatchers) watcher(next);
    },
    restartEngine() {
      epoch++;
      seq = 0;
      requestLog.clear();
      record({ time: now(), kind: 'engine.restarted', reason: 'the engine thread ended unexpectedly' });
      publish();
    },
    dropNextPatch() {
      dropPatch = true;
    },
    addRun: past.addRun,
    showUpdates: (state) => {
      updates.show(state);
    },
    open(opening) {
      waiting.push(opening);
      emit('app.openings', { waiting: waiting.length });
    },
  };
}
