import path from 'node:path';
import { app } from 'electron';
import { createControlPlane, type ControlPlane } from '../control/control-plane.ts';
import { createLab } from '../control/create-lab.ts';
import type { UpdatesPort } from '../control/updates-port.ts';
import { EngineHost } from '../engine/thread/host.ts';
import { cookieKeyIn } from '../store/cookie-key.ts';
import { createElectronStore, type KeyValueStore, type PutAside } from '../store/electron-store.ts';
import { backupsIn, ownConfigStore } from '../store/own-files.ts';
import { desktopVault } from './key-vault.ts';
import { log } from './log.ts';

/**
 * The control plane of the desktop program. The configuration is the same JSON file the headless program reads, in the
 * app's own folder; preferences are in `preferences`.
 * @param damage What was found wrong with the file of the preferences before it was opened.
 */
export function createDesktopPlane(preferences: KeyValueStore, damage: PutAside | undefined, updates: UpdatesPort): ControlPlane {
  const cookieKey = cookieKeyIn(app.getPath('userData'), log);
  const engineHost = new EngineHost({
    ...(cookieKey ? { cookieKey } : {}),
    onProblem: (message, detail) => {
      log('error', message, { detail });
    },
  });
  const sayProblem = (words: string): void => {
    log('warn', words);
  };
  return createControlPlane({
    host: 'desktop',
    version: app.getVersion(),
    log,
    engineHost,
    store: ownConfigStore(app.getPath('userData'), sayProblem),
    settingsStore: createElectronStore(preferences, 'settings', {
      backups: backupsIn(app.getPath('userData'), 'settings', sayProblem),
      damage,
    }),
    createLab,
    updates,
    historyFolder: path.join(app.getPath('userData'), 'history'),
    authority: { folder: path.join(app.getPath('userData'), 'authority'), vault: () => desktopVault() },
  });
}
