import type { Handlers } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { exportConfig } from '../../control/interchange/export-config.ts';
import { importHaproxy } from '../../control/interchange/haproxy-import.ts';
import type { HandlerDeps } from './deps.ts';

export function configHandlers({
  workspace,
}: HandlerDeps): Pick<
  Handlers,
  'config.get' | 'config.validate' | 'config.apply' | 'config.export' | 'config.import' | 'config.reload' | 'node.setMode'
> {
  return {
    'config.get': () => workspace.get(),
    'config.validate': async ({ config }) => ({ issues: await workspace.validate(config) }),
    'config.apply': ({ config }) => workspace.apply(config),
    'config.export': ({ to }) => exportConfig(workspace.get(), to, { folder: workspace.folder, now: Date.now() }),
    'config.import': ({ text }) => {
      const { config, notes, empty } = importHaproxy(text);
      if (empty) throw new ContractError('BAD_REQUEST', 'This is no haproxy.cfg: it has no section such as frontend, backend or listen.');
      return { config, notes };
    },
    'config.reload': async () => ({ changed: (await workspace.load()).changed }),
    'node.setMode': ({ pool, node, mode }) => workspace.setMode(pool, node, mode),
  };
}
