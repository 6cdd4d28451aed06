import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cookieKeyIn } from '../../../electron/store/cookie-key.ts';

let folder: string;
const said: string[] = [];
const log = (_level: string, message: string) => void said.push(message);
beforeEach(() => {
  said.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-key-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('is made once, for its owner alone, and found again', () => {
  const inner = join(folder, 'not', 'there');
  const key = cookieKeyIn(inner, log)!;
  expect(key).toHaveLength(32);
  if (process.platform !== 'win32') expect(statSync(join(inner, 'cookie-key')).mode & 0o777).toBe(0o600);
  expect(cookieKeyIn(inner, log)!.equals(key)).toBe(true);
  expect(said).toEqual([]);
  expect(cookieKeyIn(folder, log)!.equals(key)).toBe(false);
});

it('is nothing, with a word in the log, where it cannot be kept or is not a key', () => {
  writeFileSync(join(folder, 'cookie-key'), 'short');
  expect(cookieKeyIn(folder, log)).toBe(undefined);
  expect(readFileSync(join(folder, 'cookie-key'), 'utf8')).toBe('short');
  expect(cookieKeyIn(join(folder, 'cookie-key'), log)).toBe(undefined);
  expect(said).toHaveLength(2);
  for (const line of said) expect(line).toMatch(/cannot be kept in .*cookie-key.*Cookies end with this process\.$/);
});
