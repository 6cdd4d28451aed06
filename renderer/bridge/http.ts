import type { EventChannel } from '../../shared/contract/channels.ts';
import type { Envelope } from '../../shared/contract/envelope.ts';
import type { Transport } from './client.ts';

/** How long the stream may take to come back before it is called broken, and between attempts to open it anew. */
const retryMs = 1_000;

const unreachable: Envelope = {
  ok: false,
  error: { code: 'ENGINE_UNAVAILABLE', message: 'Evenkeel does not answer. Start it again; this page reconnects by itself.' },
};

/**
 * The contract over HTTP: one POST a request, one event stream for all subscriptions together. The page was served with
 * a session cookie, which is all the authorisation it has.
 */
export function httpTransport(base = ''): Transport {
  const listeners = new Map<EventChannel, Set<(payload: unknown) => void>>();
  const watchers = new Set<(connected: boolean) => void>();
  let source: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let connected: boolean | undefined;

  const tell = (state: boolean) => {
    if (connected === state) return;
    connected = state;
    for (const watcher of watchers) watcher(state);
  };

  const open = () => {
    reopening = undefined;
    source?.close();
    source = undefined;
    const channels = [...listeners.keys()];
    if (channels.length === 0) return;
    const stream = new EventSource(`${base}/api/events?channels=${channels.join(',')}`, { withCredentials: true });
    source = stream;
    stream.onopen = () => tell(true);
    stream.onerror = () => {
      tell(false);
      // The browser retries a dropped stream by itself, but not one that was answered with an error.
      if (stream.readyState === EventSource.CLOSED) schedule(retryMs);
    };
    for (const channel of channels) {
      stream.addEventListener(channel, (event) => {
        let payload: unknown;
        try {
          payload = JSON.parse((event as MessageEvent<string>).data);
        } catch {
          console.error(`Dropped an event on ${channel} that is not JSON`);
          return;
        }
        for (const callback of listeners.get(channel) ?? []) callback(payload);
      });
    }
  };

  // Subscriptions come in bursts (every store, then every screen): one stream is opened for all of them.
  const schedule = (delayMs: number) => {
    reopening ??= setTimeout(open, delayMs);
  };

  return {
    async request(channel, params) {
      let response: Response;
      try {
        response = await fetch(`${base}/api/request/${channel}`, {
          method: 'POST',
          credentials: 'same-origin',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(params),
        });
        return (await response.json()) as unknown;
      } catch {
        return unreachable;
      }
    },
    subscribe(channel, callback) {
      let set = listeners.get(channel);
      if (!set) {
        listeners.set(channel, (set = new Set()));
        schedule(0);
      }
      set.add(callback);
      return () => {
        set.delete(callback);
        if (set.size > 0 || listeners.get(channel) !== set) return;
        listeners.delete(channel);
        schedule(0);
      };
    },
    onConnection(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
  };
}
