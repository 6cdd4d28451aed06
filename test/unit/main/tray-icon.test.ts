import { EventEmitter } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { TrayIcon } from '../../../electron/main/tray.ts';

const system = vi.hoisted(() => ({ trays: [] as EventEmitter[] }));
vi.mock('../../../electron/main/tray-images.ts', () => ({ trayImage: () => ({}) }));
vi.mock('electron', () => ({
  Menu: { buildFromTemplate: () => ({}) },
  Tray: class extends EventEmitter {
    constructor() {
      super();
      system.trays.push(this);
    }
    isDestroyed = () => false;
    setToolTip() {}
    setContextMenu() {}
  },
}));

afterEach(() => {
  vi.restoreAllMocks();
});

// Desktops of Linux that tell of a click (KDE's among them) show no menu for it: it would do nothing at all.
it.each([
  ['win32', 1],
  ['linux', 1],
  ['darwin', 0],
] as const)('a click on the tray on %s opens the window: %i', (platform, opened) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  const open = vi.fn();
  const nothing = (): void => undefined;
  new TrayIcon({ open, copy: nothing, setMode: nothing, setPaused: nothing, showUpdates: nothing, quit: nothing });
  system.trays.at(-1)!.emit('click');
  expect(open).toHaveBeenCalledTimes(opened);
});
