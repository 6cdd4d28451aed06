import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

export function updateHandlers({
  updates,
}: HandlerDeps): Pick<Handlers, 'updates.get' | 'updates.check' | 'updates.download' | 'updates.stop' | 'updates.install'> {
  return {
    'updates.get': () => updates.get(),
    'updates.check': () => updates.check(),
    'updates.download': () => updates.download(),
    'updates.stop': () => updates.stop(),
    'updates.install': () => updates.install(),
  };
}
