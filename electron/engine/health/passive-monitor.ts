/** Counts failures of live traffic in a sliding window. Successes cost nothing: only failures are remembered. */
export class PassiveMonitor {
  readonly #windowMs: number;
  /** The last failures' times, a ring as long as the failures that matter. */
  readonly #times: Float64Array;
  #next = 0;

  /**
   * @param errors failures within the window that are too many, at least 1.
   * @param windowMs length of the window.
   */
  constructor(errors: number, windowMs: number) {
    this.#windowMs = windowMs;
    this.#times = new Float64Array(errors).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * @param now milliseconds that never go backwards.
   * @returns true when this failure is one too many.
   */
  fail(now: number): boolean {
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
    // The slot to be written next holds the oldest of the failures that matter.
    return now - this.#times[this.#next]! < this.#windowMs;
  }

  /** Forgets every failure. */
  clear(): void {
    this.#times.fill(Number.NEGATIVE_INFINITY);
  }
}
