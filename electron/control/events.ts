import type { EventChannel } from '../../shared/contract/channels.ts';
import type { Payload } from '../../shared/contract/contract.ts';

export type EventCallback<C extends EventChannel> = (payload: Payload<C>) => void;

/** Events by channel, from whoever makes them to whichever transport carries them. */
export class EventHub {
  readonly #callbacks = new Map<EventChannel, Set<(payload: never) => void>>();

  /** @returns a function that ends the subscription. */
  subscribe<C extends EventChannel>(channel: C, callback: EventCallback<C>): () => void {
    let set = this.#callbacks.get(channel);
    if (!set) this.#callbacks.set(channel, (set = new Set()));
    set.add(callback);
    return () => set.delete(callback);
  }

  publish<C extends EventChannel>(channel: C, payload: Payload<C>): void {
    for (const callback of this.#callbacks.get(channel) ?? []) (callback as EventCallback<C>)(payload);
  }
}
