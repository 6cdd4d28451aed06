import { ContractError, type Envelope } from '../../shared/contract/envelope.ts';
import type { Log } from '../control/log.ts';

export const success = (value: unknown): Envelope => ({ ok: true, value });

/**
 * A failure as whoever asked may see it. What is not a ContractError is our own mistake: INTERNAL, without a word of
 * detail, which goes to the log.
 */
export function failure(error: unknown, channel: string, log: Log): Envelope {
  if (error instanceof ContractError) return { ok: false, error: error.toBody() };
  log('error', `"${channel}" failed unexpectedly.`, {
    channel,
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return {
    ok: false,
    error: { code: 'INTERNAL', message: `"${channel}" failed for a reason of Evenkeel's own. The log has the details; please report it.` },
  };
}
