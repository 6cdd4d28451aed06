import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { Client as BalancedClient, ClientCounts } from '../../../shared/model/metrics.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import type { Client } from '../../bridge/client.ts';
import type { JournalStore } from '../../stores/journal-store.ts';
import { onBeat } from '../../ui/beat.ts';

export interface ClientsView {
  /** All of them up to 1,000; of more only the pinned, the looked for and the chosen. In order of arrival on their node. */
  clients: BalancedClient[];
  /** How many there are. */
  total: number;
  loaded: boolean;
  /** Above 1,000 they are only counted, by `nodeKey`; null or missing: each is in `clients`. */
  counts?: ReadonlyMap<string, ClientCounts> | null;
  /** How many are found by what is looked for, when they are only counted. */
  found?: number | null;
}

export interface Move {
  /** `clientId`. */
  id: string;
  pool: string;
  key: string;
  from: string;
  to: string;
}

export interface ClientsFeed {
  store: StoreApi<ClientsView>;
  /** Told of clients that are about to change their node, just before `store` does: who draws them can still see where they were. */
  onMoving(callback: (moves: Move[]) => void): () => void;
  /** Whom to name although they are only counted: whose key holds `search`, and the chosen one. */
  look?(what: Looking): void;
  /** Asks for the table once a second while `wanted()`. */
  start(wanted: () => boolean): () => void;
}

export interface Looking {
  /** Empty: nobody is looked for. */
  search: string;
  chosen: { pool: string; key: string } | null;
}

/** The most that are asked for one by one. */
const most = 1_000;
/** Counted ones are known one by one again when there are no more than this. */
const few = 900;
/** Named at most of those only counted. */
const namedPinned = 200;
const namedFound = 60;

/** A little less than a second: every second beat. Milliseconds. */
const pollMs = 900;
/** So many clients are squares on the map, and a table of them costs as much as all the rest: asked for every fourth beat. Moves come by the journal. */
const manyClients = 300;
const pollManyMs = 1_900;
/** Moves that come within this long are one movement. */
const gatherMs = 40;
/** An answer made before a move may arrive after it; for this long the move is believed. */
const believeMs = 2_500;
/** The engine forgets where clients were when they are taken off a node; the map shows them there until they come back or this is over. */
const awaitMs = 10_000;

/** An answer: everybody, or so many that they are counted and some are named. */
type Answer = Required<Omit<ClientsView, 'loaded'>>;

export const clientId = (pool: string, key: string): string => `${pool}/${key}`;

const byArrival = (a: BalancedClient, b: BalancedClient) => a.since - b.since || (a.key < b.key ? -1 : 1);

/**
 * The client table as the map draws it: asked for once a second, moved at once when the journal says so.
 * @param isLeft whether a node's clients are on their way to others: it is down, drains or rejects.
 */
