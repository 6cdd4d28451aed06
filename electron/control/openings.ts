import type { Opening } from '../../shared/contract/contract.ts';

/** More than this nobody asks for; the oldest goes. */
const most = 20;

/** What the window is to open or to say, until it takes it: it may be closed, hidden or still loading. */
export class Openings {
  #waiting: Opening[] = [];
  readonly #onAdded: (waiting: number) => void;

  constructor(onAdded: (waiting: number) => void) {
    this.#onAdded = onAdded;
  }

  add(opening: Opening): void {
    this.#waiting = [...this.#waiting, opening].slice(-most);
    this.#onAdded(this.#waiting.length);
  }

  /** Hands everything over, oldest first, and forgets it. */
  take(): Opening[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}
