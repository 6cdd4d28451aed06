import type { z } from 'zod';
import type { Bridge, EventChannel, RequestChannel } from '../../shared/contract/channels.ts';
import type { requests } from '../../shared/contract/contract.ts';
import { events, type Payload, type Result } from '../../shared/contract/contract.ts';
import { ContractError, contractErrorSchema } from '../../shared/contract/envelope.ts';

/** What a caller may give: fields with a default may be left out. */
export type RequestParams<C extends RequestChannel> = z.input<(typeof requests)[C]['params']>;

/** The control plane as screens and stores see it, whichever transport carries it. */
export interface Client {
  /** @throws ContractError with a sentence that may be shown; ENGINE_UNAVAILABLE when nobody answers. */
  request<C extends RequestChannel>(channel: C, params: RequestParams<C>): Promise<Result<C>>;
  /** @returns a function that ends the subscription. */
  subscribe<C extends EventChannel>(channel: C, callback: (payload: Payload<C>) => void): () => void;
  /** Told when the way to the control plane breaks (false) and is there again (true): what was missed must be asked for. */
  onConnection(callback: (connected: boolean) => void): () => void;
}

/** A transport: the bridge of the preload, or the same over HTTP. */
export interface Transport extends Bridge {
  onConnection?(callback: (connected: boolean) => void): () => void;
}

function isEnvelope(value: unknown): value is { ok: boolean; value?: unknown; error?: unknown } {
  return typeof value === 'object' && value !== null && typeof (value as { ok?: unknown }).ok === 'boolean';
}

/**
 * Puts the contract's types over a transport: opens envelopes, throws what they carry, drops events that do not fit.
 * Every event is validated in full: the busiest (10 a second, some hundred numbers) costs less than a tenth of a millisecond.
 */
export function createClient(transport: Transport): Client {
  return {
    async request(channel, params) {
      const envelope = await transport.request(channel, params);
      if (!isEnvelope(envelope)) throw new ContractError('INTERNAL', `The answer to ${channel} could not be read. Reload the window.`);
      if (!envelope.ok) {
        const error = contractErrorSchema.safeParse(envelope.error);
        if (!error.success) throw new ContractError('INTERNAL', `${channel} failed and did not say why. The log has the detail.`);
        throw new ContractError(error.data.code, error.data.message, error.data.issues);
      }
      // Results are validated by the side that makes them, in tests and development.
      return envelope.value as Result<typeof channel>;
    },
    subscribe(channel, callback) {
      return transport.subscribe(channel, (payload) => {
        const parsed = events[channel].safeParse(payload);
        if (parsed.success) callback(parsed.data as Payload<typeof channel>);
        else console.error(`Dropped an event on ${channel} that does not fit the contract`, parsed.error.issues);
      });
    },
    onConnection: (callback) => transport.onConnection?.(callback) ?? (() => {}),
  };
}

/** The sentence to show for a failure of whatever kind. */
export function errorMessage(error: unknown): string {
  return error instanceof ContractError ? error.message : 'Something failed that should not. The log has the detail.';
}
