import { copyFile, mkdtemp, readFile, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workspace } from '../../../electron/control/workspace.ts';
import { Backups } from '../../../electron/store/backups.ts';
import { createJsonFileStore } from '../../../electron/store/json-file.ts';
import { ChangedError } from '../../../electron/store/store.ts';
import { FakeEngine } from '../control/fake-engine.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-changed-'));
  file = join(folder, 'a.json');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const config = (port: number) => ({
  version: 1,
  listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
});
const write = (document: unknown) => writeFile(file, JSON.stringify(document));
const stored = async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

async function opened() {
  await write(config(18080));
  const store = createJsonFileStore(file);
  await store.load();
  return store;
}

it('a change of others is not written over, whatever it leaves of size and time', async () => {
  const store = await opened();
  await write(config(18099));
  await expect(store.stage(config(18081))).rejects.toThrow(ChangedError);
  await expect(store.stage(config(18081))).rejects.toThrow('by another program and has not been read since, so it was not written over');
  expect(await stored()).toEqual(config(18099));
  expect(await readdir(folder)).toEqual(['a.json']);
  await store.load();
  await (await store.stage(config(18081))).commit();
  expect(await stored()).toEqual(config(18081));
});

it('nor one that comes between the two halves of a save', async () => {
  const store = await opened();
  const staged = await store.stage(config(18081));
  await writeFile(join(folder, 'b'), JSON.stringify(config(18099)));
  await rename(join(folder, 'b'), file);
  await expect(staged.commit()).rejects.toThrow(ChangedError);
  await staged.discard();
  expect(await stored()).toEqual(config(18099));
  expect(await readdir(folder)).toEqual(['a.json']);
});

it('a file that was removed, or made where there was none, is a change', async () => {
  const store = await opened();
  await rm(file);
  await expect(store.stage({})).rejects.toThrow('was removed by another program');
  const optional = createJsonFileStore(file, { optional: true });
  await optional.load();
  await write(config(18099));
  await expect(optional.stage({})).rejects.toThrow('was made by another program');
});

it('a file that was only touched, or copied over with the same content, is not', async () => {
  const store = await opened();
  await utimes(file, new Date(0), new Date(0));
  await (await store.stage(config(18081))).commit();
  await copyFile(file, join(folder, 'b'));
  await rename(join(folder, 'b'), file);
  await (await store.stage(config(18082))).commit();
  expect(await stored()).toEqual(config(18082));
});

it('a save of our own is none', async () => {
  const store = await opened();
  for (let port = 18081; port < 18085; port++) await (await store.stage(config(port))).commit();
  expect(await stored()).toEqual(config(18084));
});

it('the window is told CONFLICT, and nothing runs or is saved of what it sent', async () => {
  await write(config(18080));
  const engine = new FakeEngine();
  const workspace = new Workspace({ store: createJsonFileStore(file), engine });
  await workspace.load();
  await write(config(18099));
  for (const change of [() => workspace.apply(config(18081)), () => workspace.setMode('web', 'a', 'drain')])
    await expect(change()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/^Nothing was saved or applied\. .*Read it again/) as string,
    });
  expect(engine.config.listeners[0]?.port).toBe(18080);
  expect(await workspace.load()).toMatchObject({ changed: ['listeners.web'] });
  await workspace.apply(config(18081));
  expect(await stored()).toEqual(config(18081));
});

it('what was read and refused stays its author’s; at a first start the window may mend it, and a copy is kept', async () => {
  await write(config(18080));
  const backups = new Backups(join(folder, 'backups'), 'a', { onProblem: () => undefined });
  const workspace = new Workspace({ store: createJsonFileStore(file, { backups }), engine: new FakeEngine() });
  await workspace.load();
  await write(config(0));
  await expect(workspace.load()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(workspace.apply(config(18081))).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await stored()).toEqual(config(0));

  const fresh = new Workspace({ store: createJsonFileStore(file, { backups }), engine: new FakeEngine() });
  await expect(fresh.load()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await fresh.apply(config(18081));
  expect(await stored()).toEqual(config(18081));
  const [newest] = await backups.list();
  expect(await backups.read(newest!.id)).toEqual(config(0));
});
