import type { AppInfo, LabState, Params } from '../../../shared/contract/contract.ts';
import type { Fault } from '../../../shared/model/fault.ts';
import type { Run } from '../../../shared/model/run.ts';
import type { Scenario } from '../../../shared/model/scenario.ts';
import type { ConfigIssue } from '../../../shared/model/validate.ts';
import type { AuthorityKeeper } from '../../control/authority/authority-keeper.ts';
import { toContractError } from '../../control/engine-errors.ts';
import type { History } from '../../control/history/history.ts';
import type { Runs } from '../../control/history/runs.ts';
import type { Openings } from '../../control/openings.ts';
import type { Journal } from '../../control/journal.ts';
import type { SettingsKeeper } from '../../control/settings/settings.ts';
import type { TrafficKeeper } from '../../control/traffic-history.ts';
import type { UpdatesPort } from '../../control/updates-port.ts';
import type { Workspace } from '../../control/workspace.ts';
import type { EngineApi } from '../../engine/api.ts';

/** The lab as the handlers see it (control/lab/lab.ts). */
export interface LabPort {
  get(): LabState;
  start(options?: Params<'lab.start'>): Promise<LabState>;
  end(): Promise<LabState>;
  setClients(params: Params<'lab.setClients'>): LabState | Promise<LabState>;
  kill(node: string): Promise<LabState>;
  revive(node: string): Promise<LabState>;
  setFault(node: string, fault: Fault | null): Promise<LabState>;
  injectFault(params: Params<'lab.injectFault'>): Promise<LabState>;
  endFaults(): Promise<LabState>;
  scenarios(): { scenario: Scenario; shipped: boolean }[];
  checkScenario(raw: unknown): ConfigIssue[];
  runScenario(raw: unknown): Promise<LabState>;
  /** @param why said in the run. Default: it was stopped by hand. */
  stopScenario(why?: string): Promise<LabState>;
  /** What the last scenario's run left; null while there is none. */
  lastRun(): Run | null;
  /** Resolves when the scenario that runs is over and recorded. */
  readonly scenarioOver: Promise<void>;
  /** The configuration that runs has changed. */
  follow(): void;
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
  authority: AuthorityKeeper;
  /** What the window is to open or to say. */
  openings: Openings;
  updates: UpdatesPort;
  setPaused(paused: boolean): Promise<void>;
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
