import { useCallback, useEffect, useState } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';

const pollMs = 1_000;
/** A rate is over at most this long. Milliseconds. */
const rateMs = 60_000;
/** Over less it says nothing. Milliseconds. */
const leastMs = 2_000;

export type Found = { kind: 'loading' } | { kind: 'here'; client: Client } | { kind: 'gone' } | { kind: 'failed'; message: string };

/** Requests a second as counted while somebody watched: exact, but only as old as the watching. */
export interface WatchedRate {
  perSecond: number;
  overMs: number;
}

interface Sample {
  at: number;
  requests: number;
}

export interface OneClient {
  found: Found;
  /** null: not watched for long enough. */
  rate: WatchedRate | null;
  put(client: Client): void;
  ask(): Promise<void>;
}

/** One client, asked for again every second. */
export function useOneClient(pool: string, key: string): OneClient {
  const api = useClient();
  const [found, setFound] = useState<Found>({ kind: 'loading' });
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const ask = useCallback(async () => {
    try {
      const { clients } = await api.request('clients.list', { pool, key });
      const here = clients[0];
      setFound(here ? { kind: 'here', client: here } : { kind: 'gone' });
      const at = performance.now();
      setSamples((before) => {
        if (!here) return [];
        // Fewer than before: another entry of the same key.
        const kept = before.at(-1) && before.at(-1)!.requests > here.requests ? [] : before;
        return [...kept.filter((sample) => at - sample.at <= rateMs), { at, requests: here.requests }];
      });
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
  const oldest = samples[0];
  const newest = samples.at(-1);
  const overMs = oldest && newest ? newest.at - oldest.at : 0;
  return {
    found,
    rate: overMs >= leastMs ? { overMs, perSecond: ((newest!.requests - oldest!.requests) * 1_000) / overMs } : null,
    put: (client) => setFound({ kind: 'here', client }),
    ask,
  };
}
