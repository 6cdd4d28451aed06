import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { hideWindow } from '../../../electron/main/hide-window.ts';

class FakeWindow extends EventEmitter {
  did: string[] = [];
  fullScreen: boolean;
  constructor(fullScreen: boolean) {
    super();
    this.fullScreen = fullScreen;
  }
  isFullScreen() {
    return this.fullScreen;
  }
  setFullScreen(on: boolean) {
    this.did.push(`full screen ${on}`);
  }
  hide() {
    this.did.push('hidden');
  }
}
const asWindow = (window: FakeWindow) => window as unknown as Parameters<typeof hideWindow>[0];

it('leaves a full screen before it hides a window on macOS, where the screen would stay black', () => {
  const window = new FakeWindow(true);
  hideWindow(asWindow(window), 'darwin');
  expect(window.did).toEqual(['full screen false']);
  window.emit('leave-full-screen');
  window.emit('leave-full-screen');
  expect(window.did).toEqual(['full screen false', 'hidden']);
});

it.each(['linux', 'win32'] as const)('hides it as it is on %s', (platform) => {
  const window = new FakeWindow(true);
  hideWindow(asWindow(window), platform);
  expect(window.did).toEqual(['hidden']);
});

it('hides any other at once', () => {
  const window = new FakeWindow(false);
  hideWindow(asWindow(window), 'darwin');
  expect(window.did).toEqual(['hidden']);
});
