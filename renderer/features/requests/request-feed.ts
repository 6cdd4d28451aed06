import type { Payload } from '../../../shared/contract/contract.ts';
import type { RequestRecord, Sampling } from '../../../shared/model/metrics.ts';
import { type Client, errorMessage } from '../../bridge/client.ts';
import type { RequestFilter } from './request-filter.ts';

/** Records kept in the window; the engine has more of them (10,000). */
export const keepRecords = 2_000;
/** Records in one answer, at most. */
const page = 1_000;
const renewMs = 500;

export interface FeedView {
  /** Newest first. */
  rows: readonly RequestRecord[];
  /** Recorded since `rows` were last renewed: how many wait while the list is held. */
  newer: number;
  /** null until the first answer. */
  sampling: Sampling | null;
  /** The first answer to the present filter is there. */
  loaded: boolean;
  /** Why the list is not there or not fresh; empty when it is. */
  problem: string;
}

export interface RequestFeed {
  view(): FeedView;
  onView(callback: () => void): () => void;
  /** Asks for the log anew, as the engine filters it. */
  setFilter(filter: RequestFilter): void;
  /** `rows`: nothing moves under the pointer, newer ones are counted. `all`: the view is paused, nothing changes at all. */
  hold(what: 'nothing' | 'rows' | 'all'): void;
  /** Shows what waits, once, though the list is held. */
  catchUp(): void;
  /** Reads the log anew, after a failure. */
  reload(): void;
  start(): () => void;
}

/**
 * The log of requests as it grows: read once, then fed by the event while no filter is set, and asked for what came since,
 * with the filter, while one is. Renewed twice a second.
 */
export function createRequestFeed(client: Client): RequestFeed {
  const watchers = new Set<() => void>();
  let view: FeedView = { rows: [], newer: 0, sampling: null, loaded: false, problem: '' };
  let filter: RequestFilter = {};
  let held: 'nothing' | 'rows' | 'all' = 'nothing';
  /** Oldest first. */
  let records: RequestRecord[] = [];
  let sampling: Sampling | null = null;
  /** Everything up to this number is in `records` or does not fit the filter. */
  let cursor = 0;
  /** Something was recorded that the event did not bring, or that only the engine can filter. */
  let behind = false;
  let asking = false;
  let question = 0;

  const put = (change: Partial<FeedView>) => {
    view = { ...view, ...change };
    for (const watcher of watchers) watcher();
  };
  const show = () => put({ rows: records.slice().reverse(), newer: 0, sampling });

  const renew = () => {
    if (held === 'all' || !view.loaded) return;
    const newest = records.at(-1)?.seq ?? 0;
    const shown = view.rows[0]?.seq ?? 0;
    if (newest === shown && records.length === view.rows.length) {
      if (sampling !== view.sampling) put({ sampling });
    } else if (held === 'rows' && view.rows.length > 0) {
      let newer = 0;
      while (newer < records.length && records[records.length - 1 - newer]!.seq > shown) newer++;
      if (newer !== view.newer || sampling !== view.sampling) put({ newer, sampling });
    } else show();
  };

  const append = (entries: readonly RequestRecord[]) => {
    const fresh = entries.filter((entry) => entry.seq > cursor);
    if (fresh.length > 0) records = [...records, ...fresh].slice(-keepRecords);
  };

  const load = async () => {
    const mine = ++question;
    asking = true;
    try {
      const answer = await client.request('requests.list', { limit: page, filter });
      if (mine !== question) return;
      records = answer.entries;
      sampling = answer.sampling;
      cursor = answer.sampling.recorded;
      behind = false;
      view = { ...view, loaded: true, problem: '' };
      show();
    } catch (error) {
      if (mine === question) put({ problem: errorMessage(error) });
    } finally {
      if (mine === question) asking = false;
    }
  };

  const askSince = async () => {
    const mine = question;
    asking = true;
    behind = false;
    try {
      const answer = await client.request('requests.list', { afterSeq: cursor, limit: page, filter });
      if (mine !== question) return;
      append(answer.entries);
      // A full answer may not be all there is.
      const full = answer.entries.length === page;
      cursor = full ? answer.entries.at(-1)!.seq : Math.max(cursor, answer.sampling.recorded);
      behind ||= full;
      sampling = answer.sampling;
      if (view.problem !== '') put({ problem: '' });
      renew();
    } catch (error) {
      behind = true;
      if (mine === question) put({ problem: errorMessage(error) });
    } finally {
      if (mine === question) asking = false;
    }
  };

  const onTick = (batch: Payload<'requests.tick'>) => {
    if (!view.loaded) return;
    // Numbers that begin anew: another engine thread, another log.
    if (batch.sampling.recorded < cursor && !asking) {
      void load();
      return;
    }
    sampling = batch.sampling;
    const first = batch.entries[0]?.seq ?? 0;
    const last = batch.entries.at(-1)?.seq ?? 0;
    const whole = Object.keys(filter).length === 0 && !asking && first <= cursor + 1 && last === batch.sampling.recorded;
    if (whole) {
      append(batch.entries);
      cursor = Math.max(cursor, last);
    } else behind = true;
  };

  return {
    view: () => view,
    onView(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    setFilter(next) {
      if (JSON.stringify(next) === JSON.stringify(filter)) return;
      filter = next;
      void load();
    },
    hold(what) {
      held = what;
      if (what === 'nothing') renew();
    },
    catchUp: show,
    reload: () => void load(),
    start() {
      const ends = [
        client.subscribe('requests.tick', onTick),
        client.onConnection((connected) => {
          if (connected) void load();
        }),
      ];
      const timer = setInterval(() => {
        if (document.hidden || held === 'all') return;
        if (behind && !asking && view.loaded) void askSince();
        else renew();
      }, renewMs);
      void load();
      return () => {
        for (const end of ends) end();
        clearInterval(timer);
        // Whatever is still on its way finds nobody.
        question++;
        asking = false;
      };
    },
  };
}
