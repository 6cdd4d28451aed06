import type { JournalEntry } from '../../../../shared/model/journal.ts';

/** An hour ago: what is older than a week would be dropped. */
export const t0 = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;

/** The `seq`th fact, a hundred milliseconds after the one before. */
export function fact(seq: number, over: Partial<JournalEntry> = {}): { entry: JournalEntry } {
  const client = (seq * 2_654_435_761).toString(16).slice(-8);
  return {
    entry: { seq, time: t0 + seq * 100, kind: 'client.moved', pool: 'web', client, from: 'a', to: 'b', reason: 'api-1 is down', ...over },
  };
}
