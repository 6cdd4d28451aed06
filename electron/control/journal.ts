import type { JournalEntry, JournalFact, JournalKind } from '../../shared/model/journal.ts';

/** Discrete facts in one sequence from 1, the newest of them kept. */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #capacity: number;
  readonly #onEntry: ((entry: JournalEntry) => void) | undefined;
  #lastSeq = 0;

  /** @param options.capacity Entries kept at most. Default 10,000. */
  constructor(options: { capacity?: number; onEntry?: (entry: JournalEntry) => void } = {}) {
    this.#capacity = options.capacity ?? 10_000;
    this.#onEntry = options.onEntry;
  }

  add(fact: JournalFact): JournalEntry {
    const entry: JournalEntry = { ...fact, seq: ++this.#lastSeq };
    this.#entries.push(entry);
    // In one cut now and then: shifting one by one would move the whole list each time.
    if (this.#entries.length > this.#capacity * 1.1) this.#entries.splice(0, this.#entries.length - this.#capacity);
    this.#onEntry?.(entry);
    return entry;
  }

  /**
   * Oldest first: what came after `afterSeq`, or without it the newest `limit`.
   * @param query.limit 1–1,000, default 100.
   * @param query.kinds Only entries of these kinds. Default all.
   */
  list(query: { afterSeq?: number | undefined; limit?: number | undefined; kinds?: readonly JournalKind[] | undefined } = {}): {
    entries: JournalEntry[];
    lastSeq: number;
  } {
    const limit = query.limit ?? 100;
    const kept = this.#entries.slice(-this.#capacity);
    if (query.kinds) {
      const kinds = new Set(query.kinds);
      const fit = kept.filter((entry) => kinds.has(entry.kind) && entry.seq > (query.afterSeq ?? 0));
      return { entries: query.afterSeq === undefined ? fit.slice(-limit) : fit.slice(0, limit), lastSeq: this.#lastSeq };
    }
    const firstSeq = kept[0]?.seq ?? this.#lastSeq + 1;
    const from = query.afterSeq === undefined ? Math.max(0, kept.length - limit) : Math.max(0, query.afterSeq + 1 - firstSeq);
    return { entries: kept.slice(from, from + limit), lastSeq: this.#lastSeq };
  }
}
