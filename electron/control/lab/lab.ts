import type { LabState } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { formatHostPort } from '../../../shared/model/address.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import { demoConfig, demoId, demoNodes, type LabFragment } from './demo-config.ts';
import { PortTakenError, startDemoNode, type DemoNodeThread } from './demo-node-thread.ts';
import { isPortFree, portAttempts } from './ports.ts';
import { startVirtualClients, type VirtualClientsThread } from './virtual-clients-thread.ts';
import type { ClientCounts, ClientLoad } from './virtual-clients.ts';

const host = '127.0.0.1';
/** Wait before simulated clients whose thread has died are started again. */
const clientsRestartMs = 1000;

export interface LabDeps {
  /**
   * Lays the demo's listener and pool over the running configuration, or takes them away (null).
   * Fails with a `code` of LISTENER_BIND_FAILED or CONFIG_INVALID when the address cannot be used; another is tried then.
   */
  setOverlay(fragment: LabFragment | null): Promise<unknown>;
  isPortFree?: (port: number) => Promise<boolean>;
  /** Ports to leave alone though nothing is bound there now, such as those of configured nodes that are down. */
  reservedPorts?: () => Iterable<number>;
  /** Where the search for free ports begins. Default 8080 for the listener, 9001 for the nodes. */
  firstPorts?: { listener: number; nodes: number };
  log?: (message: string) => void;
}

interface DemoNode {
  readonly id: string;
  readonly label: string;
  readonly seed: number;
  readonly port: number;
  /** Undefined when it is dead. */
  thread: DemoNodeThread | undefined;
}

/** Demo nodes and simulated clients on this machine, with a listener and a pool in front that are never saved. */
export class Lab {
  readonly #deps: LabDeps;
  readonly #changeListeners = new Set<(state: LabState) => void>();
  readonly #factListeners = new Set<(fact: JournalFact) => void>();
  #nodes: DemoNode[] = [];
  #clients: VirtualClientsThread | undefined;
  #clientsRestart: NodeJS.Timeout | undefined;
  #load: ClientLoad = { count: 24, requestsPerSecond: 40 };
  #counts: ClientCounts = { sent: 0, answered: 0, failed: 0 };
  #listenerPort: number | undefined;
  #closed = false;
  /** One thing at a time: a kill during a start waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: LabDeps) {
    this.#deps = deps;
  }

  get(): LabState {
    return {
      running: this.#listenerPort !== undefined,
      nodes: this.#nodes.map(({ id, label, port, thread }) => ({
        id,
        label,
        address: formatHostPort(host, port),
        state: thread ? 'running' : 'dead',
      })),
      clients: { ...this.#load, ...this.#counts },
      url: this.#listenerPort === undefined ? null : `http://${formatHostPort(host, this.#listenerPort)}/`,
    };
  }

  /**
   * Starts three demo nodes, the demo's listener and pool, and the simulated clients. Harmless when they run already.
   * @throws ContractError CONFLICT when no free port is found, INTERNAL when a thread cannot be started, or whatever
   *   the overlay was refused with; nothing is left running then.
   */
  start(): Promise<LabState> {
    return this.#inTurn(async () => {
      if (this.#listenerPort !== undefined) return;
      if (this.#closed) throw new ContractError('CONFLICT', 'The demo cannot start: the program is closing.');
      try {
        await this.#startNodes();
        this.#listenerPort = await this.#bindListener();
      } catch (error) {
        await this.#stopAll();
        throw asContractError(error);
      }
      this.#counts = { sent: 0, answered: 0, failed: 0 };
      this.#startClients();
    });
  }

