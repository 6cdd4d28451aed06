import type { TrafficTick } from '../../shared/model/metrics.ts';
import { type Rates, TrafficSeries } from './traffic-series.ts';

export interface TrafficView {
  /** When the newest tick was made; 0 before the first. */
  time: number;
  /** Over all listeners, as clients saw it: a failure that was retried well is no error here. */
  total: Rates & { requests: number; errors: number; clients: number | null };
  /** By listener id. */
  listeners: ReadonlyMap<string, Rates>;
  /** By `nodeKey(pool, node)`. */
  nodes: ReadonlyMap<string, Rates & { stickyClients: number }>;
}

/** Rates are means over this long: shorter and they flicker, longer and a failure shows late. */
const rateMs = 2_000;

const nothing: Rates = { requestsPerSecond: 0, errorsPerSecond: 0, p50: null, p95: null, p99: null, connections: 0 };

export const emptyTraffic: TrafficView = {
  time: 0,
  total: { ...nothing, requests: 0, errors: 0, clients: null },
  listeners: new Map(),
  nodes: new Map(),
};

const rates = (one: TrafficSeries | undefined): Rates => (one ? one.rates(rateMs) : nothing);

/** The last minute of ticks, one ring for each node and listener. */
export class TrafficRings {
  private readonly nodes = new Map<string, TrafficSeries>();
  private readonly listeners = new Map<string, TrafficSeries>();
  private readonly total = new TrafficSeries();
  private epoch: number | undefined;
  private sums = { requests: 0, errors: 0 };
  private last: TrafficTick | undefined;

  push(tick: TrafficTick): void {
    if (this.epoch !== tick.epoch) {
      // Another engine thread: its counts and quantiles have nothing to do with the last one's.
      this.epoch = tick.epoch;
      this.forget();
    }
    let requests = 0;
    let errors = 0;
    let connections = 0;
    for (const l of tick.listeners) {
      requests += l.requests;
      errors += l.errors;
      connections += l.connections;
      this.series(this.listeners, l.id).push(tick.time, tick.intervalMs, l, tick.total);
    }
    for (const n of tick.nodes) this.series(this.nodes, `${n.pool}/${n.node}`).push(tick.time, tick.intervalMs, n, n);
    this.total.push(tick.time, tick.intervalMs, { requests, errors, connections }, tick.total);
    this.sums = { requests: this.sums.requests + requests, errors: this.sums.errors + errors };
    this.last = tick;
  }

  /** Begins anew, sums included. */
  clear(): void {
    this.forget();
    this.epoch = undefined;
    this.sums = { requests: 0, errors: 0 };
    this.last = undefined;
  }

  /** What the newest tick and the two seconds before it say. */
  view(): TrafficView {
    const { last } = this;
    if (!last) return emptyTraffic;
    return {
      time: last.time,
      total: { ...rates(this.total), ...this.sums, clients: last.clients },
      listeners: new Map(last.listeners.map((l) => [l.id, rates(this.listeners.get(l.id))])),
      nodes: new Map(
        last.nodes.map((n) => [`${n.pool}/${n.node}`, { ...rates(this.nodes.get(`${n.pool}/${n.node}`)), stickyClients: n.stickyClients }]),
      ),
    };
  }

  /** The last minute of one node, by `nodeKey(pool, node)`; undefined until it had a tick. */
  node(key: string): TrafficSeries | undefined {
    return this.nodes.get(key);
  }

  listener(id: string): TrafficSeries | undefined {
    return this.listeners.get(id);
  }

  private forget(): void {
    this.nodes.clear();
    this.listeners.clear();
    this.total.clear();
  }

  private series(map: Map<string, TrafficSeries>, key: string): TrafficSeries {
    let one = map.get(key);
    if (!one) map.set(key, (one = new TrafficSeries()));
    return one;
  }
}
