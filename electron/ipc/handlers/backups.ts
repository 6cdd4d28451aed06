import type { Handlers } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { Workspace } from '../../control/workspace.ts';
import { StoreError } from '../../store/store.ts';
import type { HandlerDeps } from './deps.ts';

async function read(workspace: Workspace, id: string): Promise<unknown> {
  const kept = await workspace.backups?.list();
  if (!kept?.some((backup) => backup.id === id))
    throw new ContractError('BACKUP_NOT_FOUND', `There is no backup "${id}" (any more). List them again.`);
  try {
    return await workspace.backups?.read(id);
  } catch (error) {
    if (error instanceof StoreError) throw new ContractError('CONFIG_INVALID', `The backup "${id}" cannot be used: ${error.message}`);
    throw error;
  }
}

/** What restoring a backup would change, or why it cannot be restored. */
async function outlook(workspace: Workspace, id: string): Promise<{ changed: string[]; problem: string | null }> {
  try {
    const { changed, issues } = workspace.difference(await read(workspace, id));
    const [first] = issues;
    return { changed, problem: first ? `${first.path === '' ? '' : `${first.path}: `}${first.message}` : null };
  } catch (error) {
    if (error instanceof ContractError) return { changed: [], problem: error.message };
    throw error;
  }
}

export function backupHandlers({ workspace }: HandlerDeps): Pick<Handlers, 'backups.list' | 'backups.get' | 'backups.restore'> {
  return {
    'backups.list': async () => {
      const kept = (await workspace.backups?.list()) ?? [];
      const backups = await Promise.all(kept.map(async (backup) => ({ ...backup, ...(await outlook(workspace, backup.id)) })));
      return { kept: workspace.backups !== undefined, backups };
    },
    'backups.get': async ({ id }) => ({ config: await read(workspace, id) }),
    'backups.restore': async ({ id }) => workspace.replace(await read(workspace, id)),
  };
}
