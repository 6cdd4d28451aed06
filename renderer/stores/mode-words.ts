import type { NodeMode } from '../../shared/model/config.ts';
import type { NodeState, PoolState } from '../../shared/model/state.ts';
import { formatCount } from '../ui/format.ts';

type Nodes = Pick<PoolState, 'nodes' | 'stickiness'>;

/** The nodes a new client may go to: what accepts and is not down, or the backups when there is none. */
export function takers(nodes: readonly NodeState[]): NodeState[] {
  const live = nodes.filter((node) => node.state !== 'down');
  const accepting = live.filter((node) => node.mode === 'accept');
  return accepting.length > 0 ? accepting : live.filter((node) => node.mode === 'backup');
}

/** The nodes that would take new clients if `id` had mode `to`. */
export function takersAfter(pool: Nodes, id: string, to: NodeMode): NodeState[] {
  return takers(pool.nodes.map((node) => (node.id === id ? { ...node, mode: to } : node)));
}

/** Whether the change takes away the last node that serves: it serves now, and nobody would take a new client then. */
export function leavesNobody(pool: Nodes, node: NodeState, to: NodeMode): boolean {
  const serves = node.state !== 'down' && node.mode !== 'reject';
  return serves && takersAfter(pool, node.id, to).length === 0;
}

/** "api-1", "api-1 and api-2", "api-1, api-2 and 4 more". */
export function nodeNames(nodes: readonly Pick<NodeState, 'label'>[]): string {
  const names = nodes.map((node) => node.label);
  if (names.length <= 2) return names.join(' and ');
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}

const clients = (n: number) => `${formatCount(n)} ${n === 1 ? 'client' : 'clients'}`;
const sticky = (n: number) => `${formatCount(n)} sticky ${n === 1 ? 'client' : 'clients'}`;

/**
 * What setting a mode will do, in a sentence or two.
 * @param drainMs how long a drain lasts at most, in milliseconds.
 */
export function modeEffect(pool: Nodes, node: NodeState, to: NodeMode, drainMs: number): string {
  const n = node.stickyClients;
  const others = takersAfter(pool, node.id, to).filter((other) => other.id !== node.id);
  const target = nodeNames(others);
  const sticks = pool.stickiness !== 'none';
  switch (to) {
    case 'accept':
      if (node.mode === 'accept') return 'Takes new clients and keeps those it has.';
      if (node.state === 'down') return 'It is down. Clients come once its checks pass.';
      if (node.mode === 'reject') return 'Checks start again and new clients come here too. Those who moved stay where they are.';
      if (node.mode === 'drain')
        return n > 0 ? `The drain ends: ${clients(n)} stay, new ones come too.` : 'The drain ends: new clients come here again.';
      return 'New clients come here too, not only when no other node takes them.';
    case 'drain': {
      if (node.mode === 'drain') return 'Keeps its clients until the drain ends, takes no new ones.';
      const fresh = target === '' ? 'new ones find no node' : `new ones go to ${target}`;
      if (!sticks)
        return target === ''
          ? 'No new request goes anywhere: nobody else serves.'
          : `New requests go to ${target}. What is in flight finishes here.`;
      if (n === 0) return `No client is stuck here, ${fresh}.`;
      return `${sticky(n)} ${n === 1 ? 'stays' : 'stay'} for up to ${Math.round(drainMs / 1_000)} s, ${fresh}.`;
    }
    case 'backup':
      if (node.mode === 'backup') return 'Takes clients only when no other node does.';
      if (node.state === 'down') return 'It is down. Once up, it serves only when no other node does.';
      if (target === '') return 'It still serves: no other node takes clients. It rests once one does.';
      return `${n > 0 ? `${clients(n)} ${n === 1 ? 'moves' : 'move'} at once to ${target}. ` : ''}It serves only when no other node does.`;
    case 'reject':
      if (node.mode === 'reject') return 'Takes nothing and is not checked.';
      if (target === '') return `${n > 0 ? `${clients(n)} ${n === 1 ? 'finds' : 'find'} no node` : 'Nobody else serves'}. Checks stop.`;
      if (n === 0) return `New ${sticks ? 'clients' : 'requests'} go to ${target}. Checks stop.`;
      return `${clients(n)} ${n === 1 ? 'moves' : 'move'} at once to ${target}. Checks stop.`;
  }
}
