import type { Incident, Run } from '../../shared/model/run.ts';
import { nodeKey } from '../../shared/state/patch.ts';
import { structureOf } from '../../shared/state/run-structure.ts';
import { closeMs, type Failover } from './failover-store.ts';

/** The failure a run was in at `time`, as it was known then; null when there was none, or it was long over. */
export function failoverAt(run: Run, time: number): Failover | null {
  const incident = run.score.incidents
    .filter(({ downAt, upAt }) => downAt <= time && (upAt === null || time - upAt < closeMs))
    .reduce<Incident | null>((newest, one) => (newest === null || one.downAt >= newest.downAt ? one : newest), null);
  if (!incident) return null;
  const { pool, node, label, reason, firstFailureAt, firstFailureBy, downAt } = incident;
  const from = incident.faultAt ?? firstFailureAt ?? downAt;
  const upAt = incident.upAt !== null && incident.upAt <= time ? incident.upAt : null;
  const until = upAt ?? time;
  const movedTo = new Map<string, number>();
  const moved = new Set<string>();
  let lastMovedAt: number | null = null;
  for (const entry of run.entries) {
    if (entry.time > until) break;
    if (entry.kind !== 'client.moved' || entry.time < from || entry.pool !== pool || entry.from !== node) continue;
    if (entry.client === undefined || entry.to === undefined || moved.has(entry.client)) continue;
    moved.add(entry.client);
    movedTo.set(entry.to, (movedTo.get(entry.to) ?? 0) + 1);
    lastMovedAt = entry.time;
  }
  const listeners = new Set(
    structureOf(run)
      .listeners.filter((listener) => listener.pool === pool)
      .map((listener) => listener.id),
  );
  let failed = 0;
  let retried = 0;
  let lost = 0;
  for (const tick of run.ticks) {
    if (tick.time < from) continue;
    if (tick.time - tick.intervalMs > until) break;
    for (const one of tick.nodes) {
      if (one.pool !== pool || one.node !== node) continue;
      failed += one.errors;
      retried += one.retried;
    }
    for (const one of tick.listeners) if (listeners.has(one.id)) lost += one.errors;
  }
  return {
    ...{ key: nodeKey(pool, node), pool, node, label, reason, firstAt: firstFailureAt, firstBy: firstFailureBy, downAt, upAt },
    faultAt: incident.faultAt,
    ...{ moved: moved.size, movedTo, lastMovedAt, failed, retried, lost },
  };
}
