import type { EnginePatch, EngineSnapshot, ListenerState, NodeState, PoolState } from '../model/state.ts';

/** What differs between two states, without the sequence they are numbered by. */
export type StateDiff = Omit<EnginePatch, 'epoch' | 'seq'>;

type Lists = Pick<EngineSnapshot, 'listeners' | 'pools'>;

export const nodeKey = (pool: string, node: string): string => `${pool}/${node}`;

function sameIds(a: readonly { id: string }[], b: readonly { id: string }[]): boolean {
  return a.length === b.length && a.every((item, i) => item.id === b[i]!.id);
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  return left.length === Object.keys(b).length && left.every(([key, value]) => sameValue(value, (b as Record<string, unknown>)[key]));
}

function changedFields<T extends object>(before: T, after: T, skip?: keyof T): Partial<T> | undefined {
  let changed: Partial<T> | undefined;
  for (const key of Object.keys(after) as (keyof T)[]) {
    if (key === skip || sameValue(before[key], after[key])) continue;
    changed ??= {};
    changed[key] = after[key];
  }
  return changed;
}

/**
 * What turns `before` into `after`; undefined when nothing changed. Things keyed by id are compared field by field; when
 * one is added, removed or moved, the lists are carried whole (that happens at the pace of a person).
 */
export function diffState(before: Lists, after: Lists): StateDiff | undefined {
  const sameShape =
    sameIds(before.listeners, after.listeners) &&
    sameIds(before.pools, after.pools) &&
    after.pools.every((pool, i) => sameIds(before.pools[i]!.nodes, pool.nodes));
  if (!sameShape) return { reset: { listeners: after.listeners, pools: after.pools } };

  const diff: StateDiff = {};
  after.listeners.forEach((listener, i) => {
    const changed = changedFields<ListenerState>(before.listeners[i]!, listener);
    if (changed) (diff.listeners ??= {})[listener.id] = changed;
  });
  after.pools.forEach((pool, i) => {
    const old = before.pools[i]!;
    const changed = changedFields<PoolState>(old, pool, 'nodes');
    if (changed) (diff.pools ??= {})[pool.id] = changed;
    pool.nodes.forEach((node, n) => {
      const fields = changedFields<NodeState>(old.nodes[n]!, node);
      if (fields) (diff.nodes ??= {})[nodeKey(pool.id, node.id)] = fields;
    });
  });
  return Object.keys(diff).length > 0 ? diff : undefined;
}

/** The lists after `diff`. What did not change keeps its identity, so that a view can compare by reference. */
export function applyDiff<T extends Lists>(state: T, diff: StateDiff): T {
  if (diff.reset) return { ...state, listeners: diff.reset.listeners, pools: diff.reset.pools };
  const listeners = diff.listeners
    ? state.listeners.map((listener) => (diff.listeners![listener.id] ? { ...listener, ...diff.listeners![listener.id] } : listener))
    : state.listeners;
  const pools =
    diff.pools || diff.nodes
      ? state.pools.map((pool) => {
          const own = diff.pools?.[pool.id];
          const touched = diff.nodes && pool.nodes.some((node) => diff.nodes![nodeKey(pool.id, node.id)]);
          if (!own && !touched) return pool;
          const nodes = touched ? pool.nodes.map((node) => ({ ...node, ...diff.nodes![nodeKey(pool.id, node.id)] })) : pool.nodes;
          return { ...pool, ...own, nodes };
        })
      : state.pools;
  return { ...state, listeners, pools };
}

/** A snapshot advanced by one patch, or `stale` when the patch does not follow it (a gap, or another epoch). */
export function applyPatch(snapshot: EngineSnapshot, patch: EnginePatch): EngineSnapshot | 'stale' | 'old' {
  if (patch.epoch !== snapshot.epoch) return 'stale';
  if (patch.seq <= snapshot.seq) return 'old';
  if (patch.seq !== snapshot.seq + 1) return 'stale';
  return { ...applyDiff(snapshot, patch), epoch: patch.epoch, seq: patch.seq };
}