  /** Stops clients, takes the demo's listener and pool away, stops the nodes. Harmless when nothing runs. */
  end(): Promise<LabState> {
    return this.#inTurn(async () => {
      if (this.#listenerPort === undefined) return;
      // Clients first, or each would report the end as a failure.
      await this.#stopClients();
      this.#listenerPort = undefined;
      try {
        await this.#deps.setOverlay(null);
      } catch (error) {
        throw asContractError(error);
      } finally {
        await this.#stopAll();
      }
    });
  }

  /** Changes how many clients there are and how much they ask together; remembered for the next start when none run. */
  setClients({ count, requestsPerSecond }: Partial<ClientLoad>): Promise<LabState> {
    return this.#inTurn(() => {
      this.#load = { count: count ?? this.#load.count, requestsPerSecond: requestsPerSecond ?? this.#load.requestsPerSecond };
      this.#clients?.set(this.#load);
    });
  }

  /**
   * Pulls a node's plug: its port refuses connections and its open ones are broken when this resolves. Harmless when it is dead.
   * @throws ContractError LAB_NOT_RUNNING, NODE_NOT_FOUND.
   */
  kill(nodeId: string): Promise<LabState> {
    return this.#inTurn(async () => {
      const node = this.#find(nodeId);
      const thread = node.thread;
      if (!thread) return;
      node.thread = undefined;
      this.#fact(node, `${node.label} was killed in the Lab`);
      await thread.kill();
    });
  }

  /**
   * Starts a dead node again on its port. Harmless when it runs.
   * @throws ContractError LAB_NOT_RUNNING, NODE_NOT_FOUND, CONFLICT when another program took its port.
   */
  revive(nodeId: string): Promise<LabState> {
    return this.#inTurn(async () => {
      const node = this.#find(nodeId);
      if (node.thread) return;
      try {
        await this.#run(node);
      } catch (error) {
        throw asContractError(error);
      }
      this.#fact(node, `${node.label} was revived in the Lab`);
    });
  }

  /** @returns a function that ends the subscription. Called after every change, and with new counts four times a second. */
  onChange(callback: (state: LabState) => void): () => void {
    this.#changeListeners.add(callback);
    return () => this.#changeListeners.delete(callback);
  }

  /** Kills and revivals, for the journal. @returns a function that ends the subscription. */
  onFact(callback: (fact: JournalFact) => void): () => void {
    this.#factListeners.add(callback);
    return () => this.#factListeners.delete(callback);
  }

  /** Stops everything for good without touching the configuration, which ends with the engine. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#inTurn(() => this.#stopAll());
    this.#changeListeners.clear();
    this.#factListeners.clear();
  }

  /** Runs `step` after those before it, then tells everybody. */
  #inTurn(step: () => Promise<void> | void): Promise<LabState> {
    const turn = this.#last.then(step).then(
      () => this.#changed(),
      (error: unknown) => {
        this.#changed();
        throw error;
      },
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #changed(): LabState {
    const state = this.get();
    for (const callback of this.#changeListeners) callback(state);
    return state;
  }

  #fact(node: DemoNode, reason: string): void {
    const fact: JournalFact = { time: Date.now(), kind: 'lab.fault', pool: demoId, node: node.id, reason };
    for (const callback of this.#factListeners) callback(fact);
  }

  #find(nodeId: string): DemoNode {
    if (this.#listenerPort === undefined)
      throw new ContractError('LAB_NOT_RUNNING', `The demo does not run, so node "${nodeId}" cannot be reached. Start the demo first.`);
    const node = this.#nodes.find(({ id }) => id === nodeId);
    if (!node) {
      const known = this.#nodes.map(({ id }) => id).join(', ');
      throw new ContractError('NODE_NOT_FOUND', `The demo has no node "${nodeId}". It has ${known}.`);
    }
    return node;
  }

  async #startNodes(): Promise<void> {
    const ports = this.#freePorts(this.#deps.firstPorts?.nodes ?? 9001);
    for (const [index, { id, label }] of demoNodes.entries()) {
      for (;;) {
        const node: DemoNode = { id, label, seed: index + 1, port: await nextPort(ports, 'a demo node'), thread: undefined };
        try {
          await this.#run(node);
        } catch (error) {
          if (error instanceof PortTakenError) continue;
          throw error;
        }
        this.#nodes.push(node);
        break;
      }
    }
  }

  async #run(node: DemoNode): Promise<void> {
    node.thread = await startDemoNode({ host, port: node.port, label: node.label, seed: node.seed }, (reason) => {
      node.thread = undefined;
      this.#deps.log?.(`Demo node ${node.label} ended by itself: ${reason}.`);
      this.#fact(node, `${node.label} ended by itself: ${reason}`);
      this.#changed();
    });
  }

  /** Lays the overlay on the first port that can be had; a port can be lost between the look and the bind. */
  async #bindListener(): Promise<number> {
    const ports = this.#freePorts(this.#deps.firstPorts?.listener ?? 8080);
    let refusal: unknown;
    for (let attempt = 0; attempt < 10; attempt++) {
      const listenerPort = await nextPort(ports, 'the demo listener');
      try {
        await this.#deps.setOverlay(demoConfig({ host, listenerPort, nodes: this.#nodes }));
        return listenerPort;
      } catch (error) {
        if (!isAddressRefusal(error)) throw error;
        refusal = error;
        this.#deps.log?.(`The demo cannot listen on port ${listenerPort}, the next one is tried: ${messageOf(error)}`);
      }
    }
    throw refusal;
  }

  async *#freePorts(first: number): AsyncGenerator<number, undefined> {
    const reserved = new Set([...(this.#deps.reservedPorts?.() ?? []), ...this.#nodes.map(({ port }) => port)]);
    const isFree = this.#deps.isPortFree ?? isPortFree;
    for (let port = first; port < Math.min(first + portAttempts, 65_536); port++) {
      if (!reserved.has(port) && (await isFree(port))) yield port;
    }
    return undefined;
  }

  #startClients(): void {
    const port = this.#listenerPort;
    if (port === undefined || this.#closed) return;
    const before = this.#counts;
    this.#clients = startVirtualClients(
      { ...this.#load, host, port, seed: 24 },
      {
        counts: ({ sent, answered, failed }) => {
          this.#counts = { sent: before.sent + sent, answered: before.answered + answered, failed: before.failed + failed };
          this.#changed();
        },
        ended: (reason) => {
          this.#deps.log?.(`The simulated clients ended by themselves and are started again: ${reason}.`);
          this.#clients = undefined;
          this.#clientsRestart = setTimeout(() => {
            this.#startClients();
          }, clientsRestartMs);
        },
      },
    );
  }

  async #stopClients(): Promise<void> {
    clearTimeout(this.#clientsRestart);
    const clients = this.#clients;
    this.#clients = undefined;
    await clients?.stop();
  }

  async #stopAll(): Promise<void> {
    await this.#stopClients();
    this.#listenerPort = undefined;
    const nodes = this.#nodes;
    this.#nodes = [];
    await Promise.all(nodes.flatMap(({ thread }) => (thread ? [thread.kill()] : [])));
  }
}

async function nextPort(ports: AsyncGenerator<number, undefined>, what: string): Promise<number> {
  const { value } = await ports.next();
  if (value !== undefined) return value;
  throw new ContractError(
    'CONFLICT',
    `No free port was found for ${what} among ${portAttempts}. End a program that listens there and try again.`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isAddressRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'LISTENER_BIND_FAILED' || code === 'CONFIG_INVALID';
}

function asContractError(error: unknown): unknown {
  if (error instanceof PortTakenError) return new ContractError('CONFLICT', `${error.message} Free the port and try again.`);
  // Errors with a code of their own (the workspace's, the engine's) are for whoever asked; so are ours.
  if (error instanceof Error && 'code' in error) return error;
  return new ContractError('INTERNAL', `The demo could not do that: ${messageOf(error)}`);
}
