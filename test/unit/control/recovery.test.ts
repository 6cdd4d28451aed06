import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { createElectronStore, putAsideDamaged } from '../../../electron/store/electron-store.ts';
import { backupsIn, ownConfigStore } from '../../../electron/store/own-files.ts';
import { FakeEngine } from './fake-engine.ts';
import { createFakeLab } from './fake-lab.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-recovery-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const script = { kind: 'http', via: 'token' } as const;
const config = (port: number) => ({
  version: 1,
  listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', nodes: ['a', 'b'].map((id, i) => ({ id, address: `127.0.0.1:900${i}` })) }],
});

/** The desktop's plane on this folder, with conf in place of electron-store, which is made of it. */
async function start({ mayFail = false } = {}) {
  const logged: string[] = [];
  const warn = (words: string) => void logged.push(words);
  const damage = putAsideDamaged(join(folder, 'preferences.json'));
  const preferences = new Conf<Record<string, unknown>>({ cwd: folder, configName: 'preferences', clearInvalidConfig: true });
  const plane = createControlPlane({
    host: 'desktop',
    version: '0.0.0',
    store: ownConfigStore(folder, warn),
    settingsStore: createElectronStore(preferences, 'settings', { backups: backupsIn(folder, 'settings', warn), damage }),
    engineHost: new FakeEngine(),
    createLab: () =>
      createFakeLab(
        () => Promise.resolve(),
        () => Promise.resolve(),
      ),
    historyFolder: join(folder, 'history'),
    log: (_level, message) => logged.push(message),
    validateResults: true,
  });
  // As the window's state does, before the settings are asked for.
  preferences.set('window', { width: 1280 });
  const { found } = await plane.start().catch((error: unknown) => {
    if (!mayFail) throw error;
    return { found: undefined };
  });
  const ask = async (channel: string, params: unknown = {}) => {
    const reply = await plane.router(script, channel, params);
    if (!reply.ok) throw new Error(`${channel}: ${reply.error.code}`);
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a script sees: JSON it looks into
    return reply.value as any;
  };
  return { plane, ask, found, logged };
}

it('damaged files: what was saved last runs, and everybody is told', async () => {
  const first = await start();
  await first.ask('config.apply', { config: config(18080) });
  await first.ask('config.apply', { config: config(18081) });
  await first.ask('settings.set', { theme: 'light' });
  await first.plane.close();
  await writeFile(join(folder, 'evenkeel.json'), '{"version":1,"listen');
  await writeFile(join(folder, 'preferences.json'), '{"settings":');

  const second = await start();
  expect(second.found).toBe(true);
  expect((await second.ask('config.get')).listeners[0].port).toBe(18081);
  expect(await second.ask('settings.get')).toMatchObject({ theme: 'light' });
  const { recovered } = await second.ask('app.info');
  const words = recovered.split('\n');
  expect(words).toHaveLength(2);
  expect(words[0]).toMatch(
    /^The file of the settings was damaged \(.*\)\. It is kept as .*preferences\.json\.damaged-.*took its place\. It is what was saved/,
  );
  expect(words[1]).toMatch(
    /^The file of the configuration was damaged \(line 1, column 14: .*\)\. It is kept as .*evenkeel\.json\.damaged-/,
  );
  const { entries } = await second.ask('journal.list', { kinds: ['config.recovered'] });
  expect(entries.map((entry: { reason: string }) => entry.reason)).toEqual(words);
  expect(second.logged).toEqual(expect.arrayContaining(words));
  const kept = (await readdir(folder)).filter((name) => name.includes('.damaged-'));
  expect(kept).toHaveLength(2);
  expect(
    await readFile(
      join(
        folder,
        kept.find((name) => name.startsWith('evenkeel'))!,
      ),
      'utf8',
    ),
  ).toBe('{"version":1,"listen');
  await second.plane.close();

  const third = await start();
  expect((await third.ask('app.info')).recovered).toBeNull();
  await third.plane.close();
});

it('preferences that are JSON and no document are put aside as well', async () => {
  await writeFile(join(folder, 'preferences.json'), '[]');
  const { plane, ask } = await start();
  expect((await ask('app.info')).recovered).toMatch(/^The file of the settings was damaged \(it is JSON, but no object\)\. It is kept as /);
  await plane.close();
});

it('a configuration of a later version: said to every window, left as it is, and copied before anything takes its place', async () => {
  const later = JSON.stringify({ ...config(18080), version: 99 });
  await writeFile(join(folder, 'evenkeel.json'), later);
  const { plane, ask, found } = await start({ mayFail: true });
  expect(found).toBeUndefined();
  expect((await ask('app.info')).recovered).toMatch(
    /^The configuration in .*evenkeel\.json does not run, and nothing is balanced: .*version.* left as it is/,
  );
  expect(await readFile(join(folder, 'evenkeel.json'), 'utf8')).toBe(later);
  await ask('config.apply', { config: config(18081) });
  await plane.close();
  const copies = (await readdir(join(folder, 'backups'))).filter((name) => !name.includes('current'));
  const texts = await Promise.all(copies.map((name) => readFile(join(folder, 'backups', name), 'utf8')));
  expect(texts.map((text) => JSON.parse(text) as unknown)).toContainEqual(JSON.parse(later));
});

it('an older copy: what changed after it is named, out of the journal', async () => {
  const first = await start();
  await first.ask('config.apply', { config: config(18080) });
  await first.ask('config.apply', { config: config(18081) });
  await first.ask('node.setMode', { pool: 'web', node: 'b', mode: 'drain' });
  await first.plane.close();
  await writeFile(join(folder, 'backups', 'evenkeel.current.json'), '');
  await writeFile(join(folder, 'evenkeel.json'), '');

  const second = await start();
  expect((await second.ask('config.get')).listeners[0].port).toBe(18080);
  expect((await second.ask('app.info')).recovered).toMatch(
    /The copy of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC took its place\. Changed after it, and missing now: listeners\.web/,
  );
  await second.plane.close();
});

it('backups are listed with what they would change, and restored whole beside what runs unsaved', async () => {
  const { plane, ask } = await start();
  await ask('config.apply', { config: config(18080) });
  await ask('config.apply', { config: config(18081) });
  const { kept, backups } = await ask('backups.list');
  expect(kept).toBe(true);
  expect(backups).toEqual([expect.objectContaining({ changed: ['listeners.web'], problem: null })]);
  expect((await ask('backups.get', { id: backups[0].id })).config).toEqual(config(18080));
  expect(await ask('backups.restore', { id: backups[0].id })).toEqual({ changed: ['listeners.web'] });
  expect(JSON.parse(await readFile(join(folder, 'evenkeel.json'), 'utf8'))).toEqual(config(18080));

  await writeFile(join(folder, 'backups', `evenkeel.${backups[0].id}.json`), '{"version":1,"listeners":[{"id":"web","port":0}]}');
  expect((await ask('backups.list')).backups[0].problem).toMatch(/listeners\[0\]/);
  await expect(ask('backups.restore', { id: backups[0].id })).rejects.toThrow('CONFIG_INVALID');
  await expect(ask('backups.restore', { id: '2020-01-01T00-00-00-000Z' })).rejects.toThrow('BACKUP_NOT_FOUND');
  expect((await ask('config.get')).listeners[0].port).toBe(18080);
  await plane.close();
});
