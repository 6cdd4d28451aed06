import type { Run } from '../model/run.ts';
import type { ListenerState, PoolState } from '../model/state.ts';

/** The parts of a run that say what there was. */
export type RunStructure = Pick<Run, 'start' | 'added'>;

const known = new WeakMap<object, { listeners: ListenerState[]; pools: PoolState[] }>();

/** Every listener, pool and node there was in a run: those of its start, then what was added while it went on. */
export function structureOf({ start, added }: RunStructure): { listeners: ListenerState[]; pools: PoolState[] } {
  if (!added) return start;
  let whole = known.get(added);
  if (!whole) known.set(added, (whole = merge(start, added)));
  return whole;
}

/** Nodes added to a pool stand behind those it had. What `first` has already is left out of `more`. */
function merge(first: RunStructure['start'] | NonNullable<Run['added']>, more: NonNullable<Run['added']>): NonNullable<Run['added']> {
  const ids = new Set(first.listeners.map(({ id }) => id));
  const pools = new Map(first.pools.map((pool) => [pool.id, pool]));
  for (const pool of more.pools) {
    const before = pools.get(pool.id);
    const nodes = new Set(before?.nodes.map(({ id }) => id));
    pools.set(pool.id, before ? { ...before, nodes: [...before.nodes, ...pool.nodes.filter(({ id }) => !nodes.has(id))] } : pool);
  }
  return { listeners: [...first.listeners, ...more.listeners.filter(({ id }) => !ids.has(id))], pools: [...pools.values()] };
}

/** What snapshots taken later name beside those of the start, as they first name it; undefined: nothing. */
export function addedLater(
  start: NonNullable<Run['added']>,
  later: readonly NonNullable<Run['added']>[],
): NonNullable<Run['added']> | undefined {
  const whole = later.reduce(merge, { listeners: start.listeners, pools: start.pools });
  const listeners = whole.listeners.slice(start.listeners.length);
  const nodesBefore = new Map(start.pools.map((pool) => [pool.id, pool.nodes.length]));
  const pools = whole.pools.flatMap((pool) => {
    const before = nodesBefore.get(pool.id);
    const nodes = pool.nodes.slice(before ?? 0);
    return before === undefined || nodes.length > 0 ? [{ ...pool, nodes }] : [];
  });
  return listeners.length + pools.length > 0 ? { listeners, pools } : undefined;
}
