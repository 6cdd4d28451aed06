import type { ServerResponse } from 'node:http';
import { eventChannels, type EventChannel } from '../../shared/contract/channels.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { ControlPlane } from '../control/control-plane.ts';

/** A reader this far behind is cut off; it comes back and takes a new snapshot. */
const maxBufferedBytes = 1024 * 1024;
const keepAliveMs = 15_000;
const maxStreams = 100;

/** @throws ContractError BAD_REQUEST for a name that is no event channel. Without names: all of them. */
export function parseEventChannels(text: string | null): EventChannel[] {
  if (text === null || text === '') return [...eventChannels];
  return text.split(',').map((name) => {
    const channel = eventChannels.find((known) => known === name.trim());
    if (!channel)
      throw new ContractError('BAD_REQUEST', `There is no event channel "${name.slice(0, 100)}". There are ${eventChannels.join(', ')}.`);
    return channel;
  });
}

/** Server-sent events (the HTML standard's text/event-stream), one stream a reader, bounded in number and in memory. */
export class EventStreams {
  readonly #subscribe: ControlPlane['subscribe'];
  /** Each with what ends its subscriptions. */
  readonly #open = new Map<ServerResponse, () => void>();

  constructor(subscribe: ControlPlane['subscribe']) {
    this.#subscribe = subscribe;
  }

  /** @throws ContractError CONFLICT when too many read already. */
  add(response: ServerResponse, channels: readonly EventChannel[]): void {
    // Gone while it was found out who asks: nobody would say so a second time, and it would be counted for ever.
    if (response.destroyed) return;
    if (this.#open.size >= maxStreams)
      throw new ContractError('CONFLICT', `${maxStreams} event streams are open already; close one first.`);
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    response.socket?.setNoDelay(true);
    const write = (text: string): void => {
      response.write(text);
      if (response.writableLength > maxBufferedBytes) response.destroy();
    };
    const stops = channels.map((channel) =>
      this.#subscribe(channel, (payload) => {
        write(`event: ${channel}\ndata: ${JSON.stringify(payload)}\n\n`);
      }),
    );
    const keepAlive = setInterval(() => {
      write(': still here\n\n');
    }, keepAliveMs);
    const unsubscribe = (): void => {
      clearInterval(keepAlive);
      for (const stop of stops) stop();
    };
    this.#open.set(response, unsubscribe);
    response.once('close', () => {
      unsubscribe();
      this.#open.delete(response);
    });
    // Says at once that the subscription stands: what happens from now on will come.
    write('retry: 1000\n: subscribed\n\n');
  }

  close(): void {
    for (const [response, unsubscribe] of this.#open) {
      // First: it is open until its reader has taken what waits, and what is written after the end is an error that nobody handles.
      unsubscribe();
      response.end();
    }
  }
}
