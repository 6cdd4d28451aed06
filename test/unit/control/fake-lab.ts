import { parseScenario } from '../../../electron/control/lab/parse-scenario.ts';
import { shippedScenarios } from '../../../electron/control/lab/shipped-scenarios.ts';
import type { LabPort } from '../../../electron/ipc/handlers/deps.ts';
import type { LabState } from '../../../shared/contract/contract.ts';
import { defaultLabClients } from '../../../shared/model/scenario.ts';

/** A lab without threads: it lays its fragment over the configuration and takes it away. */
export function createFakeLab(start: () => Promise<unknown>, end: () => Promise<unknown>): LabPort {
  let running = false;
  const state = (): LabState => ({
    running,
    nodes: [],
    injected: [],
    clients: {
      ...defaultLabClients,
      ...{ ownAddressesPossible: true, sent: 0, answered: 0, failed: 0, byNode: [] },
      sockets: { open: 0, opened: 0, sent: 0, echoed: 0, broken: 0 },
    },
    url: running ? 'http://127.0.0.1:1/' : null,
    tcp: null,
    run: null,
  });
  return {
    get: state,
    async start() {
      await start();
      running = true;
      return state();
    },
    async end() {
      running = false;
      await end();
      return state();
    },
    setClients: state,
    kill: () => Promise.resolve(state()),
    revive: () => Promise.resolve(state()),
    setFault: () => Promise.resolve(state()),
    injectFault: () => Promise.resolve(state()),
    endFaults: () => Promise.resolve(state()),
    scenarios: () => shippedScenarios.map((scenario) => ({ scenario, shipped: true })),
    checkScenario: (raw) => parseScenario(raw).issues,
    runScenario: () => Promise.resolve(state()),
    stopScenario: () => Promise.resolve(state()),
    lastRun: () => null,
    scenarioOver: Promise.resolve(),
    follow: () => undefined,
    onChange: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
