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
  /** @throws StoreError when the document cannot be written; ChangedError when somebody else changed it since it was read. */
  stage(document: unknown): Promise<StagedWrite>;
  /** What `load` gave last is not used: as a change somebody else made, it still must not be written over. */
  disown?(): void;
  /** Copies of earlier documents; undefined where none are kept. */
  readonly backups?: BackupShelf | undefined;
  /** What became of a damaged document this store found when it loaded; undefined: it found none. */
  readonly recovery?: Recovery | undefined;
}

/** One copy of an earlier document. */
export interface Backup {
  /** The time as it stands in the file's name. */
  id: string;
  /** When it was made, milliseconds since the epoch: until then it was the document. */
  time: number;
  bytes: number;
}

/** A copy that can take the document's place. */
export interface GoodCopy {
  /** When it was made, milliseconds since the epoch. */
  time: number;
  document: unknown;
  /** It is the document as this program stored or read it last, rather than one from before a change. */
  current: boolean;
}

/** Keeps copies of a document. Only `read` fails; what else goes wrong is told to whoever made it. */
export interface BackupShelf {
  /** Keeps the document that is about to be replaced. `theirs`: somebody else wrote it, so a copy is made however young the last one is. */
  keep(text: string, theirs?: boolean): Promise<void>;
  /**
   * Keeps the document as it is stored now, in place of the last one given: a damaged file then costs nothing.
   * @returns whether it differed from the last one given.
   */
  mirror(text: string): Promise<boolean>;
  /** The newest first. */
  list(): Promise<Backup[]>;
  /** @throws StoreError when there is none with this id, or it cannot be read. */
  read(id: string): Promise<unknown>;
  /** The newest of all copies, the mirror included, for which `isGood` holds. */
  newestGood(isGood: (document: unknown) => boolean): Promise<GoodCopy | undefined>;
}

/** A damaged document was put aside, and a copy took its place. */
export interface Recovery {
  /** Where the damaged one is kept. */
  damaged: string;
  /** What was wrong with it, in words. */
  why: string;
  /** The copy in its place; null: there was no good one. */
  copy: Pick<GoodCopy, 'time' | 'current'> | null;
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

/** The stored document is no JSON text: its bytes are lost, as far as this program can tell. */
export class DamagedError extends StoreError {}

/** Somebody else changed the document since it was read; nothing was written over it. */
export class ChangedError extends StoreError {}
