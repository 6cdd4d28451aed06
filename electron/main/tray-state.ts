import type { ListenerState, NodeState, PoolState } from '../../shared/model/state.ts';

/** The pictures of the tray; each is another glyph, so that no state is told by colour alone. */
export type TrayPicture = 'healthy' | 'checking' | 'down' | 'paused' | 'none';

/** The whole balancer as the tray shows it. */
export interface TrayState {
  picture: TrayPicture;
  /** In a few words: "1 of 3 nodes down". */
  head: string;
}

/** What the tray knows of the balancer; null: nothing yet. */
export interface Facts {
  listeners: readonly ListenerState[];
  pools: readonly PoolState[];
}

/** Down comes first: a node that its owner keeps in reserve and that does not answer is down all the same. */
export function nodeWord({ mode, state }: Pick<NodeState, 'mode' | 'state'>): string {
  if (mode === 'reject') return 'rejecting';
  if (state === 'down') return 'down';
  if (mode === 'drain') return 'draining';
  if (mode === 'backup') return 'backup';
  return state === 'checking' ? 'checking' : 'healthy';
}

const nodesWord = (n: number): string => (n === 1 ? 'node' : 'nodes');

/** Never better than the worst: says what the window's top bar says of the same facts. */
export function trayState(facts: Facts | null, paused: boolean): TrayState {
  if (!facts) return { picture: 'none', head: 'The engine is starting' };
  if (paused) return { picture: 'paused', head: 'Paused: no listener accepts' };
  const nodes = facts.pools.flatMap((pool) => pool.nodes);
  const total = nodes.length;
  const count = (word: string) => nodes.filter((node) => nodeWord(node) === word).length;
  const down = count('down');
  const enabled = facts.listeners.filter((listener) => listener.state !== 'disabled');
  const dark = enabled.filter((listener) => {
    const pool = facts.pools.find((one) => one.id === listener.pool);
    return listener.state !== 'up' || (pool?.available ?? 0) === 0;
  });
  if (total === 0 && enabled.length === 0)
    return { picture: 'none', head: facts.listeners.length > 0 ? 'Every listener is off' : 'Nothing set up yet' };
  if (facts.listeners.length > 0 && enabled.length === 0) return { picture: down > 0 ? 'down' : 'none', head: 'Every listener is off' };
  if (enabled.length > 0 && dark.length === enabled.length) return { picture: 'down', head: 'Nothing serves' };
  if (down === total) return { picture: 'down', head: total === 1 ? 'The only node is down' : `All ${total} nodes down` };
  if (down > 0) return { picture: 'down', head: `${down} of ${total} nodes down` };
  if (dark.length > 0)
    return { picture: 'down', head: dark.length === 1 ? `${dark[0]!.name} serves nothing` : `${dark.length} listeners serve nothing` };
  const checking = count('checking');
  if (checking > 0) return { picture: 'checking', head: `${checking} of ${total} ${nodesWord(total)} being checked` };
  const rejecting = count('rejecting');
  if (rejecting > 0) return { picture: 'healthy', head: `${total - rejecting} of ${total} nodes up, ${rejecting} rejecting` };
  const draining = count('draining');
  if (draining > 0) return { picture: 'healthy', head: `All nodes up, ${draining} draining` };
  return { picture: 'healthy', head: total === 1 ? 'The only node is up' : `All ${total} nodes up` };
}
