import type { NodeState, PoolState } from '../../shared/model/state.ts';

/** What a node amounts to, mode and observation together: the six states that have a ring, a glyph, a word and a colour. */
export type EffectiveState = 'healthy' | 'checking' | 'draining' | 'backup' | 'down' | 'rejecting';

interface StateLook {
  word: string;
  /** Custom property that holds the colour. */
  color: string;
  /** Global class that colours a word (base.css). */
  className: string;
}

export const stateLooks: Record<EffectiveState, StateLook> = {
  healthy: { word: 'Healthy', color: 'var(--st-healthy)', className: 'st-healthy' },
  checking: { word: 'Checking', color: 'var(--st-checking)', className: 'st-checking' },
  draining: { word: 'Draining', color: 'var(--st-draining)', className: 'st-draining' },
  backup: { word: 'Backup', color: 'var(--st-backup)', className: 'st-backup' },
  down: { word: 'Down', color: 'var(--st-down)', className: 'st-down' },
  rejecting: { word: 'Rejecting', color: 'var(--st-rejecting)', className: 'st-rejecting' },
};

/**
 * Rejecting comes first because such a node is not checked, so what was seen of it last says nothing. Down comes before the
 * other modes: what cannot serve is down, whatever its owner wants.
 */
export function effectiveState(node: Pick<NodeState, 'mode' | 'state'>): EffectiveState {
  if (node.mode === 'reject') return 'rejecting';
  if (node.state === 'down') return 'down';
  if (node.mode === 'drain') return 'draining';
  if (node.mode === 'backup') return 'backup';
  return node.state === 'checking' ? 'checking' : 'healthy';
}

export interface RollUp {
  /** One a node, in order. */
  states: EffectiveState[];
  count: Record<EffectiveState, number>;
  total: number;
  /** Nodes that answer: all that are neither down nor rejecting. */
  up: number;
  /** Never better than the worst child: what the glyph in the ring's middle says. */
  glyph: 'healthy' | 'checking' | 'down' | 'none';
}

/**
 * Several nodes as one.
 * @param serving whether anything would take a new client; when not, the glyph is a cross whatever the single nodes say.
 */
export function rollUp(nodes: readonly Pick<NodeState, 'mode' | 'state'>[], serving = true): RollUp {
  const states = nodes.map(effectiveState);
  const count: RollUp['count'] = { healthy: 0, checking: 0, draining: 0, backup: 0, down: 0, rejecting: 0 };
  for (const state of states) count[state]++;
  const total = states.length;
  let glyph: RollUp['glyph'] = 'healthy';
  if (total === 0) glyph = 'none';
  else if (count.down > 0 || !serving) glyph = 'down';
  else if (count.checking > 0) glyph = 'checking';
  return { states, count, total, up: total - count.down - count.rejecting, glyph };
}

/** A pool in a few words: "3 of 3 up", "2 take new", "4 of 5 in use". */
export function poolWords(pool: Pick<PoolState, 'available' | 'nodes'>): string {
  const sum = rollUp(pool.nodes);
  if (sum.total === 0) return 'No nodes yet';
  if (pool.available === 0) return sum.up === 0 ? `0 of ${sum.total} up` : 'Takes nothing new';
  if (sum.count.down > 0 || sum.count.rejecting > 0) return `${sum.up} of ${sum.total} up`;
  if (sum.count.checking > 0) return `${sum.count.checking} being checked`;
  if (sum.count.draining > 0) return `${pool.available} ${pool.available === 1 ? 'takes' : 'take'} new`;
  if (sum.count.backup > 0 && pool.available < sum.total) return `${sum.total - sum.count.backup} of ${sum.total} in use`;
  return `${sum.up} of ${sum.total} up`;
}
