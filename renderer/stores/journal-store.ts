import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { Client } from '../bridge/client.ts';

/** Entries kept; older ones are asked of the journal itself. */
const keep = 500;

export interface JournalView {
  /** Oldest first, without gaps. */
  entries: JournalEntry[];
  loaded: boolean;
}

export interface JournalStore {
  store: StoreApi<JournalView>;
  /** Told of each entry as it happens, not of those read at the start. */
  onEntry(callback: (entry: JournalEntry) => void): () => void;
  start(): () => void;
}

/** The newest facts of the journal. */
export function createJournalStore(client: Client): JournalStore {
  const store = createStore<JournalView>(() => ({ entries: [], loaded: false }));
  const watchers = new Set<(entry: JournalEntry) => void>();
  let pending: JournalEntry[] | undefined = [];

  const append = (entry: JournalEntry) => {
    const { entries } = store.getState();
    if (entry.seq <= (entries.at(-1)?.seq ?? 0)) return;
    store.setState({ entries: [...entries, entry].slice(-keep) });
  };

  const load = async () => {
    pending ??= [];
    try {
      const { entries } = await client.request('journal.list', { limit: 200 });
      const held = pending;
      pending = undefined;
      store.setState({ entries, loaded: true });
      for (const entry of held) append(entry);
    } catch {
      // Read again when the connection returns; what happens until then is kept in `pending`.
    }
  };

  return {
    store,
    onEntry(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    start() {
      const ends = [
        client.subscribe('journal.entry', (entry) => {
          const last = store.getState().entries.at(-1)?.seq;
          if (pending) pending.push(entry);
          else if (last !== undefined && entry.seq !== last + 1) void load();
          else append(entry);
          for (const watcher of watchers) watcher(entry);
        }),
        client.onConnection((connected) => {
          if (connected) void load();
        }),
      ];
      void load();
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
