import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileWatchOptions {
  /** Files whose content may have changed. While it runs no other call is made; what changes meanwhile comes after. */
  onChange: (files: string[]) => Promise<void>;
  /** A file must look the same for so long before it counts as written. Milliseconds, default 250. */
  settleMs?: number;
  /** How often every file is looked at, told or not: network folders and containers tell nothing. Milliseconds, default 5,000. */
  pollMs?: number;
}

interface Watched {
  /** As it was when last reported; undefined before the first look. */
  reported: string | undefined;
  /** As it was at the last look. */
  seen: string | undefined;
}

/** What changes about a file when its content does. A link is followed: certbot and Kubernetes exchange links. */
async function signature(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

/**
 * Notices when any of a few files is written, replaced, removed or comes back. The folders are watched, not the files: a
 * file that is replaced by a rename takes its own watch with it. A slow look at every file catches what the system does
 * not tell.
 */
export class FileWatch {
  readonly #options: Required<FileWatchOptions>;
  readonly #files = new Map<string, Watched>();
  readonly #folders = new Map<string, FSWatcher>();
  #soon: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(options: FileWatchOptions) {
    this.#options = { settleMs: 250, pollMs: 5_000, ...options };
  }

  /**
   * Says which files to watch, by absolute path. A file that is new is reported once, soon: it may have changed after
   * whoever watches it had read it.
   */
  set(files: Iterable<string>): void {
    if (this.#closed) return;
    const wanted = new Set(files);
    for (const file of this.#files.keys()) if (!wanted.has(file)) this.#files.delete(file);
    let added = false;
    for (const file of wanted) {
      if (this.#files.has(file)) continue;
      this.#files.set(file, { reported: undefined, seen: undefined });
      added = true;
    }
    this.#watchFolders();
    if (wanted.size === 0) {
      clearInterval(this.#poll);
      this.#poll = undefined;
    } else
      this.#poll ??= setInterval(() => {
        this.#watchFolders();
        this.#look();
      }, this.#options.pollMs).unref();
    if (added) this.#look();
  }

  close(): void {
    this.set([]);
    this.#closed = true;
    clearTimeout(this.#soon);
  }

  #watchFolders(): void {
    const wanted = new Set([...this.#files.keys()].map((file) => dirname(file)));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder)) continue;
      try {
        const watcher = watchFolder(folder, { persistent: false }, () => {
          this.#lookSoon();
        });
        watcher.on('error', () => {
          // The folder is gone, or the system has no watches left: the slow look remains, and tries again.
          watcher.close();
          this.#folders.delete(folder);
        });
        this.#folders.set(folder, watcher);
      } catch {
        // As above.
      }
    }
  }

  #lookSoon(): void {
    if (this.#closed || this.#soon) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#look();
    }, this.#options.settleMs).unref();
  }

  #look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#report()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = false;
        if (!this.#again) return;
        this.#again = false;
        this.#lookSoon();
      });
  }

  async #report(): Promise<void> {
    const settled: string[] = [];
    for (const [file, state] of this.#files) {
      const now = await signature(file);
      if (now !== state.seen) this.#again = true;
      else if (now !== state.reported) {
        state.reported = now;
        settled.push(file);
      }
      state.seen = now;
    }
    if (settled.length > 0 && !this.#closed) await this.#options.onChange(settled);
  }
}
