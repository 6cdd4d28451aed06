import type { DocumentStore } from './store.ts';

/** Keeps a document for as long as the process lives: the demo's configuration, settings without a place of their own. */
export function createMemoryStore(initial?: unknown): DocumentStore {
  let kept: unknown = initial;
  return {
    path: null,
    folder: null,
    load: () => Promise.resolve(kept),
    stage: (document) => {
      const copy: unknown = structuredClone(document);
      return Promise.resolve({
        commit: () => {
          kept = copy;
          return Promise.resolve();
        },
        discard: () => Promise.resolve(),
      });
    },
  };
}
