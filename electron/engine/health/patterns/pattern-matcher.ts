import { Worker } from 'node:worker_threads';
import { siblingWorkerUrl } from '../../thread/worker-url.ts';
import type { Match, MatchAnswer } from './pattern-worker.ts';

/** A match that takes longer is given up. Any sensible pattern is through 64 KiB in a few milliseconds; the rest is for machines that are busy. */
export const maxMatchMs = 500;
/** A thread without work for this long is ended. */
const idleMs = 60_000;
const maxKnownSlow = 1_000;

/** `slow`: nobody knows, it took too long. */
export type MatchResult = 'match' | 'no match' | 'slow';

/**
 * Whether `pattern` matches `body`, found out on a thread of its own: a pattern that backtracks for ever would stop all traffic on
 * the engine's, and the language knows no way to end a match but ending the thread.
 * @param pattern a regular expression that compiles.
 */
export function matchPattern(pattern: string, body: string): Promise<MatchResult> {
  return (knownSlow.has(pattern) ? slowLane : lane).run({ pattern, body });
}

/** Starts what `matchPattern` needs ahead of time. */
export function prepareMatching(): void {
  lane.warmUp();
}

interface Job extends Match {
  done(result: MatchResult): void;
}

/** Matches one after the other on one thread, which is there only while there is work. */
class Lane {
  readonly #waiting: Job[] = [];
  #current: Job | undefined;
  #worker: Worker | undefined;
  /** The thread has begun and takes matches. */
  #ready = false;
  #timer: NodeJS.Timeout | undefined;

  /** Starts the thread, so that the first match need not wait for that. */
  warmUp(): void {
    if (this.#worker === undefined) this.#start();
    if (this.#current === undefined) this.#next();
  }

  run(match: Match): Promise<MatchResult> {
    return new Promise((resolve) => {
      this.#waiting.push({ ...match, done: resolve });
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== undefined) return;
    clearTimeout(this.#timer);
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) {
      this.#timer = setTimeout(() => {
        this.#end();
      }, idleMs);
      this.#timer.unref();
      return;
    }
    // Not ready, it takes the match when it is.
    if (this.#worker === undefined) this.#start();
    else if (this.#ready) this.#give(this.#worker, this.#current);
  }

  #start(): void {
    const worker = new Worker(siblingWorkerUrl(import.meta.url, './pattern-worker.ts', 'pattern-worker.js'), {
      argv: [],
      name: 'evenkeel-patterns',
      resourceLimits: { maxOldGenerationSizeMb: 32 },
    });
    worker.unref();
    this.#worker = worker;
    this.#ready = false;
    worker.on('message', (message: MatchAnswer) => {
      if (worker !== this.#worker) return;
      if (message !== 'ready') this.#settle(message ? 'match' : 'no match');
      else {
        this.#ready = true;
        if (this.#current !== undefined) this.#give(worker, this.#current);
      }
    });
    const failed = (): void => {
      // It may have died of the pattern's appetite, which is as bad as its slowness.
      if (worker === this.#worker) this.#giveUp();
    };
    worker.on('error', failed);
    worker.on('exit', failed);
  }

  #give(worker: Worker, { pattern, body }: Match): void {
    this.#timer = setTimeout(() => {
      this.#giveUp();
    }, maxMatchMs);
    worker.postMessage({ pattern, body } satisfies Match);
  }

  #giveUp(): void {
    this.#end();
    if (this.#current === undefined) return;
    if (knownSlow.size >= maxKnownSlow) knownSlow.clear();
    knownSlow.add(this.#current.pattern);
    this.#settle('slow');
  }

  #settle(result: MatchResult): void {
    const job = this.#current;
    clearTimeout(this.#timer);
    this.#current = undefined;
    job?.done(result);
    this.#next();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}

/** Patterns that were too slow once; they wait for each other, so that others need not wait for them. */
const knownSlow = new Set<string>();
const lane = new Lane();
const slowLane = new Lane();
