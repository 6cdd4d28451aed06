import path from 'node:path';
import { app, dialog, nativeTheme } from 'electron';
import ElectronStore from 'electron-store';
import type { Settings } from '../../shared/contract/contract.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import { readSettings } from '../control/settings/read-settings.ts';
import { putAsideDamaged } from '../store/electron-store.ts';
import { serveAppProtocol } from './app-protocol.ts';
import { createDesktopPlane } from './create-plane.ts';
import { connectIpc } from './ipc-transport.ts';
import { logToStderr } from './log.ts';
import { setApplicationMenu } from './menu.ts';
import { denyEverythingElse } from './security.ts';
import { bundledPreload, openMainWindow, type MainWindow } from './window.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The tokens' ground colours, shown until the page has painted. */
const ground = { dark: '#0e1318', light: '#f6f8fa' };

/**
 * The desktop program from start to quit: control plane, window, and a quit that lets what is in flight finish.
 * @param mainFolder where the bundled main lies; preload and screens are beside it.
 */
export async function runApp(mainFolder: string): Promise<void> {
  await app.whenReady();
  serveAppProtocol(path.join(mainFolder, '../renderer'));
  denyEverythingElse();
  setApplicationMenu({ developer: !app.isPackaged });

  // Preferences only: a damaged file is put aside, and read from its copy, rather than keeping the app from starting.
  const damage = putAsideDamaged(path.join(app.getPath('userData'), 'preferences.json'));
  const preferences = new ElectronStore<Record<string, unknown>>({ name: 'preferences', clearInvalidConfig: true });
  const plane = createDesktopPlane(preferences, damage);
  let window: MainWindow | undefined;
  const ipc = connectIpc(plane, () => window);

  const showWindow = (): void => {
    if (window) {
      window.reveal();
      return;
    }
    window = openMainWindow({
      savedState: preferences.get('window'),
      saveState: (state) => {
        preferences.set('window', state);
      },
      preload: bundledPreload(mainFolder),
      backgroundColor: nativeTheme.shouldUseDarkColors ? ground.dark : ground.light,
    });
    ipc.windowOpened();
    window.onShown(ipc.windowShown);
    window.onClosed(() => {
      window = undefined;
    });
  };

  followTheme(plane, preferences);
  quitWhenDrained(plane);
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    // On macOS an application stays when its windows go; so does the balancer.
    if (process.platform !== 'darwin') app.quit();
  });

  const problem = await startPlane(plane);
  showWindow();
  if (problem !== undefined) {
    await dialog.showMessageBox({ type: 'error', title: 'Evenkeel', message: 'The saved configuration does not run.', detail: problem });
  }
}

/**
 * Runs the saved configuration, or the demo when nothing was ever saved.
 * @returns why it could not; the window opens all the same, so that the owner can mend it.
 */
async function startPlane(plane: ControlPlane): Promise<string | undefined> {
  try {
    const { found } = await plane.start();
    // The demo takes a moment to bind its ports, and the window need not wait for it.
    if (!found) {
      plane.lab.start().catch((error: unknown) => {
        logToStderr('error', 'The demo could not be started.', { detail: messageOf(error) });
      });
    }
    return undefined;
  } catch (error) {
    logToStderr('error', 'The saved configuration could not be started.', { detail: messageOf(error) });
    return messageOf(error);
  }
}

/** The window's own theme wins over the system's, for what the system draws too: title bar, menus, scroll bars. */
function followTheme(plane: ControlPlane, preferences: { get(key: string): unknown }): void {
  const follow = ({ theme }: Settings): void => {
    nativeTheme.themeSource = theme;
  };
  follow(readSettings(preferences.get('settings') ?? {}).settings);
  plane.subscribe('settings.changed', follow);
}

/** Holds the quit until the engine has drained; asking a second time quits at once. */
function quitWhenDrained(plane: ControlPlane): void {
  let state: 'running' | 'draining' | 'drained' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'drained') return;
    event.preventDefault();
    if (state === 'draining') {
      app.exit(0);
      return;
    }
    state = 'draining';
    plane
      .close()
      .then(({ cut }) => {
        if (cut > 0) logToStderr('warn', `${cut} connections were cut: they did not finish within the drain timeout.`, { cut });
      })
      .catch((error: unknown) => {
        logToStderr('error', 'The engine did not stop as it should.', { detail: messageOf(error) });
      })
      .finally(() => {
        state = 'drained';
        app.quit();
      });
  });
}
