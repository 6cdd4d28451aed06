import { EventEmitter } from 'node:events';
import type { Menu } from './menu.ts';
import type { NativeImage } from './native-image.ts';

/** A tray icon nobody sees: it keeps what it was given, and its menu can be clicked. */
export class Tray extends EventEmitter {
  image: NativeImage;
  toolTip = '';
  menu: Menu | null = null;
  #destroyed = false;

  constructor(image: NativeImage) {
    super();
    if (image.isEmpty()) throw new Error('A tray needs a picture.');
    this.image = image;
  }
  setImage(image: NativeImage): void {
    if (image.isEmpty()) throw new Error('A tray needs a picture.');
    this.image = image;
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }
  destroy(): void {
    this.#destroyed = true;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
