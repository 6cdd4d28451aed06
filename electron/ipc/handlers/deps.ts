import type { AppInfo, LabState, Params } from '../../../shared/contract/contract.ts';
import { toContractError } from '../../control/engine-errors.ts';
import type { History } from '../../control/history/history.ts';
import type { Runs } from '../../control/history/runs.ts';
import type { Journal } from '../../control/journal.ts';
import type { SettingsKeeper } from '../../control/settings/settings.ts';
import type { TrafficKeeper } from '../../control/traffic-history.ts';
import type { Workspace } from '../../control/workspace.ts';
import type { EngineApi } from '../../engine/api.ts';

/** The lab as the handlers see it (control/lab/lab.ts). */
export interface LabPort {
  get(): LabState;
  start(): Promise<LabState>;
  end(): Promise<LabState>;
  setClients(params: Params<'lab.setClients'>): LabState | Promise<LabState>;
  kill(node: string): Promise<LabState>;
  revive(node: string): Promise<LabState>;
  onChange(callback: (state: LabState) => void): () => void;
  /** Stops everything for good without touching the configuration. */
  close(): Promise<void>;
}

/** Everything the handlers work with. */
export interface HandlerDeps {
  engine: EngineApi;
  workspace: Workspace;
  journal: Journal;
  traffic: TrafficKeeper;
  history: History;
  runs: Runs;
  settings: SettingsKeeper;
  lab: LabPort;
  info(): AppInfo;
}

/** Runs a call to the engine and says its failures as the contract does. */
export async function fromEngine<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw await toContractError(error);
  }
}
