import { useCallback, useEffect, useState } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';

const pollMs = 1_000;

export type Found = { kind: 'loading' } | { kind: 'here'; client: Client } | { kind: 'gone' } | { kind: 'failed'; message: string };

export interface OneClient {
  found: Found;
  put(client: Client): void;
  ask(): Promise<void>;
}

/** One client, asked for again every second. */
export function useOneClient(pool: string, key: string): OneClient {
  const api = useClient();
  const [found, setFound] = useState<Found>({ kind: 'loading' });
  const ask = useCallback(async () => {
    try {
      const { clients } = await api.request('clients.list', { pool, key });
      const here = clients[0];
      setFound(here ? { kind: 'here', client: here } : { kind: 'gone' });
    } catch (error) {
      setFound({ kind: 'failed', message: errorMessage(error) });
    }
  }, [api, pool, key]);
  useEffect(() => {
    const first = setTimeout(() => void ask());
    const timer = setInterval(() => {
      if (!document.hidden) void ask();
    }, pollMs);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [ask]);
  return { found, put: (client) => setFound({ kind: 'here', client }), ask };
}
