import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { calls, imported, noted } from './call-log.ts';
import { ipcMain } from './ipc-main.ts';
import { marks } from './marks.ts';
import { Menu } from './menu.ts';
import { nativeImage } from './native-image.ts';
import { request } from './net-request.ts';
import { Notification } from './notification.ts';
import { answerByProtocol, protocol } from './protocol.ts';
import { keychain, safeStorage } from './safe-storage.ts';
import { screen } from './screen.ts';
import { session } from './session.ts';
import { Tray } from './tray.ts';

/**
 * Stands in for the module `electron` where its binary cannot be had, for what the application uses of it. The bundled
 * main and preload run unchanged; windows are Chromium pages. Not covered: native menus, the operating system's sandbox,
 * fuses, the preload's isolated world. The specs run on the real thing where it is there.
 */

const shell = {
  openExternal: noted('shell.openExternal', Promise.resolve()),
  openPath: noted('shell.openPath', Promise.resolve('')),
  showItemInFolder: noted('shell.showItemInFolder'),
};
const dialog = {
  showErrorBox: noted('dialog.showErrorBox'),
  showMessageBox: noted('dialog.showMessageBox', Promise.resolve({ response: 0, checkboxChecked: false })),
  showOpenDialog: noted('dialog.showOpenDialog', Promise.resolve({ canceled: true, filePaths: [] as string[] })),
};
let copied = '';
const clipboard = {
  writeText: (text: string) => {
    copied = text;
  },
  readText: () => copied,
};
const powerMonitor = new EventEmitter();
/** As Electron's: a request by the main process itself, which custom protocols answer too. */
const net = { fetch: async (url: string, init?: RequestInit) => answerByProtocol(new Request(url, init)), request };
/** The updater of macOS and Windows; nothing comes from it by itself. */
const autoUpdater = new EventEmitter();
const nativeTheme = Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: true });
const standIn = { calls, imported, keychain, marks };

export {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  standIn,
  Tray,
};

// electron-store reads `electron` as one object.
// eslint-disable-next-line no-restricted-syntax
export default {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  standIn,
  Tray,
};
