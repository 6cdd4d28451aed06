import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

type AuthorityChannels =
  'authority.status' | 'authority.create' | 'authority.replace' | 'authority.issue' | 'authority.trust' | 'authority.untrust';

export function authorityHandlers({ authority }: HandlerDeps): Pick<Handlers, AuthorityChannels> {
  return {
    'authority.status': () => authority.status(),
    'authority.create': () => authority.create(),
    'authority.replace': ({ untrust }) => authority.replace(untrust),
    'authority.issue': ({ names, days }) => authority.issue(names, days),
    'authority.trust': ({ store }) => authority.setTrust(store, true),
    'authority.untrust': ({ store }) => authority.setTrust(store, false),
  };
}
