import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { RequestRecord, TrafficTick } from '../../../shared/model/metrics.ts';
import type { Run } from '../../../shared/model/run.ts';
import { maxScenarioMs, type Outcome, type Scenario } from '../../../shared/model/scenario.ts';
import { scoreRun } from '../../../shared/state/scorecard.ts';
import { coarsenTicks } from '../../../shared/state/tick-sums.ts';
import type { EngineApi } from '../../engine/api.ts';
import { isHarmed } from './harm.ts';
import { gapsIn, maxEntries, maxRequests, stretchesOfInterest } from './run-parts.ts';
import { newRunId, type Runs } from './runs.ts';
import { whereClientsAre } from './where-clients-are.ts';

/** Longest recording; what comes after is not in it. An hour, and a scenario's warm-up. */
const maxMs = maxScenarioMs + 60_000;
/** Ticks of one run: ten minutes in tenths of a second. Of a longer one those around incidents stay, the others are merged. */
const maxTicks = 6_000;

export interface RecordingOptions {
  name: string;
  /** The scenario that is run; null: none. */
  scenario: Scenario | null;
}

/** A run while it is being recorded. */
export interface RunRecording {
  /** The first moment of it, milliseconds since the epoch. */
  readonly startedAt: number;
  /** The run as it stands, score included, for working out what came of expectations. The recording goes on. */
  soFar(): Run;
  /**
   * Ends the recording and keeps the run among the others (`runs.list`).
   * @throws ContractError RUN_SAVE_FAILED when it cannot be written; the recording is over all the same.
   */
  finish(end: { outcomes: Outcome[]; observed: Run['observed']; stopped?: string }): Promise<Run>;
  /** Ends the recording; nothing is kept. */
  discard(): void;
}

interface Recorded {
  entries: JournalEntry[];
  ticks: TrafficTick[];
  requests: RequestRecord[];
  omitted: { entries: number; requests: number };
}

/** Records runs out of what passes by. */
export class Recorder {
  readonly #engine: Pick<EngineApi, 'snapshot' | 'listClients'>;
  readonly #runs: Runs;
  readonly #app: string;
  readonly #now: () => number;
  readonly #active = new Set<Recorded>();

  constructor(options: { engine: Pick<EngineApi, 'snapshot' | 'listClients'>; runs: Runs; app: string; now?: () => number }) {
    this.#engine = options.engine;
    this.#runs = options.runs;
    this.#app = options.app;
    this.#now = options.now ?? Date.now;
  }

  entry(entry: JournalEntry): void {
    for (const { entries, omitted } of this.#active) {
      if (entries.length < maxEntries) entries.push(entry);
      else omitted.entries++;
    }
  }

  tick(tick: TrafficTick): void {
    for (const { ticks } of this.#active) ticks.push(tick);
  }

  requests(records: readonly RequestRecord[]): void {
    for (const { requests, omitted } of this.#active) {
      for (const record of records) {
        if (!isHarmed(record)) continue;
        if (requests.length < maxRequests) requests.push(record);
        else omitted.requests++;
      }
    }
  }

  /**
   * Begins a recording.
   * @throws what the engine throws when it does not run.
   */
  async record({ name, scenario }: RecordingOptions): Promise<RunRecording> {
    const recorded: Recorded = { entries: [], ticks: [], requests: [], omitted: { entries: 0, requests: 0 } };
    const clients = await whereClientsAre(this.#engine);
    // What happens while the snapshot is on its way is recorded twice rather than not at all: entries carry their own time.
    this.#active.add(recorded);
    let start;
    try {
      start = await this.#engine.snapshot();
    } catch (error) {
      this.#active.delete(recorded);
      throw error;
    }
    const startedAt = this.#now();
    const id = newRunId(startedAt);
    const limit = setTimeout(() => this.#active.delete(recorded), maxMs);
    limit.unref();
    const end = (): void => {
      clearTimeout(limit);
      this.#active.delete(recorded);
    };
    const make = (outcomes: Outcome[], observed: Run['observed']): Run => {
      const endedAt = Math.min(this.#now(), startedAt + maxMs);
      const parts = {
        startedAt,
        endedAt,
        start,
        entries: recorded.entries.filter((entry) => entry.time >= startedAt),
        ticks: recorded.ticks.filter((tick) => tick.time > startedAt),
        requests: recorded.requests.filter((record) => record.time + record.durationMs >= startedAt),
      };
      const score = scoreRun(parts);
      const { omitted } = recorded;
      return {
        ...{ format: 'evenkeel-run', version: 1, app: this.#app, id, name, source: 'scenario', scenario },
        ...parts,
        ticks: coarsenTicks(parts.ticks, maxTicks, stretchesOfInterest(score)),
        ...{ clients, score, outcomes, observed, gaps: gapsIn(parts.ticks, startedAt, endedAt) },
        ...(omitted.entries + omitted.requests > 0 ? { omitted: { ...omitted } } : {}),
      };
    };
    return {
      startedAt,
      soFar: () => make([], null),
      finish: async ({ outcomes, observed, stopped }) => {
        const run = { ...make(outcomes, observed), ...(stopped === undefined ? {} : { stopped }) };
        end();
        await this.#runs.add(run);
        return run;
      },
      discard: end,
    };
  }
}
