import type { JournalEntry } from '../../../../shared/model/journal.ts';
import type { TrafficTick } from '../../../../shared/model/metrics.ts';
import type { EngineSnapshot } from '../../../../shared/model/state.ts';
import { bucketOf } from '../../../../shared/state/latency-buckets.ts';

/** An hour ago: what is older than a week would be dropped. */
export const t0 = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;

/** The `seq`th fact, a hundred milliseconds after the one before. */
export function fact(seq: number, over: Partial<JournalEntry> = {}): { entry: JournalEntry } {
  const client = (seq * 2_654_435_761).toString(16).slice(-8);
  return {
    entry: { seq, time: t0 + seq * 100, kind: 'client.moved', pool: 'web', client, from: 'a', to: 'b', reason: 'api-1 is down', ...over },
  };
}

/** Three nodes behind one listener, all well. */
export function snapshot(at: number): EngineSnapshot {
  const counts = { requests: 0, errors: 0, retried: 0, bytesIn: 0, bytesOut: 0, connections: 0 };
  const nodes = ['a', 'b', 'd'].map((id, i) => ({
    ...{ id, label: `api-${i + 1}`, address: `127.0.0.1:900${i}`, weight: 100, mode: 'accept' as const, state: 'up' as const },
    ...{ reason: '', since: at, lastCheck: null, streak: 1, nextCheckAt: null, ...counts, stickyClients: 0, drain: null, fault: null },
  }));
  return {
    ...{ epoch: 1, seq: 1, startedAt: at },
    listeners: [
      { id: 'web', name: 'Web', protocol: 'http', address: '127.0.0.1:8080', pool: 'web', state: 'up', reason: '', since: at, ...counts },
    ],
    pools: [{ id: 'web', name: 'Web', algorithm: 'roundrobin', stickiness: 'http_cookie', available: 3, nodes }],
  };
}

/** What a tick has to say beside ten good answers of 10 ms. */
export interface TickSays {
  intervalMs?: number;
  /** The node its errors and retries are of. */
  node?: string;
  errors?: number;
  retried?: number;
  listenerRetried?: number;
  lost?: number;
  /** Answers that took 500 ms. */
  slow?: number;
}

export function tickAt(time: number, says: TickSays = {}): TrafficTick {
  const { intervalMs = 100, node, errors = 0, retried = 0, listenerRetried = 0, lost = 0, slow = 0 } = says;
  const counts = { connections: 0, requests: 10, bytesIn: 0, bytesOut: 0 };
  const quantiles = { p50: 10, p95: 10, p99: 10 };
  const latency: [number, number][] = [[bucketOf(10), 10]];
  if (slow > 0) latency.push([bucketOf(500), slow]);
  return {
    ...{ epoch: 1, time, intervalMs, total: quantiles, clients: 5 },
    listeners: [{ id: 'web', ...counts, errors: lost, retried: listenerRetried, latency }],
    nodes: ['a', 'b', 'd'].map((id) => ({
      ...{ pool: 'web', node: id, state: 'up' as const, ...counts, ...quantiles, stickyClients: 0 },
      ...(id === node ? { errors, retried } : { errors: 0, retried: 0 }),
    })),
  };
}
