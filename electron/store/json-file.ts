import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readFile, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { JsonError, parseJson } from './json-text.ts';
import { migrate } from './migrations.ts';
import { StoreError, type DocumentStore, type StagedWrite } from './store.ts';

/** Configurations are kilobytes; anything beyond this is the wrong file. */
const maxBytes = 16 * 1024 * 1024;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? '';

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

/**
 * Reads a JSON file; a byte order mark is accepted.
 * @throws StoreError that says why it cannot be read, or the line and column of the first mistake.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  let bytes: Buffer;
  try {
    if ((await stat(path)).size > maxBytes) throw new StoreError(`is larger than ${maxBytes / 1024 / 1024} MiB, which no configuration is`);
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(`cannot be read: ${fileProblem(error)}`);
  }
  let text: string;
  try {
    // The decoder takes the byte order mark off.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new StoreError('is not UTF-8 text; save it as UTF-8');
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new StoreError(error.message, `line ${error.line}, column ${error.column}`);
    throw error;
  }
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

/** Temporary files a process left behind that died while writing. */
async function sweep(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = name.startsWith(prefix) ? /^([0-9]+)-[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length)) : null;
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
 * @throws StoreError
 */
export async function stageFile(path: string, content: string): Promise<StagedWrite> {
  let temporary: string | undefined;
  try {
    const file = await target(path);
    const folder = dirname(file);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const prefix = `.${basename(file)}.`;
    await sweep(folder, prefix);
    const before = await stat(file).catch(() => undefined);
    temporary = join(folder, `${prefix}${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      if (before) {
        // Only root may give files away; anybody else keeps what he has, or the folder's rules.
        if (process.getuid?.() === 0) await chown(temporary, before.uid, before.gid);
        await chmod(temporary, before.mode & 0o7777);
      }
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

/**
 * A document kept in one JSON file.
 * @param options.optional A missing file is "nothing saved yet" instead of a mistake. Default false.
 */
export function createJsonFileStore(path: string, options: { optional?: boolean } = {}): DocumentStore {
  const full = resolve(path);
  return {
    path: full,
    folder: dirname(full),
    async load() {
      if (options.optional) {
        const there = await lstat(full).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? undefined : error));
        if (there === undefined) return undefined;
      }
      return migrate(await readJsonFile(full));
    },
    stage: (document) => stageFile(full, `${JSON.stringify(document, null, 2)}\n`),
  };
}
