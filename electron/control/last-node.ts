import { ContractError } from '../../shared/contract/envelope.ts';
import type { NodeMode, PoolConfig } from '../../shared/model/config.ts';
import type { NodeState } from '../../shared/model/state.ts';

const takesNew = (mode: NodeMode) => mode === 'accept' || mode === 'backup';

/**
 * The guard of `keepLastNode`: refuses a mode that would leave the pool without a node for new clients, by the modes
 * alone or because the checker sees every other node down.
 * @throws ContractError LAST_NODE
 */
export function assertNotLastNode(
  pool: PoolConfig,
  nodeId: string,
  mode: NodeMode,
  pools: readonly { id: string; nodes: readonly Pick<NodeState, 'id' | 'state'>[] }[],
): void {
  if (takesNew(mode)) return;
  const states = new Map(pools.find((p) => p.id === pool.id)?.nodes.map((node) => [node.id, node.state]));
  const others = pool.nodes.filter((node) => node.id !== nodeId && takesNew(node.mode));
  const isDown = (id: string) => states.get(id) === 'down';
  // A node that is down itself takes nothing away by being set aside, as long as another is wanted.
  const stillServes = others.some((node) => !isDown(node.id)) || (others.length > 0 && isDown(nodeId));
  if (stillServes) return;
  const why = others.length === 0 ? 'no other node accepts clients' : 'every other node that accepts clients is down';
  throw new ContractError(
    'LAST_NODE',
    `"${nodeId}" is the last node that serves pool "${pool.id}": ${why}. Set another node to accept first, or switch "keep last node" off.`,
  );
}
