import type { Handlers } from '../../shared/contract/contract.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { Config } from '../../shared/model/config.ts';

const hour = 3_600_000;

/** Two copies: what runs without its last pool's last node, and one that cannot be used. */
export function fakeBackupHandlers(
  config: () => Config,
  apply: (config: Config) => { changed: string[] },
  now: () => number,
): Pick<Handlers, 'backups.list' | 'backups.get' | 'backups.restore'> {
  const startedAt = now();
  const earlier = (): { config: Config; changed: string[] } => {
    const pool = config().pools.at(-1);
    const node = pool?.nodes.at(-1);
    if (!pool || !node) return { config: config(), changed: [] };
    const without = { ...pool, nodes: pool.nodes.filter((one) => one !== node) };
    return {
      config: { ...config(), pools: config().pools.map((one) => (one === pool ? without : one)) },
      changed: [`pools.${pool.id}.nodes.${node.id}`],
    };
  };
  const found = (id: string): Config => {
    if (id !== 'earlier') throw new ContractError('BACKUP_NOT_FOUND', `There is no backup "${id}" (any more). List them again.`);
    return earlier().config;
  };
  return {
    'backups.list': () => ({
      kept: true,
      backups: [
        { id: 'earlier', time: startedAt - 2 * hour, bytes: 1_204, changed: earlier().changed, problem: null },
        { id: 'damaged', time: startedAt - 50 * hour, bytes: 310, changed: [], problem: 'line 3, column 1: a comma before "}" must go' },
      ],
    }),
    'backups.get': ({ id }) => ({ config: found(id) }),
    'backups.restore': ({ id }) => apply(found(id)),
  };
}
