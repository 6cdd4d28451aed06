import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { app, autoUpdater as squirrel } from 'electron';
import type { AppUpdater, UpdateInfo } from 'electron-updater';
import type { UpdateOffer } from '../../../shared/model/update.ts';
import { log } from '../log.ts';
import { ownAppImage } from '../own-file.ts';
import { releaseNotes } from './release-notes.ts';
import type { UpdateSource } from './updates.ts';

/**
 * Sent in place of the number by which electron-updater tells one installation from another: a feed needs none. Staged rollouts go on,
 * they are drawn on this side.
 */
const headers = { 'x-user-staging-id': 'none' };

function offerOf({ version, releaseNotes: notes, releaseDate, files }: UpdateInfo): UpdateOffer {
  const releasedAt = Date.parse(releaseDate);
  const size = files[0]?.size;
  return {
    version,
    notes: releaseNotes(notes),
    releasedAt: Number.isNaN(releasedAt) ? null : releasedAt,
    // Of several files it is not known here which one is fetched.
    bytes: files.length === 1 && size !== undefined ? size : null,
  };
}

/** electron-updater, made to do nothing by itself: it downloads when told and installs when told. */
async function createUpdater(): Promise<AppUpdater> {
  const { AppImageUpdater, MacUpdater, NsisUpdater } = await import('electron-updater');
  const updater =
    process.platform === 'win32' ? new NsisUpdater() : process.platform === 'darwin' ? new MacUpdater() : new AppImageUpdater();
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  updater.requestHeaders = headers;
  updater.logger = {
    info: () => undefined,
    warn: (message: unknown) => {
      log('warn', 'The updater warns.', { detail: String(message) });
    },
    // Whatever fails rejects the call it belongs to as well, and is logged there.
    error: () => undefined,
  };
  // An error event nobody listens to would end the program.
  updater.on('error', () => undefined);
  return updater;
}

/** macOS fetches, unpacks and verifies the new version once more before it takes it; that is waited for here, while traffic flows. */
async function stageOnMac(): Promise<void> {
  const staged = once(squirrel, 'update-downloaded');
  squirrel.checkForUpdates();
  await staged;
}

/** The updater of this platform, loaded by this call and not before. */
export async function electronSource(): Promise<UpdateSource> {
  const updater = await createUpdater();
  /** The updater answers whoever asks meanwhile with what is under way, and that may have been given up. */
  let underWay: Promise<unknown> = Promise.resolve();
  const next = async <T>(work: () => Promise<T>): Promise<T> => {
    await underWay.catch(() => undefined);
    const done = work();
    underWay = done;
    return done;
  };
  let cancel: () => void = () => undefined;

  return {
    check: () =>
      next(async () => {
        const found = await updater.checkForUpdates();
        if (!found?.isUpdateAvailable) return null;
        return offerOf(found.updateInfo);
      }),
    download: (onProgress) =>
      next(async () => {
        const { CancellationToken } = await import('electron-updater');
        const token = new CancellationToken();
        cancel = () => {
          token.cancel();
        };
        const progress = ({ transferred, total }: { transferred: number; total: number }): void => {
          onProgress(transferred, total);
        };
        updater.on('download-progress', progress);
        try {
          await updater.downloadUpdate(token);
        } finally {
          updater.off('download-progress', progress);
        }
      }),
    stop() {
      cancel();
      void updater.netSession.closeAllConnections();
    },
    async prepare() {
      if (process.platform === 'darwin') {
        await stageOnMac();
        return;
      }
      const image = ownAppImage(process.env, process.execPath);
      // It is taken out of its folder, and the new one put there.
      if (image !== undefined) await access(path.dirname(image), constants.W_OK);
    },
    install: () =>
      new Promise((_resolve, reject) => {
        updater.once('error', reject);
        // The new version may start before this process has ended, and would take it for a first one's second start.
        app.releaseSingleInstanceLock();
        // Silently, and then started. With its pages the installer of Windows waits for somebody to press them, and nobody balances meanwhile.
        updater.quitAndInstall(true, true);
      }),
  };
}
