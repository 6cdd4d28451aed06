import type { Run } from '../model/run.ts';

/** The parts of a run that say what there was. */
export type RunStructure = Pick<Run, 'start' | 'added'>;
type Structure = NonNullable<Run['added']>;

/** Every listener, pool and node there was in a run: those of its start, then what was added while it went on. */
export function structureOf({ start, added }: RunStructure): Structure {
  return added ? merge(start, added) : start;
}

/** Nodes added to a pool stand behind those it had. What `first` has already is left out of `more`. */
function merge(first: Structure, more: Structure): Structure {
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
export function addedLater(start: Structure, later: readonly Structure[]): Structure | undefined {
  const whole = later.reduce(merge, start);
  const listeners = whole.listeners.slice(start.listeners.length);
  const nodesBefore = new Map(start.pools.map((pool) => [pool.id, pool.nodes.length]));
  const pools = whole.pools.flatMap((pool) => {
    const before = nodesBefore.get(pool.id);
    const nodes = pool.nodes.slice(before ?? 0);
    return before === undefined || nodes.length > 0 ? [{ ...pool, nodes }] : [];
  });
  return listeners.length + pools.length > 0 ? { listeners, pools } : undefined;
}
