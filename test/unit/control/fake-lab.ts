import type { LabPort } from '../../../electron/ipc/handlers/deps.ts';
import type { LabState } from '../../../shared/contract/contract.ts';

/** A lab without threads: it lays its fragment over the configuration and takes it away. */
export function createFakeLab(start: () => Promise<unknown>, end: () => Promise<unknown>): LabPort {
  let running = false;
  const state = (): LabState => ({
    running,
    nodes: [],
    clients: { count: 0, requestsPerSecond: 0, sent: 0, answered: 0, failed: 0 },
    url: running ? 'http://127.0.0.1:1/' : null,
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
    onChange: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
