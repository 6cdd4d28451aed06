import type { EngineEvents } from '../../../electron/engine/api.ts';
import { EngineError } from '../../../electron/engine/errors.ts';
import type { EngineService } from '../../../electron/control/control-plane.ts';
import { emptyConfig, type Config } from '../../../shared/model/config.ts';
import type { Client } from '../../../shared/model/metrics.ts';
import type { EngineSnapshot, ObservedState } from '../../../shared/model/state.ts';

/** An engine that binds nothing: it remembers what it was told, and refuses or fails as the test wants. */
export class FakeEngine implements EngineService {
  config: Config = emptyConfig;
  applied = 0;
  /** Thrown by the next `apply`. */
  refuse: Error | undefined;
  /** Runs inside `apply`, before it answers. */
  during: (() => Promise<void>) | undefined;
  states: Record<string, ObservedState> = {};
  clients: Client[] = [];
  closed = false;
  checksHeld = false;
  readonly #subscribers = new Set<Partial<EngineEvents>>();

  subscribe(events: Partial<EngineEvents>): () => void {
    this.#subscribers.add(events);
    return () => this.#subscribers.delete(events);
  }

  emit<E extends keyof EngineEvents>(event: E, payload: Parameters<EngineEvents[E]>[0]): void {
    for (const subscriber of this.#subscribers) (subscriber[event] as ((p: unknown) => void) | undefined)?.(payload);
  }

  async apply(config: Config): Promise<{ changed: string[] }> {
    await this.during?.();
    const refuse = this.refuse;
    this.refuse = undefined;
    if (refuse) throw refuse;
    const changed = new Set<string>();
    for (const list of ['listeners', 'pools', 'certificates'] as const) {
      const before = new Map<string, unknown>(this.config[list].map((item) => [item.id, item]));
      for (const item of config[list]) {
        if (JSON.stringify(before.get(item.id)) !== JSON.stringify(item)) changed.add(`${list}.${item.id}`);
        before.delete(item.id);
      }
      for (const id of before.keys()) changed.add(`${list}.${id}`);
    }
    this.config = config;
    this.applied++;
    return { changed: [...changed] };
  }

  snapshot(): EngineSnapshot {
    const zeros = { connections: 0, requests: 0, errors: 0, retried: 0, bytesIn: 0, bytesOut: 0, since: 1 };
    return {
      epoch: 1,
      seq: 0,
      startedAt: 1,
      listeners: this.config.listeners.map((l) => ({
        ...zeros,
        id: l.id,
        name: l.name ?? l.id,
        protocol: l.protocol,
        address: `${l.host}:${l.port}`,
        pool: l.pool,
        state: l.enabled ? ('up' as const) : ('disabled' as const),
        reason: '',
      })),
      pools: this.config.pools.map((p) => ({
        id: p.id,
        name: p.name ?? p.id,
        algorithm: p.algorithm,
        stickiness: p.stickiness.type,
        available: p.nodes.length,
        nodes: p.nodes.map((n) => ({
          ...zeros,
          id: n.id,
          label: n.label ?? n.id,
          address: n.address,
          weight: n.weight,
          mode: n.mode,
          state: this.states[n.id] ?? ('up' as const),
          reason: '',
          lastCheck: null,
          streak: 0,
          nextCheckAt: null,
          stickyClients: 0,
          drain: null,
          fault: null,
        })),
      })),
    };
  }

  listClients(): { total: number; clients: Client[] } {
    return { total: this.clients.length, clients: this.clients };
  }

  pinClient(pool: string, key: string, node: string): Client {
    if (!this.config.pools.some((p) => p.id === pool)) throw new EngineError('POOL_NOT_FOUND', `There is no pool "${pool}".`);
    if (!this.config.pools.some((p) => p.nodes.some((n) => n.id === node)))
      throw new EngineError('NODE_NOT_FOUND', `There is no node "${node}".`);
    return {
      pool,
      key,
      kind: 'address',
      node,
      since: 1,
      lastSeen: 1,
      moves: 0,
      requests: 1,
      requestsPerSecond: null,
      pinned: true,
      pinnedTo: node,
      how: 'chosen:turn',
      from: null,
      reason: null,
      expiresAt: null,
    };
  }

  countClients() {
    return { nodes: [] };
  }

  unpinClient(pool: string, key: string): Client {
    const client = this.clients.find((one) => one.pool === pool && one.key === key);
    if (!client) throw new EngineError('CLIENT_NOT_FOUND', `There is no client "${key}".`);
    return { ...client, pinned: false, pinnedTo: null };
  }

  releaseClient(_pool: string, key: string): void {
    if (!this.clients.some((client) => client.key === key)) throw new EngineError('CLIENT_NOT_FOUND', `There is no client "${key}".`);
  }

  moveClients(pool: string, node: string): { moved: number } {
    const found = this.config.pools.find((p) => p.id === pool);
    if (!found) throw new EngineError('POOL_NOT_FOUND', `There is no pool "${pool}".`);
    if (!found.nodes.some((n) => n.id === node)) throw new EngineError('NODE_NOT_FOUND', `Pool "${pool}" has no node "${node}".`);
    return { moved: this.clients.filter((c) => c.node === node && !c.pinned).length };
  }

  listRequests() {
    return { entries: [], sampling: { every: 1, errorsEvery: 1, seen: 0, recorded: 0 } };
  }

  setFaults(): void {}

  holdChecks(held: boolean): void {
    this.checksHeld = held;
  }

  tryCheck() {
    return Promise.resolve({ time: 1, ok: true, detail: 'HTTP 200', durationMs: 1 });
  }

  close(): Promise<{ cut: number }> {
    this.closed = true;
    return Promise.resolve({ cut: 0 });
  }
}
