import type { LabRun } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { stepWords } from '../../../shared/model/fault-words.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import type { Run } from '../../../shared/model/run.ts';
import type { Scenario, ScenarioStep } from '../../../shared/model/scenario.ts';
import { judge } from '../../../shared/state/expectations.ts';
import type { Clock } from '../../engine/clock.ts';
import type { RecordingOptions, RunRecording } from '../history/recorder.ts';
import { demoId, demoNodes } from './demo-config.ts';
import type { DemoClients } from './demo-clients.ts';
import { ScenarioRunner } from './scenario-runner.ts';

/** How long the last requests of a run may take to be answered. Milliseconds. */
const settleMs = 1500;
/** The engine's last tick and the journal's last entries of a run come a moment after it. Milliseconds. */
const lastTickMs = 150;

export interface ScenarioStage {
  clock: Clock;
  clients: DemoClients;
  /** Starts the demo anew as the scenario wants it. */
  prepare(scenario: Scenario): Promise<void>;
  take(step: ScenarioStep): Promise<void>;
  /** Ends the demo nodes' faults and has the clients behave as they did before. */
  restore(): Promise<void>;
  record(options: RecordingOptions): Promise<RunRecording>;
  fact(fact: JournalFact): void;
  log(message: string): void;
  changed(): void;
}

/** Runs scenarios, one at a time: sets the stage, warms up, takes the steps, records, judges. */
export class ScenarioShow {
  readonly #stage: ScenarioStage;
  #state: LabRun | null = null;
  #run: Run | null = null;
  #runner: ScenarioRunner | undefined;
  #cancelWarmUp: (() => void) | undefined;
  #stopReason: string | undefined;
  #over: Promise<void> = Promise.resolve();

  constructor(stage: ScenarioStage) {
    this.#stage = stage;
  }

  get state(): LabRun | null {
    return this.#state;
  }

  /** What the last one left; null while there is none. */
  get run(): Run | null {
    return this.#run;
  }

  get busy(): boolean {
    return this.#state !== null && this.#state.phase !== 'done';
  }

  /** Resolves when the scenario that runs is over and recorded. */
  get over(): Promise<void> {
    return this.#over;
  }

  /**
   * @returns once the stage is set: the rest goes on by itself (`over`).
   * @throws ContractError CONFLICT when one runs already, or whatever kept the demo from starting.
   */
  async start(scenario: Scenario): Promise<void> {
    this.assertIdle('start another');
    this.#stopReason = undefined;
    this.#run = null;
    this.#state = {
      id: scenario.id,
      name: scenario.name,
      phase: 'starting',
      startedAt: null,
      warmUpMs: scenario.warmUpMs,
      durationMs: scenario.durationMs,
      steps: scenario.steps.map((step) => ({ atMs: step.atMs, words: stepWords(step, labelOf), done: false })),
      stopped: null,
      outcomes: [],
      held: null,
      runId: null,
    };
    this.#stage.changed();
    const prepared = this.#stage.prepare(scenario);
    this.#over = prepared.then(
      () => this.#toTheEnd(scenario),
      () => {
        this.#state = null;
        this.#stage.changed();
      },
    );
    await prepared;
  }

  /** Ends the one that runs. @returns once it is over and recorded. Harmless when none runs. */
  async stop(why: string): Promise<void> {
    if (!this.busy) return;
    this.#stopReason ??= why;
    this.#cancelWarmUp?.();
    this.#runner?.stop(why);
    await this.#over;
  }

  /** @throws ContractError CONFLICT while a scenario runs. */
  assertIdle(what: string): void {
    if (!this.busy) return;
    throw new ContractError('CONFLICT', `The scenario "${this.#state?.name ?? ''}" runs on the demo. Stop it before you ${what}.`);
  }

  #set(change: Partial<LabRun>): void {
    if (this.#state) this.#state = { ...this.#state, ...change };
    this.#stage.changed();
  }

  async #toTheEnd(scenario: Scenario): Promise<void> {
    let stopped: string | undefined;
    try {
      await this.#perform(scenario);
      stopped = this.#stopReason;
    } catch (error) {
      stopped = error instanceof Error ? error.message : String(error);
      this.#stage.log(`The scenario "${scenario.name}" ended before its time: ${stopped}`);
    }
    try {
      await this.#stage.restore();
    } catch (error) {
      this.#stage.log(`After the scenario "${scenario.name}" not every fault could be ended: ${String(error)}`);
    }
    this.#set({ phase: 'done', stopped: stopped ?? null });
  }

  async #perform(scenario: Scenario): Promise<void> {
    const stage = this.#stage;
    this.#set({ phase: 'warm-up' });
    await this.#warmUp(scenario.warmUpMs);
    if (this.#stopReason !== undefined) return;
    const recording = await stage.record({ name: scenario.name, scenario });
    try {
      stage.clients.begin();
      stage.fact({ time: Date.now(), kind: 'scenario.started', pool: demoId, reason: `The scenario "${scenario.name}" began` });
      this.#set({ phase: 'running', startedAt: recording.startedAt });
      this.#runner = new ScenarioRunner(scenario, {
        clock: stage.clock,
        take: (step) => stage.take(step),
        onStep: (index) => {
          const steps = this.#state?.steps.map((step, i) => (i === index ? { ...step, done: true } : step));
          this.#set(steps ? { steps } : {});
        },
      });
      const end = await this.#runner.start();
      if (!end.over) this.#stopReason ??= end.why;
      await this.#close(scenario, recording);
    } catch (error) {
      recording.discard();
      throw error;
    } finally {
      this.#runner = undefined;
    }
  }

  async #close(scenario: Scenario, recording: RunRecording): Promise<void> {
    const stage = this.#stage;
    const stopped = this.#stopReason;
    const observed = await stage.clients.finish(settleMs);
    await this.#pause(lastTickMs);
    const outcomes = stopped === undefined ? judge(recording.soFar(), scenario) : [];
    const held = outcomes.length === 0 ? null : outcomes.every((outcome) => outcome.held);
    const ending = stopped ?? (held === null ? 'it is over' : held ? 'every expectation held' : 'an expectation was broken');
    stage.fact({ time: Date.now(), kind: 'scenario.ended', pool: demoId, reason: `The scenario "${scenario.name}" ended: ${ending}` });
    const run = await recording.finish({ outcomes, observed, ...(stopped === undefined ? {} : { stopped }) });
    this.#run = run;
    this.#set({ outcomes, held, runId: run.id });
  }

  #warmUp(ms: number): Promise<void> {
    if (this.#stopReason !== undefined) return Promise.resolve();
    return this.#pause(ms, (cancel) => (this.#cancelWarmUp = cancel));
  }

  #pause(ms: number, cancellable?: (cancel: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const end = this.#stage.clock.after(ms, resolve);
      cancellable?.(() => {
        end();
        resolve();
      });
    });
  }
}

function labelOf(id: string): string {
  return demoNodes.find((node) => node.id === id)?.label ?? id;
}
