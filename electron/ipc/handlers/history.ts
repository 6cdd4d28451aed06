import type { Handlers } from '../../../shared/contract/contract.ts';
import { newRunId } from '../../control/history/runs.ts';
import { fromEngine, type HandlerDeps } from './deps.ts';

type HistoryChannels =
  'journal.list' | 'history.span' | 'history.range' | 'runs.list' | 'runs.get' | 'runs.save' | 'runs.rename' | 'runs.remove';

export function historyHandlers({ journal, history, runs }: HandlerDeps): Pick<Handlers, HistoryChannels> {
  return {
    'journal.list': (query) => journal.listAll(query, (older) => history.entries(older)),
    'history.span': () => history.span(),
    'history.range': ({ from, to }) => fromEngine(() => history.range(from, to)),
    'runs.list': async () => ({ runs: await runs.list() }),
    'runs.get': ({ id }) => runs.get(id),
    'runs.save': async ({ from, to, name }) => {
      const run = await fromEngine(() => history.range(from, to));
      return runs.add({ ...run, id: newRunId(from), name });
    },
    'runs.rename': ({ id, name }) => runs.rename(id, name),
    'runs.remove': async ({ id }) => {
      await runs.remove(id);
      return {};
    },
  };
}
