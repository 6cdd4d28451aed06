import path from 'node:path';
import { BrowserWindow, dialog, screen, type RenderProcessGoneDetails } from 'electron';
import { appOrigin } from './app-protocol.ts';
import { CrashPolicy } from './crash-policy.ts';
import { hideWindow } from './hide-window.ts';
import type { EventTarget } from './ipc-transport.ts';
import { boundsToOpen, minimumSize, windowStateSchema, type WindowState } from './window-state.ts';

export interface MainWindowOptions {
  /** As saved by an earlier run; anything else opens at the default size. */
  savedState: unknown;
  saveState(state: WindowState): void;
  /** The bundled preload, out/preload/index.cjs. */
  preload: string;
  /** Shown until the page has painted, so that the window does not flash. */
  backgroundColor: string;
  /** Asked when the window is closed: whether it only hides. */
  hidesInstead(): boolean;
  /** The page could not be loaded. */
  onLoadFailed(error: unknown): void;
  /** Whether the program goes on without its window. */
  staysWithout(): boolean;
  /** The page crashed and is loaded again. */
  onCrash(reason: string): void;
}

export interface MainWindow extends EventTarget {
  /** Brings it to the front. */
  reveal(): void;
  /** It is in front of everything. */
  isFocused(): boolean;
  /** It shows again after it was hidden or minimised. */
  onShown(callback: () => void): void;
  onClosed(callback: () => void): void;
}

/** Between a crash and the page's next start. Milliseconds. */
const reloadPauseMs = 1_000;

/** Opens the one window: sandboxed, isolated, without Node, at the place it was left. */
export function openMainWindow(options: MainWindowOptions): MainWindow {
  const window = new BrowserWindow({
    ...boundsToOpen(options.savedState, workAreas()),
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
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  const state = (): WindowState => ({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });

  if (wasMaximized(options.savedState)) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.on('close', (event) => {
    options.saveState(state());
    if (!options.hidesInstead()) return;
    event.preventDefault();
    hideWindow(window);
  });
  // Windows ends a program with its session without closing its window first.
  window.on('session-end', () => {
    options.saveState(state());
  });
  recover(window, options);
  stayOnScreen(window, state);
  window.loadURL(`${appOrigin}/index.html`).catch((error: unknown) => {
    // Closed while it loaded: nobody misses it.
    if (!window.isDestroyed()) options.onLoadFailed(error);
  });

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
    isFocused: () => !window.isDestroyed() && window.isFocused(),
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

/** A page that crashes is loaded again, once by itself and then when its owner says so; one that hangs when its owner says so. */
function recover(window: BrowserWindow, { onCrash, staysWithout }: Pick<MainWindowOptions, 'onCrash' | 'staysWithout'>): void {
  const policy = new CrashPolicy();
  const load = (): void => {
    if (!window.isDestroyed()) window.webContents.reload();
  };
  const crashed = ({ reason }: RenderProcessGoneDetails): void => {
    if (reason === 'clean-exit') return;
    onCrash(reason);
    if (policy.crashed(performance.now()) === 'reload') {
      setTimeout(load, reloadPauseMs);
      return;
    }
    void dialog
      .showMessageBox(window, {
        type: 'error',
        title: 'Evenkeel',
        message: 'The window failed again.',
        detail: `Its page ended (${reason}) twice within a minute. Balancing goes on meanwhile.`,
        buttons: ['Load it again', staysWithout() ? 'Close the window' : 'Quit Evenkeel'],
        defaultId: 0,
        cancelId: 1,
      })
      .then(({ response }) => {
        if (response === 0) load();
        else if (!window.isDestroyed()) window.destroy();
      });
  };
  window.webContents.on('render-process-gone', (_event, details) => {
    crashed(details);
  });

  let asking: AbortController | undefined;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = new AbortController();
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        title: 'Evenkeel',
        message: 'The window does not answer.',
        detail: 'Balancing goes on. What was not applied yet is lost when the window is loaded again.',
        buttons: ['Wait', 'Load it again'],
        defaultId: 0,
        cancelId: 0,
        // The question goes when the window answers again.
        signal: asking.signal,
      })
      .then(({ response }) => {
        asking = undefined;
        if (response !== 1 || window.isDestroyed()) return;
        // A page that hangs does not hear that it is to load again; its end is told as a crash, which loads it.
        window.webContents.forcefullyCrashRenderer();
      });
  });
  window.on('responsive', () => {
    asking?.abort();
    asking = undefined;
  });
}

/** Brings the window back when the display it stood on is taken away or becomes smaller. */
function stayOnScreen(window: BrowserWindow, state: () => WindowState): void {
  const look = (): void => {
    if (window.isDestroyed()) return;
    const bounds = boundsToOpen(state(), workAreas());
    if (bounds.x !== undefined && bounds.y !== undefined) return;
    window.setSize(bounds.width, bounds.height);
    window.center();
  };
  screen.on('display-removed', look);
  screen.on('display-metrics-changed', look);
  window.once('closed', () => {
    screen.off('display-removed', look);
    screen.off('display-metrics-changed', look);
  });
}

const workAreas = (): Electron.Rectangle[] => screen.getAllDisplays().map((display) => display.workArea);

function wasMaximized(saved: unknown): boolean {
  const state = windowStateSchema.safeParse(saved);
  return state.success && state.data.maximized;
}

/** The bundled preload beside the bundled main. */
export function bundledPreload(mainFolder: string): string {
  return path.join(mainFolder, '../preload/index.cjs');
}
