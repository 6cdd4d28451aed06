import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { Config, HealthCheckConfig, NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import type { InjectedFault } from '../../../shared/model/fault.ts';
import type { Client } from '../../../shared/model/metrics.ts';
import type { CheckResult, EngineSnapshot } from '../../../shared/model/state.ts';
import type { ApplyOptions, ClientCountQuery, ClientQuery, EngineApi, EngineEvents, RequestQuery } from '../api.ts';
import { EngineError } from '../errors.ts';
import type { EngineArgs, EngineMethod, EngineValue, FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import { engineWorkerUrl } from './worker-url.ts';

export interface EngineHostOptions {
  /** Signs stickiness cookies, 32 bytes. Default: random, so that cookies do not outlive the process. */
  cookieKey?: Uint8Array;
  /** For the log only: what the thread died of, with stacks. */
  onProblem?: (message: string, detail?: string) => void;
  /** Default: the engine's own worker. */
  workerUrl?: URL;
  /** First and longest pause before the thread is started anew; it doubles between them. Default 100 and 5,000 ms. */
  backoffMs?: { first: number; longest: number };
  /** How long a call waits for a thread that is being started. Default 3,000 ms; 30,000 ms for the first start, which a busy machine may slow. */
  waitMs?: number;
  /** A thread that answers no ping for this long is taken for hung and ended. Default 10,000 ms; 0 = never. */
  hangMs?: number;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A thread that lived this long has proved itself: the next death starts over with the shortest pause. */
const provenMs = 30_000;

const waitMs = 3_000;
const firstWaitMs = 30_000;

const unavailable = (why: string) =>
  new ContractError('ENGINE_UNAVAILABLE', `The engine is not running: ${why}. It is being started again; try again in a moment.`);

/**
 * Supervisor of the engine thread, and the engine as the control plane sees it. Starts the worker, passes calls and
 * events, and when the thread dies starts another with the same configuration and cookie key under the next epoch.
 * Calls in flight then fail with ENGINE_UNAVAILABLE; calls made meanwhile wait briefly.
 */
export class EngineHost implements EngineApi {
  readonly #options: Required<Omit<EngineHostOptions, 'onProblem' | 'waitMs'>> & Pick<EngineHostOptions, 'onProblem' | 'waitMs'>;
  readonly #subscribers = new Set<Partial<EngineEvents>>();
  readonly #pending = new Map<number, Pending>();
  readonly #waiting = new Set<(error?: Error) => void>();
  #worker: Worker | undefined;
  /** `running`: outside calls pass. `starting`: the thread starts or takes its configuration. */
  #phase: 'idle' | 'starting' | 'running' | 'closed' = 'idle';
  #closing: Promise<{ cut: number }> | undefined;
  #config: Config | undefined;
  #faults: readonly InjectedFault[] = [];
  #checksHeld = false;
  #epoch = 0;
  #calls = 0;
  #startedAt = 0;
  #pauseMs: number;
  #deathReason = '';
  #restarts = 0;
  #timer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #unanswered = 0;

  constructor(options: EngineHostOptions = {}) {
    this.#options = {
      cookieKey: options.cookieKey ?? randomBytes(32),
      workerUrl: options.workerUrl ?? engineWorkerUrl(),
      backoffMs: options.backoffMs ?? { first: 100, longest: 5_000 },
      waitMs: options.waitMs,
      hangMs: options.hangMs ?? 10_000,
      onProblem: options.onProblem,
    };
    this.#pauseMs = this.#options.backoffMs.first;
  }

  /** How often the thread was started anew since the host was made. */
  get restarts(): number {
    return this.#restarts;
  }

  /** @returns a function that ends the subscription. */
  subscribe(events: Partial<EngineEvents>): () => void {
    this.#subscribers.add(events);
    return () => this.#subscribers.delete(events);
  }

  /** Remembers `config` when the engine took it, so that a restarted thread runs the same. */
  async apply(config: Config, options: ApplyOptions = {}): Promise<{ changed: string[] }> {
    const result = await this.#request('apply', config, options);
    this.#config = config;
    // As the engine does: a fault ends with its node.
    this.#faults = this.#faults.filter((fault) =>
      config.pools.some((pool) => pool.id === fault.pool && pool.nodes.some((node) => node.id === fault.node)),
    );
    return result;
  }

  snapshot(): Promise<EngineSnapshot> {
    return this.#request('snapshot');
  }

  listClients(query: ClientQuery): Promise<EngineValue<'listClients'>> {
    return this.#request('listClients', query);
  }

  pinClient(pool: string, key: string, node: string): Promise<Client> {
    return this.#request('pinClient', pool, key, node);
  }

  countClients(query: ClientCountQuery): Promise<EngineValue<'countClients'>> {
    return this.#request('countClients', query);
  }

  unpinClient(pool: string, key: string): Promise<Client> {
    return this.#request('unpinClient', pool, key);
  }

  releaseClient(pool: string, key: string): Promise<void> {
    return this.#request('releaseClient', pool, key);
  }

  moveClients(pool: string, node: string): Promise<{ moved: number }> {
    return this.#request('moveClients', pool, node);
  }

  listRequests(query: RequestQuery): Promise<EngineValue<'listRequests'>> {
    return this.#request('listRequests', query);
  }

  tryCheck(node: NodeConfig, check: HealthCheckConfig, proxyProtocol?: PoolConfig['proxyProtocol']): Promise<CheckResult> {
    return this.#request('tryCheck', node, check, proxyProtocol);
  }

  /** Remembers what the engine took, so that a restarted thread makes up the same. */
  async setFaults(faults: readonly InjectedFault[]): Promise<void> {
    await this.#request('setFaults', faults);
    this.#faults = faults;
  }

  /** Remembered, so that a restarted thread does not check either. */
  async holdChecks(held: boolean): Promise<void> {
    this.#checksHeld = held;
    await this.#request('holdChecks', held);
  }

  /** Graceful: see EngineApi. The thread has ended when it resolves; a second call gets the first one's answer. */
  close(): Promise<{ cut: number }> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the thread at once, whatever is in flight. */
  async destroy(): Promise<void> {
    this.#phase = 'closed';
    this.#stopTimers();
    const worker = this.#worker;
    this.#worker = undefined;
    this.#failAll(new EngineError('ENGINE_CLOSED', 'The engine has been stopped.'));
    await worker?.terminate();
  }

  async #close(): Promise<{ cut: number }> {
    try {
      if (this.#phase === 'running' && this.#worker) return await this.#call('close');
      return { cut: 0 };
    } catch (error) {
      // The thread died while it was closing: everything it served is cut, which is all that closing promises.
      this.#options.onProblem?.('The engine thread died while it was closing.', error instanceof Error ? error.stack : undefined);
      return { cut: 0 };
    } finally {
      await this.destroy();
    }
  }

  async #request<M extends EngineMethod>(method: M, ...args: EngineArgs<M>): Promise<EngineValue<M>> {
    if (this.#closing || this.#phase === 'closed') throw new EngineError('ENGINE_CLOSED', 'The engine has been stopped.');
    if (this.#phase === 'idle') this.#start();
    if (this.#phase === 'starting') await this.#untilRunning();
    return this.#call(method, ...args);
  }

  #untilRunning(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          settle(unavailable(this.#deathReason || 'its thread has not started yet'));
        },
        this.#options.waitMs ?? (this.#deathReason === '' ? firstWaitMs : waitMs),
      );
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      this.#waiting.add(settle);
    });
  }

  #call<M extends EngineMethod>(method: M, ...args: EngineArgs<M>): Promise<EngineValue<M>> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(unavailable(this.#deathReason));
    const id = ++this.#calls;
    return new Promise<EngineValue<M>>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve, reject });
      worker.postMessage({ type: 'call', id, method, args } satisfies ToWorker);
    });
  }

  #start(): void {
    this.#phase = 'starting';
    this.#startedAt = performance.now();
    const setup: WorkerSetup = { epoch: ++this.#epoch, cookieKey: this.#options.cookieKey };
    // Nothing of the process's command line or standard input concerns the engine.
    const worker = new Worker(this.#options.workerUrl, { workerData: setup, argv: [], name: 'evenkeel-engine' });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      if (worker === this.#worker) this.#receive(message);
    });
    worker.on('error', (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.#options.onProblem?.('The engine thread failed.', error instanceof Error ? error.stack : text);
      this.#died(worker, `its thread failed (${text})`);
    });
    worker.on('exit', (code) => {
      this.#died(worker, `its thread ended with code ${code}`);
    });
    this.#watch(worker);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        void this.#ready();
        break;
      case 'pong':
        this.#unanswered = 0;
        break;
      case 'value':
        this.#take(message.id)?.resolve(message.value);
        break;
      case 'failed': {
        const { code, message: text, stack } = message.error;
        if (code === undefined) this.#options.onProblem?.('A call to the engine failed.', stack ?? text);
        this.#take(message.id)?.reject(code === undefined ? new Error(text) : new EngineError(code, text));
        break;
      }
      case 'event':
        this.#emit(message.event, message.payload);
        break;
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #emit<E extends keyof EngineEvents>(event: E, payload: Parameters<EngineEvents[E]>[0]): void {
    for (const subscriber of this.#subscribers) (subscriber[event] as ((payload: unknown) => void) | undefined)?.(payload);
  }

  async #ready(): Promise<void> {
    const worker = this.#worker;
    if (this.#epoch === 1) this.#emit('fact', { time: Date.now(), kind: 'engine.started' });
    else {
      this.#restarts++;
      // First of the new epoch's facts, so that the journal reads in the order things happened.
      this.#emit('fact', { time: Date.now(), kind: 'engine.restarted', reason: this.#deathReason });
    }
    if (this.#config) {
      try {
        if (this.#checksHeld) await this.#call('holdChecks', true);
        await this.#restore(this.#config, worker);
        if (this.#faults.length > 0) await this.#call('setFaults', this.#faults);
      } catch (error) {
        if (worker !== this.#worker) return;
        this.#options.onProblem?.(
          'The restarted engine refused the configuration it ran before.',
          error instanceof Error ? error.stack : '',
        );
        void worker?.terminate();
        return;
      }
    }
    if (worker !== this.#worker || this.#phase !== 'starting') return;
    this.#phase = 'running';
    for (const settle of [...this.#waiting]) settle();
  }

  /** The dead thread's sockets may take a moment to close, and somebody else may have been quicker. */
  async #restore(config: Config, worker: Worker | undefined): Promise<void> {
    for (let attempt = 0; attempt < 4; attempt++) {
      try {
        await this.#call('apply', config);
        return;
      } catch (error) {
        if (!(error instanceof EngineError && error.code === 'LISTENER_BIND_FAILED') || worker !== this.#worker) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempt));
      }
    }
    // Three listeners of four are better than none; the engine tries the fourth again by itself.
    await this.#call('apply', config, { keepGoing: true });
  }

  #died(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#deathReason = reason;
    this.#stopTimers();
    this.#failPending(unavailable(reason));
    if (this.#phase === 'closed' || this.#closing) return;
    this.#phase = 'starting';
    if (performance.now() - this.#startedAt > provenMs) this.#pauseMs = this.#options.backoffMs.first;
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2, this.#options.backoffMs.longest);
    this.#timer = setTimeout(() => {
      this.#start();
    }, pause);
  }

  /**
   * Counts unanswered pings instead of comparing clocks: a machine that slept, or a main thread that was busy, is then
   * no reason to end a healthy engine.
   */
  #watch(worker: Worker): void {
    const { hangMs } = this.#options;
    if (hangMs === 0) return;
    this.#unanswered = 0;
    this.#watchdog = setInterval(() => {
      if (this.#unanswered >= 5) {
        this.#died(worker, `its thread did not answer for ${hangMs / 1000} s`);
        void worker.terminate();
        return;
      }
      this.#unanswered++;
      worker.postMessage({ type: 'ping' } satisfies ToWorker);
    }, hangMs / 5);
    this.#watchdog.unref();
  }

  #stopTimers(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#watchdog);
  }

  #failPending(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  #failAll(error: Error): void {
    this.#failPending(error);
    for (const settle of [...this.#waiting]) settle(error);
  }
}
