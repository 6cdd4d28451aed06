import brownOut from '../../resources/scenarios/brown-out.json' with { type: 'json' };
import hang from '../../resources/scenarios/hang.json' with { type: 'json' };
import nodeCrash from '../../resources/scenarios/node-crash.json' with { type: 'json' };
import type { Handlers, LabState } from '../../shared/contract/contract.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { InjectedFault } from '../../shared/model/fault.ts';
import { faultWords, stepWords } from '../../shared/model/fault-words.ts';
import type { JournalFact } from '../../shared/model/journal.ts';
import { defaultLabClients, scenarioSchema, type Scenario } from '../../shared/model/scenario.ts';

type LabHandlers = Pick<Handlers, keyof Handlers & `lab.${string}`>;

export interface FakeLabOptions {
  initial: Partial<LabState>;
  now: () => number;
  /** Makes the demo's pool and listener. @returns its nodes. */
  start(): { id: string; label: string; address: string }[];
  end(): void;
  /** Whether a demo node still answers its checks. */
  setDead(node: string, dead: boolean): void;
  setInjected(faults: readonly InjectedFault[]): void;
  record(fact: JournalFact): void;
  changed(lab: LabState): void;
}

export interface FakeLab {
  handlers: LabHandlers;
  state(): LabState;
  /** Moves a scenario that runs on to now. */
  tick(): void;
}

const shipped = [nodeCrash, hang, brownOut].map((raw) => scenarioSchema.parse(raw));

/** A lab without nodes: its faults stop the fake's nodes from answering, its scenarios pass and always hold. */
export function createFakeLab({ initial, now, changed, record, ...options }: FakeLabOptions): FakeLab {
  let scenario: Scenario | undefined;
  let lab: LabState = {
    running: false,
    nodes: [],
    injected: [],
    url: null,
    tcp: null,
    run: null,
    ...initial,
    clients: {
      ...defaultLabClients,
      ...{ count: 0, requestsPerSecond: 0, ownAddressesPossible: true, sent: 0, answered: 0, failed: 0, byNode: [] },
      sockets: { open: 0, opened: 0, sent: 0, echoed: 0, broken: 0 },
      ...initial.clients,
    },
  };
  const set = (change: Partial<LabState>): LabState => {
    lab = { ...lab, ...change };
    changed(lab);
    return lab;
  };
  const setFault: LabHandlers['lab.setFault'] = ({ node, fault }) => {
    if (!lab.running) throw new ContractError('LAB_NOT_RUNNING', 'The demo does not run. Start it first.');
    const known = lab.nodes.find((one) => one.id === node);
    if (!known) throw new ContractError('NODE_NOT_FOUND', `The demo has no node "${node}".`);
    const dead = fault?.type === 'kill';
    options.setDead(node, dead || fault?.type === 'hang' || fault?.type === 'refuse');
    const about = { time: now(), pool: 'demo', node };
    if (fault) record({ ...about, kind: 'lab.fault', fault, reason: `${known.label} ${faultWords(fault)} (Lab)` });
    else record({ ...about, kind: 'lab.healed', reason: `${known.label} is well again (Lab)` });
    return set({ nodes: lab.nodes.map((one) => (one.id === node ? { ...one, fault, state: dead ? 'dead' : 'running' } : one)) });
  };
  const inject: LabHandlers['lab.injectFault'] = ({ pool, node, fault }) => {
    const others = lab.injected.filter((one) => one.pool !== pool || one.node !== node);
    const injected = fault ? [...others, { pool, node, fault }] : others;
    options.setInjected(injected);
    const about = { time: now(), pool, node, injected: true };
    if (fault) record({ ...about, kind: 'lab.fault', fault, reason: `DEMO: ${node} ${faultWords(fault)}` });
    else record({ ...about, kind: 'lab.healed', reason: `DEMO: the fault of ${node} was ended` });
    return set({ injected });
  };
  const start = (): LabState =>
    set({
      running: true,
      nodes: options.start().map((node) => ({ ...node, tcpAddress: null, state: 'running', fault: null })),
      clients: { ...lab.clients, count: 24, requestsPerSecond: 60 },
      url: 'http://127.0.0.1:8080/',
    });
  const stop = (why: string): LabState => {
    if (!lab.run || lab.run.phase === 'done') return lab;
    return set({ run: { ...lab.run, phase: 'done', stopped: why } });
  };

  return {
    state: () => lab,
    tick() {
      const { run } = lab;
      if (!run || run.phase !== 'running' || !scenario || run.startedAt === null) return;
      const at = now() - run.startedAt;
      const steps = run.steps.map((step) => ({ ...step, done: step.atMs <= at }));
      if (at < run.durationMs) {
        if (steps.some((step, i) => step.done !== run.steps[i]!.done)) set({ run: { ...run, steps } });
        return;
      }
      const outcomes = scenario.expect.map((expectation) => ({ expectation, held: true, words: `${expectation.what}: as expected` }));
      set({ run: { ...run, steps, phase: 'done', outcomes, held: outcomes.length > 0 ? true : null, runId: 'fake' } });
    },
    handlers: {
      'lab.get': () => lab,
      'lab.start': start,
      'lab.end': () => {
        stop('the demo was ended');
        options.end();
        return set({ running: false, nodes: [], url: null, clients: { ...lab.clients, count: 0, requestsPerSecond: 0 } });
      },
      'lab.setClients': (change) => set({ clients: { ...lab.clients, ...change } }),
      'lab.kill': ({ node }) => setFault({ node, fault: { type: 'kill' } }),
      'lab.revive': ({ node }) => setFault({ node, fault: null }),
      'lab.setFault': setFault,
      'lab.injectFault': inject,
      'lab.endFaults': async () => {
        stop('all faults were ended');
        for (const { pool, node } of lab.injected) await inject({ pool, node, fault: null });
        for (const { id, fault } of lab.nodes) if (fault) await setFault({ node: id, fault: null });
        return lab;
      },
      'lab.scenarios': () => ({ scenarios: shipped.map((one) => ({ scenario: one, shipped: true })) }),
      'lab.checkScenario': ({ scenario: raw }) => {
        const parsed = scenarioSchema.safeParse(raw);
        return { issues: parsed.error?.issues.map(({ path, message }) => ({ path: path.join('.'), message })) ?? [] };
      },
      'lab.runScenario': ({ scenario: raw }) => {
        const given = typeof raw === 'string' ? shipped.find((one) => one.id === raw) : scenarioSchema.safeParse(raw).data;
        if (!given) throw new ContractError('BAD_REQUEST', 'The scenario was not started, it is not valid.', [{ path: '', message: 'no' }]);
        scenario = given;
        start();
        const steps = given.steps.map((step) => ({ atMs: step.atMs, words: stepWords(step, (node) => node), done: false }));
        const { id, name, warmUpMs, durationMs } = given;
        return set({
          run: {
            ...{ id, name, warmUpMs, durationMs, steps },
            ...{ phase: 'running', startedAt: now(), stopped: null, outcomes: [], held: null, runId: null },
          },
        });
      },
      'lab.stopScenario': () => stop('it was stopped by hand'),
    },
  };
}
