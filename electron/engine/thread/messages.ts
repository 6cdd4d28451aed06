import type { EngineApi, EngineEvents } from '../api.ts';
import type { EngineErrorCode } from '../errors.ts';

/** What crosses the thread boundary: numbered calls down, answers and events up. Everything is plain data (structured clone). */

export type EngineMethod = keyof EngineApi;
export type EngineArgs<M extends EngineMethod> = Parameters<EngineApi[M]>;
export type EngineValue<M extends EngineMethod> = Awaited<ReturnType<EngineApi[M]>>;

/** The worker may be asked these and nothing else. */
export const engineMethods: readonly EngineMethod[] = [
  'apply',
  'snapshot',
  'listClients',
  'countClients',
  'pinClient',
  'unpinClient',
  'releaseClient',
  'moveClients',
  'listRequests',
  'tryCheck',
  'setFaults',
  'holdChecks',
  'close',
];

/** Given to the worker when it starts. */
export interface WorkerSetup {
  epoch: number;
  /** Signs stickiness cookies; the same across restarts, so that clients stay where they are. */
  cookieKey: Uint8Array;
}

export type ToWorker = { type: 'call'; id: number; method: EngineMethod; args: unknown[] } | { type: 'ping' };

/** An error as it crosses: `code` is there when the engine threw an EngineError, the stack is for the log only. */
export interface ErrorMessage {
  code?: EngineErrorCode;
  message: string;
  stack?: string;
}

type EventMessage = { [E in keyof EngineEvents]: { type: 'event'; event: E; payload: Parameters<EngineEvents[E]>[0] } }[keyof EngineEvents];

export type FromWorker =
  | { type: 'ready' }
  | { type: 'pong' }
  | { type: 'value'; id: number; value: unknown }
  | { type: 'failed'; id: number; error: ErrorMessage }
  | EventMessage;
