import { setTimeout as delay } from 'node:timers/promises';
import type { JournalFact } from '../../../shared/model/journal.ts';
import type { ConfigIssue } from '../../../shared/model/validate.ts';
import type { Log } from '../log.ts';
import { FileWatch } from './watch.ts';

/** A file the configuration names, and what it is for. */
export interface NamedFile {
  /** Absolute. */
  file: string;
  /** Where an issue with it is reported: "certificates[0].certFile". */
  path: string;
  /** The certificate, or the node whose authority it is. */
  of: { certificate: string } | { pool: string; node: string };
}

export interface CertificateReloaderOptions {
  /** The files of what runs. */
  files: () => NamedFile[];
  /** Reads them again and lets run what can be used. */
  reload: () => Promise<{ changed: string[]; issues: ConfigIssue[] }>;
  fact: (fact: JournalFact) => void;
  log: Log;
  /** A certificate and its key are two files: so long a change may be half done. Milliseconds, default 1,000. */
  patienceMs?: number;
  settleMs?: number;
  pollMs?: number;
}

/** "Certificate local", "The authority of node a in pool web". */
function subject(of: NamedFile['of']): string {
  return 'certificate' in of ? `Certificate "${of.certificate}"` : `The authority of node "${of.node}" in pool "${of.pool}"`;
}

const changeOf = (of: NamedFile['of']) => ('certificate' in of ? `certificates.${of.certificate}` : `pools.${of.pool}.nodes.${of.node}`);

/** The field's owner: "certificates[0].certFile" → "certificates[0]". A pair that does not fit is reported at either field. */
const ownerOf = (path: string) => path.slice(0, path.lastIndexOf('.'));

/**
 * Lets certificates, keys and nodes' authorities follow their files. What is whole and valid runs at once, and connections
 * that are open go on; what is not changes nothing, and is said in the log and in the journal.
 */
export class CertificateReloader {
  readonly #options: Required<Omit<CertificateReloaderOptions, 'settleMs' | 'pollMs'>>;
  readonly #watch: FileWatch;
  #closed = false;

  constructor(options: CertificateReloaderOptions) {
    const { settleMs, pollMs, ...own } = options;
    this.#options = { patienceMs: 1_000, ...own };
    this.#watch = new FileWatch({
      onChange: (files) => this.#onChange(files),
      ...(settleMs === undefined ? {} : { settleMs }),
      ...(pollMs === undefined ? {} : { pollMs }),
    });
  }

  /** Watches the files of what runs now; to be called whenever that has changed. */
  follow(): void {
    this.#watch.set(this.#options.files().map(({ file }) => file));
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
  }

  async #onChange(files: string[]): Promise<void> {
    const { reload, log, patienceMs } = this.#options;
    try {
      const first = await reload();
      const changed = new Set(first.changed);
      let issues = this.#about(files, first.issues);
      if (issues.length > 0) {
        await delay(patienceMs, undefined, { ref: false });
        if (this.#closed) return;
        const second = await reload();
        for (const change of second.changed) changed.add(change);
        issues = this.#about(files, second.issues);
      }
      this.#say(changed, issues);
    } catch (error) {
      log('error', 'Files of certificates have changed, but they could not be loaded.', {
        files,
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** The issues of what the changed files belong to, with whom they are about. */
  #about(files: string[], issues: readonly ConfigIssue[]): { of: NamedFile['of']; message: string }[] {
    const named = this.#options.files();
    const touched = new Map(named.filter(({ file }) => files.includes(file)).map(({ path, of }) => [ownerOf(path), of]));
    return issues.flatMap(({ path, message }) => {
      const of = touched.get(ownerOf(path));
      return of ? [{ of, message }] : [];
    });
  }

  #say(changed: ReadonlySet<string>, issues: { of: NamedFile['of']; message: string }[]): void {
    const { fact, log, files } = this.#options;
    const seen = new Set<string>();
    for (const { of } of files()) {
      const change = changeOf(of);
      if (!changed.has(change) || seen.has(change)) continue;
      seen.add(change);
      log('info', `${subject(of)} was read again from its file, and is in use.`, { ...of });
      fact({ time: Date.now(), kind: 'certificate.reloaded', ...of, reason: 'Its file changed' });
    }
    for (const { of, message } of issues) {
      const reason = `Its file changed and cannot be used: ${message}; the one from before stays in use`;
      log('error', `${subject(of)} was not renewed. ${reason}.`, { ...of });
      fact({ time: Date.now(), kind: 'certificate.problem', ...of, reason });
    }
  }
}
