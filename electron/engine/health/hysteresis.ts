/**
 * HAProxy's rise and fall in one integer (its check.health): 0 … rise - 1 is down, rise … rise + fall - 1 is up.
 * A pass climbs by one and, once up, to the top; a failure descends by one and, once down, to the bottom. So `fall`
 * failures in a row take a node down from the top and `rise` passes in a row bring it back from the bottom.
 */

/** Thresholds, both at least 1. */
export interface Thresholds {
  /** Passes in a row that bring a node back. */
  readonly rise: number;
  /** Failures in a row that take it down. */
  readonly fall: number;
}

/** A node that was never checked is up without credit: its first failure takes it down, its first pass fills it up. */
export function startingHealth(t: Thresholds): number {
  return t.rise;
}

export function isUp(health: number, t: Thresholds): boolean {
  return health >= t.rise;
}

/** Health after a check that passed. */
export function afterPass(health: number, t: Thresholds): number {
  return health + 1 >= t.rise ? t.rise + t.fall - 1 : health + 1;
}

/** Health after a check that failed. */
export function afterFailure(health: number, t: Thresholds): number {
  return health - 1 < t.rise ? 0 : health - 1;
}
