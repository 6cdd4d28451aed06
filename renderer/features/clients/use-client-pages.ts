import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { errorMessage, type RequestParams } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useView } from '../../stores/context.tsx';

export type ClientQuery = Omit<RequestParams<'clients.list'>, 'offset' | 'limit'>;

/** Clients are asked for in multiples of this. */
export const pageSize = 100;
const pollMs = 1_000;
/** Sorting a table of more than this costs the engine some milliseconds each time: it is asked less often. */
export const many = 20_000;
const pollManyMs = 3_000;
/** Pages kept beside those in view; the rest is asked for again when it is scrolled to. */
const keepPages = 12;

export interface ClientPages {
  /** null until the first answer. */
  total: number | null;
  /** The client at a place in the list, when its page is there. */
  at(index: number): Client | undefined;
  /** Says which places are in view: their pages are fetched now and renewed every second or three. */
  show(first: number, last: number): void;
  /** Asks again now, after a change. */
  refresh(): void;
  /** Why the list is not there or not fresh; empty when it is. */
  problem: string;
}

interface Loaded {
  query: string;
  total: number | null;
  pages: ReadonlyMap<number, Client[]>;
  problem: string;
}

/** The stickiness table a page at a time, as the engine filters and sorts it; only what is in view is fetched. */
export function useClientPages(query: ClientQuery): ClientPages {
  const client = useClient();
  const paused = useView((s) => s.paused !== null);
  const queryKey = JSON.stringify(query);
  const [loaded, setLoaded] = useState<Loaded>({ query: queryKey, total: null, pages: new Map(), problem: '' });
  const range = useRef({ first: 0, last: 0 });
  const busy = useRef(new Set<string>());

  const load = useCallback(
    async (first: number, last: number) => {
      const key = `${queryKey}/${first}/${last}`;
      if (busy.current.has(key)) return;
      busy.current.add(key);
      try {
        const params = JSON.parse(queryKey) as ClientQuery;
        // All that is in view in one question: each costs a pass over the whole table.
        const limit = Math.min(1_000, (last - first + 1) * pageSize);
        const answer = await client.request('clients.list', { ...params, offset: first * pageSize, limit });
        setLoaded((before) => {
          const pages = new Map(before.query === queryKey ? before.pages : []);
          for (let page = first; page <= last; page++) {
            pages.delete(page);
            pages.set(page, answer.clients.slice((page - first) * pageSize, (page - first + 1) * pageSize));
          }
          // Maps keep the order of insertion: the first is the one not renewed for longest.
          for (const old of pages.keys()) {
            if (pages.size <= keepPages) break;
            pages.delete(old);
          }
          return { query: queryKey, total: answer.total, pages, problem: '' };
        });
      } catch (error) {
        setLoaded((before) => ({ ...before, problem: errorMessage(error) }));
      } finally {
        busy.current.delete(key);
      }
    },
    [client, queryKey],
  );

  const loadView = useCallback(() => {
    void load(range.current.first, range.current.last);
  }, [load]);

  const isMany = (loaded.total ?? 0) > many;
  useEffect(() => {
    loadView();
  }, [loadView]);
  useEffect(() => {
    if (paused) return;
    const timer = setInterval(
      () => {
        if (!document.hidden) loadView();
      },
      isMany ? pollManyMs : pollMs,
    );
    return () => clearInterval(timer);
  }, [loadView, paused, isMany]);

  const known = loaded.query === queryKey;
  const show = useCallback(
    (first: number, last: number) => {
      const next = { first: Math.floor(first / pageSize), last: Math.floor(Math.max(first, last) / pageSize) };
      if (next.first === range.current.first && next.last === range.current.last) return;
      range.current = next;
      loadView();
    },
    [loadView],
  );
  return {
    // While another filter's answer is on its way, what was there stays rather than flash empty.
    total: loaded.total,
    at: (index) => loaded.pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    show,
    refresh: loadView,
    problem: known ? loaded.problem : '',
  };
}
