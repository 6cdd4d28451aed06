import type { ListenerState, PoolState } from '../../../shared/model/state.ts';
import { type RollUp, rollUp } from '../../ui/effective-state.ts';

export interface ListenerLook {
  rollUp: RollUp;
  /** "Serving", "Reduced", "Nothing to serve", "Not open", "Off". */
  word: string;
  /** Why, where it is not plainly well. */
  reason: string;
  /** Whether the word is filled with the colour of down. */
  alarm: boolean;
}

/** A listener as one thing: never better than the nodes behind it. */
export function listenerLook(seen: ListenerState | undefined, pool: PoolState | undefined): ListenerLook {
  const nodes = pool?.nodes ?? [];
  const available = pool?.available ?? 0;
  if (!seen) return { rollUp: rollUp([]), word: 'Not applied yet', reason: '', alarm: false };
  if (seen.state === 'disabled') return { rollUp: rollUp([]), word: 'Off', reason: '', alarm: false };
  const sum = rollUp(nodes, seen.state === 'up' && available > 0);
  if (seen.state === 'error') return { rollUp: sum, word: 'Not open', reason: seen.reason, alarm: true };
  if (available === 0) {
    const reason = nodes.length === 0 ? 'its pool has no nodes' : 'no node takes new clients';
    return { rollUp: sum, word: 'Nothing serves', reason, alarm: true };
  }
  if (sum.count.down > 0) return { rollUp: sum, word: 'Reduced', reason: `${sum.count.down} of ${sum.total} nodes down`, alarm: false };
  return { rollUp: sum, word: 'Serving', reason: '', alarm: false };
}
