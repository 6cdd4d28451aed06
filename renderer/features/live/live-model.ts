import type { Config, PoolConfig } from '../../../shared/model/config.ts';
import type { Client, ClientCounts } from '../../../shared/model/metrics.ts';
import type { ListenerState, NodeState, PoolState } from '../../../shared/model/state.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import type { Rates } from '../../stores/traffic-series.ts';
import type { TrafficView } from '../../stores/traffic-rings.ts';
import type { Edge, EdgeLook } from '../../map/bands.ts';
import { type EffectiveState, effectiveState } from '../../ui/effective-state.ts';
import { idleMs } from './client-label.ts';
import { tellingEnds } from './telling-end.ts';

/** One lane of the map: a node and, in the same row, the clients that stick to it. */
export interface Lane {
  /** `nodeKey(pool, node)`. */
  key: string;
  pool: PoolState;
  node: NodeState;
  state: EffectiveState;
  /** Clients known one by one: all of them, or of very many the pinned, the found and the chosen. */
  clients: Client[];
  /** `clients` holds only some: the rest are counted, by the engine. */
  counted: boolean;
  /** How many there are, and how many of them have asked lately. */
  count: number;
  active: number;
  /** How those came here that are not in `clients`; null when all are. */
  counts: ClientCounts | null;
  /** undefined until the first tick. */
  rates: (Rates & { stickyClients: number }) | undefined;
  /** Characters at the end of its name and of its address that tell it from the pool's other nodes. */
  ends: { name: number; address: number };
}

/** A pool, the listeners in front of it and its lanes. */
export interface Block {
  pool: PoolState;
  config: PoolConfig | undefined;
  listeners: ListenerState[];
  lanes: Lane[];
  /** First row of the grid, from 1, and how many rows it takes (a pool without nodes takes one). */
  row: number;
  rows: number;
}

export interface LiveModel {
  blocks: Block[];
  lanes: Lane[];
  rows: number;
  /** Clients shown and clients there are. */
  clients: number;
  totalClients: number;
  /** Above 150 each client is a square. */
  packed: boolean;
  /** Clients a square stands for. */
  perSquare: number;
  traffic: TrafficView;
  config: Config;
  now: number;
}

export interface LiveSources {
  listeners: readonly ListenerState[];
  pools: readonly PoolState[];
  config: Config;
  traffic: TrafficView;
  clients: readonly Client[];
  totalClients: number;
  /** By `nodeKey`, where clients are too many to be known one by one; else null. */
  counts: ReadonlyMap<string, ClientCounts> | null;
  /** Id of the only pool to show; empty for all. */
  onlyPool: string;
  now: number;
}

/** The most clients that are drawn one by one with their name. */
export const maxChips = 150;

/** How clients are drawn one by one: with their name; as a small chip; as one smaller still, beside the smallest cards. */
export type ChipLook = 'named' | 'small' | 'tiny';

/** A chip with the gap below it and beside it, and what stands above them. Pixels. */
const chipSize: Record<ChipLook, { row: number; column: number; head: number }> = {
  named: { row: 26, column: 44, head: 22 },
  small: { row: 15, column: 15, head: 22 },
  tiny: { row: 12, column: 12, head: 18 },
};

/** How high the lanes get when each client is a chip: none is lower than `lane`. Pixels. */
export function lanesHeight(lanes: readonly Lane[], chips: ChipLook, columnPx: number, lanePx: number, gapPx: number): number {
  const { row, column, head } = chipSize[chips];
  const perRow = Math.max(1, Math.floor((columnPx + 4) / column));
  return lanes.reduce((sum, { count }) => sum + gapPx + Math.max(lanePx, head + Math.ceil(count / perRow) * row), 0);
}

/** Squares drawn for one node at most. */
const maxSquares = 396;

/** 1, 2, 5, 10, 20, 50 …: the first that draws `most` clients in few enough squares. */
export function clientsPerSquare(most: number): number {
  for (let unit = 1; ; unit *= 10) for (const step of [1, 2, 5]) if (most / (unit * step) <= maxSquares) return unit * step;
}

/** Characters of a name's and an address's end that stay, at least and at most: more would leave nothing of the beginning. */
const kept = { name: [7, 14], address: [7, 16] } as const;

interface Ends {
  names: ReadonlyMap<string, number>;
  addresses: ReadonlyMap<string, number>;
}

/** They change with the configuration alone. */
const endsKnown = new WeakMap<PoolConfig, Ends>();

function endsOf(pool: PoolState, config: PoolConfig | undefined): Ends {
  const known = config && endsKnown.get(config);
  if (known && pool.nodes.every((node) => known.names.has(node.label) && known.addresses.has(node.address))) return known;
  const ends = {
    names: tellingEnds(
      pool.nodes.map((node) => node.label),
      ...kept.name,
    ),
    addresses: tellingEnds(
      pool.nodes.map((node) => node.address),
      ...kept.address,
    ),
  };
  if (config) endsKnown.set(config, ends);
  return ends;
}

