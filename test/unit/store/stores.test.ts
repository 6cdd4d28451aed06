import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createElectronStore } from '../../../electron/store/electron-store.ts';
import { createJsonFileStore } from '../../../electron/store/json-file.ts';
import { createMemoryStore } from '../../../electron/store/memory-store.ts';
import { migrate, type Migration } from '../../../electron/store/migrations.ts';
import type { DocumentStore } from '../../../electron/store/store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-stores-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const stores: [string, () => DocumentStore][] = [
  ['a JSON file', () => createJsonFileStore(join(folder, 'a.json'), { optional: true })],
  ['an electron-store', () => createElectronStore(new Conf({ cwd: folder, projectName: 'evenkeel' }), 'config')],
  ['memory', () => createMemoryStore()],
];

it.each(stores)('%s keeps a document: staged, discarded, committed', async (_name, make) => {
  const store = make();
  expect(await store.load()).toBeUndefined();
  const document = { version: 1, pools: [{ id: 'a' }] };
  await (await store.stage(document)).discard();
  expect(await store.load()).toBeUndefined();
  const staged = await store.stage(document);
  document.pools.push({ id: 'later' });
  expect(await store.load()).toBeUndefined();
  await staged.commit();
  expect(await store.load()).toEqual({ version: 1, pools: [{ id: 'a' }] });
});

it.each(stores.slice(0, 2))('%s is there for the next process', async (_name, make) => {
  await (await make().stage({ version: 1 })).commit();
  expect(await make().load()).toEqual({ version: 1 });
});

it('migrates step by step, and leaves alone what it does not know', () => {
  const steps = new Map<number, Migration>([
    [1, (d) => ({ ...d, version: 2, two: true })],
    [2, (d) => ({ ...d, version: 3, three: true })],
  ]);
  expect(migrate({ version: 1, a: 1 }, steps)).toEqual({ version: 3, a: 1, two: true, three: true });
  expect(migrate({ version: 2 }, steps)).toEqual({ version: 3, three: true });
  for (const document of [{ version: 9 }, { version: '1' }, {}, [], null, 'text']) expect(migrate(document, steps)).toBe(document);
});
