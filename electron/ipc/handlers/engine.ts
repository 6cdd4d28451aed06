import type { Handlers } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { fromEngine, type HandlerDeps } from './deps.ts';

type EngineChannels =
  'engine.snapshot' | 'clients.list' | 'clients.pin' | 'clients.release' | 'requests.list' | 'journal.list' | 'check.try';

export function engineHandlers({ engine, journal, workspace }: HandlerDeps): Pick<Handlers, EngineChannels> {
  return {
    'engine.snapshot': () => fromEngine(() => engine.snapshot()),
    'clients.list': (query) => fromEngine(() => engine.listClients(query)),
    'clients.pin': ({ pool, key, node }) => fromEngine(() => engine.pinClient(pool, key, node)),
    'clients.release': async ({ pool, key }) => {
      await fromEngine(() => engine.releaseClient(pool, key));
      return {};
    },
    'requests.list': (query) => fromEngine(() => engine.listRequests(query)),
    'journal.list': (query) => journal.list(query),
    'check.try': async ({ node, healthCheck }) => {
      const resolved = await workspace.resolveNode(node);
      if (resolved.issues.length > 0)
        throw new ContractError('BAD_REQUEST', 'The node was not checked: its files cannot be used.', resolved.issues);
      return fromEngine(() => engine.tryCheck(resolved.node, healthCheck));
    },
  };
}
