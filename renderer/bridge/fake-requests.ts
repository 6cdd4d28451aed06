import type { Params } from '../../shared/contract/contract.ts';
import type { RequestRecord, Sampling } from '../../shared/model/metrics.ts';
import type { ListenerState, PoolState } from '../../shared/model/state.ts';

const shapes: readonly [method: string, path: string, status: number, ms: number][] = [
  ['GET', '/api/orders?page=2', 200, 24],
  ['GET', '/api/cart', 200, 18],
  ['POST', '/api/cart/items', 201, 41],
  ['GET', '/static/app.9f31c2.js', 304, 3],
  ['GET', '/api/report/2026/11?group=region&limit=500', 200, 380],
  ['GET', '/api/me', 200, 12],
  ['PUT', '/api/me/settings', 204, 36],
  ['GET', '/feed', 101, 97],
  ['GET', '/missing.png', 404, 2],
  ['POST', '/api/orders', 502, 502],
];

/** Kept by the fake at most. */
const keep = 10_000;

export interface FakeRequests {
  /** A request that `node` served; null: nothing could. Made up, but the same each time. */
  /** @param key of a client that sticks. */
  record(time: number, listener: Pick<ListenerState, 'id' | 'protocol'>, pool: PoolState, node: string | null, key?: string): void;
  list(params: Params<'requests.list'>): { entries: RequestRecord[]; sampling: Sampling };
  /** What was recorded since the last call, at most 50. */
  drain(): { entries: RequestRecord[]; sampling: Sampling } | null;
  clear(): void;
}

/** The fake's log of requests. @param every one in so many is recorded; the others are only counted. */
export function createFakeRequests(random: () => number, every: number): FakeRequests {
  let records: RequestRecord[] = [];
  let seen = 0;
  let recorded = 0;
  let told = 0;
  const sampling = (): Sampling => ({ every, errorsEvery: 1, seen, recorded });

  const whyOf = (pool: PoolState, node: string | null, retried: string | undefined): RequestRecord['why'] =>
    pool.nodes.map((one) => {
      if (one.id === node) {
        if (retried !== undefined) return { node: one.id, verdict: 'chosen:retry' };
        return { node: one.id, verdict: pool.stickiness === 'http_cookie' ? 'chosen:sticky-cookie' : 'chosen:turn' };
      }
      if (one.id === retried) return { node: one.id, verdict: 'tried' };
      if (one.state === 'down') return { node: one.id, verdict: 'down' };
      if (one.mode === 'drain') return { node: one.id, verdict: 'draining' };
      if (one.mode === 'backup') return { node: one.id, verdict: 'backup' };
      if (one.mode === 'reject') return { node: one.id, verdict: 'rejecting' };
      return { node: one.id, verdict: pool.stickiness === 'http_cookie' ? 'not-sticky' : 'not-turn' };
    });

  return {
    record(time, listener, pool, node, key) {
      const shape = shapes[Math.floor(random() * shapes.length)]!;
      const isError = listener.protocol !== 'tcp' && (node === null || shape[2] >= 500);
      if (seen++ % every !== 0 && !isError) return;
      const [method, path, status, ms] = listener.protocol === 'tcp' ? (['', '', 0, 4_000] as const) : shape;
      const others = pool.nodes.filter((one) => one.id !== node);
      const retried = node !== null && method === 'GET' && random() < 0.05 ? others[Math.floor(random() * others.length)]?.id : undefined;
      const triedMs = retried === undefined ? 0 : 500;
      const durationMs = ms * (0.8 + 0.4 * random()) + triedMs;
      // Every fourth on a new connection; most of the time is the node's.
      const reused = random() < 0.75;
      const connectMs = reused ? 0 : Math.min(ms, 0.4 + random());
      const firstByteMs = method === '' ? null : triedMs + connectMs + (durationMs - triedMs - connectMs) * (0.6 + 0.35 * random());
      records.push({
        seq: ++recorded,
        time,
        listener: listener.id,
        pool: pool.id,
        client: `10.0.${Math.floor(random() * 4)}.${1 + Math.floor(random() * 60)}`,
        key: key ?? null,
        method,
        path,
        status: node === null && method !== '' ? 503 : status,
        durationMs,
        node,
        retries: retried === undefined ? 0 : 1,
        phases: node === null ? null : { queuedMs: 0, triedMs, connectMs, firstByteMs },
        reused: node === null ? null : method !== '' && reused,
        why: whyOf(pool, node, retried),
      });
      if (records.length > keep * 1.1) records = records.slice(-keep);
    },
    list({ afterSeq, limit = 100, filter = {} }) {
      const { client, path, status, statusClass, retried, ...equal } = filter;
      const found = records.filter(
        (one) =>
          one.seq > (afterSeq ?? 0) &&
          Object.entries(equal).every(([key, value]) => value === undefined || one[key as keyof RequestRecord] === value) &&
          (client === undefined || `${one.client} ${one.key ?? ''}`.includes(client.toLowerCase())) &&
          (path === undefined || one.path.toLowerCase().includes(path.toLowerCase())) &&
          (status === undefined || one.status === status) &&
          (statusClass === undefined || Math.floor(one.status / 100) === statusClass) &&
          (retried !== true || one.retries > 0),
      );
      return { entries: afterSeq === undefined ? found.slice(-limit) : found.slice(0, limit), sampling: sampling() };
    },
    drain() {
      if (recorded === told) return null;
      const entries = records.filter((one) => one.seq > told).slice(0, 50);
      told = recorded;
      return { entries, sampling: sampling() };
    },
    clear() {
      records = [];
      seen = recorded = told = 0;
    },
  };
}
