import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabState } from '../../shared/contract/contract.ts';
import type { Client } from '../bridge/client.ts';

export interface LabView {
  /** null until it is known. */
  lab: LabState | null;
}

export interface LabStore {
  store: StoreApi<LabView>;
  start(): () => void;
}

/** The lab as it is: the demo's nodes and simulated clients. */
export function createLabStore(client: Client): LabStore {
  const store = createStore<LabView>(() => ({ lab: null }));
  const load = () => {
    client.request('lab.get', {}).then(
      (lab) => store.setState({ lab }),
      () => {
        // Unknown stays unknown; the connection's return asks again.
      },
    );
  };
  return {
    store,
    start() {
      const ends = [
        client.subscribe('lab.changed', (lab) => store.setState({ lab })),
        client.onConnection((connected) => connected && load()),
      ];
      load();
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
