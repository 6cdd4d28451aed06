import { app } from 'electron';
import { userFolder } from '../headless/user-folder.ts';
import { makeFolder } from '../store/make-folder.ts';
import { resourceText } from './resource-text.ts';

/**
 * Who this program is to its system, which has to be settled before anything asks: the single instance, what starts at login,
 * announcements.
 */
export function settleIdentity(platform: NodeJS.Platform = process.platform): void {
  // Windows shows announcements of, and keeps under one pinned icon, only what bears the name its installer gave the shortcut. That is up
  // to whoever packs (scripts/app-id.mjs); in development it is the binary's own.
  if (platform === 'win32') app.setAppUserModelId(resourceText('app-id') ?? process.execPath);
  if (app.commandLine.hasSwitch('user-data-dir')) return;
  // The folder the command line knows too. Electron would name it after the product.
  const folder = userFolder();
  makeFolder(folder);
  app.setPath('userData', folder);
}
