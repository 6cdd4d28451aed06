import { ContractError } from '../../shared/contract/envelope.ts';
import type { CertificateStatus } from '../../shared/model/certificate.ts';
import { emptyConfig, type CertificateConfig, type Config, type NodeConfig, type NodeMode } from '../../shared/model/config.ts';
import type { NodeState } from '../../shared/model/state.ts';
import { parseConfig, type ConfigIssue } from '../../shared/model/validate.ts';
import type { ApplyOptions, EngineApi } from '../engine/api.ts';
import { describeChanges } from '../engine/changes.ts';
import { migrateConfig } from '../store/migrations.ts';
import { ChangedError, StoreError, type BackupShelf, type DocumentStore, type StagedWrite } from '../store/store.ts';
import { keepUsable, namedFiles } from './certificates/files.ts';
import { resolveFiles, resolveNodeFiles, type FileContext } from './certificates/read.ts';
import type { NamedFile } from './certificates/reload.ts';
import { certificateStatuses, inspectCertificate } from './certificates/status.ts';
import { toContractError } from './engine-errors.ts';
import { assertNotLastNode } from './last-node.ts';
import { splitOverlay, withOverlay, type Overlay } from './overlay.ts';

export interface WorkspaceOptions {
  store: DocumentStore;
  engine: EngineApi;
  /** Something runs that did not before. `cause`: what brought it. */
  onApplied?: (changed: string[], cause: 'load' | 'apply' | 'mode' | 'overlay' | 'files') => void;
  /** Somebody applied a configuration in which nothing of the overlay is left. */
  onOverlayDropped?: () => void;
  /** Called with a configuration that was loaded, before the files it names are read: what can be renewed is renewed. */
  beforeFiles?: (config: Config) => Promise<void>;
  /** Milliseconds since the epoch, for certificates' dates. Default: the machine's clock. */
  now?: () => number;
}

interface Candidate {
  /** What is to be saved, as its author wrote it. */
  document: unknown;
  overlay: Overlay | null;
  /** Document and overlay with every default, files still named. */
  config: Config;
  /** The same with every file's text, for the engine. */
  engineConfig: Config;
}

const noDocument = { version: 1, listeners: [], pools: [] };

/** What stands in the way of a configuration: every problem found, each with its path. */
export function invalid(issues: ConfigIssue[]): ContractError {
  const first = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const what = first ? `${first.path ? `${first.path}: ` : ''}${first.message}${more}` : 'it is not valid';
  return new ContractError('CONFIG_INVALID', `The configuration was not applied; nothing has changed. ${what}`, issues);
}

/**
 * The configuration: the document as its author wrote it, beside what runs. Every change goes the same way, one at a
 * time: validate, stage the file, apply to the engine, commit the file. A failure at any step leaves all three as they were.
 */
