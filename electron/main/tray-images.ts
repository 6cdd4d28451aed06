import { nativeImage, type NativeImage } from 'electron';
import type { TrayPicture } from './tray-state.ts';

/** resources/tray/*.png as data URLs, by the file's name; they are part of the bundle. */
const files = Object.fromEntries(
  Object.entries(import.meta.glob<string>('../../resources/tray/*.png', { eager: true, query: '?inline', import: 'default' })).map(
    ([file, url]) => [file.slice(file.lastIndexOf('/') + 1), url],
  ),
);

/** A picture for the tray. On macOS the system colours it; elsewhere it has the colour of its state. */
export function trayImage(picture: TrayPicture, platform: NodeJS.Platform): NativeImage {
  const name = platform === 'darwin' ? `${picture}Template` : picture;
  const image = nativeImage.createEmpty();
  for (const [scaleFactor, suffix] of [
    [1, ''],
    [2, '@2x'],
  ] as const)
    image.addRepresentation({ scaleFactor, width: 16 * scaleFactor, height: 16 * scaleFactor, dataURL: files[`${name}${suffix}.png`] });
  if (platform === 'darwin') image.setTemplateImage(true);
  return image;
}
