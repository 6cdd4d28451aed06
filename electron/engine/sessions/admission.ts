/** Buckets of clients unseen for this long are full again by any rate, so they are forgotten. */
const forgetMs = 60_000;

interface Bucket {
  tokens: number;
  /** Monotonic milliseconds. */
  at: number;
}

/**
 * Connection throttle (NodeBalancer's client_conn_throttle): a burst of the configured number per client address, then
 * that many a second.
 */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  /** @param rate connections a second, 1–20; 0 admits everything. @param now monotonic milliseconds. */
  admits(address: string, rate: number, now: number): boolean {
    if (rate === 0) return true;
    let bucket = this.buckets.get(address);
    if (bucket === undefined) {
      bucket = { tokens: rate, at: now };
      this.buckets.set(address, bucket);
    }
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Forgets clients that have been quiet; call it now and then. */
  sweep(now: number): void {
    for (const [address, bucket] of this.buckets) if (now - bucket.at >= forgetMs) this.buckets.delete(address);
  }
}
