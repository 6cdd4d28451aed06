import type { NodeState, PoolState } from '../../../shared/model/state.ts';
import type { EffectiveState } from '../../ui/effective-state.ts';
import { formatClock, formatCount, formatDuration, formatMs } from '../../ui/format.ts';

/** How much of a drain is left. */
export interface DrainProgress {
  stay: number;
  left: number;
  /** Milliseconds until those who stay are moved; 0 when the time is up. */
  remainsMs: number;
  /** 0–1. */
  share: number;
}

export function drainProgress(node: Pick<NodeState, 'drain' | 'stickyClients'>, now: number): DrainProgress | undefined {
  if (!node.drain) return undefined;
  const { since, until, clientsAtStart } = node.drain;
  const remainsMs = Math.max(0, until - now);
  return {
    stay: node.stickyClients,
    left: Math.max(0, clientsAtStart - node.stickyClients),
    remainsMs,
    share: until > since ? remainsMs / (until - since) : 0,
  };
}

/** Whole seconds as a countdown shows them: 0 only when it is over. */
export const remainSeconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;

const clients = (n: number) => `${formatCount(n)} ${n === 1 ? 'client' : 'clients'}`;

const checkWords = (node: NodeState) => (node.lastCheck ? `${node.lastCheck.detail} in ${formatMs(node.lastCheck.durationMs)} ms` : '');

/** One line that says why a node is what it is. */
export function reasonLine(node: NodeState, state: EffectiveState, pool: Pick<PoolState, 'nodes'>, now: number): string {
  const last = node.lastCheck ? formatClock(node.lastCheck.time) : '';
  switch (state) {
    case 'down':
      // Taken down by live traffic: the last check is older than that and says nothing about it.
      if (!node.lastCheck || node.lastCheck.ok) return `${node.reason}, ${formatClock(node.since)}`;
      return node.reason.includes('(last') ? `${node.reason}, ${last}` : `${node.reason} (last ${last})`;
    case 'checking':
      if (!node.lastCheck) return node.reason || 'First check on its way';
      return `${node.reason} (${last})`;
    case 'draining': {
      const drain = drainProgress(node, now);
      if (!drain) return 'Takes no new client';
      if (drain.stay === 0) return `Empty: ${clients(drain.left)} left`;
      const base = `${clients(drain.stay)} ${drain.stay === 1 ? 'stays' : 'stay'}, ${formatCount(drain.left)} have left`;
      return drain.remainsMs > 0 ? `${base}, ${remainSeconds(drain.remainsMs)} remain` : `${base}, moving the rest`;
    }
    case 'backup': {
      const needed = !pool.nodes.some((n) => n.mode === 'accept' && n.state !== 'down');
      if (needed) return 'Serving: no other node takes clients';
      return node.lastCheck?.ok ? `${checkWords(node)}, waits its turn` : 'Waits its turn';
    }
    case 'rejecting':
      return 'Takes nothing new, is not checked';
    case 'healthy':
      if (!node.lastCheck?.ok) return node.reason;
      return node.streak > 0 ? `${checkWords(node)}, ${formatCount(node.streak)} in a row` : checkWords(node);
  }
}

/** What stands under the state's word: how long, or how much longer. */
export function sinceLine(node: NodeState, state: EffectiveState, now: number): string {
  if (state === 'draining') {
    const drain = drainProgress(node, now);
    if (drain && drain.remainsMs > 0) return `${remainSeconds(drain.remainsMs)} remain`;
  }
  const duration = formatDuration(now - node.since);
  return state === 'down' || state === 'checking' ? `for ${duration}` : duration;
}
