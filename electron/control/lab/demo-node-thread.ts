import { Worker } from 'node:worker_threads';
import type { Fault } from '../../../shared/model/fault.ts';
import { workerUrl } from './worker-url.ts';

/** Given to a demo node's thread. */
export interface DemoNodeData {
  host: string;
  /** 1–65,535. */
  port: number;
  /** Where it echoes TCP; undefined: nowhere. */
  tcpPort?: number | undefined;
  label: string;
  seed: number;
  /** What it suffers from the start. */
  fault: Fault | null;
}

/** What a demo node is to suffer from now on. */
export interface DemoNodeOrder {
  order: number;
  fault: Fault | null;
}

/** Said by a demo node's thread for each order, and with order 0 for its start. */
export type DemoNodeMessage = { order: number; ok: true } | { order: number; ok: false; code: string; message: string };

/** A demo node could not bind its port. */
export class PortTakenError extends Error {
  constructor(label: string, port: number, cause: string) {
    super(`Demo node ${label} could not bind port ${port}: ${cause}.`);
    this.name = 'PortTakenError';
  }
}

export interface DemoNodeThread {
  /**
   * Resolves once the node suffers it.
   * @throws PortTakenError when a port it had given up was taken by another program meanwhile.
   */
  setFault(fault: Fault | null): Promise<void>;
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
    const orders = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
    let lastOrder = 0;
    let listening = false;
    let killed = false;
    let lastError = '';
    const kill = async (): Promise<void> => {
      killed = true;
      await worker.terminate();
      // Nobody answers them any more, and a dead node suffers nothing else.
      for (const order of orders.values()) order.resolve();
    };
    const setFault = (fault: Fault | null): Promise<void> =>
      new Promise((done, failed) => {
        lastOrder += 1;
        orders.set(lastOrder, { resolve: done, reject: failed });
        worker.postMessage({ order: lastOrder, fault } satisfies DemoNodeOrder);
      });
    worker.on('message', (message: DemoNodeMessage) => {
      const error = message.ok
        ? undefined
        : new PortTakenError(data.label, data.port, message.code === 'EADDRINUSE' ? 'another program uses it' : message.message);
      if (message.order !== 0) {
        const order = orders.get(message.order);
        orders.delete(message.order);
        if (error) order?.reject(error);
        else order?.resolve();
      } else if (error) {
        void kill();
        reject(error);
      } else {
        listening = true;
        resolve({ setFault, kill });
      }
    });
    worker.on('error', (error: unknown) => {
      lastError = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      if (killed) return;
      const reason = lastError === '' ? `its thread ended with code ${code}` : lastError;
      for (const order of orders.values()) order.reject(new Error(`Demo node ${data.label} ended: ${reason}.`));
      if (listening) onExit(reason);
      else reject(new Error(`Demo node ${data.label} did not start: ${reason}.`));
    });
  });
}