/** Puts what the stores know in the order of the map. */
export function buildLiveModel(sources: LiveSources): LiveModel {
  const { listeners, pools, config, traffic, clients, counts, onlyPool, now } = sources;
  const byNode = new Map<string, Client[]>();
  for (const client of clients) {
    const key = nodeKey(client.pool, client.node);
    const list = byNode.get(key);
    if (list) list.push(client);
    else byNode.set(key, [client]);
  }
  const blocks: Block[] = [];
  let row = 1;
  for (const pool of pools) {
    if (onlyPool !== '' && pool.id !== onlyPool) continue;
    const poolConfig = config.pools.find((p) => p.id === pool.id);
    const { names, addresses } = endsOf(pool, poolConfig);
    const lanes = pool.nodes.map((node): Lane => {
      const key = nodeKey(pool.id, node.id);
      const known = byNode.get(key) ?? [];
      const own = counts?.get(key) ?? null;
      // Of very many the node's own counter is the newest word; what is known of them comes once a second.
      const count = counts === null ? known.length : node.stickyClients;
      const active = own === null ? known.filter((c) => now - c.lastSeen <= idleMs).length : Math.min(own.active, count);
      const rates = traffic.nodes.get(key);
      const ends = { name: names.get(node.label)!, address: addresses.get(node.address)! };
      return {
        key,
        pool,
        node,
        state: effectiveState(node),
        clients: known,
        counted: counts !== null,
        count,
        active,
        counts: own,
        rates,
        ends,
      };
    });
    const rows = Math.max(1, lanes.length);
    blocks.push({
      pool,
      config: poolConfig,
      listeners: listeners.filter((listener) => listener.pool === pool.id),
      lanes,
      row,
      rows,
    });
    row += rows;
  }
  const lanes = blocks.flatMap((block) => block.lanes);
  const shown = lanes.reduce((sum, lane) => sum + lane.count, 0);
  return {
    blocks,
    lanes,
    rows: row - 1,
    clients: shown,
    totalClients: onlyPool === '' ? Math.max(sources.totalClients, shown) : shown,
    packed: shown > maxChips,
    perSquare: counts === null ? 1 : clientsPerSquare(Math.max(...lanes.map((lane) => lane.count))),
    traffic,
    config,
    now,
  };
}

export type Selection =
  | { kind: 'node'; pool: string; id: string }
  | { kind: 'pool'; id: string }
  | { kind: 'listener'; id: string }
  | { kind: 'client'; pool: string; id: string };

/** What stands after `#/live/`. */
export function parseSelection(parts: readonly string[]): Selection | null {
  const [kind, a, b] = parts;
  if (kind === 'node' && a !== undefined && b !== undefined) return { kind, pool: a, id: b };
  if (kind === 'client' && a !== undefined && b !== undefined) return { kind, pool: a, id: b };
  if ((kind === 'pool' || kind === 'listener') && a !== undefined) return { kind, id: a };
  return null;
}

export function selectionHref(selection: Selection | null): string {
  if (!selection) return '#/live';
  const ids = 'pool' in selection ? [selection.pool, selection.id] : [selection.id];
  return `#/live/${selection.kind}/${ids.map(encodeURIComponent).join('/')}`;
}

const looks: Record<EffectiveState, EdgeLook> = {
  healthy: 'plain',
  checking: 'plain',
  down: 'down',
  draining: 'draining',
  backup: 'backup',
  rejecting: 'off',
};

/** Ids of the cards bands run between. */
export const cardId = {
  group: (laneKey: string) => `group:${laneKey}`,
  listener: (id: string) => `listener:${id}`,
  pool: (id: string) => `pool:${id}`,
  node: (laneKey: string) => `node:${laneKey}`,
};

export const nodeEdgeId = (laneKey: string): string => `pool>${laneKey}`;
export const trunkEdgeId = (listener: string): string => `listener>${listener}`;

/** Every way a request can go on the map, with what goes there now. */
export function buildEdges(model: LiveModel, selection: Selection | null): Edge[] {
  const edges: Edge[] = [];
  for (const { pool, listeners, lanes } of model.blocks) {
    const open = listeners.filter((listener) => listener.state !== 'disabled');
    const rateOf = (id: string) => model.traffic.listeners.get(id)?.requestsPerSecond ?? 0;
    const all = open.reduce((sum, listener) => sum + rateOf(listener.id), 0);
    for (const lane of lanes) {
      const rate = lane.rates?.requestsPerSecond ?? 0;
      const latency = lane.rates?.p50 ?? null;
      const chosen = selection?.kind === 'node' && selection.pool === pool.id && selection.id === lane.node.id;
      for (const listener of open) {
        const share = all > 0 ? rateOf(listener.id) / all : 1 / open.length;
        // Without clients and traffic there is nothing between an empty place and the listener.
        if (lane.count === 0 && rate * share === 0) continue;
        edges.push({
          id: `${lane.key}>${listener.id}`,
          from: cardId.group(lane.key),
          to: cardId.listener(listener.id),
          rate: rate * share,
          latency,
          look: listener.state === 'error' ? 'down' : rate * share > 0 ? 'plain' : 'off',
          chosen: chosen || (selection?.kind === 'listener' && selection.id === listener.id),
        });
      }
      edges.push({
        id: nodeEdgeId(lane.key),
        from: cardId.pool(pool.id),
        to: cardId.node(lane.key),
        rate,
        latency,
        look: looks[lane.state],
        chosen: chosen || (selection?.kind === 'pool' && selection.id === pool.id),
      });
    }
    const flows = lanes.some((lane) => (lane.rates?.requestsPerSecond ?? 0) > 0);
    for (const listener of open) {
      const rates = model.traffic.listeners.get(listener.id);
      edges.push({
        id: trunkEdgeId(listener.id),
        from: cardId.listener(listener.id),
        to: cardId.pool(pool.id),
        rate: rates?.requestsPerSecond ?? 0,
        latency: model.traffic.total.p50,
        look: listener.state === 'error' || (pool.available === 0 && !flows) ? 'down' : 'plain',
        chosen:
          (selection?.kind === 'listener' && selection.id === listener.id) || (selection?.kind === 'pool' && selection.id === pool.id),
      });
    }
  }
  return edges;
}
