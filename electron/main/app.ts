import path from 'node:path';
import { app, clipboard, dialog, Menu, nativeTheme, powerMonitor, shell } from 'electron';
import ElectronStore from 'electron-store';
import type { Settings } from '../../shared/contract/contract.ts';
import type { NodeMode } from '../../shared/model/config.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import { assertNotLastNode } from '../control/last-node.ts';
import { readSettings } from '../control/settings/read-settings.ts';
import { putAsideDamaged } from '../store/electron-store.ts';
import { announce } from './announce.ts';
import { serveAppProtocol } from './app-protocol.ts';
import type { AskedFor } from './asked.ts';
import { createDesktopPlane } from './create-plane.ts';
import { timelineAt } from './deep-link.ts';
import { EngineMirror } from './engine-mirror.ts';
import { connectIpc } from './ipc-transport.ts';
import { log, logFolder } from './log.ts';
import { applicationMenu } from './menu.ts';
import { chooseConfiguration, openInWindow } from './open-in-window.ts';
import { quitWhenDrained, type Quitting } from './quit.ts';
import { denyEverythingElse } from './security.ts';
import { holdChecksDuringSleep } from './sleep.ts';
import { startAtLogin, startsHidden } from './start-at-login.ts';
import { TrayIcon } from './tray.ts';
import { desktopUpdates } from './updates/desktop-updates.ts';
import { takeUpdateProblem } from './updates/update-receipt.ts';
import { firstCheckMs, type Updates } from './updates/updates.ts';
import { bundledPreload, openMainWindow, type MainWindow } from './window.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The tokens' ground colours, shown until the page has painted. */
const ground = { dark: '#0e1318', light: '#f6f8fa' };

type Preferences = ElectronStore<Record<string, unknown>>;

/**
 * The desktop program from start to quit: control plane, window, tray, and a quit that lets what is in flight finish.
 * @param mainFolder where the bundled main lies; preload and screens are beside it.
 */
export async function runApp(mainFolder: string, asked: AskedFor): Promise<void> {
  await app.whenReady();
  if (app.commandLine.hasSwitch('no-sandbox'))
    log('warn', 'The window runs without Chromium’s sandbox, because Evenkeel was started with --no-sandbox. See docs/security.md.');
  serveAppProtocol(path.join(mainFolder, '../renderer'));
  denyEverythingElse();

  // Preferences only: a damaged file is put aside, and read from its copy, rather than keeping the app from starting.
  const damage = putAsideDamaged(path.join(app.getPath('userData'), 'preferences.json'));
  const preferences: Preferences = new ElectronStore<Record<string, unknown>>({ name: 'preferences', clearInvalidConfig: true });
  const updates = desktopUpdates({
    preferences,
    quitInto: (last) => {
      quitting.into(last);
    },
    onFound: ({ version }) => {
      const text = 'Settings say what it brings. Nothing is downloaded or installed before you say so.';
      plane.openings.add({ kind: 'notice', title: `Evenkeel ${version} is available`, text });
    },
  });
  const plane = createDesktopPlane(preferences, damage, updates);
  const saved = readSettings(preferences.get('settings') ?? {}).settings;
  const quitting = quitWhenDrained(plane);
  followTheme(plane, saved);

  // The page loads while the engine starts, and is answered once there is something true to say.
  const started = startPlane(plane);
  const window = windowOf({ mainFolder, plane, preferences, quitting, started });
  const open = (hash: string): void => {
    plane.openings.add({ kind: 'screen', hash });
    window.show();
  };
  const showUpdates = (): void => {
    updates.check();
    open('#/settings?to=updates');
  };
  const hasUpdates = updates.get().state !== 'unavailable';
  setMenu({ plane, open, show: window.show, showUpdates: hasUpdates ? showUpdates : undefined });
  const tray = trayOf(plane, window.show, showUpdates);
  if (!startsHidden(saved)) window.show();

  app.on('activate', window.show);
  app.on('window-all-closed', () => {
    if (!staysWithoutWindow(plane)) app.quit();
  });
  followLogin(plane, saved);
  followUpdates(plane, saved, updates);
  const notInstalled = takeUpdateProblem(preferences, app.getVersion());
  if (notInstalled !== undefined)
    plane.openings.add({ kind: 'notice', title: 'The update was not installed; the version before it runs', text: notInstalled });

  const problem = await started;
  const announcer = announce({
    plane,
    mirror: () => mirror.snapshot,
    preferences,
    isWatched: () => window.current?.isFocused() ?? false,
    onOpen: ({ at }) => {
      open(timelineAt(at, Date.now()));
    },
  });
  const showInTray = (): void => {
    tray.show({ facts: mirror.snapshot, paused: plane.info().paused, updates: updates.get() });
  };
  const mirror = new EngineMirror(plane, () => {
    showInTray();
    announcer.look();
  });
  plane.subscribe('app.paused', showInTray);
  plane.subscribe('updates.changed', showInTray);
  showInTray();
  app.on('will-quit', () => {
    updates.close();
    mirror.close();
    announcer.close();
    tray.destroy();
  });
  holdChecksDuringSleep(powerMonitor, plane.engine, (error) => {
    log('warn', 'The checks could not be held back for a sleep, or let go on.', { detail: messageOf(error) });
  });
  asked.onAsked((things) => {
    void openInWindow(plane, things).then(window.show);
  });

  if (problem !== undefined) {
    await dialog.showMessageBox({ type: 'error', title: 'Evenkeel', message: 'The saved configuration does not run.', detail: problem });
  }
}

