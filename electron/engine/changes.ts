import type { Config } from '../../shared/model/config.ts';

type Item = { id: string };

/** Whether two pieces of a configuration say the same: both come out of the schema, so their keys stand in one order. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function compare<T extends Item>(
  before: readonly T[],
  after: readonly T[],
  prefix: string,
  out: string[],
  own: (item: T) => unknown = (item) => item,
): void {
  const old = new Map(before.map((item) => [item.id, item]));
  for (const item of after) {
    const was = old.get(item.id);
    if (!was || !same(own(was), own(item))) out.push(prefix + item.id);
    old.delete(item.id);
  }
  for (const id of old.keys()) out.push(prefix + id);
}

/**
 * Names what differs between two configurations: "listeners.web", "pools.web" (its own options, or it came or went),
 * "pools.web.nodes.a", "certificates.local".
 */
export function describeChanges(before: Config, after: Config): string[] {
  const changed: string[] = [];
  compare(before.listeners, after.listeners, 'listeners.', changed);
  compare(before.pools, after.pools, 'pools.', changed, (pool) => ({ ...pool, nodes: [] }));
  const pools = new Map(before.pools.map((pool) => [pool.id, pool]));
  for (const pool of after.pools) compare(pools.get(pool.id)?.nodes ?? [], pool.nodes, `pools.${pool.id}.nodes.`, changed);
  compare(before.certificates, after.certificates, 'certificates.', changed);
  return changed;
}
