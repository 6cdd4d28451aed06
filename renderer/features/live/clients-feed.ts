import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { Client as BalancedClient } from '../../../shared/model/metrics.ts';
import type { Client } from '../../bridge/client.ts';
import type { JournalStore } from '../../stores/journal-store.ts';
import { onBeat } from '../../ui/beat.ts';

export interface ClientsView {
  /** At most the first 1,000; in order of arrival on their node. */
  clients: BalancedClient[];
  /** How many there are. */
  total: number;
  loaded: boolean;
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
  /** Asks for the table once a second while `wanted()`. */
  start(wanted: () => boolean): () => void;
}

/** A little less than a second: every second beat. Milliseconds. */
const pollMs = 900;
/** Moves that come within this long are one movement. */
const gatherMs = 40;
/** An answer made before a move may arrive after it; for this long the move is believed. */
const believeMs = 2_500;
/** The engine forgets where clients were when they are taken off a node; the map shows them there until they come back or this is over. */
const awaitMs = 10_000;

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
  let gathered: JournalEntry[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const announce = (moves: Move[]) => {
    if (moves.length > 0) for (const watcher of watchers) watcher(moves);
  };

  const flush = () => {
    gathering = undefined;
    const entries = gathered;
    gathered = [];
    const { clients, total, loaded } = store.getState();
    const known = new Map(clients.map((c) => [clientId(c.pool, c.key), c]));
    const moves = new Map<string, Move>();
    for (const { pool, client: key, from, to, time } of entries) {
      if (pool === undefined || key === undefined || from === undefined || to === undefined) continue;
      const id = clientId(pool, key);
      recent.set(id, { from, to, time, heardAt: Date.now() });
      const moving = known.get(id);
      if (!moving || moving.node === to) continue;
      known.set(id, { ...moving, node: to, since: time, moves: moving.moves + 1 });
      moves.set(id, { id, pool, key, from: moves.get(id)?.from ?? moving.node, to });
    }
    if (moves.size === 0) return;
    announce([...moves.values()]);
    store.setState({ clients: [...known.values()].sort(byArrival), total, loaded });
  };

  const take = (answer: { clients: BalancedClient[]; total: number }) => {
    const now = Date.now();
    for (const [id, move] of recent) if (now - move.heardAt > believeMs) recent.delete(id);
    const clients = answer.clients.map((c) => {
      const move = recent.get(clientId(c.pool, c.key));
      return move && c.node === move.from && c.since < move.time ? { ...c, node: move.to, since: move.time, moves: c.moves + 1 } : c;
    });
    const before = store.getState();
    const listed = new Set(clients.map((c) => clientId(c.pool, c.key)));
    for (const id of awaited.keys()) if (listed.has(id)) awaited.delete(id);
    for (const c of before.clients) {
      const id = clientId(c.pool, c.key);
      if (listed.has(id) || !isLeft(c.pool, c.node)) continue;
      if (!awaited.has(id)) awaited.set(id, now);
      if (now - awaited.get(id)! < awaitMs) clients.push(c);
    }
    if (before.loaded) {
      const nodes = new Map(before.clients.map((c) => [clientId(c.pool, c.key), c.node]));
      announce(
        clients.flatMap((c): Move[] => {
          const from = nodes.get(clientId(c.pool, c.key));
          return from !== undefined && from !== c.node ? [{ id: clientId(c.pool, c.key), pool: c.pool, key: c.key, from, to: c.node }] : [];
        }),
      );
    }
    store.setState({ clients: clients.sort(byArrival), total: Math.max(answer.total, clients.length), loaded: true });
  };

  return {
    store,
    onMoving(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    start(wanted) {
      let askedAt = Number.NEGATIVE_INFINITY;
      let asking = false;
      let answer: { clients: BalancedClient[]; total: number } | undefined;
      const poll = () => {
        if (asking || performance.now() - askedAt < pollMs || !wanted()) return;
        asking = true;
        askedAt = performance.now();
        client
          .request('clients.list', { limit: 1_000 })
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
