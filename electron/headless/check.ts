import { dirname, resolve } from 'node:path';
import { parseConfig, type ConfigIssue } from '../../shared/model/validate.ts';
import { resolveFiles } from '../control/certificates/read.ts';
import { createJsonFileStore } from '../store/json-file.ts';
import { migrateConfig } from '../store/migrations.ts';
import { StoreError } from '../store/store.ts';

/** Every problem of a configuration file, the files it names included; none: it can be served. */
export async function problems(file: string): Promise<ConfigIssue[]> {
  let document: unknown;
  try {
    document = migrateConfig(await createJsonFileStore(file).load());
  } catch (error) {
    if (error instanceof StoreError) return [{ path: error.path, message: error.message }];
    throw error;
  }
  const parsed = parseConfig(document);
  if (!parsed.config) return parsed.issues;
  return (await resolveFiles(parsed.config, { folder: dirname(resolve(file)), now: Date.now() })).issues;
}

/** A problem on one line, whatever the names in it are. */
export function issueLine(file: string, issue: ConfigIssue): string {
  const text = issue.path === '' ? `${file}: ${issue.message}` : `${file}: ${issue.path}: ${issue.message}`;
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

/** `evenkeel check`: one line a problem on stdout. @returns the exit code. */
export async function check(file: string, print: (line: string) => void): Promise<number> {
  const found = await problems(file);
  for (const issue of found) print(issueLine(file, issue));
  return found.length === 0 ? 0 : 1;
}
