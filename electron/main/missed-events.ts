import type { EventChannel } from '../../shared/contract/channels.ts';
import type { Payload } from '../../shared/contract/contract.ts';

/** Journal entries kept for a hidden window; older ones are in the journal itself. */
const maxEntries = 1_000;

/**
 * What a hidden window has to hear when it shows again, and no more: the newest of what is a whole state, the newest patch
 * (whose gap makes the page ask for a snapshot), every entry of the journal. Rates and requests are gone with their moment.
 */
export class MissedEvents {
  readonly #latest = new Map<EventChannel, unknown>();
  #changed = new Set<string>();
  #entries: unknown[] = [];

  add(channel: EventChannel, payload: unknown): void {
    switch (channel) {
      case 'engine.patch':
      case 'lab.changed':
      case 'settings.changed':
      case 'runs.changed':
      case 'app.paused':
      case 'app.openings':
      case 'updates.changed':
        this.#latest.set(channel, payload);
        break;
      case 'config.changed':
        for (const name of (payload as Payload<'config.changed'>).changed) this.#changed.add(name);
        break;
      case 'journal.entry':
        this.#entries.push(payload);
        if (this.#entries.length > maxEntries) this.#entries.shift();
        break;
      case 'traffic.tick':
      case 'requests.tick':
        break;
    }
  }

  /** Hands over what was missed and forgets it. */
  flush(send: (channel: EventChannel, payload: unknown) => void): void {
    for (const entry of this.#entries) send('journal.entry', entry);
    if (this.#changed.size > 0) send('config.changed', { changed: [...this.#changed] });
    for (const [channel, payload] of this.#latest) send(channel, payload);
    this.clear();
  }

  clear(): void {
    this.#latest.clear();
    this.#changed = new Set();
    this.#entries = [];
  }
}
