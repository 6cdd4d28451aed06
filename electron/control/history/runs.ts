import { randomBytes } from 'node:crypto';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { Run, RunSummary } from '../../../shared/model/run.ts';
import { fileProblem } from '../../store/json-file.ts';
import { StoreError } from '../../store/store.ts';

/** Runs kept at most; the oldest make room. */
export const maxRuns = 50;

/** Where runs are kept: files, or memory. Each call either happens wholly or throws. */
export interface RunShelf {
  /** In any order. */
  summaries(): Promise<RunSummary[]>;
  /** undefined: there is none of that id. */
  read(id: string): Promise<Run | undefined>;
  write(run: Run): Promise<void>;
  remove(id: string): Promise<void>;
}

/** "20261122-141503-9f2c": when it began (UTC), and what tells it from others of that second. */
export function newRunId(startedAt: number): string {
  const digits = new Date(startedAt).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${digits}-${randomBytes(2).toString('hex')}`;
}

export function summaryOf(run: Run): RunSummary {
  const { id, name, source, startedAt, endedAt, scenario, outcomes } = run;
  const held = outcomes.length === 0 ? null : outcomes.every((outcome) => outcome.held);
  return { id, name, source, startedAt, endedAt, scenario: scenario?.id ?? null, held };
}

/** Runs that were kept, one change at a time. */
export class Runs {
  readonly #shelf: RunShelf;
  readonly #onChange: (runs: RunSummary[]) => void;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(shelf: RunShelf, onChange: (runs: RunSummary[]) => void) {
    this.#shelf = shelf;
    this.#onChange = onChange;
  }

  /** The newest first. */
  list(): Promise<RunSummary[]> {
    return this.#inTurn(() => this.#sorted());
  }

  /** @throws ContractError RUN_NOT_FOUND. */
  get(id: string): Promise<Run> {
    return this.#inTurn(() => this.#read(id));
  }

  /** Keeps a run; the oldest beyond 50 go. @throws ContractError RUN_SAVE_FAILED. */
  add(run: Run): Promise<RunSummary> {
    return this.#inTurn(async () => {
      await this.#write(run);
      for (const { id } of (await this.#sorted()).slice(maxRuns)) await this.#shelf.remove(id);
      this.#onChange(await this.#sorted());
      return summaryOf(run);
    });
  }

  /** @throws ContractError RUN_NOT_FOUND, RUN_SAVE_FAILED. */
  rename(id: string, name: string): Promise<RunSummary> {
    return this.#inTurn(async () => {
      const run = { ...(await this.#read(id)), name };
      await this.#write(run);
      this.#onChange(await this.#sorted());
      return summaryOf(run);
    });
  }

  /** @throws ContractError RUN_NOT_FOUND. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#read(id);
      await this.#shelf.remove(id);
      this.#onChange(await this.#sorted());
    });
  }

  async #write(run: Run): Promise<void> {
    try {
      await this.#shelf.write(run);
    } catch (error) {
      const cause = error instanceof StoreError ? error.message : fileProblem(error);
      throw new ContractError('RUN_SAVE_FAILED', `The run was not kept: ${cause}.`);
    }
  }

  async #read(id: string): Promise<Run> {
    const run = await this.#shelf.read(id);
    if (!run) throw new ContractError('RUN_NOT_FOUND', `There is no run "${id}". It may have been removed, or made room for newer ones.`);
    return run;
  }

  async #sorted(): Promise<RunSummary[]> {
    return (await this.#shelf.summaries()).sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(task, task);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Runs for as long as the process lives. */
export function createMemoryShelf(): RunShelf {
  const runs = new Map<string, Run>();
  return {
    summaries: () => Promise.resolve([...runs.values()].map(summaryOf)),
    read: (id) => Promise.resolve(runs.get(id)),
    write(run) {
      runs.set(run.id, run);
      return Promise.resolve();
    },
    remove(id) {
      runs.delete(id);
      return Promise.resolve();
    },
  };
}
