/** What a policy sees of a node. `weight` and `active` change under it; membership and weights only between `update` calls. */
export interface Candidate {
  readonly id: string;
  /** Effective weight (slow start included), above 0. */
  readonly weight: number;
  /** Connections or requests in flight right now. */
  readonly active: number;
}

/** How a policy says it chose; the journal's words are `chosen:<how>`. */
export type PolicyHow = 'turn' | 'least' | 'hash' | 'random';

/**
 * A balancing algorithm over the nodes that may serve. Availability, stickiness and limits are decided before it;
 * a policy only answers "which of these next".
 */
export interface Policy<N extends Candidate> {
  readonly how: PolicyHow;
  /** The candidates or their weights changed. Called on a change of mode, state or configuration, never per request. */
  update(candidates: readonly N[]): void;
  /**
   * @param key 32-bit hash of the client's address.
   * @param skip nodes that must not be chosen this time (tried before, at their limit).
   * @returns undefined when no candidate is left.
   */
  pick(key: number, skip?: (node: N) => boolean): N | undefined;
  /** A request or session began at `node`; `active` already counts it. */
  take(node: N): void;
  /** It ended; `active` no longer counts it. */
  drop(node: N): void;
}
