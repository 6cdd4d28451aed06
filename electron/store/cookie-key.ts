import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../control/log.ts';
import { fileProblem } from './json-file.ts';
import { makeFolder } from './make-folder.ts';

const bytes = 32;

/**
 * The secret behind stickiness cookies, kept in `folder` as the file `cookie-key` with mode 0600, so that clients stay on their nodes
 * when the program is started anew. Made when there is none.
 * @returns undefined, and says why in the log, when it can be neither read nor written: cookies then end with the process.
 */
export function cookieKeyIn(folder: string, log: Log): Buffer | undefined {
  const path = join(folder, 'cookie-key');
  try {
    return readKey(path, log) ?? makeKey(folder, path);
  } catch (error) {
    log('warn', `The key of stickiness cookies cannot be kept in ${path}: ${fileProblem(error)}. Cookies end with this process.`);
    return undefined;
  }
}

function readKey(path: string, log: Log): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== bytes) throw new Error('it holds no key; remove the file to have one made');
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    log('warn', `${path} can be read by other users of this machine; chmod 600 it.`);
  }
  return key;
}

function makeKey(folder: string, path: string): Buffer {
  const key = randomBytes(bytes);
  makeFolder(folder);
  // `wx`: of two programs that start at once, the second says so instead of taking the first one's cookies away.
  writeFileSync(path, `${key.toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}
