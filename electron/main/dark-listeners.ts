import type { ListenerState, PoolState } from '../../shared/model/state.ts';

/** Listeners that are meant to serve and do not, by id, with the reason in words. */
export function darkListeners(
  listeners: readonly ListenerState[],
  pools: readonly PoolState[],
): Map<string, { name: string; why: string }> {
  const dark = new Map<string, { name: string; why: string }>();
  for (const { id, name, state, reason, pool: poolId } of listeners) {
    if (state === 'disabled') continue;
    const pool = pools.find((one) => one.id === poolId);
    if (state === 'error') dark.set(id, { name, why: reason });
    // A pool without nodes is being set up; that is no failure of anything.
    else if (pool && pool.nodes.length > 0 && pool.available === 0)
      dark.set(id, { name, why: `${pool.name} has no node that takes clients` });
  }
  return dark;
}

/** Tells of listeners that begin and cease to serve nothing. What is dark when it begins to look is no news. */
export class DarkListeners {
  #known: Map<string, { name: string; why: string }> | undefined;

  /** @returns what changed since the look before. */
  look(listeners: readonly ListenerState[], pools: readonly PoolState[]): { dark: { name: string; why: string }[]; serves: string[] } {
    const before = this.#known;
    const now = darkListeners(listeners, pools);
    this.#known = now;
    if (!before) return { dark: [], serves: [] };
    return {
      dark: [...now].filter(([id]) => !before.has(id)).map(([, one]) => one),
      serves: [...before].filter(([id]) => !now.has(id)).map(([, one]) => one.name),
    };
  }
}
