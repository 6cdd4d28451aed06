import type { EventChannel } from '../../shared/contract/channels.ts';
import type { AppInfo, Settings } from '../../shared/contract/contract.ts';
import { parseHostPort } from '../../shared/model/address.ts';
import type { Config, NodeMode } from '../../shared/model/config.ts';
import type { InjectedFault } from '../../shared/model/fault.ts';
import type { JournalFact } from '../../shared/model/journal.ts';
import type { ApplyOptions, EngineApi, EngineEvents } from '../engine/api.ts';
import { createHandlers } from '../ipc/handlers/create-handlers.ts';
import type { LabPort } from '../ipc/handlers/deps.ts';
import { createRouter, type Router } from '../ipc/router.ts';
import type { DocumentStore } from '../store/store.ts';
import { AuthorityKeeper, type TrustPort } from './authority/authority-keeper.ts';
import { Authority } from './authority/authority.ts';
import type { KeyVault } from './authority/key-vault.ts';
import { CertificateReloader } from './certificates/reload.ts';
import { toContractError } from './engine-errors.ts';
import { EventHub, type EventCallback } from './events.ts';
import { History } from './history/history.ts';
import { openHistory } from './history/open-history.ts';
import { Recorder, type RecordingOptions, type RunRecording } from './history/recorder.ts';
import { Runs } from './history/runs.ts';
import { Journal } from './journal.ts';
import type { Log } from './log.ts';
import { Openings } from './openings.ts';
import type { Overlay } from './overlay.ts';
import { recoveryWords } from './recovery-words.ts';
import { SettingsKeeper } from './settings/settings.ts';
import { TrafficKeeper } from './traffic-history.ts';
import { noUpdates, type UpdatesPort } from './updates-port.ts';
import { Workspace } from './workspace.ts';

/** The engine as the control plane needs it: EngineHost, or an Engine behind a few lines in tests. */
export interface EngineService extends EngineApi {
  subscribe(events: Partial<EngineEvents>): () => void;
}

/** What the lab is given. */
export interface LabContext {
  /** Adds listeners and pools to what runs, unsaved; null takes them away. */
  setOverlay(overlay: Overlay | null): Promise<unknown>;
  /** Changes what was added; what it gives is validated. All or nothing. */
  editOverlay(change: (overlay: Overlay) => unknown): Promise<unknown>;
  /** What is added now: the owner may have changed it. */
  overlay(): Overlay | null;
  /** Sets a node's mode as the owner would. @throws ContractError LAST_NODE, … */
  setMode(pool: string, node: string, mode: NodeMode): Promise<unknown>;
  /** Has the engine make up these faults, in place of those before. @throws ContractError ENGINE_UNAVAILABLE. */
  setFaults(faults: readonly InjectedFault[]): Promise<void>;
  /** What runs. */
  config(): Config;
  /** Ports the configuration speaks of, bound at the moment or not. */
  reservedPorts(): Iterable<number>;
  /** Writes a discrete fact into the journal (lab.fault, scenario.started). */
  fact(fact: JournalFact): void;
  /**
   * Begins to record a run: everything from now on until it is finished or discarded. Wait for it before the run begins.
   * @throws ContractError ENGINE_UNAVAILABLE.
   */
  record(options: RecordingOptions): Promise<RunRecording>;
  log: Log;
}

export interface ControlPlaneOptions {
  host: 'desktop' | 'headless';
  /** Where the configuration is kept. */
  store: DocumentStore;
  /** Where the window's preferences are kept. */
  settingsStore: DocumentStore;
  engineHost: EngineService;
  createLab: (context: LabContext) => LabPort;
  log: Log;
  /** Where the past is kept; it is made when it is not there. Default: nowhere, the past ends with the process. */
  historyFolder?: string | undefined;
  /** Where the local certificate authority is kept (made when it is wanted), what protects its key, and who is to trust it. Default: none is kept. */
  authority?: { folder: string; vault: KeyVault; trust?: TrustPort } | undefined;
  /** What brings the program up to date. Default: nothing does. */
  updates?: UpdatesPort | undefined;
  version: string;
  /** Validate handlers' answers against the contract: tests and development. Default false. */
  validateResults?: boolean;
}

