import type { Client, ClientCounts } from '../../../shared/model/metrics.ts';
import { verdicts, type Verdict } from '../../../shared/model/verdicts.ts';
import type { ClientQuery, ClientSort } from '../api.ts';
import type { PoolNode } from '../pools/node.ts';
import type { Pool } from '../pools/pool.ts';
import { partialSort } from './partial-sort.ts';
import type { StickyClient } from './table.ts';

type Entry = StickyClient<PoolNode>;

const verdictOf = (code: number): Verdict => verdicts[code - 1]!;

/** An entry in words and ids, as it goes out of the engine. */
export function describeClient(pool: Pool, entry: Entry, now: number): Client {
  return {
    pool: pool.config.id,
    key: entry.key,
    kind: pool.config.stickiness.type === 'http_cookie' ? 'cookie' : 'address',
    node: (entry.node ?? entry.pinned)?.id ?? entry.lastNode,
    since: entry.since,
    lastSeen: entry.lastSeen,
    moves: entry.moves,
    requests: entry.requests,
    requestsPerSecond: pool.clients!.rate(entry, now),
    pinned: entry.pinned !== null,
    pinnedTo: entry.pinned?.id ?? null,
    how: verdictOf(entry.how),
    from: entry.from === '' ? null : entry.from,
    reason: entry.reason === '' ? null : entry.reason,
    expiresAt: pool.clients!.expiry(entry),
  };
}

/** Calls `take` for each entry a query is about that has a node and has not ended, in the order of the tables. */
function eachClient(pools: Iterable<Pool>, query: ClientQuery, now: number, take: (pool: Pool, entry: Entry) => void): void {
  const { node, moved, pinned, key } = query;
  const search = query.search?.toLowerCase();
  for (const pool of pools) {
    const { clients } = pool;
    if (!clients || (query.pool !== undefined && pool.config.id !== query.pool)) continue;
    const one = key === undefined ? undefined : clients.find(key, now);
    for (const entry of key === undefined ? clients.values() : one ? [one] : []) {
      if (entry.node === null || (node !== undefined && entry.node.id !== node)) continue;
      if (moved === true && entry.moves === 0) continue;
      if (pinned === true && entry.pinned === null) continue;
      if (search !== undefined && !entry.key.toLowerCase().includes(search)) continue;
      if (clients.holds(entry, now)) take(pool, entry);
    }
  }
}

type Worth = string | number;

/** An IPv4 address as its number, so that 10.0.0.9 stands before 10.0.0.10; undefined for any other text. */
function ipv4Number(key: string): number | undefined {
  if (key.length > 15) return undefined;
  let number = 0;
  let part = 0;
  let dots = 0;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code === 46) {
      number = number * 256 + part;
      part = 0;
      dots++;
    } else if (code >= 48 && code <= 57) part = part * 10 + code - 48;
    else return undefined;
  }
  return dots === 3 ? number * 256 + part : undefined;
}

type Measured = Extract<ClientSort, 'since' | 'moves' | 'lastSeen' | 'rate' | 'requests' | 'expires'>;

const numbers: Record<Measured, (pool: Pool, entry: Entry, now: number) => number> = {
  since: (_, { since }) => since,
  moves: (_, { moves }) => moves,
  lastSeen: (_, { lastSeen }) => lastSeen,
  // Of whom nothing can be said yet stands below who asked nothing.
  rate: (pool, entry, now) => pool.clients!.rate(entry, now) ?? -1,
  requests: (_, { requests }) => requests,
  // Who does not end by time ends last.
  expires: (pool, entry) => pool.clients!.expiry(entry) ?? Number.MAX_VALUE,
};

const words: Record<Exclude<ClientSort, Measured>, (pool: Pool, entry: Entry) => Worth> = {
  key: (_, { key }) => ipv4Number(key) ?? key,
  kind: (pool) => (pool.config.stickiness.type === 'http_cookie' ? 'cookie' : 'address'),
  pool: (pool) => pool.config.name ?? pool.config.id,
  node: (_, entry) => entry.node!.label,
};

const isMeasured = (sort: ClientSort): sort is Measured => sort in numbers;

