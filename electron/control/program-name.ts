import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** The file name of a process's program (Linux); `comm` is what the main thread calls itself, which newer Node makes "MainThread". */
export async function programName(pid: string): Promise<string> {
  const file = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const name = basename(file.replace(/ \(deleted\)$/, ''));
  return name || (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() || 'a program';
}

/** As people call it: "python3.11" and "Python" are python, "node.exe" is node. */
export function shortName(program: string): string {
  const name = program.replace(/\.exe$/i, '').replace(/(?<=[a-z])-?[0-9][0-9.]*$/i, '');
  return /^python$/i.test(name) ? 'python' : name;
}
