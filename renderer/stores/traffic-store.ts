import type { TrafficTick } from '../../shared/model/metrics.ts';
import type { Client } from '../bridge/client.ts';
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

export interface TrafficStore {
  /** The newest view; replaced, never changed, at most twice a second. */
  view(): TrafficView;
  /** Told when `view()` is a new one. */
  onView(callback: () => void): () => void;
  /** Told of each tick: for what is drawn outside React. */
  onTick(callback: (tick: TrafficTick) => void): () => void;
  /** The last minute of one node, by `nodeKey(pool, node)`; undefined until it had a tick. */
  node(key: string): TrafficSeries | undefined;
  listener(id: string): TrafficSeries | undefined;
  start(): () => void;
}

const viewMs = 500;
/** Rates are means over this long: shorter and they flicker, longer and a failure shows late. */
const rateMs = 2_000;

const nothing: Rates = { requestsPerSecond: 0, errorsPerSecond: 0, p50: null, p95: null, p99: null, connections: 0 };

/** Rings of the engine's ten ticks a second, outside React; screens read a view that is renewed twice a second. */
export function createTrafficStore(client: Client): TrafficStore {
  const nodes = new Map<string, TrafficSeries>();
  const listeners = new Map<string, TrafficSeries>();
  const total = new TrafficSeries();
  const viewWatchers = new Set<() => void>();
  const tickWatchers = new Set<(tick: TrafficTick) => void>();
  let epoch: number | undefined;
  let sums = { requests: 0, errors: 0 };
  let last: TrafficTick | undefined;
  let view: TrafficView = {
    time: 0,
    total: { ...nothing, requests: 0, errors: 0, clients: null },
    listeners: new Map(),
    nodes: new Map(),
  };
  let dirty = false;

  const series = (map: Map<string, TrafficSeries>, key: string) => {
    let one = map.get(key);
    if (!one) map.set(key, (one = new TrafficSeries()));
    return one;
  };

  const onTick = (tick: TrafficTick) => {
    if (epoch !== tick.epoch) {
      // Another engine thread: its counts and quantiles have nothing to do with the last one's.
      epoch = tick.epoch;
      nodes.clear();
      listeners.clear();
      total.clear();
    }
    let requests = 0;
    let errors = 0;
    let connections = 0;
    for (const l of tick.listeners) {
      requests += l.requests;
      errors += l.errors;
      connections += l.connections;
      series(listeners, l.id).push(tick.time, tick.intervalMs, l, tick.total);
    }
    for (const n of tick.nodes) {
      series(nodes, `${n.pool}/${n.node}`).push(tick.time, tick.intervalMs, n, n);
    }
    total.push(tick.time, tick.intervalMs, { requests, errors, connections }, tick.total);
    sums = { requests: sums.requests + requests, errors: sums.errors + errors };
    last = tick;
    dirty = true;
    for (const watcher of tickWatchers) watcher(tick);
  };

  const rates = (one: TrafficSeries | undefined): Rates => (one ? one.rates(rateMs) : nothing);

  const renew = () => {
    if (!dirty || !last) return;
    dirty = false;
    const tick = last;
    view = {
      time: tick.time,
      total: { ...rates(total), ...sums, clients: tick.clients },
      listeners: new Map(tick.listeners.map((l) => [l.id, rates(listeners.get(l.id))])),
      nodes: new Map(
        tick.nodes.map((n) => [`${n.pool}/${n.node}`, { ...rates(nodes.get(`${n.pool}/${n.node}`)), stickyClients: n.stickyClients }]),
      ),
    };
    for (const watcher of viewWatchers) watcher();
  };

  return {
    view: () => view,
    onView(callback) {
      viewWatchers.add(callback);
      return () => viewWatchers.delete(callback);
    },
    onTick(callback) {
      tickWatchers.add(callback);
      return () => tickWatchers.delete(callback);
    },
    node: (key) => nodes.get(key),
    listener: (id) => listeners.get(id),
    start() {
      const end = client.subscribe('traffic.tick', onTick);
      const timer = setInterval(renew, viewMs);
      return () => {
        end();
        clearInterval(timer);
      };
    },
  };
}
