import { constants, copyFileSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileProblem } from './json-file.ts';
import { StoreError, type BackupShelf, type DocumentStore, type Recovery } from './store.ts';

/**
 * What is used of an electron-store instance. The package throws when it is imported outside Electron, so only
 * electron/main makes one and passes it in; `conf`, on which it is built, fits as well.
 */
export interface KeyValueStore {
  readonly path: string;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** @returns what is wrong with the file's text; undefined when it is a JSON object, or not there. */
function damage(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'it is JSON, but no object';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A damaged file: what is wrong with it, and where it is kept. */
export interface PutAside {
  why: string;
  keptAs: string;
}

/**
 * Copies a damaged file. To be called before electron-store is made, which takes a damaged file for an empty one and writes over it.
 * @returns undefined when the file is a JSON object, or not there.
 */
export function putAsideDamaged(path: string): PutAside | undefined {
  const why = damage(path);
  if (why === undefined) return undefined;
  const keptAs = `${path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  try {
    copyFileSync(path, keptAs, constants.COPYFILE_EXCL);
    return { why, keptAs };
  } catch (error) {
    return { why: `${why}; it could not be copied: ${fileProblem(error)}`, keptAs: path };
  }
}

export interface ElectronStoreOptions {
  /** Where copies are kept, from which a damaged file is recovered. Default: none are. */
  backups?: BackupShelf;
  /** What `putAsideDamaged` found. Default: nothing. */
  damage?: PutAside | undefined;
}

/** A document kept under one key of an electron-store, which writes its file by renaming a finished one over it. */
class ElectronStoreDocument implements DocumentStore {
  readonly path: string;
  readonly folder: string;
  readonly backups: BackupShelf | undefined;
  readonly #store: KeyValueStore;
  readonly #key: string;
  readonly #damage: PutAside | undefined;
  #recovery: Recovery | undefined;

  constructor(store: KeyValueStore, key: string, { backups, damage }: ElectronStoreOptions) {
    this.path = store.path;
    this.folder = dirname(store.path);
    this.backups = backups;
    this.#store = store;
    this.#key = key;
    this.#damage = damage;
  }

  get recovery(): Recovery | undefined {
    return this.#recovery;
  }

  async load(): Promise<unknown> {
    if (this.#damage !== undefined && this.backups && !this.#recovery) await this.#recover(this.#damage, this.backups);
    const document = this.#store.get(this.#key);
    if (document !== undefined) await this.backups?.mirror(JSON.stringify(document));
    return document;
  }

  stage(document: unknown): ReturnType<DocumentStore['stage']> {
    // A copy: the document staged is the one committed, whatever becomes of the caller's object.
    const copy: unknown = structuredClone(document);
    return Promise.resolve({
      commit: async () => {
        const before = this.#store.get(this.#key);
        const text = JSON.stringify(copy);
        if (before !== undefined && JSON.stringify(before) !== text) await this.backups?.keep(JSON.stringify(before));
        this.#set(copy);
        await this.backups?.mirror(text);
      },
      discard: () => Promise.resolve(),
    });
  }

  #set(document: unknown): void {
    try {
      this.#store.set(this.#key, document);
    } catch (error) {
      throw new StoreError(`${this.path} cannot be written: ${fileProblem(error)}`);
    }
  }

  async #recover({ why, keptAs }: PutAside, backups: BackupShelf): Promise<void> {
    const copy = await backups.newestGood((document) => typeof document === 'object' && document !== null);
    if (copy) this.#set(copy.document);
    this.#recovery = { damaged: keptAs, why, copy: copy ? { time: copy.time, current: copy.current } : null };
  }
}

/**
 * A document kept under one key of an electron-store.
 */
export function createElectronStore(store: KeyValueStore, key: string, options: ElectronStoreOptions = {}): DocumentStore {
  return new ElectronStoreDocument(store, key, options);
}
