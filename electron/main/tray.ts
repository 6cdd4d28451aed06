import { Menu, Tray } from 'electron';
import { atMostEvery } from './latest-only.ts';
import { trayImage } from './tray-images.ts';
import { trayFingerprint, trayMenu, type TrayActions, type TrayFacts } from './tray-menu.ts';
import { trayState, type TrayPicture } from './tray-state.ts';

/** The menu is built anew at most this often. Milliseconds. */
const rebuildMs = 500;

/** Shows the balancer's state in the system's tray, and a menu that follows it. */
export class TrayIcon {
  readonly #tray: Tray;
  readonly #actions: TrayActions;
  #facts: TrayFacts = { facts: null, paused: false, updates: { state: 'unavailable', why: 'no-feed' } };
  #shown = '';
  #picture: TrayPicture = 'none';
  /** To be called whenever something may have changed: it looks at most twice a second, and draws only what differs. */
  readonly #soon = atMostEvery(rebuildMs, () => {
    this.#draw();
  });

  constructor(actions: TrayActions) {
    this.#actions = actions;
    this.#tray = new Tray(trayImage('none', process.platform));
    // macOS opens the menu, and so do those desktops of Linux that never tell of a click; elsewhere the menu is the other button's.
    this.#tray.on('click', () => {
      if (process.platform !== 'darwin') actions.open();
    });
    this.#draw();
  }

  show(facts: TrayFacts): void {
    this.#facts = facts;
    this.#soon();
  }

  destroy(): void {
    if (!this.#tray.isDestroyed()) this.#tray.destroy();
  }

  #draw(): void {
    const fingerprint = trayFingerprint(this.#facts);
    if (fingerprint === this.#shown || this.#tray.isDestroyed()) return;
    this.#shown = fingerprint;
    const { picture, head } = trayState(this.#facts.facts, this.#facts.paused);
    if (picture !== this.#picture) {
      this.#picture = picture;
      this.#tray.setImage(trayImage(picture, process.platform));
    }
    this.#tray.setToolTip(`Evenkeel: ${head}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayMenu(this.#facts, this.#actions)));
  }
}
