import { ContractError, type ErrorCode } from '../../shared/contract/envelope.ts';
import { formatHostPort } from '../../shared/model/address.ts';
import type { Config } from '../../shared/model/config.ts';
import { EngineError, type EngineErrorCode } from '../engine/errors.ts';
import { holderSentence } from './port-holder.ts';

const codes: Record<EngineErrorCode, ErrorCode> = {
  LISTENER_BIND_FAILED: 'LISTENER_BIND_FAILED',
  POOL_NOT_FOUND: 'POOL_NOT_FOUND',
  NODE_NOT_FOUND: 'NODE_NOT_FOUND',
  CLIENT_NOT_FOUND: 'CLIENT_NOT_FOUND',
  ENGINE_CLOSED: 'ENGINE_UNAVAILABLE',
  CERTIFICATE_INVALID: 'CONFIG_INVALID',
};

/**
 * An engine's failure as the contract says it; anything else comes back as it is. Where a port was in use and the
 * program that holds it can be known, the message names it.
 * @param config The configuration that was applied, to find the listener the message is about.
 */
export async function toContractError(error: unknown, config?: Config): Promise<Error> {
  if (!(error instanceof EngineError)) return error instanceof Error ? error : new Error(String(error));
  let { message } = error;
  if (error.code === 'LISTENER_BIND_FAILED') {
    const listener = config?.listeners.find((l) => l.enabled && namesAddress(message, formatHostPort(l.host, l.port)));
    if (listener && !message.includes('(pid ')) message += await holderSentence(listener.host, listener.port);
  }
  return new ContractError(codes[error.code], message);
}

/** Whether a message names this address and not one that only begins like it (":80" in ":8080"). */
function namesAddress(message: string, address: string): boolean {
  const at = message.indexOf(address);
  return at >= 0 && !/[0-9]/.test(message[at + address.length] ?? '');
}
