import { join } from 'node:path';
import { parseConfig } from '../../shared/model/validate.ts';
import { Backups } from './backups.ts';
import { createJsonFileStore } from './json-file.ts';
import { migrateConfig } from './migrations.ts';
import type { BackupShelf, DocumentStore } from './store.ts';

/** The folder of the copies, in the program's own or in that of its history. */
const backupsFolder = 'backups';

/** Copies of one of the program's documents, beside it in `backups`. */
export function backupsIn(folder: string, name: string, onProblem: (words: string) => void): BackupShelf {
  return new Backups(join(folder, backupsFolder), name, { onProblem });
}

/** The configuration in the program's own folder: copies are kept of it, and a damaged file is recovered from them. */
export function ownConfigStore(folder: string, onProblem: (words: string) => void): DocumentStore {
  return createJsonFileStore(join(folder, 'evenkeel.json'), {
    optional: true,
    backups: backupsIn(folder, 'evenkeel', onProblem),
    recover: (document) => parseConfig(migrateConfig(document)).config !== undefined,
  });
}