/** Numbers before words, each among themselves. */
function compareWorths(a: Worth, b: Worth): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === 'number' ? -1 : 1;
}

/** Whether the entry at place `a` stands before the one at `b`: less than 0 when it does. Never 0. */
type Compare = (a: number, b: number) => number;

/** Equals keep the tables' order, so that pages fit together. */
function comparison(sort: ClientSort, sign: number, pools: readonly Pool[], found: readonly Entry[], now: number): Compare {
  if (isMeasured(sort)) {
    const worthOf = numbers[sort];
    const values = Float64Array.from(found, (entry, i) => sign * worthOf(pools[i]!, entry, now));
    return (a, b) => values[a]! - values[b]! || a - b;
  }
  const worthOf = words[sort];
  const values = found.map((entry, i) => worthOf(pools[i]!, entry));
  return (a, b) => (a === b ? 0 : sign * compareWorths(values[a]!, values[b]!) || a - b);
}

/**
 * A page of the client tables. Without `sort` in the tables' own order: who ends first stands first.
 * Costs a pass over the tables, and about three comparisons a client where they are sorted.
 */
export function queryClients(pools: Iterable<Pool>, query: ClientQuery, now: number): { total: number; clients: Client[] } {
  const offset = query.offset ?? 0;
  const limit = query.limit ?? 100;
  const clients: Client[] = [];
  if (query.sort === undefined) {
    let total = 0;
    eachClient(pools, query, now, (pool, entry) => {
      if (total >= offset && clients.length < limit) clients.push(describeClient(pool, entry, now));
      total++;
    });
    return { total, clients };
  }
  const found: Entry[] = [];
  const of: Pool[] = [];
  eachClient(pools, query, now, (pool, entry) => {
    found.push(entry);
    of.push(pool);
  });
  const order = new Uint32Array(found.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const end = Math.min(found.length, offset + limit);
  partialSort(order, offset, end, comparison(query.sort, query.order === 'desc' ? -1 : 1, of, found, now));
  for (let i = offset; i < end; i++) clients.push(describeClient(of[order[i]!]!, found[order[i]!]!, now));
  return { total: found.length, clients };
}

const maxArrivals = 20;

interface Counts {
  node: PoolNode;
  clients: number;
  active: number;
  pinned: number;
  byHow: number[];
  byReason: Map<string, { how: number; clients: number }>;
}

/** How many clients are on each node, and why. One pass over the tables. */
export function countClients(pools: Iterable<Pool>, query: { pool?: string; activeMs?: number }, now: number): ClientCounts[] {
  const activeSince = now - (query.activeMs ?? 5_000);
  const out: ClientCounts[] = [];
  for (const pool of pools) {
    const { clients } = pool;
    if (!clients || (query.pool !== undefined && pool.config.id !== query.pool)) continue;
    const counts = new Map<PoolNode, Counts>();
    for (const node of pool.nodes) counts.set(node, { node, clients: 0, active: 0, pinned: 0, byHow: [], byReason: new Map() });
    for (const entry of clients.values()) {
      const count = entry.node === null ? undefined : counts.get(entry.node);
      if (count === undefined || !clients.holds(entry, now)) continue;
      count.clients++;
      if (entry.lastSeen >= activeSince) count.active++;
      if (entry.pinned !== null) count.pinned++;
      if (entry.reason === '') count.byHow[entry.how] = (count.byHow[entry.how] ?? 0) + 1;
      else {
        const same = count.byReason.get(entry.reason);
        if (same) same.clients++;
        else count.byReason.set(entry.reason, { how: entry.how, clients: 1 });
      }
    }
    for (const { node, clients: total, active, pinned, byHow, byReason } of counts.values()) {
      const arrivals: { how: Verdict; reason: string | null; clients: number }[] = [];
      byHow.forEach((number, how) => arrivals.push({ how: verdictOf(how), reason: null, clients: number }));
      for (const [reason, one] of byReason) arrivals.push({ how: verdictOf(one.how), reason, clients: one.clients });
      arrivals.sort((a, b) => b.clients - a.clients);
      out.push({ pool: pool.config.id, node: node.id, clients: total, active, pinned, arrivals: arrivals.slice(0, maxArrivals) });
    }
  }
  return out;
}
