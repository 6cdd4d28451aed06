import type { Config, HealthCheckConfig, NodeConfig, PoolConfig } from '../../shared/model/config.ts';
import type { InjectedFault } from '../../shared/model/fault.ts';
import type { JournalFact } from '../../shared/model/journal.ts';
import type { Client, ClientCounts, RequestRecord, Sampling, TrafficTick } from '../../shared/model/metrics.ts';
import type { CheckResult, EnginePatch, EngineSnapshot } from '../../shared/model/state.ts';

/**
 * The engine as everything above it sees it. The same calls work on the engine itself (tests, in one process) and across
 * the thread boundary (thread/host.ts), so each may answer with a value or a promise of one.
 *
 * Configurations given to `apply` carry certificates and authorities as PEM text: the engine reads no files.
 */
export interface EngineApi {
  /**
   * Makes `config` the running configuration: compares it with the one before and touches only what changed.
   * @returns what changed: "listeners.web", "pools.web", "pools.web.nodes.a", "certificates.local".
   * @throws EngineError LISTENER_BIND_FAILED, CERTIFICATE_INVALID; nothing has changed then.
   */
  apply(config: Config, options?: ApplyOptions): Awaitable<{ changed: string[] }>;
  snapshot(): Awaitable<EngineSnapshot>;
  listClients(query: ClientQuery): Awaitable<{ total: number; clients: Client[] }>;
  /** @throws EngineError POOL_NOT_FOUND, NODE_NOT_FOUND, CLIENT_NOT_FOUND. */
  pinClient(pool: string, key: string, node: string): Awaitable<Client>;
  /** How many clients are on each node of pools that stick, and how they came there. */
  countClients(query: ClientCountQuery): Awaitable<{ nodes: ClientCounts[] }>;
  /**
   * Takes the pin off, if there is one: the client stays on its node as others do.
   * @throws EngineError POOL_NOT_FOUND, CLIENT_NOT_FOUND.
   */
  unpinClient(pool: string, key: string): Awaitable<Client>;
  /** @throws EngineError POOL_NOT_FOUND, CLIENT_NOT_FOUND. */
  releaseClient(pool: string, key: string): Awaitable<void>;
  /**
   * Takes every client off the node but those pinned to it. Each is placed afresh by its next request; what is in flight goes on.
   * @returns how many.
   * @throws EngineError POOL_NOT_FOUND, NODE_NOT_FOUND.
   */
  moveClients(pool: string, node: string): Awaitable<{ moved: number }>;
  listRequests(query: RequestQuery): Awaitable<{ entries: RequestRecord[]; sampling: Sampling }>;
  /** Runs one probe now, of a node that need not be configured. @param proxyProtocol what its pool sends ahead. Default none. */
  tryCheck(node: NodeConfig, check: HealthCheckConfig, proxyProtocol?: PoolConfig['proxyProtocol']): Promise<CheckResult>;
  /**
   * Makes these faults up for nodes, on purpose, in place of those made up before; an empty list ends them all. A fault ends with
   * its node; others outlive a change of the configuration.
   * @throws EngineError POOL_NOT_FOUND, NODE_NOT_FOUND; nothing has changed then.
   */
  setFaults(faults: readonly InjectedFault[]): Awaitable<void>;
  /**
   * Holds every check back, or lets them go on: for a machine that is about to sleep. While they are held no node changes its state,
   * by checks or by what traffic meets. Afterwards each node is checked at once and its streak begins at zero, so that one failure
   * while the network comes back takes nobody down who was up. A new configuration does not end it.
   */
  holdChecks(held: boolean): Awaitable<void>;
  /**
   * Stops accepting, lets what is in flight finish within each listener's drain timeout, then cuts the rest.
   * @returns how many connections were cut.
   */
  close(): Promise<{ cut: number }>;
}

export interface ApplyOptions {
  /**
   * A listener that cannot be bound does not fail the whole: it is left in state `error` with its reason, and tried again
   * every two seconds. For starting with a saved configuration, where some of it is better than none. Default false.
   */
  keepGoing?: boolean;
}

export type Awaitable<T> = T | Promise<T>;

/** What a list of clients can be sorted by. */
export type ClientSort = 'key' | 'kind' | 'pool' | 'node' | 'since' | 'moves' | 'lastSeen' | 'rate' | 'requests' | 'expires';

export interface ClientQuery {
  pool?: string;
  node?: string;
  /** Exactly this client. */
  key?: string;
  /** true: only those that have moved. */
  moved?: boolean;
  /** true: only those that are pinned. */
  pinned?: boolean;
  /** Default: who ends first stands first. */
  sort?: ClientSort;
  /** Default asc. */
  order?: 'asc' | 'desc';
  /** Found anywhere in the key, case ignored. */
  search?: string;
  /** Default 0. */
  offset?: number;
  /** Default 100. */
  limit?: number;
}

export interface ClientCountQuery {
  pool?: string;
  /** Who has asked within this long is active. Milliseconds, default 5,000. */
  activeMs?: number;
}

export interface RequestQuery {
  afterSeq?: number;
  /** 1–1,000, default 100. */
  limit?: number;
  filter?: {
    listener?: string;
    pool?: string;
    node?: string;
    client?: string;
    method?: string;
    path?: string;
    status?: number;
    /** First digit of the status; 0: no answer reached the client. */
    statusClass?: number;
    /** true: only what was retried. */
    retried?: boolean;
  };
}

/** Facts that come up from the engine. */
export interface EngineEvents {
  /** At most ten times a second, and at once after a discrete change. */
  patch(patch: EnginePatch): void;
  /** Ten times a second while anybody watches or not; cheap. */
  tick(tick: TrafficTick): void;
  /** Discrete facts, at once, in order. */
  fact(fact: JournalFact): void;
  /** Newly recorded requests, at most 50 a tick, ten ticks a second. */
  requests(batch: { entries: RequestRecord[]; sampling: Sampling }): void;
}
