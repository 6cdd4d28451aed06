import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Config, emptyConfig } from '../../shared/model/config.ts';
import { type Client, errorMessage } from '../bridge/client.ts';

export interface ConfigView {
  /** The configuration as it runs; empty until `loaded`. */
  config: Config;
  loaded: boolean;
  /** Why it could not be read when it was asked for last, in a sentence; empty when it could. */
  problem: string;
}

export interface ConfigStore {
  store: StoreApi<ConfigView>;
  /** Reads it again; rejects with what `config.get` throws. */
  refresh(): Promise<void>;
  start(): () => void;
}

/** The running configuration, read again whenever anybody changes it. */
export function createConfigStore(client: Client): ConfigStore {
  const store = createStore<ConfigView>(() => ({ config: emptyConfig, loaded: false, problem: '' }));
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    try {
      const config = await client.request('config.get', {});
      // Answers may overtake each other; only the newest question's counts.
      if (mine === asked) store.setState({ config, loaded: true, problem: '' });
    } catch (error) {
      if (mine === asked) store.setState({ problem: errorMessage(error) });
      throw error;
    }
  };
  const quietly = () => {
    refresh().catch(() => {
      // What became of it stands in `problem`, and the connection's return reads it again.
    });
  };
  return {
    store,
    refresh,
    start() {
      const ends = [client.subscribe('config.changed', quietly), client.onConnection((connected) => connected && quietly())];
      quietly();
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
