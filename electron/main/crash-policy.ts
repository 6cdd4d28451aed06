/** A page that lived this long has proved itself. Milliseconds. */
const provenMs = 60_000;

/** What is done when the window's page crashes: one reload by itself, then the owner is asked. */
export class CrashPolicy {
  #last = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds that never go backwards. */
  crashed(now: number): 'reload' | 'ask' {
    const again = now - this.#last < provenMs;
    this.#last = now;
    return again ? 'ask' : 'reload';
  }
}
