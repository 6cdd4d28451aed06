import { parentPort, workerData } from 'node:worker_threads';
import type { EngineApi } from '../api.ts';
import { Engine } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { engineMethods, type ErrorMessage, type FromWorker, type ToWorker, type WorkerSetup } from './messages.ts';

/**
 * The engine thread's entry: one Engine, driven by numbered messages. An error nobody caught ends the thread on purpose
 * (Node's default); the supervisor in host.ts starts a clean one with the same configuration.
 */

const port = parentPort;
if (!port) throw new Error('The engine worker runs only as a worker thread; use EngineHost.');
const send = (message: FromWorker): void => {
  port.postMessage(message);
};

const { epoch, cookieKey } = workerData as WorkerSetup;
const engine: EngineApi = new Engine({
  epoch,
  cookieKey,
  events: {
    patch: (payload) => {
      send({ type: 'event', event: 'patch', payload });
    },
    tick: (payload) => {
      send({ type: 'event', event: 'tick', payload });
    },
    fact: (payload) => {
      send({ type: 'event', event: 'fact', payload });
    },
    requests: (payload) => {
      send({ type: 'event', event: 'requests', payload });
    },
  },
});

function toMessage(error: unknown): ErrorMessage {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  if (error instanceof Error) return { message: error.message, ...(error.stack ? { stack: error.stack } : {}) };
  return { message: String(error) };
}

async function answer(id: number, method: string, args: unknown[]): Promise<void> {
  try {
    const known = engineMethods.find((name) => name === method);
    if (!known) throw new Error(`The engine has no call named "${method}".`);
    const value = await (engine[known] as (...args: unknown[]) => unknown)(...args);
    send({ type: 'value', id, value });
  } catch (error) {
    send({ type: 'failed', id, error: toMessage(error) });
  }
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'ping') send({ type: 'pong' });
  else void answer(message.id, message.method, message.args);
});
send({ type: 'ready' });
