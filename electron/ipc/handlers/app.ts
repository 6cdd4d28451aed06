import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

export function appHandlers({ info, settings }: HandlerDeps): Pick<Handlers, 'app.info' | 'settings.get' | 'settings.set'> {
  return {
    'app.info': () => info(),
    'settings.get': () => settings.get(),
    'settings.set': (change) => settings.set(change),
  };
}