export function createClientsFeed(client: Client, journal: JournalStore, isLeft: (pool: string, node: string) => boolean): ClientsFeed {
  const store = createStore<ClientsView>(() => ({ clients: [], total: 0, loaded: false }));
  const watchers = new Set<(moves: Move[]) => void>();
  const recent = new Map<string, { to: string; from: string; time: number; heardAt: number }>();
  /** Clients that were taken off their node, and since when the engine does not know them. */
  const awaited = new Map<string, number>();
  let looking: Looking = { search: '', chosen: null };
  let askedAt = Number.NEGATIVE_INFINITY;
  let gathered: JournalEntry[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const announce = (moves: Move[]) => {
    if (moves.length > 0) for (const watcher of watchers) watcher(moves);
  };

  const flush = () => {
    gathering = undefined;
    const entries = gathered;
    gathered = [];
    const { clients, counts } = store.getState();
    const known = new Map(clients.map((c) => [clientId(c.pool, c.key), c]));
    const moves = new Map<string, Move>();
    for (const { pool, client: key, from, to, time } of entries) {
      if (pool === undefined || key === undefined || from === undefined || to === undefined) continue;
      const id = clientId(pool, key);
      recent.set(id, { from, to, time, heardAt: Date.now() });
      const moving = known.get(id);
      // Who is only counted moves all the same.
      if (!moving && counts) moves.set(id, { id, pool, key, from: moves.get(id)?.from ?? from, to });
      if (!moving || moving.node === to) continue;
      known.set(id, { ...moving, node: to, since: time, moves: moving.moves + 1 });
      moves.set(id, { id, pool, key, from: moves.get(id)?.from ?? moving.node, to });
    }
    if (moves.size === 0) return;
    announce([...moves.values()]);
    store.setState({ clients: [...known.values()].sort(byArrival) });
  };

  const askAll = async (): Promise<Answer> => ({ ...(await client.request('clients.list', { limit: most })), counts: null, found: null });

  const ask = async (): Promise<Answer> => {
    if (!store.getState().counts) {
      const all = await askAll();
      if (all.total <= most) return all;
    }
    const { nodes } = await client.request('clients.summary', {});
    const total = nodes.reduce((sum, node) => sum + node.clients, 0);
    if (total <= few) return askAll();
    const { search, chosen } = looking;
    const nobody = { clients: [], total: 0 };
    const [pinned, found, one] = await Promise.all([
      client.request('clients.list', { pinned: true, limit: namedPinned }),
      search === '' ? nobody : client.request('clients.list', { search, limit: namedFound }),
      chosen ? client.request('clients.list', { pool: chosen.pool, key: chosen.key }) : nobody,
    ]);
    const named = new Map([...pinned.clients, ...found.clients, ...one.clients].map((c) => [clientId(c.pool, c.key), c]));
    const counts = new Map(nodes.map((node) => [nodeKey(node.pool, node.node), node]));
    return { clients: [...named.values()], total, counts, found: search === '' ? null : found.total };
  };

  const take = (answer: Answer) => {
    const now = Date.now();
    for (const [id, move] of recent) if (now - move.heardAt > believeMs) recent.delete(id);
    const clients = answer.clients.map((c) => {
      const move = recent.get(clientId(c.pool, c.key));
      return move && c.node === move.from && c.since < move.time ? { ...c, node: move.to, since: move.time, moves: c.moves + 1 } : c;
    });
    const before = store.getState();
    if (answer.counts) {
      store.setState({ ...answer, clients: clients.sort(byArrival), loaded: true });
      return;
    }
    const listed = new Set(clients.map((c) => clientId(c.pool, c.key)));
    for (const id of awaited.keys()) if (listed.has(id)) awaited.delete(id);
    for (const c of before.clients) {
      const id = clientId(c.pool, c.key);
      if (listed.has(id) || !isLeft(c.pool, c.node)) continue;
      if (!awaited.has(id)) awaited.set(id, now);
      if (now - awaited.get(id)! < awaitMs) clients.push(c);
    }
    if (before.loaded && !before.counts) {
      const nodes = new Map(before.clients.map((c) => [clientId(c.pool, c.key), c.node]));
      announce(
        clients.flatMap((c): Move[] => {
          const from = nodes.get(clientId(c.pool, c.key));
          return from !== undefined && from !== c.node ? [{ id: clientId(c.pool, c.key), pool: c.pool, key: c.key, from, to: c.node }] : [];
        }),
      );
    }
    store.setState({
      ...{ clients: clients.sort(byArrival), total: Math.max(answer.total, clients.length), loaded: true },
      ...{ counts: null, found: null },
    });
  };

  return {
    store,
    onMoving(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    look(what) {
      if (what.search === looking.search && what.chosen?.pool === looking.chosen?.pool && what.chosen?.key === looking.chosen?.key) return;
      looking = what;
      if (store.getState().counts) askedAt = Number.NEGATIVE_INFINITY;
    },
    start(wanted) {
      askedAt = Number.NEGATIVE_INFINITY;
      let asking = false;
      let answer: Answer | undefined;
      const poll = () => {
        const everyMs = store.getState().total > manyClients ? pollManyMs : pollMs;
        if (asking || performance.now() - askedAt < everyMs || !wanted()) return;
        asking = true;
        askedAt = performance.now();
        ask()
          .then(
            (value) => {
              // The first is shown at once, later ones when everything else is.
              if (store.getState().loaded) answer = value;
              else take(value);
            },
            () => {
              // The banner says that nobody answers; the last picture stays.
            },
          )
          .finally(() => {
            asking = false;
          });
      };
      const endBeat = onBeat(() => {
        if (answer) take(answer);
        answer = undefined;
        poll();
      });
      const end = journal.onEntry((entry) => {
        if (entry.kind !== 'client.moved') return;
        gathered.push(entry);
        gathering ??= setTimeout(flush, gatherMs);
      });
      poll();
      return () => {
        endBeat();
        clearTimeout(gathering);
        end();
      };
    },
  };
}
