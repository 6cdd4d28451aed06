import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { calls, noted } from './call-log.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu } from './menu.ts';
import { protocol } from './protocol.ts';
import { session } from './session.ts';

/**
 * Stands in for the module `electron` where its binary cannot be had, for what the application uses of it. The bundled
 * main and preload run unchanged; windows are Chromium pages. Not covered: native menus, the operating system's sandbox,
 * fuses, the preload's isolated world. The specs run on the real thing where it is there.
 */

const shell = { openExternal: noted('shell.openExternal', Promise.resolve()), showItemInFolder: noted('shell.showItemInFolder') };
const dialog = {
  showErrorBox: noted('dialog.showErrorBox'),
  showMessageBox: noted('dialog.showMessageBox', Promise.resolve({ response: 0, checkboxChecked: false })),
};
const nativeTheme = Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: true });
const workArea = { x: 0, y: 0, width: 1920, height: 1080 };
const display = { id: 1, bounds: workArea, workArea, scaleFactor: 1 };
const screen = Object.assign(new EventEmitter(), { getPrimaryDisplay: () => display, getAllDisplays: () => [display] });
const standIn = { calls };

export { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, screen, session, shell, standIn };

// electron-store reads `electron` as one object.
// eslint-disable-next-line no-restricted-syntax
export default { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, screen, session, shell, standIn };
