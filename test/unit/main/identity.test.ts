import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settleIdentity } from '../../../electron/main/identity.ts';
import { userFolder } from '../../../electron/headless/user-folder.ts';

const electron = vi.hoisted(() => ({ names: [] as string[], paths: [] as string[][], switches: [] as string[] }));
vi.mock('electron', () => ({
  app: {
    setAppUserModelId: (id: string) => electron.names.push(id),
    setPath: (name: string, folder: string) => electron.paths.push([name, folder]),
    commandLine: { hasSwitch: (name: string) => electron.switches.includes(name) },
  },
}));

let folder: string;
beforeEach(() => {
  Object.assign(electron, { names: [], paths: [], switches: [] });
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-identity-'));
  vi.stubEnv(process.platform === 'win32' ? 'APPDATA' : 'XDG_CONFIG_HOME', path.join(folder, 'config'));
  Object.assign(process, { resourcesPath: folder });
});
afterEach(() => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(process, 'resourcesPath');
  rmSync(folder, { recursive: true, force: true });
});

it('bears on Windows the name it was packed with, which its shortcut has too', async () => {
  electron.switches = ['user-data-dir'];
  const { afterPack } = (await import(new URL('../../../scripts/app-id.mjs', import.meta.url).href)) as {
    afterPack: (context: unknown) => Promise<void>;
  };
  await afterPack({ appOutDir: '', packager: { appInfo: { id: 'org.example.evenkeel' }, getResourcesDir: () => folder } });
  settleIdentity('win32');
  settleIdentity('linux');
  expect(electron.names).toEqual(['org.example.evenkeel']);
});

it('bears the name of its binary in development', () => {
  electron.switches = ['user-data-dir'];
  settleIdentity('win32');
  expect(electron.names).toEqual([process.execPath]);
});

it.skipIf(process.platform === 'darwin')('keeps its things in the folder the command line knows, which need not be there yet', () => {
  settleIdentity();
  expect(electron.paths).toEqual([['userData', userFolder()]]);
  expect(userFolder().startsWith(folder)).toBe(true);
  expect(existsSync(userFolder())).toBe(true);
});

it('keeps them where its command line says', () => {
  electron.switches = ['user-data-dir'];
  writeFileSync(path.join(folder, 'config'), 'no folder');
  settleIdentity();
  expect(electron.paths).toEqual([]);
});
