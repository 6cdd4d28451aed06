import { chmod, readFile } from 'node:fs/promises';
import { stageFile } from '../../store/json-file.ts';

/** Writes a file others read (0644), whole or not at all. @returns what it did. */
export async function writeServiceFile(path: string, text: string): Promise<'made' | 'changed' | 'same'> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return 'same';
  await (await stageFile(path, text)).commit();
  await chmod(path, 0o644);
  return before === undefined ? 'made' : 'changed';
}
