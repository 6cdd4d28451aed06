import { dirname, resolve } from 'node:path';
import { parseConfig } from '../../shared/model/validate.ts';
import { resolveFiles } from '../control/certificates/read.ts';
import { exportConfig, type ExportTarget } from '../control/interchange/export-config.ts';
import { importHaproxy } from '../control/interchange/haproxy-import.ts';
import { createJsonFileStore, fileProblem } from '../store/json-file.ts';
import { migrateConfig } from '../store/migrations.ts';
import { readBounded, TooLargeError } from '../store/read-bounded.ts';
import { StoreError } from '../store/store.ts';
import { issueLine } from './check.ts';

export interface Streams {
  /** Whole text, to stdout. */
  out: (text: string) => void;
  /** One line, to stderr. */
  err: (line: string) => void;
}

/** More than this is no haproxy.cfg. */
const maxBytes = 4 * 1024 * 1024;

/** `evenkeel export`: the equivalent on stdout, what it cannot say on stderr. @returns the exit code. */
export async function exportFile(file: string, to: ExportTarget, { out, err }: Streams): Promise<number> {
  let document: unknown;
  try {
    document = migrateConfig(await createJsonFileStore(file).load());
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    err(issueLine(file, { path: error.path, message: error.message }));
    return 1;
  }
  const { config, issues } = parseConfig(document);
  if (!config) {
    for (const issue of issues) err(issueLine(file, issue));
    return 1;
  }
  const { text, notes } = await exportConfig(config, to, { folder: dirname(resolve(file)), now: Date.now() });
  out(text);
  for (const note of notes) err(issueLine(file, note));
  return 0;
}

async function readText(file: string): Promise<string> {
  try {
    return (await readBounded(file, maxBytes, { pipes: true })).toString('utf8');
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    throw new StoreError(`is larger than ${maxBytes / 1024 / 1024} MiB, which no haproxy.cfg is`);
  }
}

/** `evenkeel import --from haproxy`: an Evenkeel file on stdout, a line on stderr for what is left out. @returns the exit code. */
export async function importFile(file: string, { out, err }: Streams): Promise<number> {
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    err(issueLine(file, { path: '', message: error instanceof StoreError ? error.message : `cannot be read: ${fileProblem(error)}` }));
    return 1;
  }
  const { config, notes, empty } = importHaproxy(text);
  for (const { line, directive, reason } of notes) err(issueLine(`${file}:${line}`, { path: directive, message: reason }));
  if (empty) {
    err(issueLine(file, { path: '', message: 'is no haproxy.cfg: it has no section (global, defaults, frontend, backend, listen)' }));
    return 1;
  }
  out(`${JSON.stringify(config, null, 2)}\n`);
  const parsed = parseConfig(config);
  if (parsed.config) {
    const { issues } = await resolveFiles(parsed.config, { folder: dirname(resolve(file)), now: Date.now() });
    for (const issue of issues)
      err(issueLine(file, { path: issue.path, message: `${issue.message} (the file above names it all the same)` }));
  }
  return 0;
}
