import path from 'node:path';
import { BrowserWindow, screen } from 'electron';
import { appOrigin } from './app-protocol.ts';
import type { EventTarget } from './ipc-transport.ts';
import { boundsToOpen, minimumSize, type WindowState } from './window-state.ts';

export interface MainWindowOptions {
  /** As saved by an earlier run; anything else opens at the default size. */
  savedState: unknown;
  saveState(state: WindowState): void;
  /** The bundled preload, out/preload/index.cjs. */
  preload: string;
  /** Shown until the page has painted, so that the window does not flash. */
  backgroundColor: string;
}

export interface MainWindow extends EventTarget {
  /** Brings it to the front. */
  reveal(): void;
  /** It shows again after it was hidden or minimised. */
  onShown(callback: () => void): void;
  onClosed(callback: () => void): void;
}

/** A page that keeps crashing is not reloaded more often than this. */
const reloadPauseMs = 2_000;

/** Opens the one window: sandboxed, isolated, without Node, at the place it was left. */
export function openMainWindow(options: MainWindowOptions): MainWindow {
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...boundsToOpen(options.savedState, workAreas),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Evenkeel',
    backgroundColor: options.backgroundColor,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });

  if (wasMaximized(options.savedState)) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.on('close', () => {
    options.saveState({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    // The engine has not noticed anything; only the screens have to come back.
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload();
    }, reloadPauseMs);
  });
  void window.loadURL(`${appOrigin}/index.html`);

  let hidden = false;
  const hide = (): void => {
    hidden = true;
  };
  const shown: (() => void)[] = [];
  const show = (): void => {
    if (!hidden) return;
    hidden = false;
    for (const callback of shown) callback();
  };
  window.on('hide', hide);
  window.on('minimize', hide);
  window.on('show', show);
  window.on('restore', show);

  return {
    webContents: window.webContents,
    isShown: () => !hidden && !window.isDestroyed(),
    reveal() {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    onShown(callback) {
      shown.push(callback);
    },
    onClosed(callback) {
      window.once('closed', callback);
    },
  };
}

function wasMaximized(saved: unknown): boolean {
  return typeof saved === 'object' && saved !== null && 'maximized' in saved && saved.maximized === true;
}

/** The bundled preload beside the bundled main. */
export function bundledPreload(mainFolder: string): string {
  return path.join(mainFolder, '../preload/index.cjs');
}
