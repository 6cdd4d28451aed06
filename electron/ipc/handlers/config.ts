import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

export function configHandlers({
  workspace,
}: HandlerDeps): Pick<Handlers, 'config.get' | 'config.validate' | 'config.apply' | 'node.setMode'> {
  return {
    'config.get': () => workspace.get(),
    'config.validate': async ({ config }) => ({ issues: await workspace.validate(config) }),
    'config.apply': ({ config }) => workspace.apply(config),
    'node.setMode': ({ pool, node, mode }) => workspace.setMode(pool, node, mode),
  };
}
