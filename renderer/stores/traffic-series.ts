/** What a screen shows of one node, listener or of everything: the last two seconds. */
export interface Rates {
  /** Requests (tcp: sessions) a second. */
  requestsPerSecond: number;
  errorsPerSecond: number;
  /** Milliseconds; null when nothing was answered lately. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  connections: number;
}

/** Ticks kept: a minute and a little of ten a second. */
const capacity = 640;

/** A flow that would have brought this many requests and brought none for `stoppedMs` has stopped: its mean says nothing. */
const expectedAtLeast = 3;
const stoppedMs = 600;

/** How long the last known quantiles stand when no newer answer came. */
const quantileMs = 3_000;

/** Ring of one thing's ticks in typed arrays: nothing is allocated while traffic flows. */
export class TrafficSeries {
  private readonly time = new Float64Array(capacity);
  private readonly interval = new Float64Array(capacity);
  private readonly requests = new Float64Array(capacity);
  private readonly errors = new Float64Array(capacity);
  private readonly p50 = new Float64Array(capacity).fill(Number.NaN);
  private readonly p95 = new Float64Array(capacity).fill(Number.NaN);
  private readonly p99 = new Float64Array(capacity).fill(Number.NaN);
  private connections = 0;
  private next = 0;
  private size = 0;

  push(
    time: number,
    intervalMs: number,
    counts: { requests: number; errors: number; connections: number },
    quantiles: { p50: number | null; p95: number | null; p99: number | null },
  ): void {
    const i = this.next;
    this.time[i] = time;
    this.interval[i] = intervalMs;
    this.requests[i] = counts.requests;
    this.errors[i] = counts.errors;
    this.p50[i] = quantiles.p50 ?? Number.NaN;
    this.p95[i] = quantiles.p95 ?? Number.NaN;
    this.p99[i] = quantiles.p99 ?? Number.NaN;
    this.connections = counts.connections;
    this.next = (i + 1) % capacity;
    this.size = Math.min(capacity, this.size + 1);
  }

  clear(): void {
    this.size = 0;
    this.next = 0;
  }

  /** Means over the last `windowMs`, and the newest quantiles that are known. */
  rates(windowMs: number): Rates {
    let requests = 0;
    let errors = 0;
    let span = 0;
    let known = -1;
    let sinceLast = Number.POSITIVE_INFINITY;
    const newest = this.size > 0 ? this.time[this.at(0)]! : 0;
    for (let back = 0; back < this.size; back++) {
      const i = this.at(back);
      const age = newest - this.time[i]!;
      if (age < windowMs) {
        if (this.requests[i]! > 0 && sinceLast === Number.POSITIVE_INFINITY) sinceLast = age;
        requests += this.requests[i]!;
        errors += this.errors[i]!;
        span += this.interval[i]!;
      }
      if (known < 0 && !Number.isNaN(this.p95[i]!)) known = i;
      if (age >= windowMs && (known >= 0 || age >= quantileMs)) break;
    }
    const fresh = known >= 0 && newest - this.time[known]! < quantileMs;
    const perSecond = span > 0 ? 1_000 / span : 0;
    const mean = requests * perSecond;
    const stopped = sinceLast > stoppedMs && mean * (stoppedMs / 1_000) > expectedAtLeast;
    return {
      requestsPerSecond: stopped ? 0 : mean,
      errorsPerSecond: errors * perSecond,
      p50: fresh ? this.p50[known]! : null,
      p95: fresh ? this.p95[known]! : null,
      p99: fresh ? this.p99[known]! : null,
      connections: this.connections,
    };
  }

  /**
   * Requests a second in `points` equal parts of the last `windowMs` before `now`, oldest first; NaN where no tick was.
   */
  history(now: number, windowMs: number, points: number): Float64Array {
    const sums = new Float64Array(points);
    const spans = new Float64Array(points);
    const part = windowMs / points;
    for (let back = 0; back < this.size; back++) {
      const i = this.at(back);
      const age = now - this.time[i]!;
      if (age >= windowMs) break;
      const slot = points - 1 - Math.max(0, Math.floor(age / part));
      sums[slot]! += this.requests[i]!;
      spans[slot]! += this.interval[i]!;
    }
    return sums.map((sum, i) => (spans[i]! > 0 ? (sum * 1_000) / spans[i]! : Number.NaN));
  }

  private at(back: number): number {
    return (this.next - 1 - back + 2 * capacity) % capacity;
  }
}
