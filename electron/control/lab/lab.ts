import type { LabState, Params } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { formatHostPort } from '../../../shared/model/address.ts';
import type { Config, NodeMode } from '../../../shared/model/config.ts';
import type { Fault, InjectedFault } from '../../../shared/model/fault.ts';
import { faultWords } from '../../../shared/model/fault-words.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import type { Run } from '../../../shared/model/run.ts';
import type { LabClients, Scenario, ScenarioStep } from '../../../shared/model/scenario.ts';
import { defaultLabClients } from '../../../shared/model/scenario.ts';
import type { ConfigIssue } from '../../../shared/model/validate.ts';
import { systemClock, type Clock } from '../../engine/clock.ts';
import type { RecordingOptions, RunRecording } from '../history/recorder.ts';
import { DemoClients, type ClientsTarget } from './demo-clients.ts';
import { demoConfig, demoId, demoNodes, demoTcpId, mergeOptions, type LabFragment } from './demo-config.ts';
import { DemoNode, type DemoNodePlace } from './demo-node-life.ts';
import { PortTakenError } from './demo-node-thread.ts';
import { InjectedFaults } from './injected-faults.ts';
import { ownAddressesPossible } from './own-addresses.ts';
import { parseScenario } from './parse-scenario.ts';
import { claimPort, isPortFree, portAttempts, type PortClaim } from './ports.ts';
import { ScenarioShow } from './scenario-show.ts';
import { shippedScenarios } from './shipped-scenarios.ts';

const host = '127.0.0.1';
const defaultNodes = 3;
/** TCP echo is at the port of the same node's pages and so much more, or the next free one. */
const tcpPortGap = 100;

export interface LabDeps {
  /**
   * Lays the demo's listeners and pools over the running configuration, or takes them away (null).
   * Fails with a `code` of LISTENER_BIND_FAILED or CONFIG_INVALID when the address cannot be used; another is tried then.
   */
  setOverlay(fragment: LabFragment | null): Promise<unknown>;
  /** Changes what is laid over; all or nothing. */
  editOverlay(change: (fragment: LabFragment) => unknown): Promise<unknown>;
  /** What is laid over now: the owner may have changed it; null: nothing. */
  overlay(): LabFragment | null;
  /** Sets a node's mode, as the owner would. */
  setMode(pool: string, node: string, mode: NodeMode): Promise<unknown>;
  /** Has the engine make up these faults, in place of those before. */
  setFaults(faults: readonly InjectedFault[]): Promise<void>;
  /** What runs. */
  config(): Config;
  /** Begins to record a run. */
  record(options: RecordingOptions): Promise<RunRecording>;
  isPortFree?: (port: number) => Promise<boolean>;
  /** Ports to leave alone though nothing is bound there now, such as those of configured nodes that are down. */
  reservedPorts?: () => Iterable<number>;
  /** Where the search for free ports begins. Default 8080 for the listener, 9001 for the nodes. */
  firstPorts?: { listener: number; nodes: number };
  log?: (message: string) => void;
  clock?: Clock;
}

interface DemoPlan {
  nodes: number;
  tcp: boolean;
  modes?: Readonly<Record<string, NodeMode>>;
  pool?: Readonly<Record<string, unknown>>;
}

/** Demo nodes and simulated clients on this machine, with a listener and a pool in front that are never saved; faults; scenarios. */
export class Lab {
  readonly #deps: LabDeps;
  readonly #changeListeners = new Set<(state: LabState) => void>();
  readonly #factListeners = new Set<(fact: JournalFact) => void>();
  readonly #clients: DemoClients;
  readonly #injected: InjectedFaults;
  readonly #show: ScenarioShow;
  #nodes: DemoNode[] = [];
  /** Their ports, also of those that are dead. */
  readonly #claims: PortClaim[] = [];
  #running = false;
  /** Where the demo's listener is, as the owner has it; undefined: it has none. */
  #url: string | undefined;
  #tcp: string | undefined;
  #ownAddresses = false;
  #closed = false;
  /** What the clients did before a scenario told them otherwise. */
  #loadBefore: LabClients | undefined;
  /** One thing at a time: a kill during a start waits for it. */
  #last: Promise<unknown>;

