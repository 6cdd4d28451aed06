import type { InjectedFault } from '../../../shared/model/fault.ts';
import { injectedFaultWords } from '../../../shared/model/fault-words.ts';

/** z of the 95th percentile of a normal distribution. */
const z95 = 1.6448536269514722;
/** However long the tail, nothing waits longer. */
const maxDelayMs = 600_000;

/** Ends every reason that a made-up fault gives, so that nobody takes it for the node's own. */
export const faultMark = '(DEMO fault)';

/** A fault the engine makes up for one node, on purpose (see shared/model/fault.ts). */
export class NodeFault {
  /** For the node's state: "DEMO: refuses". */
  readonly words: string;
  /** New connections fail. */
  readonly refuses: boolean;
  /** Status of the answers made in the node's place; 0 when none are. */
  readonly status: number;

  readonly #random: () => number;
  readonly #share: number;
  readonly #medianMs: number;
  readonly #sigma: number;

  /** @param random 0 ≤ n < 1. */
  constructor(fault: InjectedFault['fault'], random: () => number) {
    this.#random = random;
    this.refuses = fault.type === 'refuse';
    this.status = fault.type === 'errors' ? fault.status : 0;
    this.#share = fault.type === 'errors' ? fault.share : 0;
    this.#medianMs = fault.type === 'slow' ? fault.medianMs : 0;
    this.#sigma = fault.type === 'slow' ? Math.log(Math.max(1, fault.p95Ms / fault.medianMs)) / z95 : 0;
    this.words = injectedFaultWords(fault);
  }

  /** How long the next answer waits, milliseconds; log-normal by median and 95th percentile, 0 when this is no such fault. */
  delayMs(): number {
    if (this.#medianMs === 0) return 0;
    // Box and Muller; 1 − n keeps the logarithm finite.
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return Math.min(maxDelayMs, this.#medianMs * Math.exp(this.#sigma * normal));
  }

  /** Whether the next request is answered with `status`. */
  strikes(): boolean {
    return this.#share > 0 && this.#random() < this.#share;
  }
}
