import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

export function appHandlers({
  info,
  openings,
  setPaused,
  settings,
}: HandlerDeps): Pick<Handlers, 'app.info' | 'app.setPaused' | 'app.takeOpenings' | 'settings.get' | 'settings.set'> {
  return {
    'app.info': () => info(),
    'app.setPaused': async ({ paused }) => {
      await setPaused(paused);
      return { paused };
    },
    'app.takeOpenings': () => ({ openings: openings.take() }),
    'settings.get': () => settings.get(),
    'settings.set': (change) => settings.set(change),
  };
}
