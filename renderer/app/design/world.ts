import { ContractError } from '../../../shared/contract/envelope.ts';
import type { NodeMode } from '../../../shared/model/config.ts';
import { emptyConfig } from '../../../shared/model/config.ts';
import type { Client as BalancedClient } from '../../../shared/model/metrics.ts';
import type { NodeState, PoolState } from '../../../shared/model/state.ts';
import type { Run } from '../../../shared/model/run.ts';
import type { Client } from '../../bridge/client.ts';
import type { Lane } from '../../features/live/live-model.ts';
import { createStores, type Stores } from '../../stores/stores.ts';
import { effectiveState } from '../../ui/effective-state.ts';

/** Nothing stands behind the parts on this page: whatever they ask for is refused, in words that the part then shows. */
const nobody: Client = {
  request: () => Promise.reject(new ContractError('ENGINE_UNAVAILABLE', 'This page only shows parts: nothing was changed.')),
  subscribe: () => () => {},
  onConnection: () => () => {},
};

interface Sample {
  label: string;
  address: string;
  mode: NodeMode;
  state: NodeState['state'];
  reason: string;
  sinceMs: number;
  ok: boolean;
  clients: number;
  rate: number;
}

/** One node in each of the six states, and one whose name and address are long. */
const samples: Sample[] = [
  {
    ...{ label: 'api-1', address: '127.0.0.1:9001', mode: 'accept', state: 'up', reason: 'HTTP 200', sinceMs: 8_040_000 },
    ...{ ok: true, clients: 11, rate: 44 },
  },
  {
    ...{ label: 'api-2', address: '127.0.0.1:9002', mode: 'accept', state: 'checking', reason: '1 of 2 checks timed out', sinceMs: 1_000 },
    ...{ ok: false, clients: 14, rate: 52 },
  },
  {
    ...{ label: 'api-3', address: '127.0.0.1:9003', mode: 'accept', state: 'down', reason: '2 of 2 checks timed out', sinceMs: 2_000 },
    ...{ ok: false, clients: 0, rate: 0 },
  },
  {
    ...{ label: 'api-4', address: '127.0.0.1:9004', mode: 'drain', state: 'up', reason: 'HTTP 200', sinceMs: 9_000 },
    ...{ ok: true, clients: 5, rate: 18 },
  },
  {
    ...{ label: 'api-5', address: '127.0.0.1:9005', mode: 'backup', state: 'up', reason: 'HTTP 200', sinceMs: 2_280_000 },
    ...{ ok: true, clients: 0, rate: 0 },
  },
  {
    ...{ label: 'api-6', address: '127.0.0.1:9006', mode: 'reject', state: 'up', reason: 'Not checked', sinceMs: 360_000 },
    ...{ ok: true, clients: 0, rate: 0 },
  },
  {
    ...{ label: 'billing-worker-eu-central-2', address: '[2001:db8:85a3:8d3:1319:8a2e:370:7334]:9001', mode: 'accept', state: 'up' },
    ...{ reason: 'HTTP 200', sinceMs: 720_000, ok: true, clients: 3, rate: 1_207 },
  },
];

function toNode(sample: Sample, i: number, now: number): NodeState {
  const { label, address, mode, state, reason, sinceMs, ok, clients } = sample;
  return {
    ...{ id: `n${i + 1}`, label, address, mode, state, reason, weight: 100, stickyClients: clients, since: now - sinceMs },
    lastCheck: { time: now - 400, ok, detail: ok ? 'HTTP 200' : 'timed out after 500 ms', durationMs: ok ? 4 : 500 },
    ...{ streak: ok ? 812 : -1, nextCheckAt: now + 600, connections: clients + 1, requests: 12_000, retried: 4, errors: ok ? 2 : 31 },
    ...{ bytesIn: 4_800_000, bytesOut: 12_300_000, fault: null },
    drain: mode === 'drain' ? { since: now - 9_000, until: now + 21_000, clientsAtStart: 11 } : null,
  };
}

/** What the clients' chips show: at rest, idle, just moved, pinned. */
function toClients(pool: string, node: string, now: number): BalancedClient[] {
  const one = (key: string, rest: Partial<BalancedClient>): BalancedClient => ({
    ...{ pool, key, kind: 'cookie', node, since: now - 600_000, lastSeen: now - 300, moves: 0, requests: 120, requestsPerSecond: 1.2 },
    ...{ pinned: false, pinnedTo: null, how: 'chosen:sticky-cookie', from: null, reason: null, expiresAt: null },
    ...rest,
  });
  return [
    one('4f2a91c0', {}),
    one('71be03d4', { lastSeen: now - 30_000 }),
    one('a09c55e1', { moves: 1, since: now }),
    one('c3d01f77', { pinned: true }),
    one('e71100aa', {}),
  ];
}

/** Half a minute in which nothing happened: something to stand in for the banner of a replay. */
function toRun(now: number): Run {
  const startedAt = now - 86_400_000;
  return {
    ...{ format: 'evenkeel-run', version: 1, app: '', id: 'sample', name: 'Unplug api-2', source: 'history' },
    ...{ startedAt, endedAt: startedAt + 30_000, scenario: null, clients: [], entries: [], ticks: [], requests: [], outcomes: [] },
    start: { epoch: 1, seq: 1, startedAt, listeners: [], pools: [] },
    ...{ score: { requests: 0, retried: 0, lost: 0, moved: 0, p99: null, incidents: [] }, observed: null, gaps: [] },
  };
}

/** Stores that show a moment of a replay, playing or not. */
export function replayStores(now: number, playing: boolean): Stores {
  const stores = createStores(nobody);
  const run = toRun(now);
  stores.replay.store.setState({ run, following: false, time: run.startedAt + 6_300, playing });
  return stores;
}

export interface GalleryWorld {
  client: Client;
  stores: Stores;
  pool: PoolState;
  lanes: Lane[];
  now: number;
}

/** A pool that stands only on this page. */
export function galleryWorld(now: number): GalleryWorld {
  const nodes = samples.map((sample, i) => toNode(sample, i, now));
  const pool: PoolState = { id: 'web', name: 'Web', algorithm: 'roundrobin', stickiness: 'http_cookie', available: 3, nodes };
  const stores = createStores(nobody);
  stores.engine.store.setState({ connection: 'live', epoch: 1, startedAt: now - 8_040_000, pools: [pool], listeners: [] });
  const lanes = nodes.map((node, i): Lane => {
    const { rate } = samples[i]!;
    const p = rate > 0 ? { p50: 12, p95: 31, p99: 58 } : { p50: null, p95: null, p99: null };
    const clients = i === 0 ? toClients('web', node.id, now) : [];
    return {
      ...{
        key: `web/${node.id}`,
        pool,
        node,
        state: effectiveState(node),
        clients,
        count: clients.length,
        active: 3,
        counted: false,
        counts: null,
        ends: { name: 9, address: 8 },
      },
      rates: { requestsPerSecond: rate, errorsPerSecond: 0, ...p, connections: node.connections, stickyClients: node.stickyClients },
    };
  });
  return { client: nobody, stores, pool, lanes, now };
}

/** Stores whose draft is as given: for showing the bar of changes. */
export function draftStores(view: Partial<ReturnType<Stores['draft']['store']['getState']>>): Stores {
  const stores = createStores(nobody);
  stores.draft.store.setState({ loaded: true, base: emptyConfig, draft: emptyConfig, ...view });
  return stores;
}
