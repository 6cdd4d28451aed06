import { parentPort, workerData } from 'node:worker_threads';

/** Speaks the engine thread's protocol; the names of clients searched for tell it how to misbehave. */
const port = parentPort!;
let applied = 0;
let faults: unknown = [];
let held: unknown = false;
port.on('message', (message: { type: string; id: number; method: string; args: unknown[] }) => {
  if (message.type === 'ping') {
    port.postMessage({ type: 'pong' });
    return;
  }
  const value = (v: unknown) => port.postMessage({ type: 'value', id: message.id, value: v });
  const { search } = (message.args[0] ?? {}) as { search?: string };
  if (message.method === 'apply') {
    const config = message.args[0] as { listeners: { id: string; port: number; enabled: boolean }[]; poison?: boolean };
    if (config.poison) throw new Error('poisoned');
    // Port 1 is never to be had on a second start, as if somebody else had taken it.
    const { keepGoing } = (message.args[1] ?? {}) as { keepGoing?: boolean };
    const taken = config.listeners.find((l) => l.enabled && l.port === 1 && (workerData as { epoch: number }).epoch > 1);
    if (taken && !keepGoing) {
      const error = { code: 'LISTENER_BIND_FAILED', message: `Listener "${taken.id}" cannot listen: the port is in use.` };
      port.postMessage({ type: 'failed', id: message.id, error });
      return;
    }
    applied++;
    port.postMessage({
      type: 'event',
      event: 'fact',
      payload: {
        time: 1,
        kind: 'listener.up',
        reason: config.listeners
          .filter((l) => l !== taken)
          .map((l) => l.id)
          .join(),
      },
    });
    value({ changed: [] });
  } else if (message.method === 'snapshot') {
    const { epoch, cookieKey } = workerData as { epoch: number; cookieKey: Uint8Array };
    value({ epoch, seq: applied, key: Buffer.from(cookieKey).toString('hex'), faults, held });
  } else if (message.method === 'holdChecks') {
    held = message.args[0];
    value(undefined);
  } else if (message.method === 'setFaults') {
    faults = message.args[0];
    value(undefined);
  } else if (search === 'throw')
    setImmediate(() => {
      throw new Error('boom');
    });
  else if (search === 'exit') process.exit(7);
  else if (search === 'hang') for (;;);
  else if (search === 'never') return;
  else if (search === 'bug') port.postMessage({ type: 'failed', id: message.id, error: { message: 'undefined is not a function' } });
  else if (message.method === 'close') value({ cut: 3 });
  else value({ total: 0, clients: [] });
});
port.postMessage({ type: 'ready' });
