import { defaultLabClients, type LabClients } from '../../../shared/model/scenario.ts';
import { startVirtualClients, type VirtualClientsThread } from './virtual-clients-thread.ts';
import { noCounts, type ClientCounts, type RequestCounts } from './virtual-clients.ts';

/** Wait before simulated clients whose thread has died are started again. */
const restartMs = 1000;
/** How often those who wait for the last answers look. */
const settleMs = 20;

/** Stands where there is nowhere to ask; never asked. */
const nowhere = { host: '127.0.0.1', port: 1 };

/** Where they ask. */
export interface ClientsTarget {
  host: string;
  /** 1–65,535. */
  port: number;
}

/** The Lab's simulated clients: what they are to do, what they counted, and their thread while they run. */
export class DemoClients {
  readonly #onCounts: () => void;
  readonly #log: (message: string) => void;
  #load: LabClients = { ...defaultLabClients };
  #target: ClientsTarget | undefined;
  #thread: VirtualClientsThread | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** What threads that have ended counted. */
  #before: ClientCounts = noCounts();
  #counts: ClientCounts = noCounts();
  /** The thread ended since `begin`, so that what it counted is not whole. */
  #interrupted = false;

  constructor(onCounts: () => void, log: (message: string) => void) {
    this.#onCounts = onCounts;
    this.#log = log;
  }

  get load(): LabClients {
    return this.#load;
  }

  get counts(): ClientCounts {
    return this.#counts;
  }

  /** Starts them with counts of zero. */
  start(target: ClientsTarget): void {
    this.#before = noCounts();
    this.#counts = noCounts();
    this.#target = target;
    this.#run();
  }

  /** Changes what they do; remembered for the next start when none run. */
  set(load: LabClients): void {
    this.#load = load;
    this.#tell();
  }

  /** They ask elsewhere from now on; undefined: there is nowhere to ask. */
  aim(target: ClientsTarget | undefined): void {
    this.#target = target;
    this.#tell();
  }

  /** Counts anew for `finish`. */
  begin(): void {
    this.#interrupted = false;
    this.#thread?.begin();
  }

  /**
   * Stops asking until the next `set` and waits for the answers to come, at most `maxMs`.
   * @returns what was counted since `begin`; null when that is not known.
   */
  async finish(maxMs: number): Promise<RequestCounts | null> {
    const thread = this.#thread;
    if (!thread || this.#interrupted) return null;
    thread.set({ ...this.#load, ...(this.#target ?? nowhere), requestsPerSecond: 0 });
    const end = performance.now() + maxMs;
    for (;;) {
      const run = (await thread.ask())?.run;
      if (!run) return null;
      if (run.sent === run.answered + run.failed || performance.now() > end) return run;
      await new Promise((resolve) => setTimeout(resolve, settleMs));
    }
  }

  /** Ends them; every connection is closed once this resolves. */
  async stop(): Promise<void> {
    clearTimeout(this.#restart);
    const thread = this.#thread;
    this.#thread = undefined;
    this.#target = undefined;
    await thread?.stop();
  }

  #tell(): void {
    const target = this.#target;
    // Nowhere to ask: they fall silent until there is somewhere.
    this.#thread?.set(target ? { ...this.#load, ...target } : { ...this.#load, ...nowhere, requestsPerSecond: 0, webSockets: 0 });
  }

  #run(): void {
    const target = this.#target;
    if (!target) return;
    this.#thread = startVirtualClients(
      { ...this.#load, ...target, seed: 24 },
      {
        counts: (counts) => {
          this.#counts = add(this.#before, counts);
          this.#onCounts();
        },
        ended: (reason) => {
          this.#log(`The simulated clients ended by themselves and are started again: ${reason}.`);
          this.#thread = undefined;
          this.#interrupted = true;
          this.#before = { ...this.#counts, sockets: { ...this.#counts.sockets, open: 0 } };
          this.#restart = setTimeout(() => {
            this.#run();
          }, restartMs);
        },
      },
    );
  }
}

function add(before: ClientCounts, now: ClientCounts): ClientCounts {
  const byNode = { ...before.byNode };
  for (const [node, answers] of Object.entries(now.byNode)) byNode[node] = (byNode[node] ?? 0) + answers;
  const sum = <T extends object>(a: T, b: T): T =>
    Object.fromEntries(Object.entries(a).map(([key, value]) => [key, (value as number) + (b as Record<string, number>)[key]!])) as T;
  return {
    sent: before.sent + now.sent,
    answered: before.answered + now.answered,
    failed: before.failed + now.failed,
    run: now.run,
    byNode,
    sockets: sum(before.sockets, now.sockets),
  };
}
