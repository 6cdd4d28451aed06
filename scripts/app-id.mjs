import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Called by electron-builder once a program is packed and before it is signed: leaves the name by which systems know it (`appId`, which
 * whoever publishes chooses) where the program reads it. On Windows it has to bear the one its shortcut has.
 *
 * @param {{ appOutDir: string, packager: { appInfo: { id: string }, getResourcesDir(folder: string): string } }} context
 */
export async function afterPack({ appOutDir, packager }) {
  await writeFile(path.join(packager.getResourcesDir(appOutDir), 'app-id'), packager.appInfo.id);
}