export class Workspace {
  readonly #options: WorkspaceOptions;
  #document: unknown = noDocument;
  #overlay: Overlay | null = null;
  #config: Config = emptyConfig;
  #engineConfig: Config = emptyConfig;
  #paused = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: WorkspaceOptions) {
    this.#options = options;
  }

  /** Where the configuration is saved; null when it is not. */
  get path(): string | null {
    return this.#options.store.path;
  }

  /** The folder relative file names in it start at; null: the working folder. */
  get folder(): string | null {
    return this.#options.store.folder;
  }

  /** Everything that runs, with every default filled in. */
  get(): Config {
    return this.#config;
  }

  /** Copies of earlier documents; undefined where none are kept. */
  get backups(): BackupShelf | undefined {
    return this.#options.store.backups;
  }

  /** The document that is saved, as its author wrote it, without the overlay. */
  document(): unknown {
    return this.#document;
  }

  /**
   * Reads the stored document and makes it run; also for reading it again. Nothing changes when it is not valid.
   * @returns whether there was one, and what changed.
   * @param options.keepGoing A listener that cannot be bound is left in error and tried again, instead of failing the whole. Default false.
   * @throws ContractError CONFIG_INVALID, LISTENER_BIND_FAILED, ENGINE_UNAVAILABLE.
   */
  load(options: ApplyOptions = {}): Promise<{ found: boolean; changed: string[] }> {
    return this.#exclusive(async () => {
      const stored = await this.#read();
      try {
        const candidate = await this.#prepare(stored === undefined ? noDocument : stored, this.#overlay, this.#options.beforeFiles);
        if (Array.isArray(candidate)) throw invalid(candidate);
        const { changed } = await this.#toEngine(candidate.engineConfig, options);
        this.#adopt(candidate);
        this.#options.onApplied?.(changed, 'load');
        return { found: stored !== undefined, changed };
      } catch (error) {
        this.#options.store.disown?.();
        throw error;
      }
    });
  }

  /** Every problem of a configuration, certificates and keys included; an empty list when it can be applied. */
  async validate(raw: unknown): Promise<ConfigIssue[]> {
    const { document, overlay, original } = splitOverlay(raw, this.#overlay);
    const candidate = await this.#prepare(document, overlay);
    return Array.isArray(candidate) ? candidate.map(original) : [];
  }

  /**
   * All or nothing: validated, applied, saved.
   * @throws ContractError CONFIG_INVALID, LISTENER_BIND_FAILED, CONFIG_SAVE_FAILED, CONFLICT (the file was changed by others), ENGINE_UNAVAILABLE.
   */
  apply(raw: unknown): Promise<{ changed: string[] }> {
    return this.#exclusive(async () => {
      const { document, overlay, original } = splitOverlay(raw, this.#overlay);
      const candidate = await this.#prepare(document, overlay);
      if (Array.isArray(candidate)) throw invalid(candidate.map(original));
      const hadOverlay = this.#overlay !== null;
      // Nothing of the owner's changed (the demo may have): his file stays in his own words, and none is made.
      const same = JSON.stringify(document) === JSON.stringify(this.#ownPart());
      const changed = same ? await this.#run({ ...candidate, document: this.#document }) : await this.#commit(candidate);
      this.#options.onApplied?.(changed, 'apply');
      if (hadOverlay && this.#overlay === null) this.#options.onOverlayDropped?.();
      return { changed };
    });
  }

  /**
   * Puts another document in place of the saved one; what runs beside it unsaved goes on.
   * @throws as `apply`; nothing has changed then.
   */
  replace(document: unknown): Promise<{ changed: string[] }> {
    return this.apply(withOverlay(migrateConfig(document), this.#overlay));
  }

  /** What `replace` would change, named as `apply` names it; or what stands in its way. */
  difference(document: unknown): { changed: string[]; issues: ConfigIssue[] } {
    const { config, issues } = parseConfig(withOverlay(migrateConfig(document), this.#overlay));
    return config ? { changed: describeChanges(this.#config, config), issues: [] } : { changed: [], issues };
  }

  /**
   * Sets what the owner wants of a node, and saves it.
   * @throws ContractError POOL_NOT_FOUND, NODE_NOT_FOUND, LAST_NODE, CONFIG_SAVE_FAILED, CONFLICT, ENGINE_UNAVAILABLE.
   */
  setMode(poolId: string, nodeId: string, mode: NodeMode): Promise<NodeState> {
    return this.#exclusive(async () => {
      const pool = this.#config.pools.find((p) => p.id === poolId);
      if (!pool) throw new ContractError('POOL_NOT_FOUND', `There is no pool "${poolId}".`);
      const node = pool.nodes.find((n) => n.id === nodeId);
      if (!node) throw new ContractError('NODE_NOT_FOUND', `There is no node "${nodeId}" in pool "${poolId}".`);
      if (node.mode !== mode) {
        if (pool.keepLastNode) assertNotLastNode(pool, nodeId, mode, (await this.#snapshot()).pools);
        const change = <T>(holder: T): T => editMode(holder, poolId, nodeId, mode);
        const inOverlay = this.#overlay?.pools.some((p) => p.id === poolId) ?? false;
        const candidate: Candidate = {
          document: inOverlay ? this.#document : change(this.#document),
          overlay: inOverlay ? change(this.#overlay) : this.#overlay,
          config: change(this.#config),
          // Files are not read again: a certificate that ran out must not stand in the way of draining a node.
          engineConfig: change(this.#engineConfig),
        };
        // No listener changes, so one that waits for its port must not stand in the way either.
        const options = { keepGoing: true };
        const changed = inOverlay ? await this.#run(candidate, options) : await this.#commit(candidate, options);
        this.#options.onApplied?.(changed, 'mode');
      }
      const state = (await this.#snapshot()).pools.find((p) => p.id === poolId)?.nodes.find((n) => n.id === nodeId);
      if (!state) throw new ContractError('NODE_NOT_FOUND', `There is no node "${nodeId}" in pool "${poolId}" any more.`);
      return state;
    });
  }

  /**
   * Adds listeners and pools to what runs, or with null takes them away again; nothing is saved.
   * @throws ContractError CONFIG_INVALID, LISTENER_BIND_FAILED, ENGINE_UNAVAILABLE; nothing has changed then.
   */
  setOverlay(overlay: Overlay | null): Promise<{ changed: string[] }> {
    return this.#exclusive(async () => {
      const candidate = await this.#prepare(this.#document, overlay);
      if (Array.isArray(candidate)) throw invalid(candidate);
      const changed = await this.#run(candidate);
      this.#options.onApplied?.(changed, 'overlay');
      return { changed };
    });
  }

  /** What runs beside the document, as it is now; null: nothing. */
  get overlay(): Overlay | null {
    return this.#overlay;
  }

  /**
   * Changes what is laid over; nothing is saved.
   * @param change gets the overlay as it is when its turn comes, and gives the one to be, of any shape: it is validated.
   * @throws ContractError LAB_NOT_RUNNING when there is none, and as `setOverlay`; nothing has changed then.
   */
  editOverlay(change: (overlay: Overlay) => unknown): Promise<{ changed: string[] }> {
    return this.#exclusive(async () => {
      if (!this.#overlay) throw new ContractError('LAB_NOT_RUNNING', 'The demo does not run, so nothing of it was changed.');
      const candidate = await this.#prepare(this.#document, change(this.#overlay) as Overlay);
      if (Array.isArray(candidate)) throw invalid(candidate);
      // No listener of the owner's changes, so one that waits for its port must not stand in the way.
      const changed = await this.#run(candidate, { keepGoing: true });
      this.#options.onApplied?.(changed, 'overlay');
      return { changed };
    });
  }

  /** Whether every listener is kept closed at present. */
  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Keeps every listener closed, whatever the configuration says and becomes, or opens them again; not saved. One that cannot be opened
   * again at once is in error and tried again, as at a start.
   * @returns whether anything has changed.
   * @throws ContractError ENGINE_UNAVAILABLE; nothing has changed then.
   */
  setPaused(paused: boolean): Promise<boolean> {
    return this.#exclusive(async () => {
      if (paused === this.#paused) return false;
      this.#paused = paused;
      try {
        await this.#toEngine(this.#engineConfig, { keepGoing: true });
      } catch (error) {
        this.#paused = !paused;
        throw error;
      }
      return true;
    });
  }

  /** A node as a form holds it, with its authority's text in place of the file, and what is wrong with that file. */
  async resolveNode(node: NodeConfig): Promise<{ node: NodeConfig; issues: ConfigIssue[] }> {
    const resolved = await resolveNodeFiles(node, (field) => `node.tls.${field}`, this.#fileContext());
    return { node: resolved.node, issues: resolved.issues };
  }

  /** What is known of every certificate that runs, and what is wrong with it. */
  certificates(): Promise<CertificateStatus[]> {
    return certificateStatuses(this.#config, this.#engineConfig, this.#fileContext());
  }

  /** What a certificate of a form says of itself, and what is wrong with it. */
  inspectCertificate(certificate: CertificateConfig): ReturnType<typeof inspectCertificate> {
    return inspectCertificate(certificate, this.#fileContext());
  }

  /** The files that what runs was read from. */
  files(): NamedFile[] {
    return namedFiles(this.#config, this.#options.store.folder);
  }

  /**
   * Reads those files again. What can be used runs from now on; what cannot keeps the text it had.
   * @returns what changed, and every problem with its path.
   * @throws ContractError ENGINE_UNAVAILABLE; nothing has changed then.
   */
  reloadFiles(): Promise<{ changed: string[]; issues: ConfigIssue[] }> {
    return this.#exclusive(async () => {
      const { config: fresh, issues } = await resolveFiles(this.#config, this.#fileContext());
      const engineConfig = keepUsable(fresh, this.#engineConfig, issues);
      if (JSON.stringify(engineConfig) === JSON.stringify(this.#engineConfig)) return { changed: [], issues };
      // No listener's address changes, so one that waits for its port must not stand in the way.
      const { changed } = await this.#toEngine(engineConfig, { keepGoing: true });
      this.#engineConfig = engineConfig;
      this.#options.onApplied?.(changed, 'files');
      return { changed, issues };
    });
  }

  #fileContext(): FileContext {
    return { folder: this.#options.store.folder, now: this.#options.now?.() ?? Date.now() };
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(task, task);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #read(): Promise<unknown> {
    try {
      return migrateConfig(await this.#options.store.load());
    } catch (error) {
      if (error instanceof StoreError) throw invalid([{ path: error.path, message: error.message }]);
      throw error;
    }
  }

  /** The document as `config.get` shows it: with defaults and without the overlay. */
  #ownPart(): unknown {
    return splitOverlay(this.#config, this.#overlay).document;
  }

  /** @returns what would run, or why it cannot. */
  async #prepare(
    document: unknown,
    overlay: Overlay | null,
    beforeFiles?: (config: Config) => Promise<void>,
  ): Promise<Candidate | ConfigIssue[]> {
    const whole = parseConfig(withOverlay(document, overlay));
    if (!whole.config) return whole.issues;
    // On its own, too: a saved listener that needs the demo's pool would not start tomorrow.
    if (overlay) {
      const own = parseConfig(document);
      if (!own.config) return own.issues;
    }
    await beforeFiles?.(whole.config);
    const files = await resolveFiles(whole.config, this.#fileContext());
    if (files.issues.length > 0) return files.issues;
    return { document, overlay, config: whole.config, engineConfig: files.config };
  }

  async #toEngine(config: Config, options: ApplyOptions = {}): Promise<{ changed: string[] }> {
    try {
      return await this.#options.engine.apply(this.#paused ? closed(config) : config, options);
    } catch (error) {
      throw await toContractError(error, config);
    }
  }

  async #snapshot(): Promise<{ pools: { id: string; nodes: NodeState[] }[] }> {
    try {
      return await this.#options.engine.snapshot();
    } catch (error) {
      throw await toContractError(error);
    }
  }

  #adopt(candidate: Candidate): void {
    this.#document = candidate.document;
    this.#overlay = candidate.overlay;
    this.#config = candidate.config;
    this.#engineConfig = candidate.engineConfig;
  }

  async #run(candidate: Candidate, options?: ApplyOptions): Promise<string[]> {
    const { changed } = await this.#toEngine(candidate.engineConfig, options);
    this.#adopt(candidate);
    return changed;
  }

  async #commit(candidate: Candidate, options?: ApplyOptions): Promise<string[]> {
    const staged = await this.#stage(candidate.document);
    let changed: string[];
    try {
      ({ changed } = await this.#toEngine(candidate.engineConfig, options));
    } catch (error) {
      await staged.discard();
      throw error;
    }
    try {
      await staged.commit();
    } catch (error) {
      await staged.discard();
      await this.#toEngine(this.#engineConfig, { keepGoing: true });
      throw saveFailed(error);
    }
    this.#adopt(candidate);
    return changed;
  }

  async #stage(document: unknown): Promise<StagedWrite> {
    try {
      return await this.#options.store.stage(document);
    } catch (error) {
      throw saveFailed(error);
    }
  }
}

/** The same with no listener open. */
function closed(config: Config): Config {
  return { ...config, listeners: config.listeners.map((listener) => ({ ...listener, enabled: false })) };
}

function saveFailed(error: unknown): ContractError {
  if (error instanceof ChangedError) return new ContractError('CONFLICT', `Nothing was saved or applied. ${error.message}`);
  const cause = error instanceof Error ? error.message : String(error);
  return new ContractError('CONFIG_SAVE_FAILED', `The configuration was not saved, so it was not applied either: ${cause}`);
}

/** A copy with one node's mode set; whatever else the holder has, known or not, stays as it is. */
function editMode<T>(holder: T, poolId: string, nodeId: string, mode: NodeMode): T {
  const copy = structuredClone(holder);
  const { pools } = copy as { pools?: { id?: unknown; nodes?: { id?: unknown; mode?: unknown }[] }[] };
  const node = pools?.find((pool) => pool.id === poolId)?.nodes?.find((n) => n.id === nodeId);
  if (node) node.mode = mode;
  return copy;
}
