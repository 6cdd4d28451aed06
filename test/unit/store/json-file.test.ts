import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJsonFileStore } from '../../../electron/store/json-file.ts';
import { StoreError } from '../../../electron/store/store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-store-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const save = async (path: string, document: unknown) => (await createJsonFileStore(path).stage(document)).commit();

async function refusal(path: string): Promise<StoreError> {
  const error: unknown = await createJsonFileStore(path)
    .load()
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

describe('loading', () => {
  it('accepts a byte order mark', async () => {
    const path = join(folder, 'a.json');
    await writeFile(path, '\uFEFF{"version":1}');
    expect(await createJsonFileStore(path).load()).toEqual({ version: 1 });
  });

  it('says where the text is wrong', async () => {
    const path = join(folder, 'a.json');
    await writeFile(path, '\uFEFF{\n  "version": 1,\n}');
    expect(await refusal(path)).toMatchObject({ path: 'line 3, column 1', message: 'a comma before "}" must go' });
  });

  it('says why it cannot be read', async () => {
    expect((await refusal(join(folder, 'none.json'))).message).toBe('cannot be read: there is no such file');
    expect((await refusal(folder)).message).toBe('cannot be read: it is a folder');
    const path = join(folder, 'utf16.json');
    await writeFile(path, Buffer.from('\uFEFF{"version":1}', 'utf16le'));
    expect((await refusal(path)).message).toBe('is not UTF-8 text; save it as UTF-8');
  });

  it('takes a missing file for nothing saved yet only where that is allowed', async () => {
    const path = join(folder, 'none.json');
    expect(await createJsonFileStore(path, { optional: true }).load()).toBeUndefined();
    await symlink(join(folder, 'nowhere.json'), path);
    await expect(createJsonFileStore(path, { optional: true }).load()).rejects.toThrow('no such file');
  });
});

describe('saving', () => {
  it('changes nothing before it is committed, and nothing when it is discarded', async () => {
    const path = join(folder, 'a.json');
    await save(path, { a: 1 });
    const staged = await createJsonFileStore(path).stage({ a: 2 });
    expect(await createJsonFileStore(path).load()).toEqual({ a: 1 });
    await staged.discard();
    expect(await readdir(folder)).toEqual(['a.json']);
    expect(await createJsonFileStore(path).load()).toEqual({ a: 1 });
  });

  it('keeps permissions; a new file is for its owner alone', async () => {
    const path = join(folder, 'a.json');
    await save(path, { a: 1 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    await save(path, { a: 2 });
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('follows symbolic links to the real file, there or not yet', async () => {
    await mkdir(join(folder, 'real'));
    const link = join(folder, 'link.json');
    await symlink(join('real', 'a.json'), link);
    await save(link, { a: 1 });
    await save(link, { a: 2 });
    expect(await readlink(link)).toBe(join('real', 'a.json'));
    expect(JSON.parse(await readFile(join(folder, 'real', 'a.json'), 'utf8'))).toEqual({ a: 2 });
    expect(await readdir(join(folder, 'real'))).toEqual(['a.json']);
  });

  it('says why it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(createJsonFileStore(join(folder, 'file', 'a.json')).stage({})).rejects.toThrow('a part of its path is not a folder');
  });

  it('leaves either the old or the new document behind a process that dies while writing', async () => {
    const path = join(folder, 'a.json');
    const text = 'x'.repeat(200_000);
    await save(path, { n: -1, text });
    const store = new URL('../../../electron/store/json-file.ts', import.meta.url).href;
    const program = `
      import { createJsonFileStore } from ${JSON.stringify(store)};
      const store = createJsonFileStore(process.argv[1]);
      const text = 'x'.repeat(200_000);
      console.log('going');
      for (let n = 0; ; n++) await (await store.stage({ n, text })).commit();`;
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], { stdio: ['ignore', 'pipe', 'ignore'] });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const document = (await createJsonFileStore(path).load()) as { n: number; text: string };
      expect(document.text).toBe(text);
    }
    // What the dead left lying is swept away by the next one to write.
    await save(path, { done: true });
    expect(await readdir(folder)).toEqual(['a.json']);
  }, 60_000);
});
