import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJsonFile, stageFile } from '../../../electron/store/json-file.ts';
import { makeFolder } from '../../../electron/store/make-folder.ts';
import { readBounded, TooLargeError } from '../../../electron/store/read-bounded.ts';

const linux = process.platform === 'linux';
let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-places-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a folder', () => {
  it('is made with all that is missing above it, for its owner only', () => {
    expect(makeFolder(at('a/b/c'))).toBe(true);
    expect(['a', 'a/b', 'a/b/c'].map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
    expect(makeFolder(at('a/b/c'))).toBe(false);
  });

  it('is not made in a file, nor through a link that leads nowhere', () => {
    writeFileSync(at('file'), '');
    expect(() => makeFolder(at('file'))).toThrow('is no folder');
    expect(() => makeFolder(at('file/b'))).toThrow();
    symlinkSync(at('nowhere'), at('link'));
    expect(() => makeFolder(at('link'))).toThrow();
    expect(existsSync(at('nowhere'))).toBe(false);
  });

  // In a process of its own: what hangs here would stop this one.
  it.skipIf(!linux)(
    'is refused at once where no folder can be made',
    () => {
      const source = new URL('../../../electron/store/make-folder.ts', import.meta.url).href;
      for (const place of ['/proc/evenkeel/a', '/proc/self/fd/a/b']) {
        const script = `import('${source}').then(({ makeFolder }) => { try { makeFolder('${place}'); } catch (error) { console.log(error.message); } })`;
        const { stdout, signal } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 10_000 });
        expect({ signal, stdout }).toEqual({
          signal: null,
          stdout: expect.stringMatching(/no folder can be made in|EACCES|EPERM/) as string,
        });
      }
    },
    25_000,
  );
});

describe('a file that is written', () => {
  it.skipIf(!linux)('never takes the place of a device or a pipe', async () => {
    spawnSync('mkfifo', [at('pipe')]);
    for (const place of [at('pipe'), '/dev/null']) await expect(stageFile(place, 'x')).rejects.toThrow('it is no ordinary file');
    await expect(stageFile(folder, 'x')).rejects.toThrow('it is a folder');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder)).toEqual(['pipe']);
  });
});

describe('a file that is read', () => {
  it('has a bound, whatever its size is said to be', async () => {
    writeFileSync(at('ten'), '0123456789');
    expect((await readBounded(at('ten'), 10)).toString()).toBe('0123456789');
    await expect(readBounded(at('ten'), 9)).rejects.toThrow(TooLargeError);
    mkdirSync(at('d'));
    await expect(readBounded(at('d'), 9)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it.skipIf(!linux)('is an ordinary one; a pipe is not waited for, a device not read to its end', async () => {
    spawnSync('mkfifo', [at('pipe')]);
    await expect(readBounded(at('pipe'), 10)).rejects.toThrow('no ordinary file');
    await expect(readBounded('/dev/zero', 1_000)).rejects.toThrow('no ordinary file');
    await expect(readBounded('/dev/zero', 1_000, { pipes: true })).rejects.toThrow(TooLargeError);
    await expect(readJsonFile('/dev/zero')).rejects.toThrow('is larger than 16 MiB');
  });
});
