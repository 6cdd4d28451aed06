import type { HistoryRecord } from './records.ts';

/** What a part of the log holds; known without reading it. Times are milliseconds since the epoch, seqs the journal's (0: no entry). */
export interface SegmentBounds {
  firstTime: number;
  lastTime: number;
  firstSeq: number;
  lastSeq: number;
}

/** Which parts of the log to read: a stretch of time, or of the journal. */
export type SegmentChoice = (bounds: SegmentBounds) => boolean;

/** A log of records in segments, the oldest of which are dropped whole when it grows too large or too old. */
export interface HistoryLog {
  /** Whether it outlives the process. */
  readonly onDisk: boolean;
  /** Never fails and never waits. */
  append(record: HistoryRecord): void;
  /** The chosen segments' records in the order they were written, a segment at a time, from the oldest or from the newest. */
  read(choose: SegmentChoice, order?: 'oldest' | 'newest'): AsyncGenerator<HistoryRecord[]>;
  /** From when to when it reaches; null: it is empty. `bytes`: what it takes on disk or in memory. */
  span(): { oldest: number | null; newest: number | null; bytes: number };
  /** Everything is written when it resolves. */
  close(): Promise<void>;
}

export const emptyBounds = (): SegmentBounds => ({
  firstTime: Number.POSITIVE_INFINITY,
  lastTime: Number.NEGATIVE_INFINITY,
  firstSeq: 0,
  lastSeq: 0,
});

/** Takes a record in. */
export function widen(bounds: SegmentBounds, time: number, seq: number): void {
  bounds.firstTime = Math.min(bounds.firstTime, time);
  bounds.lastTime = Math.max(bounds.lastTime, time);
  if (seq === 0) return;
  if (bounds.firstSeq === 0) bounds.firstSeq = seq;
  bounds.lastSeq = Math.max(bounds.lastSeq, seq);
}

export const touches =
  (from: number, to: number): SegmentChoice =>
  ({ firstTime, lastTime }) =>
    lastTime >= from && firstTime <= to;
