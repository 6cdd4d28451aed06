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

/** @returns what is wrong with the file's text; undefined when it is JSON, or not there. */
function damage(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Copies a damaged file, before anything is written over it. @returns undefined when there is none. */
function putAside(path: string): { why: string; keptAs: string } | undefined {
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

/** A document kept under one key of an electron-store, which writes its file by renaming a finished one over it. */
class ElectronStoreDocument implements DocumentStore {
  readonly path: string;
  readonly folder: string;
  readonly backups: BackupShelf | undefined;
  readonly #store: KeyValueStore;
  readonly #key: string;
  /** The file's mistake when this was made, and where it was put: the store itself takes a damaged file for an empty one, and writes over it. */
  readonly #damage: { why: string; keptAs: string } | undefined;
  #recovery: Recovery | undefined;

  constructor(store: KeyValueStore, key: string, backups: BackupShelf | undefined) {
    this.path = store.path;
    this.folder = dirname(store.path);
    this.backups = backups;
    this.#store = store;
    this.#key = key;
    this.#damage = backups && putAside(store.path);
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

  async #recover({ why, keptAs }: { why: string; keptAs: string }, backups: BackupShelf): Promise<void> {
    const copy = await backups.newestGood((document) => typeof document === 'object' && document !== null);
    if (copy) this.#set(copy.document);
    this.#recovery = { damaged: keptAs, why, copy: copy ? { time: copy.time, current: copy.current } : null };
  }
}

/**
 * A document kept under one key of an electron-store.
 * @param backups Where copies are kept, from which a damaged file is recovered. Default: none are, and it is lost.
 */
export function createElectronStore(store: KeyValueStore, key: string, backups?: BackupShelf): DocumentStore {
  return new ElectronStoreDocument(store, key, backups);
}
