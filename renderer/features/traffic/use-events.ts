import { useEffect, useState } from 'react';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import { useClient } from '../../bridge/context.tsx';
import { useStores } from '../../stores/context.tsx';
import { isMarked, markedKinds } from './traffic-events.ts';

/** Marks kept; older ones are in the journal. */
const keep = 1_000;

/** The journal's loud facts, oldest first, as far back as the journal remembers. */
export function useEvents(): readonly JournalEntry[] {
  const client = useClient();
  const { journal } = useStores();
  const [events, setEvents] = useState<readonly JournalEntry[]>([]);
  useEffect(() => {
    const add = (entries: readonly JournalEntry[]) =>
      setEvents((before) => {
        const known = new Map(before.map((entry) => [entry.seq, entry]));
        for (const entry of entries) known.set(entry.seq, entry);
        return [...known.values()].sort((a, b) => a.seq - b.seq).slice(-keep);
      });
    const load = () => {
      client.request('journal.list', { limit: keep, kinds: [...markedKinds] }).then(
        // Another process counts its journal from 1 again: what was there is not kept beside it.
        ({ entries }) => setEvents(entries),
        () => {
          // The charts say themselves that nobody answers; the connection's return asks again.
        },
      );
    };
    const ends = [
      journal.onEntry((entry) => {
        if (isMarked(entry)) add([entry]);
      }),
      client.onConnection((connected) => {
        if (connected) load();
      }),
    ];
    load();
    return () => {
      for (const end of ends) end();
    };
  }, [client, journal]);
  return events;
}
