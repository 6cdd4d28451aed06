import { app } from 'electron';
import type { UpdateOffer } from '../../../shared/model/update.ts';
import type { KeyValueStore } from '../../store/electron-store.ts';
import { log } from '../log.ts';
import { ownAppImage } from '../own-file.ts';
import { resourceText } from '../resource-text.ts';
import { updateProblem } from './update-problem.ts';
import { noteHandedOver, noteUpdateProblem } from './update-receipt.ts';
import { updateWay } from './update-way.ts';
import { Updates } from './updates.ts';

/** As it was, so that balancing goes on: the version that runs is still there, or what took its place is. */
function startAgain(): void {
  // The AppImage's own mount ends with this process.
  const image = ownAppImage(process.env, process.execPath);
  app.relaunch(image === undefined ? {} : { execPath: image });
  app.quit();
}

export interface DesktopUpdatesOptions {
  preferences: KeyValueStore;
  quitInto(last: () => Promise<void>): void;
  onFound(offer: UpdateOffer): void;
}

/** The updates of the desktop program, as its package and its platform allow them. */
export function desktopUpdates({ preferences, quitInto, onFound }: DesktopUpdatesOptions): Updates {
  const onProblem = (step: string, error: unknown): void => {
    log('warn', `Updates: the ${step} failed.`, { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  return new Updates({
    way: updateWay({
      platform: process.platform,
      isPackaged: app.isPackaged,
      env: process.env,
      execPath: process.execPath,
      feedFile: resourceText('app-update.yml'),
      packageType: resourceText('package-type'),
    }),
    load: async () => (await import('./electron-source.ts')).electronSource(),
    now: () => Date.now(),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
    quitInto: (last, { version }) => {
      quitInto(async () => {
        try {
          noteHandedOver(preferences, app.getVersion(), version);
          await last();
        } catch (error) {
          onProblem('installation', error);
          const { cause, action } = updateProblem('install', error);
          noteUpdateProblem(preferences, `${cause} ${action}`);
          startAgain();
        }
      });
    },
    onFound,
    onProblem,
  });
}
