import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

type LabChannels = 'lab.get' | 'lab.start' | 'lab.end' | 'lab.setClients' | 'lab.kill' | 'lab.revive';

export function labHandlers({ lab }: HandlerDeps): Pick<Handlers, LabChannels> {
  return {
    'lab.get': () => lab.get(),
    'lab.start': () => lab.start(),
    'lab.end': () => lab.end(),
    'lab.setClients': (params) => lab.setClients(params),
    'lab.kill': ({ node }) => lab.kill(node),
    'lab.revive': ({ node }) => lab.revive(node),
  };
}
