import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, copyFile, lstat, open, readFile, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { JsonError, parseJson } from '../../shared/model/json-text.ts';
import { makeFolder } from './make-folder.ts';
import { readBounded, TooLargeError } from './read-bounded.ts';
import { ChangedError, DamagedError, StoreError, type BackupShelf, type DocumentStore, type Recovery, type StagedWrite } from './store.ts';
import { codeOf } from './error-code.ts';

/** Configurations are kilobytes; anything beyond this is the wrong file. */
const maxBytes = 16 * 1024 * 1024;

const causes: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links go in a circle',
};

/** A file system error in words. */
export function fileProblem(error: unknown): string {
  return causes[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readBounded(path, maxBytes, { pipes: true });
  } catch (error) {
    if (error instanceof TooLargeError) throw new StoreError(`is larger than ${maxBytes / 1024 / 1024} MiB, which no configuration is`);
    throw new StoreError(`cannot be read: ${fileProblem(error)}`);
  }
}

function textOf(bytes: Buffer): string {
  try {
    // The decoder takes the byte order mark off.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DamagedError('is not UTF-8 text; save it as UTF-8');
  }
}

function parseText(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new DamagedError(error.message, `line ${error.line}, column ${error.column}`);
    throw error;
  }
}

/**
 * Reads a JSON file; a byte order mark is accepted.
 * @throws StoreError that says why it cannot be read; DamagedError with the line and column of the first mistake.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseText(textOf(await readBytes(path)));
}

/** The file a path stands for in the end, also when a symbolic link leads to a file that does not exist yet. */
async function target(path: string): Promise<string> {
  let current = resolve(path);
  for (let hops = 0; hops < 40; hops++) {
    try {
      return await realpath(current);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    const link = await lstat(current).catch(() => undefined);
    if (!link?.isSymbolicLink()) return current;
    current = resolve(dirname(current), await readlink(current));
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP' });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Takes away temporary files of names with this beginning that a process left behind which died while writing. */
export async function sweep(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = name.startsWith(prefix) ? /(?:^|\.)([0-9]+)-[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length)) : null;
    if (match && !alive(Number(match[1]))) await unlink(join(folder, name)).catch(() => undefined);
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and keeps its own journal of renames.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that after a crash at any moment either the old or the new content is there: a temporary file in the
 * same folder, flushed, renamed over the old one, the folder flushed. Permissions and owner are kept (a new file: 0600,
 * as it may hold keys), symbolic links followed to the real file.
 * @param ownMode of a file that is the program's own: it gets this mode whatever was there, and takes the place of a symbolic link, so that
 * nobody decides by what he put there before who may read it, or where it goes.
 * @throws StoreError
 */
export async function stageFile(path: string, content: string, ownMode?: number): Promise<StagedWrite> {
  let temporary: string | undefined;
  try {
    const isOwn = ownMode !== undefined;
    const file = isOwn ? resolve(path) : await target(path);
    const folder = dirname(file);
    const before = await (isOwn ? lstat(file) : stat(file)).catch(() => undefined);
    // A rename would put a file in the place of /dev/null.
    if (before?.isDirectory()) throw new Error('it is a folder; name a file in it');
    if (before && !before.isFile() && !before.isSymbolicLink()) throw new Error('it is no ordinary file');
    makeFolder(folder);
    const prefix = `.${basename(file)}.`;
    await sweep(folder, prefix);
    temporary = join(folder, `${prefix}${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      // Only root may give files away; anybody else keeps what he has, or the folder's rules. The folder's owner could take it anyway.
      if (before && process.getuid?.() === 0 && (!isOwn || before.uid === (await stat(folder)).uid))
        await chown(temporary, before.uid, before.gid);
      const mode = ownMode ?? (before && before.mode & 0o7777);
      if (mode !== undefined) await chmod(temporary, mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const staged = temporary;
    return {
      async commit() {
        try {
          await rename(staged, file);
        } catch (error) {
          throw new StoreError(`${path} cannot be written: ${fileProblem(error)}`);
        }
        await syncFolder(folder);
      },
      async discard() {
        await unlink(staged).catch(() => undefined);
      },
    };
  } catch (error) {
    if (temporary !== undefined) await unlink(temporary).catch(() => undefined);
    throw new StoreError(`${path} cannot be written: ${fileProblem(error)}`);
  }
}

export interface JsonFileOptions {
  /** A missing file is "nothing saved yet" instead of a mistake. Default false. */
  optional?: boolean;
  /** Where copies are kept. Default: none are. */
  backups?: BackupShelf | undefined;
  /**
   * A damaged file is put aside, and the newest copy for which this holds takes its place. For files that are the program's own; without
   * it a damaged file is its owner's mistake, and `load` says where.
   */
  recover?: ((document: unknown) => boolean) | undefined;
}

/** What a file looked like when it was read or written last; null: it was not there. */
type Seen = { hash: string; size: number; mtimeMs: number; ino: number } | null;

const hashOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('base64');
const isDocument = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A document kept in one JSON file, which others may edit: what they changed and was not read yet is never written over. */
class JsonFileStore implements DocumentStore {
  readonly path: string;
  readonly folder: string;
  readonly backups: BackupShelf | undefined;
  readonly #options: JsonFileOptions;
  #recovery: Recovery | undefined;
  /** undefined: never read, so there is nothing to compare with. */
  #seen: Seen | undefined;
  /** What had been seen before the last `load`. */
  #seenBefore: Seen | undefined;
  /** Whether what is stored now was written by others. */
  #theirs = false;

  constructor(path: string, options: JsonFileOptions) {
    this.path = resolve(path);
    this.folder = dirname(this.path);
    this.backups = options.backups;
    this.#options = options;
  }

  get recovery(): Recovery | undefined {
    return this.#recovery;
  }

  disown(): void {
    // At the first reading there is no other document: whoever mends it then writes over it, and a copy is kept.
    if (this.#seenBefore !== undefined) this.#seen = this.#seenBefore;
  }

  async load(): Promise<unknown> {
    this.#seenBefore = this.#seen;
    if (this.#options.optional) {
      const there = await lstat(this.path).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? undefined : error));
      if (there === undefined) {
        this.#seen = null;
        return undefined;
      }
    }
    const before = await stat(this.path).catch(() => undefined);
    const bytes = await readBytes(this.path);
    let document: unknown;
    try {
      document = parseText(textOf(bytes));
      if (this.#options.recover && !isDocument(document)) throw new DamagedError('it holds no document');
    } catch (error) {
      if (!(error instanceof DamagedError) || !this.#options.recover || !this.backups) throw error;
      return this.#recover(error, this.backups, this.#options.recover);
    }
    // The times from before the reading: a change during it is then noticed by them.
    if (before) this.#seen = { hash: hashOf(bytes), size: before.size, mtimeMs: before.mtimeMs, ino: before.ino };
    if (this.backups) this.#theirs = (this.#options.recover?.(document) ?? true) ? await this.backups.mirror(bytes.toString()) : true;
    return document;
  }

  async stage(document: unknown): Promise<StagedWrite> {
    await this.#assertUnchanged();
    const text = `${JSON.stringify(document, null, 2)}\n`;
    const staged = await stageFile(this.path, text);
    return {
      commit: async () => {
        // Again: the engine took its time between the two.
        await this.#assertUnchanged();
        const before = this.backups && (await readFile(this.path, 'utf8').catch(() => undefined));
        if (before !== undefined && before !== text) await this.backups?.keep(before, this.#theirs);
        await staged.commit();
        const { size, mtimeMs, ino } = await stat(this.path);
        this.#seen = { hash: hashOf(text), size, mtimeMs, ino };
        this.#theirs = false;
        await this.backups?.mirror(text);
      },
      discard: () => staged.discard(),
    };
  }

  /** @throws ChangedError */
  async #assertUnchanged(): Promise<void> {
    const seen = this.#seen;
    if (seen === undefined) return;
    const now = await stat(this.path).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? null : undefined));
    // What else stands in the way of it will be said by the writing.
    if (now === undefined || (now === null && seen === null)) return;
    if (now && seen) {
      if (now.size === seen.size && now.mtimeMs === seen.mtimeMs && now.ino === seen.ino) return;
      const bytes = await readFile(this.path).catch(() => undefined);
      // Touched or copied over with the same content: nothing of anybody's is lost.
      if (bytes && hashOf(bytes) === seen.hash) return;
    }
    const what = now === null ? 'was removed' : seen === null ? 'was made' : `was changed at ${now.mtime.toISOString()}`;
    throw new ChangedError(
      `${this.path} ${what} by another program and has not been read since, so it was not written over. Read it again, then make your change anew.`,
    );
  }

  /** Every step leaves something a later start can go on from: the damaged file goes only when the copy takes its name. */
  async #recover(error: DamagedError, backups: BackupShelf, isGood: (document: unknown) => boolean): Promise<unknown> {
    const damaged = `${this.path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    const why = error.path === '' ? error.message : `${error.path}: ${error.message}`;
    const copy = await backups.newestGood(isGood);
    try {
      if (!copy) {
        await rename(this.path, damaged);
        this.#seen = null;
      } else {
        await copyFile(this.path, damaged, constants.COPYFILE_EXCL);
        await (await stageFile(this.path, `${JSON.stringify(copy.document, null, 2)}\n`)).commit();
      }
    } catch (problem) {
      const reason = problem instanceof StoreError ? problem.message : fileProblem(problem);
      throw new DamagedError(`${error.message} (it could not be put aside for a backup: ${reason})`, error.path);
    }
    this.#recovery = { damaged, why, copy: copy ? { time: copy.time, current: copy.current } : null };
    // From here on as if it had been read: the next save compares with it.
    return copy ? this.load() : undefined;
  }
}

/** A document kept in one JSON file. */
export function createJsonFileStore(path: string, options: JsonFileOptions = {}): DocumentStore {
  return new JsonFileStore(path, options);
}