interface WindowHost {
  readonly current: MainWindow | undefined;
  /** Brings the window to the front; opens one when there is none. */
  show(this: void): void;
}

function windowOf({
  mainFolder,
  plane,
  preferences,
  quitting,
  started,
}: {
  mainFolder: string;
  plane: ControlPlane;
  preferences: Preferences;
  quitting: Quitting;
  started: Promise<unknown>;
}): WindowHost {
  let window: MainWindow | undefined;
  const ipc = connectIpc(plane, () => window, {
    ready: started,
    onFirstAnswer: () => {
      log('info', 'The window is open: its page asked, and was answered.');
    },
  });
  return {
    get current() {
      return window;
    },
    show() {
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
        hidesInstead() {
          if (quitting.begun || !plane.settings().closeToTray) return false;
          tellAboutTray(preferences);
          return true;
        },
        staysWithout: () => staysWithoutWindow(plane),
        onLoadFailed(error) {
          log('error', 'The window could not be loaded.', { detail: messageOf(error) });
        },
        onCrash(reason) {
          log('error', 'The window failed.', { reason });
          const text = 'Balancing was not touched. What was not applied yet is lost.';
          plane.openings.add({ kind: 'notice', title: 'The window failed and was loaded again', text });
        },
      });
      ipc.windowOpened();
      window.onShown(ipc.windowShown);
      window.onClosed(() => {
        window = undefined;
      });
    },
  };
}

/** On macOS an application stays when its windows go, and so does the balancer; elsewhere it does where its owner keeps it in the tray. */
function staysWithoutWindow(plane: Pick<ControlPlane, 'settings'>): boolean {
  return process.platform === 'darwin' || plane.settings().closeToTray;
}

/** Said once: a program that goes on without its window must not surprise anybody. */
function tellAboutTray(preferences: Preferences): void {
  if (preferences.get('toldAboutTray') === true) return;
  preferences.set('toldAboutTray', true);
  void dialog
    .showMessageBox({
      type: 'info',
      title: 'Evenkeel',
      message: 'Evenkeel goes on balancing.',
      detail:
        'Its window is closed; it is in the tray, and comes back from there or when you start Evenkeel again. Settings can change that.',
      buttons: ['Keep it running', 'Quit Evenkeel'],
      defaultId: 0,
      cancelId: 0,
    })
    .then(({ response }) => {
      if (response === 1) app.quit();
    });
}

