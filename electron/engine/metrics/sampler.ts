/** Up to this many a second all are admitted; above it, about this many are. */
const fullRate = 100;

/**
 * Decides which of many to keep: all of them up to 100 a second, above that one in `every`. Which one of each `every` is random, so
 * that a rhythm in the traffic (round robin's, above all) cannot hide nodes from the sample.
 */
export class Sampler {
  /** 1: all are admitted at present; 10: one in ten is. */
  every = 1;

  readonly #random: () => number;
  #secondStart = Number.NEGATIVE_INFINITY;
  #seenThisSecond = 0;
  #admittedThisSecond = 0;
  #blockPosition = 0;
  #blockChoice = 0;

  /** @param random 0 ≤ n < 1, for the choice within each `every`. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Call it exactly once for each.
   * @param nowMs milliseconds of a clock that does not go backwards.
   */
  admits(nowMs: number): boolean {
    if (nowMs - this.#secondStart >= 1_000) this.#beginSecond(nowMs);
    this.#seenThisSecond++;
    if (this.every > 1) {
      if (this.#blockPosition === 0) this.#blockChoice = Math.floor(this.#random() * this.every);
      const chosen = this.#blockPosition === this.#blockChoice;
      this.#blockPosition = (this.#blockPosition + 1) % this.every;
      if (!chosen) return false;
    }
    if (this.#admittedThisSecond >= fullRate) {
      this.#thinOut(nowMs);
      return false;
    }
    this.#admittedThisSecond++;
    return true;
  }

  #beginSecond(nowMs: number): void {
    // A gap means the second just before this one had nothing in it.
    const rate = nowMs - this.#secondStart < 2_000 ? this.#seenThisSecond : 0;
    this.#secondStart = nowMs;
    this.#seenThisSecond = 0;
    this.#admittedThisSecond = 0;
    this.#setEvery(Math.max(1, Math.round(rate / fullRate)));
  }

  /** This second has its share already: more comes than the second before let expect. */
  #thinOut(nowMs: number): void {
    // A burst within a few milliseconds says little about a whole second; reckon with at least 50.
    const rate = (this.#seenThisSecond * 1_000) / Math.max(50, nowMs - this.#secondStart);
    this.#setEvery(Math.max(this.every * 2, Math.ceil(rate / fullRate)));
    this.#admittedThisSecond = 0;
  }

  #setEvery(every: number): void {
    this.every = every;
    this.#blockPosition = 0;
  }
}
