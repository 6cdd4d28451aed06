import { Worker } from 'node:worker_threads';
import { workerUrl } from './worker-url.ts';

/** Given to a demo node's thread. */
export interface DemoNodeData {
  host: string;
  /** 1–65,535. */
  port: number;
  label: string;
  seed: number;
}

/** Said by a demo node's thread, once. */
export type DemoNodeMessage = { type: 'listening' } | { type: 'failed'; code: string; message: string };

/** A demo node could not bind its port. */
export class PortTakenError extends Error {
  constructor(label: string, port: number, cause: string) {
    super(`Demo node ${label} could not bind port ${port}: ${cause}.`);
    this.name = 'PortTakenError';
  }
}

export interface DemoNodeThread {
  /** Ends the thread: its port refuses connections and its open connections are broken once this resolves. */
  kill(): Promise<void>;
}

/**
 * Starts a demo node in a thread of its own.
 * @param onExit called when the thread ends without having been killed.
 * @throws PortTakenError when the port cannot be bound; Error when the thread does not start.
 */
export function startDemoNode(data: DemoNodeData, onExit: (reason: string) => void): Promise<DemoNodeThread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl('node'), { workerData: data, name: data.label, resourceLimits: { maxOldGenerationSizeMb: 128 } });
    let listening = false;
    let killed = false;
    let lastError = '';
    const kill = async (): Promise<void> => {
      killed = true;
      await worker.terminate();
    };
    worker.on('message', (message: DemoNodeMessage) => {
      if (message.type === 'listening') {
        listening = true;
        resolve({ kill });
        return;
      }
      void kill();
      const cause = message.code === 'EADDRINUSE' ? 'another program uses it' : message.message;
      reject(new PortTakenError(data.label, data.port, cause));
    });
    worker.on('error', (error: unknown) => {
      lastError = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      if (killed) return;
      const reason = lastError === '' ? `its thread ended with code ${code}` : lastError;
      if (listening) onExit(reason);
      else reject(new Error(`Demo node ${data.label} did not start: ${reason}.`));
    });
  });
}