function setMenu({
  plane,
  open,
  show,
  showUpdates,
}: {
  plane: ControlPlane;
  open: (hash: string) => void;
  show: () => void;
  showUpdates: (() => void) | undefined;
}): void {
  app.setAboutPanelOptions({
    applicationName: 'Evenkeel',
    applicationVersion: app.getVersion(),
    copyright: 'Copyright © Evenkeel maintainers, MIT licence',
    version: `Electron ${process.versions['electron'] ?? ''}`,
  });
  const template = applicationMenu(
    { platform: process.platform, developer: !app.isPackaged },
    {
      openConfiguration: () => void chooseConfiguration(plane).then(show),
      show: open,
      showLogs: () => void showLogs(),
      showUpdates,
    },
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** Opens the folder of the logs, and says where it is when the system does not. */
async function showLogs(): Promise<void> {
  const problem = await shell.openPath(logFolder());
  if (problem !== '') dialog.showErrorBox('The logs were not shown', `The system says: ${problem}\n\nThey are in ${logFolder()}`);
}

function trayOf(plane: ControlPlane, show: () => void, showUpdates: () => void): TrayIcon {
  const failed = (title: string) => (error: unknown) => {
    plane.openings.add({ kind: 'notice', title, text: messageOf(error) });
    show();
  };
  return new TrayIcon({
    open: show,
    copy: (text) => {
      void clipboard.writeText(text);
    },
    setMode: (pool, node, mode) => void setModeFromTray(plane, pool, node, mode, show).catch(failed(`${node} keeps its mode`)),
    setPaused: (paused) => void plane.setPaused(paused).catch(failed(paused ? 'Balancing was not paused' : 'Balancing is still paused')),
    showUpdates,
    quit: () => {
      app.quit();
    },
  });
}

/** As the window does it: at once where somebody is left to serve, else only when its question is answered. */
async function setModeFromTray(plane: ControlPlane, poolId: string, node: string, mode: NodeMode, show: () => void): Promise<void> {
  const pool = plane.workspace.get().pools.find((one) => one.id === poolId);
  const { pools } = await plane.engine.snapshot();
  try {
    if (pool) assertNotLastNode(pool, node, mode, pools);
  } catch {
    plane.openings.add({ kind: 'mode', pool: poolId, node, mode });
    show();
    return;
  }
  await plane.workspace.setMode(poolId, node, mode);
}

/**
 * Runs the saved configuration, or the demo when nothing was ever saved. A listener whose port is taken stands in error and is tried
 * again: at login others may be slower to end than we are to start.
 * @returns why it could not; the window opens all the same, so that the owner can mend it.
 */
async function startPlane(plane: ControlPlane): Promise<string | undefined> {
  try {
    const { found } = await plane.start({ keepGoing: true });
    // The demo takes a moment to bind its ports, and the window need not wait for it.
    if (!found) {
      plane.lab.start().catch((error: unknown) => {
        log('error', 'The demo could not be started.', { detail: messageOf(error) });
      });
    }
    return undefined;
  } catch (error) {
    log('error', 'The saved configuration could not be started.', { detail: messageOf(error) });
    return messageOf(error);
  }
}

/** The window's own theme wins over the system's, for what the system draws too: title bar, menus, scroll bars. */
function followTheme(plane: ControlPlane, saved: Settings): void {
  const follow = ({ theme }: Settings): void => {
    nativeTheme.themeSource = theme;
  };
  follow(saved);
  plane.subscribe('settings.changed', follow);
}

/** Keeps the system's list of what starts at login as the settings have it. */
function followLogin(plane: ControlPlane, saved: Settings): void {
  let on = saved.startAtLogin;
  // Written anew at each start: the program may have been moved since.
  if (on) startAtLogin(true);
  plane.subscribe('settings.changed', (settings) => {
    if (settings.startAtLogin === on) return;
    on = settings.startAtLogin;
    startAtLogin(on);
  });
}

/** Looks for updates as the settings have it; a start is left alone first. */
function followUpdates(plane: ControlPlane, saved: Settings, updates: Updates): void {
  updates.follow(saved.lookForUpdates, firstCheckMs);
  plane.subscribe('settings.changed', ({ lookForUpdates }) => {
    updates.follow(lookForUpdates);
  });
}
