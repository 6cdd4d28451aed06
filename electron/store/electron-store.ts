import { dirname } from 'node:path';
import { migrate } from './migrations.ts';
import { StoreError, type DocumentStore } from './store.ts';

/**
 * What is used of an electron-store instance. The package throws when it is imported outside Electron, so only
 * electron/main makes one and passes it in; `conf`, on which it is built, fits as well.
 */
export interface KeyValueStore {
  readonly path: string;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** A document kept under one key of an electron-store, which writes its file by renaming a finished one over it. */
export function createElectronStore(store: KeyValueStore, key: string): DocumentStore {
  return {
    path: store.path,
    folder: dirname(store.path),
    load: async () => migrate(await Promise.resolve(store.get(key))),
    stage: (document) => {
      // A copy: the document staged is the one committed, whatever becomes of the caller's object.
      const copy: unknown = structuredClone(document);
      return Promise.resolve({
        commit: () => {
          try {
            store.set(key, copy);
            return Promise.resolve();
          } catch (error) {
            return Promise.reject(
              new StoreError(`${store.path} cannot be written: ${error instanceof Error ? error.message : String(error)}`),
            );
          }
        },
        discard: () => Promise.resolve(),
      });
    },
  };
}
