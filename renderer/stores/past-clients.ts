import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client } from '../../shared/model/metrics.ts';
import type { Run } from '../../shared/model/run.ts';
import { type ReplayFrame, replayOf } from '../../shared/state/replay.ts';

/** A client that changes its node. */
export interface PastMove {
  /** `pool/key`. */
  id: string;
  pool: string;
  key: string;
  from: string;
  to: string;
}

export interface PastClientsView {
  clients: Client[];
  total: number;
  loaded: boolean;
}

/** The clients of a replay, as the map asks for the live ones. */
export interface PastClients {
  store: StoreApi<PastClientsView>;
  /** Told of clients about to change their node, while the replay plays forwards. */
  onMoving(callback: (moves: PastMove[]) => void): () => void;
  start(): () => void;
  /** Moves of the `ms` until `time`, with their times. */
  recent(time: number, ms: number): { time: number; move: PastMove }[];
  show(frame: ReplayFrame, moves: PastMove[]): void;
}

/** Moves among the entries from number `from` to before number `to`. */
export function movesBetween(run: Run, from: number, to: number): { time: number; move: PastMove }[] {
  return run.entries.slice(from, to).flatMap((entry) => {
    const { kind, pool, client: key, from: left, to: came, time } = entry;
    if (kind !== 'client.moved' || pool === undefined || key === undefined || left === undefined || came === undefined) return [];
    return [{ time, move: { id: `${pool}/${key}`, pool, key, from: left, to: came } }];
  });
}

export function createPastClients(run: Run): PastClients {
  const store = createStore<PastClientsView>(() => ({ clients: [], total: 0, loaded: false }));
  const watchers = new Set<(moves: PastMove[]) => void>();
  const replay = replayOf(run);
  let shown: ReplayFrame | undefined;

  return {
    store,
    onMoving(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    start: () => () => {},
    recent: (time, ms) => movesBetween(run, replay.entriesUntil(time - ms), replay.entriesUntil(time)),
    show(frame, moves) {
      const same = shown?.clients === frame.clients;
      shown = frame;
      if (moves.length > 0) for (const watcher of watchers) watcher(moves);
      if (same) return;
      const kinds = new Map(
        frame.snapshot.pools.map((pool) => [pool.id, pool.stickiness === 'http_cookie' ? 'cookie' : 'address'] as const),
      );
      const clients = frame.clients.map(
        // What a run does not hold (requests, their rate, when it was seen last) is not shown of these.
        ({ pool, key, node, since, moves: moved, pinned }): Client => ({
          ...{ pool, key, node, kind: kinds.get(pool) ?? 'cookie', since: since ?? run.startedAt, lastSeen: Number.POSITIVE_INFINITY },
          ...{
            moves: moved,
            requests: 0,
            requestsPerSecond: null,
            pinned,
            pinnedTo: pinned ? node : null,
            how: 'chosen:turn',
            from: null,
            reason: null,
            expiresAt: null,
          },
        }),
      );
      clients.sort((a, b) => a.since - b.since || (a.key < b.key ? -1 : 1));
      store.setState({ clients, total: Math.max(clients.length, frame.tick?.clients ?? 0), loaded: true });
    },
  };
}
