import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../store/error-code.ts';

/** Another process that is alive keeps its history in the folder. */
export class FolderTakenError extends Error {
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(`process ${pid} keeps its history in ${folder}`);
    this.name = 'FolderTakenError';
    this.pid = pid;
  }
}

const fileName = 'lock';

/** When a process began, so that another one that was given its number later is told from it. Empty where it cannot be known. */
function beganAt(pid: number): string {
  if (process.platform !== 'linux') return '';
  try {
    // What follows the name in brackets: the state is field 3, the start in clock ticks since boot field 22.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number, began: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return began === '' || beganAt(pid) === '' || beganAt(pid) === began;
}

function holder(path: string): { text: string; pid: number; began: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const [pid = '', began = ''] = text.trim().split(' ');
    return { text, pid: Number(pid), began };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Takes the folder for this process. A lock whose process is gone is taken over.
 * @returns a function that gives it back.
 * @throws FolderTakenError, or what the file system says.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, fileName);
  const own = `${process.pid} ${beganAt(process.pid)}\n`;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o600 });
      return () => {
        if (holder(path)?.text === own) unlinkSync(path);
      };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const other = holder(path);
    if (!other) continue;
    if (other.text !== own && Number.isSafeInteger(other.pid) && other.pid > 0 && isAlive(other.pid, other.began))
      throw new FolderTakenError(folder, other.pid);
    setAside(path, other.text);
  }
  throw new Error(`the lock ${path} could not be taken`);
}

/** Two that find the same stale lock must not both remove it, or the second would remove the first one's new lock. */
function setAside(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = holder(aside);
  unlinkSync(aside);
  // It was somebody's who came first: his again.
  if (taken && taken.text !== stale) writeFileSync(path, taken.text, { flag: 'wx', mode: 0o600 });
}
