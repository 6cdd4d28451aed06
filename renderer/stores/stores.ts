import type { Client } from '../bridge/client.ts';
import { type CheckHistory, createCheckHistory } from './check-history.ts';
import { createConfigStore, type ConfigStore } from './config-store.ts';
import { createDraftStore, type DraftStore } from './draft-store.ts';
import { createEngineStore, type EngineStore } from './engine-store.ts';
import { createFailoverStore, type FailoverStore } from './failover-store.ts';
import { createHostStore, type HostStore } from './host-store.ts';
import { createJournalStore, type JournalStore } from './journal-store.ts';
import { createLabStore, type LabStore } from './lab-store.ts';
import { createModeChanges, type ModeChanges } from './mode-changes.ts';
import type { PastClients } from './past-clients.ts';
import { createReplayStore, type ReplayStore } from './replay-store.ts';
import { createSettingsStore, type SettingsStore } from './settings-store.ts';
import { createToastStore, type ToastStore } from './toast-store.ts';
import { createTrafficStore, type TrafficStore } from './traffic-store.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

export interface Stores {
  engine: EngineStore;
  config: ConfigStore;
  draft: DraftStore;
  traffic: TrafficStore;
  journal: JournalStore;
  lab: LabStore;
  settings: SettingsStore;
  view: ViewStore;
  checks: CheckHistory;
  toasts: ToastStore;
  modes: ModeChanges;
  host: HostStore;
  failovers: FailoverStore;
  /** Which run is shown, and the moment of it. */
  replay: ReplayStore;
  /** Set in the stores of a replay alone: its clients, and why nothing can be changed. */
  past: { clients: PastClients; lock: string } | null;
  /** Begins to listen. @returns a function that ends it. */
  start(): () => void;
}

/** All stores of one window. */
export function createStores(client: Client): Stores {
  const engine = createEngineStore(client);
  const config = createConfigStore(client);
  const draft = createDraftStore(client, config);
  const traffic = createTrafficStore(client);
  const journal = createJournalStore(client);
  const lab = createLabStore(client);
  const settings = createSettingsStore(client);
  const checks = createCheckHistory(engine.store);
  const toasts = createToastStore();
  const failovers = createFailoverStore(engine, journal, traffic, checks);
  const modes = createModeChanges(client, engine, config, toasts);
  const host = createHostStore(client, { engine, config, modes, toasts });
  const replay = createReplayStore(client, traffic);
  return {
    engine,
    config,
    draft,
    traffic,
    journal,
    lab,
    settings,
    view: createViewStore(),
    checks,
    toasts,
    modes,
    host,
    failovers,
    replay,
    past: null,
    start() {
      const ends = [settings, checks, failovers, engine, config, draft, traffic, journal, lab, replay, host].map((store) => store.start());
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
