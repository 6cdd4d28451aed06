import { ContractError } from '../../shared/contract/envelope.ts';

/** Who asks, as its transport has found out. Only a transport makes one; the router refuses everybody else. */
export type Sender =
  | {
      kind: 'window';
      /** The frame is the window's main frame, not one inside it. */
      isMainFrame: boolean;
      /** The frame's own origin: "app://evenkeel". */
      origin: string;
      /** The origin our screens are served from. */
      ownOrigin: string;
    }
  | {
      kind: 'http';
      /** How the request proved itself; null when it did not. */
      via: 'token' | 'session' | null;
    };

/** @throws ContractError FORBIDDEN or UNAUTHORIZED. */
export function authorise(sender: Sender): void {
  if (sender.kind === 'window') {
    if (!sender.isMainFrame) throw new ContractError('FORBIDDEN', 'Only the main frame of the window may ask.');
    if (sender.origin !== sender.ownOrigin) throw new ContractError('FORBIDDEN', "Only Evenkeel's own screens may ask.");
    return;
  }
  if (sender.via === null) {
    throw new ContractError(
      'UNAUTHORIZED',
      'The token is missing or wrong. Send the header "Authorization: Bearer TOKEN" with the token of the ready line.',
    );
  }
}