export interface ControlPlane {
  /** Every request of every transport goes through it. Never rejects. */
  readonly router: Router;
  readonly workspace: Workspace;
  readonly journal: Journal;
  readonly lab: LabPort;
  readonly engine: EngineApi;
  /** What the window is to open or to say; whoever adds to it need not know whether there is one. */
  readonly openings: Openings;
  settings(): Settings;
  info(): AppInfo;
  /** See `app.setPaused`. @throws ContractError ENGINE_UNAVAILABLE. */
  setPaused(paused: boolean): Promise<void>;
  /** @returns a function that ends the subscription. */
  subscribe<C extends EventChannel>(channel: C, callback: EventCallback<C>): () => void;
  /**
   * Loads the saved configuration and makes it run.
   * @param options.keepGoing A listener whose port is taken does not fail the start: it stands in error, and is tried again. Default false.
   * @returns whether there was one. When not, nothing runs yet: a first start may call `lab.start()`.
   * @throws ContractError CONFIG_INVALID, LISTENER_BIND_FAILED, ENGINE_UNAVAILABLE.
   */
  start(options?: ApplyOptions): Promise<{ found: boolean }>;
  /** Ends the lab, then the engine gracefully. @returns how many connections had to be cut. */
  close(): Promise<{ cut: number }>;
}

/**
 * Puts the control plane together; the desktop program and the headless one both stand on it.
 *
 * In electron/main:
 *
 *     const engineHost = new EngineHost({ onProblem: (message, detail) => log('error', message, { detail }) });
 *     const plane = createControlPlane({
 *       host: 'desktop', version: app.getVersion(), log, engineHost,
 *       store: createJsonFileStore(join(app.getPath('userData'), 'evenkeel.json'), { optional: true }),
 *       settingsStore: createElectronStore(new ElectronStore({ name: 'settings' }), 'settings'),
 *       createLab, // control/create-lab.ts
 *       historyFolder: join(app.getPath('userData'), 'history'),
 *     });
 *     const { found } = await plane.start({ keepGoing: true });
 *     if (!found) await plane.lab.start();
 *
 *     // One ipcMain.handle for all channels. The sender is checked by the router, on every call:
 *     ipcMain.handle('evenkeel:request', (event, channel: string, params: unknown) =>
 *       plane.router({
 *         kind: 'window',
 *         isMainFrame: event.senderFrame !== null && event.senderFrame === event.sender.mainFrame,
 *         origin: event.senderFrame?.origin ?? '',
 *         ownOrigin: 'app://evenkeel',
 *       }, channel, params));
 *
 *     // Events: subscribe while the window shows, and send the payload as it is.
 *     for (const channel of eventChannels) stops.push(plane.subscribe(channel, (payload) => contents.send(`evenkeel:event:${channel}`, payload)));
 *
 *     // before-quit: hold the quit, await plane.close(), quit again.
 *
 * `plane.start()` throws a ContractError whose message may be shown as it is; the plane works all the same (nothing runs
 * then), so the window can open, show the message and let the owner mend the configuration.
 */
