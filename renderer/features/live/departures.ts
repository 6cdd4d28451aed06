import type { Move } from './clients-feed.ts';
import { nodeKey } from '../../../shared/state/patch.ts';

/** What a movement leaves behind at one node: "−14, 7 to api-1, 7 to api-3" and empty places. */
export interface Departure {
  count: number;
  /** By node id. */
  to: ReadonlyMap<string, number>;
  /** When the last of them left. */
  at: number;
}

export interface Arrival {
  count: number;
  at: number;
}

export interface Movements {
  /** By `nodeKey(pool, node)`. */
  left: ReadonlyMap<string, Departure>;
  came: ReadonlyMap<string, Arrival>;
}

export const noMovements: Movements = { left: new Map(), came: new Map() };

/** How long the count stays, and the empty places. */
export const countMs = 4_000;
export const ghostMs = 8_000;

/** Adds moves; those that follow within the count's time add up with it. */
export function addMoves(before: Movements, moves: readonly Move[], now: number): Movements {
  const left = new Map(before.left);
  const came = new Map(before.came);
  for (const { pool, from, to } of moves) {
    const source = nodeKey(pool, from);
    const old = left.get(source);
    const fresh = old && now - old.at < countMs ? old : undefined;
    const targets = new Map(fresh?.to);
    targets.set(to, (targets.get(to) ?? 0) + 1);
    left.set(source, { count: (fresh?.count ?? 0) + 1, to: targets, at: now });
    const target = nodeKey(pool, to);
    const arrived = came.get(target);
    came.set(target, { count: (arrived && now - arrived.at < countMs ? arrived.count : 0) + 1, at: now });
  }
  return { left, came };
}

/** Without what has faded; the same object when nothing has. */
export function expireMoves(movements: Movements, now: number): Movements {
  const left = new Map([...movements.left].filter(([, d]) => now - d.at < ghostMs));
  const came = new Map([...movements.came].filter(([, a]) => now - a.at < countMs));
  if (left.size === movements.left.size && came.size === movements.came.size) return movements;
  return { left, came };
}
