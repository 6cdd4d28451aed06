import { Worker } from 'node:worker_threads';
import type { ClientCounts, ClientLoad, VirtualClientsOptions } from './virtual-clients.ts';
import { workerUrl } from './worker-url.ts';

/** Said to the clients' thread. */
export type ClientsOrder = { type: 'set'; load: ClientLoad } | { type: 'begin' } | { type: 'ask'; asked: number };
/** Said by it; `asked`: the question this answers. */
export interface ClientsMessage {
  counts: ClientCounts;
  asked?: number;
}

export interface VirtualClientsThread {
  set(load: ClientLoad): void;
  /** `counts.run` counts from here on, and only what begins from here on. */
  begin(): void;
  /** The counts of this moment. undefined: the thread has ended. */
  ask(): Promise<ClientCounts | undefined>;
  /** Ends the thread; every connection is closed once this resolves. */
  stop(): Promise<void>;
}

export interface VirtualClientsListener {
  /** At most four times a second. */
  counts(counts: ClientCounts): void;
  /** The thread ended without having been stopped. */
  ended(reason: string): void;
}

/** Runs simulated clients in a thread of their own, so that they disturb neither the control plane nor the engine. */
export function startVirtualClients(options: VirtualClientsOptions, listener: VirtualClientsListener): VirtualClientsThread {
  const worker = new Worker(workerUrl('clients'), {
    workerData: options,
    name: 'lab-clients',
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const questions = new Map<number, (counts: ClientCounts | undefined) => void>();
  let lastQuestion = 0;
  let stopped = false;
  let gone = false;
  let lastError = '';
  const give = (order: ClientsOrder): void => {
    worker.postMessage(order);
  };
  worker.on('message', ({ counts, asked }: ClientsMessage) => {
    if (stopped) return;
    if (asked !== undefined) {
      questions.get(asked)?.(counts);
      questions.delete(asked);
    }
    listener.counts(counts);
  });
  worker.on('error', (error: unknown) => {
    lastError = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', (code) => {
    gone = true;
    for (const answer of questions.values()) answer(undefined);
    if (!stopped) listener.ended(lastError === '' ? `its thread ended with code ${code}` : lastError);
  });
  return {
    set(load) {
      give({ type: 'set', load });
    },
    begin() {
      give({ type: 'begin' });
    },
    ask() {
      if (gone) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        lastQuestion += 1;
        questions.set(lastQuestion, resolve);
        give({ type: 'ask', asked: lastQuestion });
      });
    },
    async stop() {
      stopped = true;
      await worker.terminate();
    },
  };
}
