import { useEffect, useMemo, useState } from 'react';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import { useClient } from '../../bridge/context.tsx';
import { useJournal } from '../../stores/context.tsx';
import { clientHistory, clientKinds, type HistoryItem } from './client-words.ts';

/** Client facts the journal is asked for; older ones are not shown. */
const asked = 1_000;

/** What the journal says of one client, newest first: what it remembers, and what happens from now on. */
export function useClientHistory(pool: string, key: string, name: (node: string) => string): HistoryItem[] {
  const client = useClient();
  const live = useJournal((s) => s.entries);
  const [past, setPast] = useState<readonly JournalEntry[]>([]);
  useEffect(() => {
    let ended = false;
    client.request('journal.list', { kinds: [...clientKinds], limit: asked }).then(
      ({ entries }) => {
        if (!ended) setPast(entries.filter((entry) => entry.client === key && entry.pool === pool));
      },
      () => {
        // What the window has heard itself is still there.
      },
    );
    return () => {
      ended = true;
    };
  }, [client, pool, key]);
  return useMemo(() => {
    const first = live[0]?.seq ?? Number.MAX_SAFE_INTEGER;
    return clientHistory([...past.filter((entry) => entry.seq < first), ...live], pool, key, name);
  }, [past, live, pool, key, name]);
}
