import type { CheckResult, ObservedState } from '../../../shared/model/state.ts';

/** A node's health as the rest of the engine sees it: plain fields to read, two calls to report what traffic met. */
export interface NodeHealth {
  readonly state: ObservedState;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly lastCheck: CheckResult | null;
  /** Positive passes, negative failures in a row. */
  readonly streak: number;
  readonly nextCheckAt: number | null;
  /** Live traffic was answered. Hot path: must cost next to nothing. */
  reportSuccess(): void;
  /** Live traffic met a failure that is the node's own (never a client that went away). */
  reportFailure(detail: string): void;
  /** Begins checking: the first check at once. Does nothing when it runs already. */
  start(): void;
  /** Ends checking and forgets pending probes; mode reject and removal. */
  stop(): void;
  /** No checks, and no change of state by traffic either, until it is released. Does not end what `start` began. */
  hold(): void;
  /** Goes on from the state it had: with an empty window of failures and a streak of zero, and a check at once. */
  release(): void;
}
