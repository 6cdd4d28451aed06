import type { CheckResult } from '../../../shared/model/state.ts';
import type { Clock } from '../clock.ts';
import type { Probe } from './probes/probe.ts';
import { runTimed } from './probes/run-probe.ts';

/** How far below the interval a check may be pulled forward, so that a thousand nodes do not stay in step. */
const JITTER = 0.1;

export interface ActiveCheckerOptions {
  probe: Probe;
  /** Start to start, milliseconds; the real one is 90–100 % of it. */
  intervalMs: number;
  timeoutMs: number;
  clock: Clock;
  /** 0 ≤ n < 1. */
  random: () => number;
  onResult: (result: CheckResult) => void;
}

/** Runs one node's probes in time: the first at once, never two side by side, nothing after `stop`. */
export class ActiveChecker {
  readonly #options: ActiveCheckerOptions;
  #cancelTimer: (() => void) | undefined;
  #running: AbortController | undefined;
  /** The next check's time came while one was still running. */
  #overdue = false;
  #nextCheckAt: number | null = null;

  constructor(options: ActiveCheckerOptions) {
    this.#options = options;
  }

  /** Milliseconds since the epoch; null while stopped. */
  get nextCheckAt(): number | null {
    return this.#nextCheckAt;
  }

  start(): void {
    if (this.#nextCheckAt === null) this.#check();
  }

  /** Calls a running probe off and forgets its answer. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#nextCheckAt = null;
    this.#overdue = false;
    const running = this.#running;
    this.#running = undefined;
    running?.abort();
  }

  #check(): void {
    const { clock, intervalMs, random, probe, timeoutMs, onResult } = this.#options;
    const wait = intervalMs * (1 - JITTER * random());
    this.#nextCheckAt = clock.now() + wait;
    this.#cancelTimer = clock.after(wait, () => {
      if (this.#running) this.#overdue = true;
      else this.#check();
    });

    const running = new AbortController();
    this.#running = running;
    void runTimed(probe, timeoutMs, clock, running.signal).then((result) => {
      // Stopped, or stopped and started again, while it ran: the answer belongs to nobody.
      if (this.#running !== running) return;
      this.#running = undefined;
      onResult(result);
      if (!this.#overdue) return;
      this.#overdue = false;
      this.#check();
    });
  }
}