export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { engineHost, log } = options;
  const startedAt = Date.now();
  const hub = new EventHub();
  /** What the history had to say before there was a journal to say it in. */
  const early: string[] = [];
  let notice = (words: string): void => {
    early.push(words);
  };
  const past = openHistory(options.historyFolder, log, (words) => {
    log('warn', words);
    notice(words);
  });
  const history = new History({ log: past.log, engine: engineHost, app: options.version });
  const runs = new Runs(past.shelf, (all) => {
    hub.publish('runs.changed', { runs: all });
  });
  const recorder = new Recorder({ engine: engineHost, runs, app: options.version });
  const journal = new Journal({
    earlier: past.earlier,
    lastSeq: past.lastSeq,
    onEntry: (entry) => {
      history.entry(entry);
      recorder.entry(entry);
      hub.publish('journal.entry', entry);
    },
  });
  const fact = (entry: JournalFact): void => {
    journal.add(entry);
  };
  notice = (reason) => {
    fact({ time: Date.now(), kind: 'history.problem', reason });
  };
  early.forEach(notice);
  const traffic = new TrafficKeeper();
  const stopListening = engineHost.subscribe({
    fact,
    patch: (patch) => {
      if (patch.reset) history.structureChanged();
      hub.publish('engine.patch', patch);
    },
    tick: (tick) => {
      traffic.push(tick);
      history.tick(tick);
      recorder.tick(tick);
      hub.publish('traffic.tick', tick);
    },
    requests: (batch) => {
      history.requests(batch.entries);
      recorder.requests(batch.entries);
      hub.publish('requests.tick', batch);
    },
  });

  const workspace = new Workspace({
    store: options.store,
    engine: engineHost,
    beforeFiles: (config) => authority.renewInTime(config),
    onApplied: (changed, cause) => {
      // The engine writes a node's change of mode itself, as node.mode.
      // Files read again are said one by one, by the reloader.
      if (cause !== 'mode' && cause !== 'files' && changed.length > 0) fact({ time: Date.now(), kind: 'config.applied', changed });
      hub.publish('config.changed', { changed });
      lab.follow();
      reloader.follow();
    },
    onOverlayDropped: () => {
      lab.end().catch((error: unknown) => {
        log('error', 'The demo could not be ended.', { detail: String(error) });
      });
    },
  });

  const kept = options.authority;
  const authority: AuthorityKeeper = new AuthorityKeeper({
    authority: kept
      ? new Authority({
          ...kept,
          onProblem: (words) => {
            log('warn', words);
          },
        })
      : null,
    ...(kept?.trust ? { trust: kept.trust } : {}),
    running: () => ({ config: workspace.get(), folder: workspace.folder }),
    fact,
    log,
  });
  const reloader = new CertificateReloader({
    files: () => workspace.files(),
    reload: () => workspace.reloadFiles(),
    fact,
    log,
  });

  const settings = new SettingsKeeper(options.settingsStore, (value) => {
    hub.publish('settings.changed', value);
  });
  const lab = options.createLab({
    setOverlay: (overlay) => workspace.setOverlay(overlay),
    editOverlay: (change) => workspace.editOverlay(change),
    overlay: () => workspace.overlay,
    setMode: (pool, node, mode) => workspace.setMode(pool, node, mode),
    setFaults: async (faults) => {
      try {
        await engineHost.setFaults(faults);
      } catch (error) {
        throw await toContractError(error);
      }
    },
    config: () => workspace.get(),
    reservedPorts: () => configuredPorts(workspace.get()),
    fact,
    record: async (recording) => {
      try {
        return await recorder.record(recording);
      } catch (error) {
        throw await toContractError(error);
      }
    },
    log,
  });
  lab.onChange((state) => {
    hub.publish('lab.changed', state);
  });

  const recovered: string[] = [];
  /** Says what became of a damaged file: in the log, in the journal, and to every window that opens. */
  const tellRecovery = (what: 'configuration' | 'settings', { recovery }: DocumentStore): void => {
    if (!recovery) return;
    const { entries } = journal.list({ from: recovery.copy?.time, kinds: ['config.applied', 'node.mode'], limit: 1_000 });
    const words = recoveryWords(what, recovery, entries);
    recovered.push(words);
    log('error', words);
    fact({ time: Date.now(), kind: 'config.recovered', reason: words });
  };

  const info = (): AppInfo => ({
    version: options.version,
    host: options.host,
    platform: process.platform,
    startedAt,
    configPath: workspace.path,
    paused: workspace.paused,
    recovered: recovered.length > 0 ? recovered.join('\n') : null,
  });
  const openings = new Openings((waiting) => {
    hub.publish('app.openings', { waiting });
  });
  const setPaused = async (paused: boolean): Promise<void> => {
    if (await workspace.setPaused(paused)) hub.publish('app.paused', { paused });
  };
  const updates = options.updates ?? noUpdates;
  updates.onChange((state) => {
    hub.publish('updates.changed', state);
  });
  const handlers = createHandlers({
    engine: engineHost,
    workspace,
    journal,
    traffic,
    history,
    runs,
    settings,
    lab,
    authority,
    openings,
    updates,
    setPaused,
    info,
  });
  const router = createRouter({ handlers, log, validateResults: options.validateResults ?? false });

  let closing: Promise<{ cut: number }> | undefined;
  const close = async (): Promise<{ cut: number }> => {
    reloader.close();
    authority.close();
    // First: its clients would only see the listeners close under them.
    await lab.close();
    const result = await engineHost.close();
    stopListening();
    await history.close();
    return result;
  };

  return {
    router,
    workspace,
    journal,
    lab,
    engine: engineHost,
    openings,
    settings: () => settings.get(),
    info,
    setPaused,
    subscribe: (channel, callback) => hub.subscribe(channel, callback),
    async start(startOptions) {
      await settings.load(log);
      tellRecovery('settings', options.settingsStore);
      try {
        const { found } = await workspace.load(startOptions);
        return { found };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const left = 'It is left as it is until something else is applied, and a copy of it is kept then.';
        recovered.push(`The configuration in ${workspace.path ?? 'memory'} does not run, and nothing is balanced: ${why} ${left}`);
        throw error;
      } finally {
        tellRecovery('configuration', options.store);
        // Also when nothing runs yet: somebody mends the configuration, and that is history too.
        history.start();
      }
    },
    close: () => (closing ??= close()),
  };
}

function configuredPorts(config: Config): number[] {
  const nodes = config.pools.flatMap((pool) => pool.nodes.map((node) => parseHostPort(node.address)));
  return [
    ...config.listeners.map((listener) => listener.port),
    ...nodes.flatMap((address) => (typeof address === 'string' ? [] : [address.port])),
  ];
}
