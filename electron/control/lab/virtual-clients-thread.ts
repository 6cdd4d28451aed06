import { Worker } from 'node:worker_threads';
import type { ClientCounts, ClientLoad, VirtualClientsOptions } from './virtual-clients.ts';
import { workerUrl } from './worker-url.ts';

export interface VirtualClientsThread {
  set(load: ClientLoad): void;
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
  let stopped = false;
  let lastError = '';
  worker.on('message', (counts: ClientCounts) => {
    if (!stopped) listener.counts(counts);
  });
  worker.on('error', (error: unknown) => {
    lastError = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', (code) => {
    if (!stopped) listener.ended(lastError === '' ? `its thread ended with code ${code}` : lastError);
  });
  return {
    set(load) {
      worker.postMessage(load);
    },
    async stop() {
      stopped = true;
      await worker.terminate();
    },
  };
}
