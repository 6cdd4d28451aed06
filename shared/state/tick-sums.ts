import type { TrafficTick } from '../model/metrics.ts';
import { LatencySum, type LatencyCounts } from './latency-buckets.ts';

type ListenerTick = TrafficTick['listeners'][number];
type NodeTick = TrafficTick['nodes'][number];

interface Latencies {
  latency?: [number, number][] | undefined;
}

function latencyOf(items: readonly Latencies[]): Latencies {
  const counted = items.flatMap((item) => (item.latency && item.latency.length > 0 ? [item.latency as LatencyCounts] : []));
  if (counted.length === 0) return items.some((item) => item.latency) ? { latency: [] } : {};
  const sum = new LatencySum();
  for (const counts of counted) sum.add(counts);
  return { latency: sum.counts() };
}

const total = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((sum, item) => sum + of(item), 0);

function counts<T extends ListenerTick | NodeTick>(items: readonly T[]) {
  return {
    requests: total(items, (item) => item.requests),
    errors: total(items, (item) => item.errors),
    retried: total(items, (item) => item.retried),
    bytesIn: total(items, (item) => item.bytesIn),
    bytesOut: total(items, (item) => item.bytesOut),
  };
}

function gather<T>(lists: readonly (readonly T[])[], key: (item: T) => string): Map<string, T[]> {
  const all = new Map<string, T[]>();
  for (const item of lists.flat()) {
    const same = all.get(key(item));
    if (same) same.push(item);
    else all.set(key(item), [item]);
  }
  return all;
}

/**
 * Several ticks of one engine that follow each other as one: counts are added, what is so at a moment (connections, states,
 * quantiles of the last seconds) is the last one's.
 * @param ticks at least one, oldest first, all of one epoch.
 */
export function mergeTicks(ticks: readonly TrafficTick[]): TrafficTick {
  const last = ticks.at(-1)!;
  if (ticks.length === 1) return last;
  const listeners = gather(
    ticks.map((tick) => tick.listeners),
    (listener) => listener.id,
  );
  const nodes = gather(
    ticks.map((tick) => tick.nodes),
    (node) => JSON.stringify([node.pool, node.node]),
  );
  return {
    ...last,
    intervalMs: total(ticks, (tick) => tick.intervalMs),
    listeners: [...listeners.values()].map((items) => ({ ...items.at(-1)!, ...counts(items), ...latencyOf(items) })),
    nodes: [...nodes.values()].map((items) => ({ ...items.at(-1)!, ...counts(items) })),
  };
}

/** A stretch of time, milliseconds since the epoch. */
export interface Stretch {
  from: number;
  to: number;
}

/** Ticks further apart than this are not made one: nobody counted in between. */
const apartMs = 2_000;

/**
 * The same ticks in no more than `max`: neighbours are merged, sums stay exact. Those that touch a stretch of `keep` stay as they
 * are, as long as that leaves room for the rest.
 * @param ticks oldest first.
 */
export function coarsenTicks(ticks: readonly TrafficTick[], max: number, keep: readonly Stretch[] = []): TrafficTick[] {
  if (ticks.length <= max) return [...ticks];
  const kept = ticks.map((tick) => keep.some(({ from, to }) => tick.time > from && tick.time - tick.intervalMs < to));
  const fine = kept.filter(Boolean).length;
  // Half of the room for what is of interest; more of it than that is no detail any more.
  const spare = fine <= max / 2 ? kept : kept.map(() => false);
  for (let size = 2; ; size++) {
    const merged = mergeBy(ticks, spare, size);
    // Gaps, epochs and what is kept cut groups short, so the first try may not be enough.
    if (merged.length <= max || size > ticks.length) return merged;
    size = Math.max(size, Math.floor((size * merged.length) / max) - 1);
  }
}

function mergeBy(ticks: readonly TrafficTick[], spare: readonly boolean[], size: number): TrafficTick[] {
  const merged: TrafficTick[] = [];
  let group: TrafficTick[] = [];
  const close = (): void => {
    if (group.length > 0) merged.push(mergeTicks(group));
    group = [];
  };
  ticks.forEach((tick, i) => {
    const before = group.at(-1);
    if (before && (before.epoch !== tick.epoch || tick.time - tick.intervalMs - before.time > apartMs || spare[i])) close();
    group.push(tick);
    if (spare[i] || group.length >= size) close();
  });
  close();
  return merged;
}
