import type { JournalEntry, JournalFact, JournalKind } from '../../shared/model/journal.ts';

/** Which entries are asked for; see `journal.list` in the contract. */
export interface JournalQuery {
  afterSeq?: number | undefined;
  beforeSeq?: number | undefined;
  /** Milliseconds since the epoch, both included. */
  from?: number | undefined;
  to?: number | undefined;
  /** 1–1,000, default 100. */
  limit?: number | undefined;
  /** Default all. */
  kinds?: readonly JournalKind[] | undefined;
}

interface JournalList {
  entries: JournalEntry[];
  lastSeq: number;
}

/** Discrete facts in one sequence, the newest of them at hand. */
export class Journal {
  readonly #entries: JournalEntry[];
  readonly #capacity: number;
  readonly #onEntry: ((entry: JournalEntry) => void) | undefined;
  #lastSeq: number;

  /**
   * @param options.capacity Entries kept at most. Default 10,000.
   * @param options.earlier What an earlier process wrote last, oldest first; the sequence goes on from there.
   * @param options.lastSeq The last number an earlier process gave out. Default that of the last of `earlier`, else 0.
   */
  constructor(
    options: { capacity?: number; onEntry?: (entry: JournalEntry) => void; earlier?: readonly JournalEntry[]; lastSeq?: number } = {},
  ) {
    this.#capacity = options.capacity ?? 10_000;
    this.#onEntry = options.onEntry;
    this.#entries = (options.earlier ?? []).slice(-this.#capacity);
    this.#lastSeq = Math.max(options.lastSeq ?? 0, this.#entries.at(-1)?.seq ?? 0);
  }

  /** Number of the newest entry; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  add(fact: JournalFact): JournalEntry {
    const entry: JournalEntry = { ...fact, seq: ++this.#lastSeq };
    this.#entries.push(entry);
    // In one cut now and then: shifting one by one would move the whole list each time.
    if (this.#entries.length > this.#capacity * 1.1) this.#entries.splice(0, this.#entries.length - this.#capacity);
    this.#onEntry?.(entry);
    return entry;
  }

  /** Of the entries at hand, oldest first: the first `limit` after `afterSeq`, or else the newest `limit`. */
  list(query: JournalQuery = {}): JournalList {
    const { afterSeq, beforeSeq, from, to } = query;
    const limit = query.limit ?? 100;
    const kept = this.#entries.slice(-this.#capacity);
    const kinds = query.kinds && new Set(query.kinds);
    if (!kinds && beforeSeq === undefined && from === undefined && to === undefined) {
      const firstSeq = kept[0]?.seq ?? this.#lastSeq + 1;
      const at = afterSeq === undefined ? Math.max(0, kept.length - limit) : Math.max(0, afterSeq + 1 - firstSeq);
      return { entries: kept.slice(at, at + limit), lastSeq: this.#lastSeq };
    }
    const fit = kept.filter(
      (entry) =>
        entry.seq > (afterSeq ?? 0) &&
        entry.seq < (beforeSeq ?? Number.POSITIVE_INFINITY) &&
        entry.time >= (from ?? Number.NEGATIVE_INFINITY) &&
        entry.time <= (to ?? Number.POSITIVE_INFINITY) &&
        (!kinds || kinds.has(entry.kind)),
    );
    return { entries: afterSeq === undefined ? fit.slice(-limit) : fit.slice(0, limit), lastSeq: this.#lastSeq };
  }

  /**
   * As `list`, and what is not at hand any more comes from `older`.
   * @param older Looks further back: entries with `seq` below `beforeSeq`, oldest first.
   */
  async listAll(
    query: JournalQuery,
    older: (query: JournalQuery & { limit: number; beforeSeq: number }) => Promise<JournalEntry[]>,
  ): Promise<JournalList> {
    const here = this.list(query);
    const limit = query.limit ?? 100;
    const firstHere = this.#entries.at(-this.#capacity)?.seq ?? this.#entries[0]?.seq ?? this.#lastSeq + 1;
    if (firstHere <= 1) return here;
    const beforeSeq = Math.min(query.beforeSeq ?? Number.POSITIVE_INFINITY, firstHere);
    if (query.afterSeq === undefined) {
      if (here.entries.length >= limit) return here;
      const earlier = await older({ ...query, beforeSeq, limit: limit - here.entries.length });
      return { entries: [...earlier, ...here.entries], lastSeq: here.lastSeq };
    }
    if (query.afterSeq >= firstHere - 1) return here;
    const earlier = await older({ ...query, beforeSeq, limit });
    return { entries: [...earlier, ...here.entries].slice(0, limit), lastSeq: here.lastSeq };
  }
}
