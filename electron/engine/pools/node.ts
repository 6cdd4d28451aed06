import { parseHostPort, type HostPort } from '../../../shared/model/address.ts';
import type { NodeConfig, NodeMode } from '../../../shared/model/config.ts';
import type { NodeState, ObservedState } from '../../../shared/model/state.ts';
import type { Candidate } from '../balancing/policy.ts';
import type { NodeHealth } from '../health/node-health.ts';
import { WindowedHistogram } from '../metrics/histogram.ts';
import type { StickyNode } from '../stickiness/table.ts';
import { ConnectionPool } from '../upstream/connection-pool.ts';
import type { NodeFault } from './node-fault.ts';
import type { DialAddress } from '../upstream/name-resolver.ts';

/** Something that uses a node and can be ended: what is cut when a removed node's time is up. */
export interface Ending {
  cut(): void;
}

/**
 * One server behind a pool. What the owner wants (`mode`) and what the checker sees (`health.state`) are kept apart, and
 * only `takesNew` and `takesSticky` look at both.
 */
export class PoolNode implements Candidate, StickyNode {
  readonly id: string;
  readonly pool: string;
  config: NodeConfig;
  address: DialAddress;
  health!: NodeHealth;
  readonly upstream: ConnectionPool;
  /** What is being served now. */
  readonly inUse = new Set<Ending>();

  /** Effective weight: the configured one, less while a returning node ramps up. */
  weight: number;
  /** Requests in flight (http) and open sessions (tcp, tunnels). */
  active = 0;
  requests = 0;
  errors = 0;
  /** Requests that failed here and were then tried on another node. */
  retried = 0;
  bytesIn = 0;
  bytesOut = 0;
  stickyClients = 0;
  readonly latency = new WindowedHistogram();
  /** Up, or not known to be down: `checking` serves until it is decided. Kept by the pool, since every request asks. */
  isLive = true;
  /** The state the journal told of last; a failing streak that took nothing down is not told. */
  lastTold: ObservedState = 'checking';
  /** Removed from its pool; what is in flight ends, nothing new comes. */
  retired = false;
  /** When it came back up, for slow start; 0 when it is not ramping. Milliseconds of the monotonic clock. */
  rampFrom = 0;
  /** What is made to go wrong with it, on purpose. */
  fault: NodeFault | null = null;
  drain: { since: number; until: number; clientsAtStart: number } | null = null;

  constructor(pool: string, config: NodeConfig, address: DialAddress) {
    this.id = config.id;
    this.pool = pool;
    this.config = config;
    this.address = address;
    this.weight = config.weight;
    this.upstream = new ConnectionPool(this);
  }

  get mode(): NodeMode {
    return this.config.mode;
  }

  get state(): ObservedState {
    return this.health.state;
  }

  get label(): string {
    return this.config.label ?? this.id;
  }

  get isFull(): boolean {
    return this.config.maxConnections > 0 && this.active >= this.config.maxConnections;
  }

  snapshot(): NodeState {
    return {
      id: this.id,
      label: this.label,
      address: this.config.address,
      weight: this.config.weight,
      mode: this.config.mode,
      state: this.health.state,
      reason: this.health.reason,
      since: this.health.since,
      lastCheck: this.health.lastCheck,
      streak: this.health.streak,
      nextCheckAt: this.health.nextCheckAt,
      connections: this.active,
      requests: this.requests,
      errors: this.errors,
      retried: this.retried,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      stickyClients: this.stickyClients,
      drain: this.drain,
      fault: this.fault?.words ?? null,
    };
  }
}

/** The address of a validated node. */
export function addressOf(config: NodeConfig): HostPort {
  const parsed = parseHostPort(config.address);
  if (typeof parsed === 'string') throw new TypeError(`node ${config.id}: address ${parsed}`);
  return parsed;
}
