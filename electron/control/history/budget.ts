/** So many at once, then so many a second: what is over it is passed over. */
export class Budget {
  readonly #burst: number;
  readonly #perMs: number;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /**
   * @param burst How many at once.
   * @param perSecond How many of them come back a second.
   * @param now Milliseconds. Default the machine's clock.
   */
  constructor(burst: number, perSecond: number, now: () => number = Date.now) {
    this.#burst = burst;
    this.#perMs = perSecond / 1_000;
    this.#now = now;
    this.#left = burst;
    this.#at = now();
  }

  /** @returns whether there is room for one more, which is then taken. */
  take(): boolean {
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
