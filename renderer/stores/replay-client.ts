import { ContractError } from '../../shared/contract/envelope.ts';
import type { Client } from '../bridge/client.ts';

/** Why nothing can be changed while the past is shown. */
export const replayLock = 'This is a replay. Go back to live to change anything.';

/**
 * The control plane as a screen that shows the past has it: it answers nothing and changes nothing. What such a screen shows
 * comes from the replay's stores; whatever it still asks for would be an answer about now.
 */
export const replayClient: Client = {
  request: () => Promise.reject(new ContractError('CONFLICT', replayLock)),
  subscribe: () => () => {},
  onConnection: () => () => {},
};
