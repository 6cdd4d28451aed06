import { emptyBounds, widen, type HistoryLog, type SegmentBounds, type SegmentChoice } from './history-log.ts';
import { decode, encode, seqOf, timeOf, type HistoryRecord } from './records.ts';

interface Segment extends SegmentBounds {
  lines: string[];
  bytes: number;
}

/** Kept as text: a tenth of what the objects would take, and nobody who reads can change it. */
export class MemoryLog implements HistoryLog {
  readonly onDisk = false;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #segments: Segment[] = [];
  #bytes = 0;

  /** @param maxBytes What it may hold, characters. Default 16 MiB: a few hours of a small set-up. */
  constructor(maxBytes = 16 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
    this.#segmentBytes = maxBytes / 64;
  }

  append(record: HistoryRecord): void {
    const line = encode(record);
    let last = this.#segments.at(-1);
    if (!last || last.bytes >= this.#segmentBytes) this.#segments.push((last = { ...emptyBounds(), lines: [], bytes: 0 }));
    last.lines.push(line);
    last.bytes += line.length;
    this.#bytes += line.length;
    widen(last, timeOf(record), seqOf(record));
    while (this.#bytes > this.#maxBytes && this.#segments.length > 1) this.#bytes -= this.#segments.shift()!.bytes;
  }

  async *read(choose: SegmentChoice, order: 'oldest' | 'newest' = 'oldest'): AsyncGenerator<HistoryRecord[]> {
    const chosen = this.#segments.filter(choose);
    for (const { lines } of order === 'oldest' ? chosen : chosen.reverse()) {
      // Long stretches are read between whatever else the thread has to do.
      await new Promise((resolve) => setImmediate(resolve));
      yield lines.flatMap((line) => decode(line) ?? []);
    }
  }

  span(): { oldest: number | null; newest: number | null; bytes: number } {
    const first = this.#segments[0];
    if (!first) return { oldest: null, newest: null, bytes: 0 };
    return { oldest: first.firstTime, newest: Math.max(...this.#segments.map((one) => one.lastTime)), bytes: this.#bytes };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
