import type { Handlers } from '../../../shared/contract/contract.ts';
import { appHandlers } from './app.ts';
import { authorityHandlers } from './authority.ts';
import { backupHandlers } from './backups.ts';
import { certificateHandlers } from './certificates.ts';
import { configHandlers } from './config.ts';
import type { HandlerDeps } from './deps.ts';
import { discoveryHandlers } from './discovery.ts';
import { engineHandlers } from './engine.ts';
import { historyHandlers } from './history.ts';
import { labHandlers } from './lab.ts';
import { updateHandlers } from './updates.ts';

/** A handler for every channel of the contract; a missing one is a type error here. */
export function createHandlers(deps: HandlerDeps): Handlers {
  return {
    ...appHandlers(deps),
    ...configHandlers(deps),
    ...backupHandlers(deps),
    ...certificateHandlers(deps),
    ...authorityHandlers(deps),
    ...discoveryHandlers(deps),
    ...engineHandlers(deps),
    ...historyHandlers(deps),
    ...labHandlers(deps),
    ...updateHandlers(deps),
  };
}
