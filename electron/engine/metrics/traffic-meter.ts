import type { TrafficTick } from '../../../shared/model/metrics.ts';
import type { PoolNode } from '../pools/node.ts';
import type { Pool } from '../pools/pool.ts';
import type { Listener } from '../sessions/listener.ts';
import type { WindowedHistogram } from './histogram.ts';

interface Counts {
  requests: number;
  errors: number;
  retried: number;
  bytesIn: number;
  bytesOut: number;
}

interface Quantiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

const noQuantiles: Quantiles = { p50: null, p95: null, p99: null };

function quantilesOf(histogram: WindowedHistogram): Quantiles {
  return { p50: histogram.quantile(0.5), p95: histogram.quantile(0.95), p99: histogram.quantile(0.99) };
}

/** Turns running counters into what happened since the tick before. */
export class TrafficMeter {
  private readonly before = new WeakMap<object, Counts>();
  private readonly quantiles = new WeakMap<PoolNode, Quantiles>();
  private total: Quantiles = noQuantiles;
  private lastAt: number | undefined;

  /** Works quantiles out and moves the windows on. Costly, so twice a second and not with every tick. */
  rotate(pools: Iterable<Pool>, total: WindowedHistogram): void {
    this.total = quantilesOf(total);
    total.rotate();
    for (const pool of pools) {
      for (const node of pool.nodes) {
        this.quantiles.set(node, quantilesOf(node.latency));
        node.latency.rotate();
      }
    }
  }

  tick(epoch: number, time: number, now: number, listeners: Iterable<Listener>, pools: Iterable<Pool>): TrafficTick {
    const intervalMs = this.lastAt === undefined ? 0 : now - this.lastAt;
    this.lastAt = now;
    let clients = 0;
    const nodes: TrafficTick['nodes'] = [];
    for (const pool of pools) {
      for (const node of pool.nodes) {
        // Entries that wait to be placed anew are on no node, and in no list of clients.
        clients += node.stickyClients;
        nodes.push({
          pool: pool.config.id,
          node: node.id,
          state: node.state,
          connections: node.active,
          ...this.since(node),
          stickyClients: node.stickyClients,
          ...(this.quantiles.get(node) ?? noQuantiles),
        });
      }
    }
    return {
      epoch,
      time,
      intervalMs,
      listeners: [...listeners].map((listener) => ({
        id: listener.config.id,
        connections: listener.open,
        ...this.since(listener),
        latency: listener.latencies.take(),
      })),
      nodes,
      total: this.total,
      clients,
    };
  }

  private since(owner: Counts): Counts {
    const last = this.before.get(owner);
    const { requests, errors, retried, bytesIn, bytesOut } = owner;
    this.before.set(owner, { requests, errors, retried, bytesIn, bytesOut });
    if (!last) return { requests, errors, retried, bytesIn, bytesOut };
    return {
      requests: requests - last.requests,
      errors: errors - last.errors,
      retried: retried - last.retried,
      bytesIn: bytesIn - last.bytesIn,
      bytesOut: bytesOut - last.bytesOut,
    };
  }
}
