import type { Fault } from '../../../shared/model/fault.ts';
import { logNormal, type Random } from './random.ts';

/** The quantile function of the standard normal distribution at 0.95: how many sigmas the 95th of 100 is above the median. */
const sigmasTo95 = 1.6449;
/** Nobody waits longer for a slow answer, however long the tail. */
const maxDelayMs = 120_000;
/** How often a capped node sends a piece. */
const pieceMs = 50;

/**
 * What a demo node's program suffers, as far as that happens inside of it: whoever is about to answer asks here first.
 * Killing and flapping are done to the program, refusing to its ports.
 */
export class NodeFaults {
  #fault: Fault | null = null;
  readonly #random: Random;
  /** Answers a hang holds back. */
  #held: (() => void)[] = [];
  /** When the capped line is free again; performance.now(). */
  #freeAt = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** What was held back by a hang goes out when it ends, as from a program that was stopped and goes on. */
  set(fault: Fault | null): void {
    this.#fault = fault;
    const held = this.#held;
    this.#held = [];
    for (const go of held) this.hold(go);
  }

  /** Calls `go` when an answer may begin: at once, after the wait of a slow node, or when a hang ends. */
  hold(go: () => void): void {
    const fault = this.#fault;
    if (fault?.type === 'hang') this.#held.push(go);
    else if (fault?.type === 'slow') setTimeout(go, slowDelay(this.#random, fault));
    else go();
  }

  /** The status to answer with instead, when this one is to fail. */
  failing(): number | undefined {
    return this.#fault?.type === 'errors' && this.#random() < this.#fault.share ? this.#fault.status : undefined;
  }

  /** Whether this answer is to break off in the middle. */
  breaking(): boolean {
    return this.#fault?.type === 'reset' && this.#random() < this.#fault.share;
  }

  /** Gives `data` out in pieces as fast as the line allows; `done` after the last. All connections share the line. */
  pace(data: Buffer, write: (piece: Buffer) => void, done: () => void): void {
    if (data.length === 0) {
      done();
      return;
    }
    if (this.#fault?.type !== 'bandwidth') {
      write(data);
      done();
      return;
    }
    const { bytesPerSecond } = this.#fault;
    const size = Math.min(data.length, Math.max(1, Math.round((bytesPerSecond * pieceMs) / 1000)));
    this.spend(size, () => {
      write(data.subarray(0, size));
      this.pace(data.subarray(size), write, done);
    });
  }

  /** Takes the line for so many bytes and calls `then` when they have gone out: at once where there is no cap. */
  spend(bytes: number, then: () => void): void {
    if (this.#fault?.type !== 'bandwidth') {
      then();
      return;
    }
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes * 1000) / this.#fault.bytesPerSecond;
    setTimeout(then, this.#freeAt - now);
  }
}

/** One answer's wait: log-normal, half of them under the median, 95 of 100 under p95. Milliseconds. */
export function slowDelay(random: Random, { medianMs, p95Ms }: { medianMs: number; p95Ms: number }): number {
  return logNormal(random, { median: medianMs, sigma: Math.log(p95Ms / medianMs) / sigmasTo95, min: 0, max: maxDelayMs });
}
