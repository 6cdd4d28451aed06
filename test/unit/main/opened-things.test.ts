import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedByArguments, readOpened } from '../../../electron/main/opened-things.ts';

describe('what a command line asks to open', () => {
  const cwd = path.resolve('/somewhere');

  it('is our own files, named from where it was typed, and our links', () => {
    expect(askedByArguments(['evenkeel', 'a.evenkeel.json', '--flag', '/b/c.EVENKEEL', 'evenkeel://live'], cwd)).toEqual([
      { kind: 'file', path: path.join(cwd, 'a.evenkeel.json') },
      { kind: 'file', path: path.resolve('/b/c.EVENKEEL') },
      { kind: 'link', link: 'evenkeel://live' },
    ]);
  });

  it('is a file by its address, as desktops of Linux may say it', () => {
    const file = path.resolve('/some where/50% #1.evenkeel.json');
    expect(askedByArguments(['evenkeel', pathToFileURL(file).href], cwd)).toEqual([{ kind: 'file', path: file }]);
  });

  it('is nothing else: switches, folders, other files, the program itself', () => {
    expect(
      askedByArguments(['x.evenkeel.json', '.', '--config=a.evenkeel.json', '-a.evenkeel.json', 'web.json', 'https://x'], cwd),
    ).toEqual([]);
  });
});

describe('a file that is opened', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-opened-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is handed on by its name and text', async () => {
    const file = path.join(folder, 'web.evenkeel.json');
    writeFileSync(file, '{"version":1}');
    expect(await readOpened(file)).toEqual({ name: 'web.evenkeel.json', text: '{"version":1}' });
  });

  it.skipIf(process.platform === 'win32')('is never a pipe: nobody would wait for its other end', async () => {
    const pipe = path.join(folder, 'pipe.evenkeel.json');
    spawnSync('mkfifo', [pipe]);
    const link = path.join(folder, 'link.evenkeel.json');
    symlinkSync('/dev/zero', link);
    for (const file of [pipe, link]) expect(await readOpened(file)).toEqual({ name: path.basename(file), problem: 'It is no file.' });
  });

  it('says why when it is not there, too large, or no file', async () => {
    expect(await readOpened(path.join(folder, 'gone.evenkeel.json'))).toEqual({
      name: 'gone.evenkeel.json',
      problem: 'There is no such file any more.',
    });
    const large = path.join(folder, 'large.evenkeel.json');
    writeFileSync(large, '');
    truncateSync(large, 1_000_001);
    expect(await readOpened(large)).toMatchObject({ problem: expect.stringContaining('larger than 1 MB') as string });
    const directory = path.join(folder, 'folder.evenkeel.json');
    mkdirSync(directory);
    expect(await readOpened(directory)).toMatchObject({ problem: 'It is no file.' });
  });
});
