import { maxDots } from './scales.ts';

/** What the dots of one edge follow. */
export interface Stream {
  /** Requests a second. */
  rate: number;
  /** Seconds a dot takes from end to end. */
  seconds: number;
}

/** Evenly spread but never in step: the fractional part of multiples of the golden ratio. */
const spread = (n: number) => (n * 0.6180339887498949) % 1;

/** All dots on the map, in typed arrays: each is a number of requests on their way along one edge. */
export class DotField {
  /** Dots in use; the arrays' first `count` places. */
  count = 0;
  /** Index of the stream. */
  readonly stream = new Uint16Array(maxDots);
  /** Share of the way done, 0–1. */
  readonly way = new Float32Array(maxDots);
  /** Place across the band, -0.5–0.5. */
  readonly aside = new Float32Array(maxDots);
  private readonly credit = new Map<string, number>();
  private born = 0;

  /** Forgets all dots, for a map whose edges are no longer the same. */
  clear(): void {
    this.count = 0;
    this.credit.clear();
  }

  /**
   * Moves everything on by `seconds` and lets new dots in.
   * @param ids one a stream, steady over time.
   * @param perDot requests a dot stands for.
   */
  advance(seconds: number, ids: readonly string[], streams: readonly Stream[], perDot: number): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const stream = streams[this.stream[i]!];
      if (!stream) continue;
      const way = this.way[i]! + seconds / stream.seconds;
      if (way >= 1) continue;
      this.stream[kept] = this.stream[i]!;
      this.way[kept] = way;
      this.aside[kept] = this.aside[i]!;
      kept++;
    }
    this.count = kept;
    streams.forEach((stream, s) => {
      const id = ids[s]!;
      let credit = (this.credit.get(id) ?? spread(s + 1)) + (stream.rate * seconds) / perDot;
      while (credit >= 1) {
        credit -= 1;
        // A dot whose turn came within this step is already that far on its way.
        const late = stream.rate > 0 ? (credit * perDot) / stream.rate : 0;
        this.add(s, Math.min(0.99, late / stream.seconds));
      }
      this.credit.set(id, credit);
    });
  }

  /** Fills every stream as if it had flowed for ever: the first picture, and the only one where nothing may move. */
  fill(streams: readonly Stream[], perDot: number): void {
    this.count = 0;
    streams.forEach((stream, s) => this.fillOne(stream, s, perDot));
  }

  /**
   * Other streams than before: the dots of those that stay are left where they are, new ones are filled.
   * @param before and @param ids one a stream, as they were and as they are.
   */
  refit(before: readonly string[], ids: readonly string[], streams: readonly Stream[], perDot: number): void {
    const now = new Map(ids.map((id, s) => [id, s]));
    const known = new Set(before);
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const s = now.get(before[this.stream[i]!] ?? '');
      if (s === undefined) continue;
      this.stream[kept] = s;
      this.way[kept] = this.way[i]!;
      this.aside[kept] = this.aside[i]!;
      kept++;
    }
    this.count = kept;
    streams.forEach((stream, s) => {
      if (!known.has(ids[s]!)) this.fillOne(stream, s, perDot);
    });
  }

  private fillOne(stream: Stream, s: number, perDot: number): void {
    const n = Math.round((stream.rate * stream.seconds) / perDot);
    for (let i = 0; i < n; i++) this.add(s, (i + 0.25 + 0.5 * spread(i + s)) / n);
  }

  private add(stream: number, way: number): void {
    if (this.count >= maxDots) return;
    const i = this.count++;
    this.stream[i] = stream;
    this.way[i] = way;
    // Two sequences out of step: one alone would line the dots of a wide band up in rows.
    const n = ++this.born;
    this.aside[i] = ((((spread(n) + 0.31 * Math.sin(n * 12.9898)) % 1) + 1) % 1) - 0.5;
  }
}
