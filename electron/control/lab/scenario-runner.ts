import type { Scenario, ScenarioStep } from '../../../shared/model/scenario.ts';
import type { Clock } from '../../engine/clock.ts';

export interface ScenarioRunnerDeps {
  clock: Clock;
  /** Takes a step; may take its time, the next one does not wait for it. */
  take(step: ScenarioStep): Promise<void>;
  /** A step's time has come. @param index its place in the scenario, from 0. */
  onStep(index: number): void;
}

/** How a run ended: by its time, or why before. */
export type RunEnd = { over: true } | { over: false; why: string; error?: unknown };

/**
 * Takes a scenario's steps at their times, counted from `start`. Times do not add up: a late step does not make the next one
 * late. A step that fails ends the run.
 */
export class ScenarioRunner {
  readonly #scenario: Scenario;
  readonly #deps: ScenarioRunnerDeps;
  readonly #taken: Promise<void>[] = [];
  #startedAt = 0;
  #cancel: (() => void) | undefined;
  #finish: ((end: RunEnd) => void) | undefined;

  constructor(scenario: Scenario, deps: ScenarioRunnerDeps) {
    this.#scenario = scenario;
    this.#deps = deps;
  }

  /** @returns how it ended, once every step that was begun is done. */
  async start(): Promise<RunEnd> {
    this.#startedAt = this.#deps.clock.monotonic();
    const end = await new Promise<RunEnd>((resolve) => {
      this.#finish = resolve;
      this.#next(0);
    });
    this.#finish = undefined;
    this.#cancel?.();
    await Promise.allSettled(this.#taken);
    return end;
  }

  /** Ends it now. Harmless when it has ended. */
  stop(why: string, error?: unknown): void {
    this.#finish?.({ over: false, why, error });
  }

  #next(index: number): void {
    const step = this.#scenario.steps[index];
    const at = step ? step.atMs : this.#scenario.durationMs;
    const wait = Math.max(0, at - (this.#deps.clock.monotonic() - this.#startedAt));
    this.#cancel = this.#deps.clock.after(wait, () => {
      if (!step) {
        this.#finish?.({ over: true });
        return;
      }
      this.#deps.onStep(index);
      this.#taken.push(
        this.#deps.take(step).catch((error: unknown) => {
          // Read on within a sentence: the error's own full stop goes.
          const why = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
          this.stop(`step ${index + 1} failed: ${why}`, error);
        }),
      );
      this.#next(index + 1);
    });
  }
}
