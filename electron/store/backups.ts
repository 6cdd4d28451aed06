import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem, readJsonFile, stageFile, sweep } from './json-file.ts';
import { StoreError, type Backup, type BackupShelf, type GoodCopy } from './store.ts';

export interface BackupsOptions {
  /** Told in words when a copy cannot be made; the change it was made for goes on. */
  onProblem: (words: string) => void;
  /** How many are kept; the oldest go. Default 10. */
  keep?: number;
  /** No two of this program's own are made within so many milliseconds: what stood before a burst is worth more than each step of it. Default 60,000. */
  gapMs?: number;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  now?: () => number;
}

/** A time as a file's name can hold it on every platform; sorts as the times do. */
const idOf = (time: number): string => new Date(time).toISOString().replace(/[:.]/g, '-');

/** In place of a time: the document as it is stored now. */
const current = 'current';

const idPattern = /^(\d{4}-\d{2}-\d{2}T\d{2})-(\d{2})-(\d{2})-(\d{3})Z$/;

/** @returns milliseconds since the epoch; undefined when it is no id. Nothing else ever becomes part of a path. */
function timeOf(id: string): number | undefined {
  const time = Date.parse(id.replace(idPattern, '$1:$2:$3.$4Z'));
  return idPattern.test(id) && !Number.isNaN(time) ? time : undefined;
}

/**
 * Copies of a document in a folder: `<name>.<time>.json`, one for each change, and `<name>.current.json`, the document as it is
 * stored now. All of them for their owner alone (0600, the folder 0700), as they may hold keys.
 */
export class Backups implements BackupShelf {
  readonly #folder: string;
  readonly #name: string;
  readonly #options: Required<BackupsOptions>;

  /** @param folder made with the first copy. @param name of the document, without ending. */
  constructor(folder: string, name: string, options: BackupsOptions) {
    this.#folder = folder;
    this.#name = name;
    this.#options = { keep: 10, gapMs: 60_000, now: Date.now, ...options };
  }

  async keep(text: string, theirs = false): Promise<void> {
    await this.#try(async () => {
      const time = this.#options.now();
      const [newest] = await this.list();
      // A clock that was set back is no reason to make none.
      if (newest && !theirs && Math.abs(time - newest.time) < this.#options.gapMs) return;
      await this.#write(idOf(time), text);
      // Each copy has a name of its own, so what was left of one is nobody's to write again.
      await sweep(this.#folder, `.${this.#name}.`);
      for (const old of (await this.list()).slice(this.#options.keep)) await unlink(this.#path(old.id));
    });
  }

  async mirror(text: string): Promise<boolean> {
    const before = await readFile(this.#path(current), 'utf8').catch(() => undefined);
    if (before === text) return false;
    await this.#try(() => this.#write(current, text));
    return true;
  }

  async list(): Promise<Backup[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found: Backup[] = [];
    for (const name of names) {
      if (!name.startsWith(`${this.#name}.`) || !name.endsWith('.json')) continue;
      const id = name.slice(this.#name.length + 1, -'.json'.length);
      const time = timeOf(id);
      if (time === undefined) continue;
      const there = await stat(join(this.#folder, name)).catch(() => undefined);
      if (there?.isFile()) found.push({ id, time, bytes: there.size });
    }
    return found.sort((a, b) => b.time - a.time);
  }

  async read(id: string): Promise<unknown> {
    if (timeOf(id) === undefined) throw new StoreError(`"${id}" is no backup's id`);
    return readJsonFile(this.#path(id));
  }

  async newestGood(isGood: (document: unknown) => boolean): Promise<GoodCopy | undefined> {
    const mirrored = await stat(this.#path(current)).catch(() => undefined);
    const copies = [
      ...(mirrored ? [{ id: current, time: Math.round(mirrored.mtimeMs) }] : []),
      // The mirror first, whatever the clock said: it is what was stored last.
      ...(await this.list()),
    ];
    for (const { id, time } of copies) {
      try {
        const document = await readJsonFile(this.#path(id));
        if (isGood(document)) return { time, document, current: id === current };
      } catch {
        // As damaged as what it is to stand in for; the next one may be better.
      }
    }
    return undefined;
  }

  #path(id: string): string {
    return join(this.#folder, `${this.#name}.${id}.json`);
  }

  async #write(id: string, text: string): Promise<void> {
    await (await stageFile(this.#path(id), text, 0o600)).commit();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const why = error instanceof StoreError ? error.message : `${this.#folder} cannot be written: ${fileProblem(error)}`;
      this.#options.onProblem(`No backup of ${this.#name} was made. ${why}. The change itself is not concerned.`);
    }
  }
}
