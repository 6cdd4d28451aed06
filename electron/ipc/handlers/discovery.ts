import type { Handlers } from '../../../shared/contract/contract.ts';
import { findServers } from '../../control/discovery.ts';
import type { HandlerDeps } from './deps.ts';

export function discoveryHandlers({ workspace }: HandlerDeps): Pick<Handlers, 'discovery.list'> {
  return {
    'discovery.list': async () => ({ servers: await findServers(workspace.get().listeners) }),
  };
}
