import { expect, it } from 'vitest';
import { Journal } from '../../../electron/control/journal.ts';

const seqs = (list: { entries: { seq: number }[] }) => list.entries.map((entry) => entry.seq);

it('counts from 1 and keeps the newest', () => {
  const seen: number[] = [];
  const journal = new Journal({ capacity: 10, onEntry: (entry) => seen.push(entry.seq) });
  expect(journal.list()).toEqual({ entries: [], lastSeq: 0 });
  expect(journal.list({ afterSeq: 5 })).toEqual({ entries: [], lastSeq: 0 });
  for (let i = 0; i < 25; i++) journal.add({ time: i, kind: 'node.up' });
  expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  expect(seqs(journal.list({ limit: 1000 }))).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
  expect(seqs(journal.list({ limit: 3 }))).toEqual([23, 24, 25]);
  expect(seqs(journal.list({ afterSeq: 20 }))).toEqual([21, 22, 23, 24, 25]);
  expect(seqs(journal.list({ afterSeq: 0, limit: 2 }))).toEqual([16, 17]);
  expect(journal.list({ afterSeq: 25 })).toEqual({ entries: [], lastSeq: 25 });
});