  constructor(deps: LabDeps) {
    this.#deps = deps;
    const log = (message: string): void => deps.log?.(message);
    this.#clients = new DemoClients(() => this.#changed(), log);
    this.#injected = new InjectedFaults({
      setFaults: (faults) => deps.setFaults(faults),
      config: () => deps.config(),
      fact: (fact) => {
        this.#tell(fact);
      },
    });
    this.#show = new ScenarioShow({
      clock: deps.clock ?? systemClock,
      clients: this.#clients,
      prepare: (scenario) => this.#prepare(scenario),
      take: (step) => this.#take(step),
      restore: () => this.#restore(),
      record: (options) => deps.record(options),
      fact: (fact) => {
        this.#tell(fact);
      },
      log,
      changed: () => this.#changed(),
    });
    this.#last = ownAddressesPossible().then((possible) => {
      this.#ownAddresses = possible;
    });
  }

  get(): LabState {
    const { byNode, run: _run, ...counts } = this.#clients.counts;
    const idOf = new Map(demoNodes.map(({ id, label }) => [label, id]));
    return {
      running: this.#running,
      nodes: this.#nodes.map(({ id, label, place, alive, fault }) => ({
        id,
        label,
        address: formatHostPort(place.host, place.port),
        tcpAddress: place.tcpPort === undefined ? null : formatHostPort(place.host, place.tcpPort),
        state: alive ? 'running' : 'dead',
        fault,
      })),
      injected: [...this.#injected.list],
      clients: {
        ...this.#clients.load,
        ownAddressesPossible: this.#ownAddresses,
        ...counts,
        byNode: Object.entries(byNode).map(([label, answers]) => ({ node: idOf.get(label) ?? label, answers })),
      },
      url: this.#url ?? null,
      tcp: this.#tcp ?? null,
      run: this.#show.state,
    };
  }

  /** What the last scenario's run left; null while there is none. */
  lastRun(): Run | null {
    return this.#show.run;
  }

  /**
   * Starts demo nodes, the demo's listener and pool, and the simulated clients. Harmless when they run already.
   * @throws ContractError CONFLICT when no free port is found or a scenario runs, INTERNAL when a thread cannot be started, or
   *   whatever the overlay was refused with; nothing is left running then.
   */
  start({ nodes = defaultNodes, tcp = false }: Params<'lab.start'> = {}): Promise<LabState> {
    return this.#inTurn(() => this.#start({ nodes, tcp }));
  }

  /** Stops a scenario that runs, the clients, takes the demo's listener and pool away, stops the nodes. Harmless when nothing runs. */
  async end(): Promise<LabState> {
    await this.#show.stop('the demo was ended');
    return this.#inTurn(() => this.#end());
  }

  /**
   * Changes what the clients do; remembered for the next start when none run.
   * @throws ContractError CONFLICT while a scenario runs, and when clients cannot have addresses of their own here.
   */
  setClients(change: Partial<LabClients>): Promise<LabState> {
    return this.#inTurn(() => {
      this.#show.assertIdle('change the clients');
      this.#setClients(change);
    });
  }

  /** `setFault` with the fault `kill`: the node's port refuses connections and its open ones are broken when this resolves. */
  kill(nodeId: string): Promise<LabState> {
    return this.setFault(nodeId, { type: 'kill' });
  }

  /** `setFault` with none. */
  revive(nodeId: string): Promise<LabState> {
    return this.setFault(nodeId, null);
  }

  /**
   * What a demo node suffers from now on, in place of what it suffered; null: nothing, and a dead one starts again on its port.
   * @throws ContractError LAB_NOT_RUNNING, NODE_NOT_FOUND; CONFLICT when another program took its port, or a scenario runs.
   */
  setFault(nodeId: string, fault: Fault | null): Promise<LabState> {
    return this.#inTurn(async () => {
      this.#show.assertIdle('change what its nodes suffer');
      await this.#setFault(nodeId, fault);
    });
  }

  /**
   * Has the engine make up a fault for any node (DEMO), until it is ended or the program is; null ends it.
   * @throws ContractError POOL_NOT_FOUND, NODE_NOT_FOUND, ENGINE_UNAVAILABLE.
   */
  injectFault({ pool, node, fault }: Params<'lab.injectFault'>): Promise<LabState> {
    return this.#inTurn(() => this.#injected.set(pool, node, fault));
  }

  /** Ends every fault: the demo nodes' (with the scenario that set them) and injected ones. */
  async endFaults(): Promise<LabState> {
    await this.#show.stop('all faults were ended');
    return this.#inTurn(async () => {
      await this.#injected.end();
      await this.#heal();
    });
  }

  /** Those that come with Evenkeel. */
  scenarios(): { scenario: Scenario; shipped: boolean }[] {
    return shippedScenarios.map((scenario) => ({ scenario, shipped: true }));
  }

  /** Every problem of a scenario; a shipped one may be named by its id. */
  checkScenario(raw: unknown): ConfigIssue[] {
    return typeof raw === 'string' && shippedScenarios.some(({ id }) => id === raw) ? [] : parseScenario(raw).issues;
  }

  /**
   * Starts the demo anew and runs a scenario on it: a shipped one by its id, or a document. Answers when it warms up.
   * @throws ContractError BAD_REQUEST with every problem; CONFLICT when one runs already, and as `start`.
   */
  async runScenario(raw: unknown): Promise<LabState> {
    const scenario = this.#scenarioFrom(raw);
    await this.#last;
    if (this.#closed) throw new ContractError('CONFLICT', 'The scenario cannot start: the program is closing.');
    await this.#show.start(scenario);
    return this.get();
  }

  /** Ends the scenario that runs, recorded as far as it came. The demo goes on, without faults. Harmless when none runs. */
  async stopScenario(why = 'it was stopped by hand'): Promise<LabState> {
    await this.#show.stop(why);
    return this.get();
  }

  /** Resolves when the scenario that runs is over and recorded. */
  get scenarioOver(): Promise<void> {
    return this.#show.over;
  }

  /** The configuration that runs has changed: the clients and the address said follow the demo's listener. */
  follow(): void {
    const forgot = this.#injected.follow();
    const moved = this.#running && this.#followListener();
    if (forgot || moved) this.#changed();
  }

  /** @returns a function that ends the subscription. Called after every change, and with new counts four times a second. */
  onChange(callback: (state: LabState) => void): () => void {
    this.#changeListeners.add(callback);
    return () => this.#changeListeners.delete(callback);
  }

  /** Faults and their ends, for the journal. @returns a function that ends the subscription. */
  onFact(callback: (fact: JournalFact) => void): () => void {
    this.#factListeners.add(callback);
    return () => this.#factListeners.delete(callback);
  }

  /** Stops everything for good without touching the configuration, which ends with the engine. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#show.stop('the program was closed');
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
        throw asContractError(error);
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

  #tell(fact: JournalFact): void {
    for (const callback of this.#factListeners) callback(fact);
  }

  #fact(node: DemoNode, what: Pick<JournalFact, 'kind' | 'reason' | 'fault'>): void {
    this.#tell({ time: Date.now(), pool: demoId, node: node.id, ...what });
  }

  async #start(plan: DemoPlan): Promise<void> {
    if (this.#running) return;
    this.#show.assertIdle('start the demo');
    await this.#bringUp(plan);
  }

  async #bringUp(plan: DemoPlan): Promise<void> {
    if (this.#closed) throw new ContractError('CONFLICT', 'The demo cannot start: the program is closing.');
    try {
      await this.#startNodes(plan);
      await this.#bindListeners(plan);
    } catch (error) {
      await this.#stopAll();
      throw asContractError(error);
    }
    this.#running = true;
    this.#followListener();
    this.#clients.start(this.#target() ?? { host, port: 1 });
  }

  async #end(): Promise<void> {
    if (!this.#running) return;
    // Clients first, or each would report the end as a failure.
    await this.#clients.stop();
    this.#running = false;
    this.#url = undefined;
    this.#tcp = undefined;
    try {
      await this.#deps.setOverlay(null);
    } finally {
      await this.#stopAll();
    }
  }

  #setClients(change: Partial<LabClients>): void {
    if (change.ownAddresses === true && !this.#ownAddresses) {
      throw new ContractError(
        'CONFLICT',
        'The clients cannot have addresses of their own here: this system binds no 127.0.0.2 and on, which Linux does by itself. Leave "ownAddresses" off.',
      );
    }
    this.#clients.set({ ...this.#clients.load, ...change });
  }

  #find(nodeId: string): DemoNode {
    if (!this.#running && !this.#show.busy)
      throw new ContractError('LAB_NOT_RUNNING', `The demo does not run, so node "${nodeId}" cannot be reached. Start the demo first.`);
    const node = this.#nodes.find(({ id }) => id === nodeId);
    if (!node) {
      const known = this.#nodes.map(({ id }) => id).join(', ');
      throw new ContractError('NODE_NOT_FOUND', `The demo has no node "${nodeId}". It has ${known}.`);
    }
    return node;
  }

  async #setFault(nodeId: string, fault: Fault | null): Promise<void> {
    const node = this.#find(nodeId);
    const before = node.fault;
    if (JSON.stringify(fault) === JSON.stringify(before) && (fault !== null || node.alive)) return;
    const { label } = node;
    await node.setFault(fault, () => {
      if (fault) {
        const reason = fault.type === 'kill' ? `${label} was killed in the Lab` : `${label} ${faultWords(fault)} (Lab)`;
        this.#fact(node, { kind: 'lab.fault', fault, reason });
      } else {
        const revived = before === null || before.type === 'kill' || before.type === 'flap';
        this.#fact(node, { kind: 'lab.healed', reason: revived ? `${label} was revived in the Lab` : `${label} is well again (Lab)` });
      }
    });
  }

  async #heal(): Promise<void> {
    const ill = this.#nodes.filter((node) => node.fault !== null || !node.alive);
    const results = await Promise.allSettled(ill.map((node) => this.#setFault(node.id, null)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #scenarioFrom(raw: unknown): Scenario {
    if (typeof raw === 'string') {
      const shipped = shippedScenarios.find(({ id }) => id === raw);
      if (shipped) return shipped;
      const known = shippedScenarios.map(({ id }) => id).join(', ');
      throw new ContractError('BAD_REQUEST', `There is no scenario "${raw.slice(0, 64)}". There are ${known}; or send a document.`);
    }
    const { scenario, issues } = parseScenario(raw);
    if (scenario) return scenario;
    const [first] = issues;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    const what = first ? `${first.path ? `${first.path}: ` : ''}${first.message}${more}` : '';
    throw new ContractError('BAD_REQUEST', `The scenario was not started, it is not valid. ${what}`, issues);
  }

  async #prepare({ nodes, modes, pool, clients }: Scenario): Promise<void> {
    await this.#inTurn(async () => {
      const load = { ...defaultLabClients, ...clients };
      const before = this.#clients.load;
      this.#setClients(load);
      try {
        await this.#end();
        await this.#bringUp({ nodes, tcp: false, modes, pool });
      } catch (error) {
        this.#clients.set(before);
        throw error;
      }
      this.#loadBefore ??= before;
    });
  }

  async #restore(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#loadBefore) this.#clients.set(this.#loadBefore);
      this.#loadBefore = undefined;
      if (!this.#closed) await this.#heal();
    });
  }

  async #take(step: ScenarioStep): Promise<void> {
    switch (step.do) {
      case 'fault':
        await this.#setFault(step.node, step.fault);
        break;
      case 'heal':
        await this.#setFault(step.node, null);
        break;
      case 'mode':
        await this.#deps.setMode(demoId, step.node, step.mode);
        break;
      case 'weight':
        await this.#editPool((pool) => ({
          ...pool,
          nodes: pool.nodes.map((node) => (node.id === step.node ? { ...node, weight: step.weight } : node)),
        }));
        break;
      case 'clients':
        this.#setClients(step.clients);
        break;
      case 'pool':
        await this.#editPool((pool) => mergeOptions(pool, step.pool));
        break;
    }
    this.#changed();
  }

  async #editPool(change: (pool: LabFragment['pools'][number]) => unknown): Promise<void> {
    await this.#deps.editOverlay((fragment) => ({
      ...fragment,
      pools: fragment.pools.map((pool) => (pool.id === demoId ? change(pool) : pool)),
    }));
  }

  async #startNodes({ nodes, tcp }: DemoPlan): Promise<void> {
    const first = this.#deps.firstPorts?.nodes ?? 9001;
    const ports = this.#freePorts(first);
    const tcpPorts = tcp ? this.#freePorts(first + tcpPortGap) : undefined;
    for (const [index, demo] of demoNodes.slice(0, nodes).entries()) {
      for (;;) {
        const place: DemoNodePlace = { host, port: await this.#claimNext(ports, 'a demo node') };
        if (tcpPorts) place.tcpPort = await this.#claimNext(tcpPorts, 'a demo node’s TCP echo');
        const node: DemoNode = new DemoNode({ ...demo, seed: index + 1 }, place, {
          changed: () => this.#changed(),
          flapped: (gone) => {
            this.#flapped(node, gone);
          },
          ended: (reason) => {
            this.#deps.log?.(`Demo node ${node.label} ended by itself: ${reason}.`);
            this.#fact(node, { kind: 'lab.fault', reason: `${node.label} ended by itself: ${reason}` });
            this.#changed();
          },
        });
        try {
          await node.start();
        } catch (error) {
          if (error instanceof PortTakenError) continue;
          throw error;
        }
        this.#nodes.push(node);
        break;
      }
    }
  }

  #flapped(node: DemoNode, gone: boolean): void {
    const { label, fault } = node;
    if (gone) this.#fact(node, { kind: 'lab.fault', fault, reason: `${label} flaps: it is gone (Lab)` });
    else this.#fact(node, { kind: 'lab.healed', reason: `${label} flaps: it runs for now (Lab)` });
  }

  /** Lays the overlay on the first ports that can be had; a port can be lost between the look and the bind. */
  async #bindListeners({ tcp, modes, pool }: DemoPlan): Promise<void> {
    const first = this.#deps.firstPorts?.listener ?? 8080;
    const ports = this.#freePorts(first);
    const tcpPorts = tcp ? this.#freePorts(first + tcpPortGap) : undefined;
    const nodes = this.#nodes.map(({ id, label, place }) => ({ id, label, port: place.port, tcpPort: place.tcpPort }));
    let refusal: unknown;
    for (let attempt = 0; attempt < 10; attempt++) {
      const listenerPort = await nextPort(ports, 'the demo listener');
      const tcpPort = tcpPorts && (await nextPort(tcpPorts, 'the demo’s TCP listener'));
      const { fragment, issues } = demoConfig({
        host,
        listenerPort,
        tcpPort,
        nodes,
        ...(modes ? { modes } : {}),
        ...(pool ? { pool } : {}),
      });
      if (!fragment) throw new ContractError('CONFIG_INVALID', 'The demo’s configuration is not valid.', issues);
      try {
        await this.#deps.setOverlay(fragment);
        return;
      } catch (error) {
        if (!isAddressRefusal(error)) throw error;
        refusal = error;
        this.#deps.log?.(`The demo cannot listen on port ${listenerPort}, the next one is tried: ${messageOf(error)}`);
      }
    }
    throw refusal;
  }

  async *#freePorts(first: number): AsyncGenerator<number, undefined> {
    const reserved = new Set(this.#deps.reservedPorts?.() ?? []);
    const isFree = this.#deps.isPortFree ?? isPortFree;
    for (let port = first; port < Math.min(first + portAttempts, 65_536); port++) {
      const ours = this.#nodes.some(({ place }) => place.port === port || place.tcpPort === port);
      if (!ours && !reserved.has(port) && (await isFree(port))) yield port;
    }
    return undefined;
  }

  /** The next port that is free and no other Lab's. */
  async #claimNext(ports: AsyncGenerator<number, undefined>, what: string): Promise<number> {
    for (;;) {
      const port = await nextPort(ports, what);
      const claim = await claimPort(port);
      if (!claim) continue;
      this.#claims.push(claim);
      return port;
    }
  }

  #listener(id: string): LabFragment['listeners'][number] | undefined {
    if (!this.#deps.overlay()?.listeners.some((listener) => listener.id === id)) return undefined;
    return this.#deps.config().listeners.find((listener) => listener.id === id && listener.enabled);
  }

  /** @returns whether it is elsewhere than it was. */
  #followListener(): boolean {
    const before = [this.#url, this.#tcp].join();
    const listener = this.#listener(demoId);
    const tcp = this.#listener(demoTcpId);
    this.#url =
      listener && `${listener.protocol === 'https' ? 'https' : 'http'}://${formatHostPort(reachable(listener.host), listener.port)}/`;
    this.#tcp = tcp && formatHostPort(reachable(tcp.host), tcp.port);
    if ([this.#url, this.#tcp].join() === before) return false;
    this.#clients.aim(this.#target());
    return true;
  }

  /** The clients speak plain HTTP: they fall silent when the demo's listener does not. */
  #target(): ClientsTarget | undefined {
    const listener = this.#listener(demoId);
    return listener?.protocol === 'http' ? { host: reachable(listener.host), port: listener.port } : undefined;
  }

  async #stopAll(): Promise<void> {
    await this.#clients.stop();
    this.#running = false;
    this.#url = undefined;
    this.#tcp = undefined;
    const nodes = this.#nodes;
    this.#nodes = [];
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(this.#claims.splice(0).map((claim) => claim.release()));
  }
}

/** Where a client on this machine reaches a listener that is bound there. */
function reachable(bound: string): string {
  if (bound === '0.0.0.0' || bound === 'localhost') return host;
  return bound === '::' ? '::1' : bound;
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
