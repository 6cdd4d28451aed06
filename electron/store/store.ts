/** A document as it will be once committed; nothing a reader could see has changed yet. */
export interface StagedWrite {
  /** Makes the staged document the stored one, in one step that either happens or does not. */
  commit(): Promise<void>;
  /** Throws the staged document away. Never fails. */
  discard(): Promise<void>;
}

/**
 * Where a raw document is kept. Two steps, so that the engine can be asked between them: stage (everything that is
 * likely to fail: space, permissions), apply, commit (one rename).
 */
export interface DocumentStore {
  /** For people: the file's path; null when nothing is kept. */
  readonly path: string | null;
  /** The folder relative file names in the document refer to; null when there is none. */
  readonly folder: string | null;
  /**
   * @returns the document, or undefined when none has been saved yet.
   * @throws StoreError when there is one that cannot be read.
   */
  load(): Promise<unknown>;
  /** @throws StoreError when the document cannot be written. */
  stage(document: unknown): Promise<StagedWrite>;
}

/** What is wrong with a stored document or the place for it. `path` is where in it: "line 3, column 5", "pools[0]"; "" = all of it. */
export class StoreError extends Error {
  readonly path: string;

  constructor(message: string, path = '') {
    super(message);
    this.name = 'StoreError';
    this.path = path;
  }
}
