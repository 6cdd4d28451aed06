import type { Clock } from '../../electron/engine/clock.ts';

interface Timer {
  at: number;
  order: number;
  every: number | null;
  fn: () => void;
}

/** A clock that stands still until a test advances it; timers run in the order they are due. */
export class FakeClock implements Clock {
  #wall: number;
  #elapsed = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param wall milliseconds since the epoch at the start. */
  constructor(wall = 1_700_000_000_000) {
    this.#wall = wall;
  }

  /** Timers that are set now: 0 means nothing was left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, fn: () => void): () => void {
    return this.#add(ms, null, fn);
  }

  every(ms: number, fn: () => void): () => void {
    return this.#add(ms, Math.max(1, ms), fn);
  }

  /** Moves the wall clock alone, as an operator or NTP does. */
  setWall(now: number): void {
    this.#wall = now - this.#elapsed;
  }

  /** Lets `ms` pass and runs what is due, each at its own time. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (let timer = this.#next(end); timer; timer = this.#next(end)) this.#run(timer);
    this.#elapsed = end;
  }

  /** As `advance`, but lets promises settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await flushMicrotasks();
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#run(timer);
      await flushMicrotasks();
    }
    this.#elapsed = end;
    await flushMicrotasks();
  }

  #add(ms: number, every: number | null, fn: () => void): () => void {
    const timer: Timer = { at: this.#elapsed + Math.max(0, ms), order: this.#order++, every, fn };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }

  #run(timer: Timer): void {
    this.#elapsed = Math.max(this.#elapsed, timer.at);
    if (timer.every === null) this.#timers.delete(timer);
    else {
      timer.at += timer.every;
      timer.order = this.#order++;
    }
    timer.fn();
  }
}

/** Lets every promise that can settle without a timer or I/O do so. */
async function flushMicrotasks(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
