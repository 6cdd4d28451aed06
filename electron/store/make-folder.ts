import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from './error-code.ts';

const problem = (words: string, code: string): Error => Object.assign(new Error(words), { code });

/**
 * Makes a folder and what is missing above it. Not by Node's own recursive mkdir: that one never ends where a file system takes no folders and
 * says that there is no such file, as Linux' /proc does.
 * @param mode of every folder made. Default: for its owner only.
 * @returns whether it was made; false: it was there.
 * @throws Error with the file system's code, at once.
 */
export function makeFolder(folder: string, mode = 0o700): boolean {
  const missing: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found && !found.isDirectory()) throw problem(`${at} is no folder`, missing.length > 0 ? 'ENOTDIR' : 'ENOTSUP');
    if (found || dirname(at) === at) break;
    missing.unshift(at);
  }
  for (const path of missing) {
    try {
      mkdirSync(path, { mode });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw problem(`no folder can be made in ${dirname(path)}`, 'ENOTSUP');
      // Somebody else was quicker, or a symbolic link leads nowhere.
      if (codeOf(error) !== 'EEXIST' || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  }
  return missing.length > 0;
}
