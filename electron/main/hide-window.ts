import type { BrowserWindow } from 'electron';

/** Hides a window. On macOS a full screen would stay behind, black and empty: it is left first, and the window hides when that is done. */
export function hideWindow(
  window: Pick<BrowserWindow, 'hide' | 'isFullScreen' | 'setFullScreen' | 'once'>,
  platform: NodeJS.Platform = process.platform,
): void {
  if (platform !== 'darwin' || !window.isFullScreen()) {
    window.hide();
    return;
  }
  window.once('leave-full-screen', () => {
    window.hide();
  });
  window.setFullScreen(false);
}
