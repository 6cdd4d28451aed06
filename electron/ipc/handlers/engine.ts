import type { Handlers } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { fromEngine, type HandlerDeps } from './deps.ts';

type EngineChannels =
  | 'engine.snapshot'
  | 'clients.list'
  | 'clients.summary'
  | 'clients.pin'
  | 'clients.unpin'
  | 'clients.release'
  | 'node.moveClients'
  | 'requests.list'
  | 'traffic.history'
  | 'check.try';

export function engineHandlers({ engine, traffic, workspace }: HandlerDeps): Pick<Handlers, EngineChannels> {
  return {
    'engine.snapshot': () => fromEngine(() => engine.snapshot()),
    'clients.list': (query) => fromEngine(() => engine.listClients(query)),
    'clients.pin': ({ pool, key, node }) => fromEngine(() => engine.pinClient(pool, key, node)),
    'clients.summary': (query) => fromEngine(() => engine.countClients(query)),
    'clients.unpin': ({ pool, key }) => fromEngine(() => engine.unpinClient(pool, key)),
    'clients.release': async ({ pool, key }) => {
      await fromEngine(() => engine.releaseClient(pool, key));
      return {};
    },
    'node.moveClients': async ({ pool, node }) => {
      // Without another node their next requests would be refused. Whether pool and node exist is the engine's to say.
      const { pools } = await fromEngine(() => engine.snapshot());
      const others = pools.find((p) => p.id === pool)?.nodes.filter((n) => n.id !== node) ?? [];
      const known = pools.some((p) => p.id === pool && p.nodes.some((n) => n.id === node));
      if (known && !others.some((n) => (n.mode === 'accept' || n.mode === 'backup') && n.state !== 'down')) {
        throw new ContractError(
          'LAST_NODE',
          `The clients of "${node}" were not moved: no other node of pool "${pool}" takes clients now. Set one to accept, or wait until one is up.`,
        );
      }
      return fromEngine(() => engine.moveClients(pool, node));
    },
    'requests.list': (query) => fromEngine(() => engine.listRequests(query)),
    'traffic.history': ({ rangeMs }) => traffic.history(rangeMs),
    'check.try': async ({ node, healthCheck, proxyProtocol }) => {
      const resolved = await workspace.resolveNode(node);
      if (resolved.issues.length > 0)
        throw new ContractError('BAD_REQUEST', 'The node was not checked: its files cannot be used.', resolved.issues);
      return fromEngine(() => engine.tryCheck(resolved.node, healthCheck, proxyProtocol));
    },
  };
}
