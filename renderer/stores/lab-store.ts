import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabState } from '../../shared/contract/contract.ts';
import { type Client, errorMessage } from '../bridge/client.ts';

export interface LabView {
  /** null until it is known. */
  lab: LabState | null;
  /** Why it could not be read when it was asked for last, in a sentence; empty when it could. */
  problem: string;
}

export interface LabStore {
  store: StoreApi<LabView>;
  /** Asks for it again. Never rejects: why it failed stands in `problem`. */
  refresh(): Promise<void>;
  start(): () => void;
}

/** The lab as it is: the demo's nodes and simulated clients. */
export function createLabStore(client: Client): LabStore {
  const store = createStore<LabView>(() => ({ lab: null, problem: '' }));
  const put = (lab: LabState) => store.setState({ lab, problem: '' });
  const refresh = () =>
    client.request('lab.get', {}).then(put, (error: unknown) => {
      // What was known stands; the connection's return asks again.
      store.setState({ problem: errorMessage(error) });
    });
  return {
    store,
    refresh,
    start() {
      const ends = [client.subscribe('lab.changed', put), client.onConnection((connected) => connected && void refresh())];
      void refresh();
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
