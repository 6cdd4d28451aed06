import path from 'node:path';
import { app } from 'electron';
import { createControlPlane, type ControlPlane } from '../control/control-plane.ts';
import { createLab } from '../control/create-lab.ts';
import { EngineHost } from '../engine/thread/host.ts';
import { cookieKeyIn } from '../store/cookie-key.ts';
import { createElectronStore, type KeyValueStore } from '../store/electron-store.ts';
import { createJsonFileStore } from '../store/json-file.ts';
import { logToStderr } from './log.ts';

/**
 * The control plane of the desktop program. The configuration is the same JSON file the headless program reads, in the
 * app's own folder; preferences are in `preferences`.
 */
export function createDesktopPlane(preferences: KeyValueStore): ControlPlane {
  const cookieKey = cookieKeyIn(app.getPath('userData'), logToStderr);
  const engineHost = new EngineHost({
    ...(cookieKey ? { cookieKey } : {}),
    onProblem: (message, detail) => {
      logToStderr('error', message, { detail });
    },
  });
  return createControlPlane({
    host: 'desktop',
    version: app.getVersion(),
    log: logToStderr,
    engineHost,
    store: createJsonFileStore(path.join(app.getPath('userData'), 'evenkeel.json'), { optional: true }),
    settingsStore: createElectronStore(preferences, 'settings'),
    createLab,
    historyFolder: path.join(app.getPath('userData'), 'history'),
  });
}
