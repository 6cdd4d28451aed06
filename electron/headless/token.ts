import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Log } from '../control/log.ts';
import { fileProblem, stageFile } from '../store/json-file.ts';
import { readBounded } from '../store/read-bounded.ts';
import { StoreError } from '../store/store.ts';

/** A token is 512 characters at most. */
const maxFileBytes = 4_096;

/** 256 bits in letters that need no quoting anywhere. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The token of `--token-file`: read if the file exists, else made and written there with mode 0600.
 * @throws StoreError when it can be neither read nor written, or holds nothing usable.
 */
export async function tokenFromFile(path: string, log: Log): Promise<string> {
  let content: string;
  try {
    content = (await readBounded(path, maxFileBytes, { pipes: true })).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new StoreError(`cannot read the token from ${path}: ${fileProblem(error)}`);
    const token = makeToken();
    const staged = await stageFile(path, `${token}\n`);
    await staged.commit();
    return token;
  }
  const token = content.trim();
  if (!/^[\x21-\x7e]{16,512}$/.test(token)) {
    throw new StoreError(`${path} holds no usable token: one line of 16–512 visible ASCII characters. Remove the file to have one made.`);
  }
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    log('warn', `${path} can be read by other users of this machine; chmod 600 it.`);
  }
  return token;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}
