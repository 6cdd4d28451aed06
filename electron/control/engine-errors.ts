import { ContractError, type ErrorCode } from '../../shared/contract/envelope.ts';
import type { Config } from '../../shared/model/config.ts';
import { EngineError, type EngineErrorCode } from '../engine/errors.ts';
import { findPortHolder, holderName } from './port-holder.ts';

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
  if (error.code !== 'LISTENER_BIND_FAILED' || !config) return new ContractError(codes[error.code], error.message);
  return new ContractError('LISTENER_BIND_FAILED', await bindMessage(error.message, config));
}

/** The engine says which address it was; whose listener that is, and who has the port, is known here. */
async function bindMessage(message: string, config: Config): Promise<string> {
  const listener = config.listeners.find((l) => l.enabled && message.includes(l.host) && new RegExp(`\\b${l.port}\\b`).test(message));
  if (!listener) return message;
  const holder = await findPortHolder(listener.host, listener.port);
  const said = holder ? message.replace('another program', holderName(holder)) : message;
  return `Listener "${listener.id}": ${said}`;
}
