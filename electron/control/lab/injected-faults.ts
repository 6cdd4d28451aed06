import { ContractError } from '../../../shared/contract/envelope.ts';
import type { Config } from '../../../shared/model/config.ts';
import type { InjectedFault } from '../../../shared/model/fault.ts';
import { faultWords } from '../../../shared/model/fault-words.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';

export interface InjectedFaultsDeps {
  /** Has the engine make up these, in place of those before. */
  setFaults(faults: readonly InjectedFault[]): Promise<void>;
  /** What runs. */
  config(): Config;
  fact(fact: JournalFact): void;
}

/** Faults the engine makes up for nodes that are not the Lab's: one a node, never saved, every word of it tagged DEMO. */
export class InjectedFaults {
  readonly #deps: InjectedFaultsDeps;
  #faults: readonly InjectedFault[] = [];

  constructor(deps: InjectedFaultsDeps) {
    this.#deps = deps;
  }

  get list(): readonly InjectedFault[] {
    return this.#faults;
  }

  /**
   * Sets a node's fault in place of the one it had; null ends it.
   * @throws ContractError POOL_NOT_FOUND, NODE_NOT_FOUND, ENGINE_UNAVAILABLE; nothing has changed then.
   */
  async set(pool: string, node: string, fault: InjectedFault['fault'] | null): Promise<void> {
    const label = this.#label(pool, node);
    const others = this.#faults.filter((one) => one.pool !== pool || one.node !== node);
    if (!fault && others.length === this.#faults.length) return;
    const next = fault ? [...others, { pool, node, fault }] : others;
    await this.#deps.setFaults(next);
    this.#faults = next;
    const about = { time: Date.now(), pool, node, injected: true };
    if (fault) this.#deps.fact({ ...about, kind: 'lab.fault', fault, reason: `DEMO: ${label} ${faultWords(fault)}` });
    else this.#deps.fact({ ...about, kind: 'lab.healed', reason: `DEMO: the fault of ${label} was ended` });
  }

  /** Ends all of them. @throws ContractError ENGINE_UNAVAILABLE. */
  async end(): Promise<void> {
    for (const { pool, node } of this.#faults) await this.set(pool, node, null);
  }

  /** Forgets those whose nodes are gone, as the engine does. @returns whether there were any. */
  follow(): boolean {
    const { pools } = this.#deps.config();
    const left = this.#faults.filter(({ pool, node }) => pools.some((p) => p.id === pool && p.nodes.some((n) => n.id === node)));
    const changed = left.length !== this.#faults.length;
    this.#faults = left;
    return changed;
  }

  #label(pool: string, node: string): string {
    const found = this.#deps.config().pools.find((one) => one.id === pool);
    if (!found) throw new ContractError('POOL_NOT_FOUND', `There is no pool "${pool}", so no fault was made up.`);
    const about = found.nodes.find((one) => one.id === node);
    if (!about) throw new ContractError('NODE_NOT_FOUND', `There is no node "${node}" in pool "${pool}", so no fault was made up.`);
    return about.label ?? about.id;
  }
}
