import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atLoginSwitch, autostartFile } from '../../../electron/main/login-item.ts';
import { startAtLogin, startsHidden } from '../../../electron/main/start-at-login.ts';

const electron = vi.hoisted(() => ({
  isPackaged: true,
  folder: '',
  items: [] as { openAtLogin: boolean; path: string; args: string[] }[],
  atLogin: false,
}));
vi.mock('electron', () => ({
  app: {
    get isPackaged() {
      return electron.isPackaged;
    },
    getAppPath: () => '/src/evenkeel',
    getPath: () => electron.folder,
    setLoginItemSettings: (item: (typeof electron.items)[number]) => electron.items.push(item),
    getLoginItemSettings: () => ({ wasOpenedAtLogin: electron.atLogin }),
  },
}));

const runOn = (platform: NodeJS.Platform, execPath: string, env: Record<string, string> = {}) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  vi.spyOn(process, 'execPath', 'get').mockReturnValue(execPath);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
};

beforeEach(() => {
  electron.folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-login-'));
  Object.assign(electron, { isPackaged: true, items: [], atLogin: false });
  for (const name of ['APPIMAGE', 'APPDIR', 'PORTABLE_EXECUTABLE_FILE', 'PORTABLE_EXECUTABLE_APP_FILENAME']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(electron.folder, { recursive: true, force: true });
});

describe('what is started at login', () => {
  const entry = () => readFileSync(autostartFile(electron.folder), 'utf8');

  it('is an installed program itself', () => {
    runOn('linux', '/opt/Evenkeel/evenkeel');
    startAtLogin(true);
    expect(entry()).toContain('Exec="/opt/Evenkeel/evenkeel" "--at-login"\n');
  });

  it('is an AppImage by its file: its mount goes when it ends', () => {
    runOn('linux', '/tmp/.mount_Evenk/evenkeel', { APPIMAGE: '/home/me/Evenkeel.AppImage', APPDIR: '/tmp/.mount_Evenk' });
    startAtLogin(true);
    expect(entry()).toContain('Exec="/home/me/Evenkeel.AppImage" "--at-login"\n');
  });

  it('is this program, not the AppImage that it was started from', () => {
    runOn('linux', '/opt/Evenkeel/evenkeel', { APPIMAGE: '/home/me/Terminal.AppImage', APPDIR: '/tmp/.mount_Termi' });
    startAtLogin(true);
    expect(entry()).toContain('Exec="/opt/Evenkeel/evenkeel" "--at-login"\n');
  });

  it('is a portable exe by its file: what it was unpacked to goes when it ends', () => {
    const unpacked = 'C:\\Temp\\2x7\\Evenkeel.exe';
    runOn('win32', unpacked, { PORTABLE_EXECUTABLE_FILE: 'D:\\Evenkeel.exe', PORTABLE_EXECUTABLE_APP_FILENAME: 'Evenkeel' });
    startAtLogin(true);
    startAtLogin(false);
    expect(electron.items).toEqual([
      { openAtLogin: true, path: 'D:\\Evenkeel.exe', args: [atLoginSwitch] },
      { openAtLogin: false, path: 'D:\\Evenkeel.exe', args: [atLoginSwitch] },
    ]);
  });

  it('is Electron with its folder in development', () => {
    electron.isPackaged = false;
    runOn('win32', 'C:\\electron.exe');
    startAtLogin(true);
    expect(electron.items).toEqual([{ openAtLogin: true, path: 'C:\\electron.exe', args: ['/src/evenkeel', atLoginSwitch] }]);
  });
});

describe('a start', () => {
  it('is hidden only when the system made it at login and its owner wants that', () => {
    runOn('darwin', '/Applications/Evenkeel.app/Contents/MacOS/Evenkeel');
    expect(startsHidden({ startHidden: true })).toBe(false);
    electron.atLogin = true;
    expect(startsHidden({ startHidden: true })).toBe(true);
    expect(startsHidden({ startHidden: false })).toBe(false);
  });
});
