import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Backups } from '../../../electron/store/backups.ts';
import { createJsonFileStore } from '../../../electron/store/json-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-killed-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const isWhole = (document: unknown) => (document as { text?: string }).text?.length === 100_000;
const open = () => {
  const backups = new Backups(join(folder, 'backups'), 'a', { onProblem: () => undefined, gapMs: 0 });
  return createJsonFileStore(join(folder, 'a.json'), { optional: true, backups, recover: isWhole });
};

it('killed at any moment of saving and copying: the file is whole, so is every copy, and there are never more than ten', async () => {
  const source = (name: string) => JSON.stringify(new URL(`../../../electron/store/${name}`, import.meta.url).href);
  const program = `
    import { createJsonFileStore } from ${source('json-file.ts')};
    import { Backups } from ${source('backups.ts')};
    const folder = process.argv[1];
    const backups = new Backups(folder + '/backups', 'a', { onProblem: console.error, gapMs: 0 });
    const store = createJsonFileStore(folder + '/a.json', { optional: true, backups, recover: () => true });
    await store.load();
    console.log('going');
    for (let n = 0; ; n++) await (await store.stage({ n, text: 'x'.repeat(100_000) })).commit();`;
  for (let round = 0; round < 40; round++) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = open();
    const document = await store.load();
    expect(store.recovery).toBeUndefined();
    if (document !== undefined) expect(isWhole(document)).toBe(true);
    const kept = await store.backups!.list();
    // One more than ten where it was killed between the copy and the pruning.
    expect(kept.length).toBeLessThanOrEqual(11);
    for (const { id } of kept) expect(isWhole(await store.backups!.read(id))).toBe(true);
  }
  const store = open();
  await store.load();
  await (await store.stage({ text: 'y'.repeat(100_000) })).commit();
  expect((await store.backups!.list()).length).toBeLessThanOrEqual(10);
  expect((await readdir(folder)).sort()).toEqual(['a.json', 'backups']);
  expect((await readdir(join(folder, 'backups'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}, 300_000);
