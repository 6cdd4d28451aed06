import { Notification } from 'electron';
import { log } from './log.ts';

/** More than these nobody clicks any more. */
const mostHeld = 50;

/** What the system was asked to show, held for as long as it can be clicked: an object nobody holds is collected, and hears no click. */
export class Announcements {
  readonly #held = new Set<Notification>();

  /** How many can still be clicked. */
  get held(): number {
    return this.#held.size;
  }

  show(words: { title: string; body: string }, onClick: () => void): void {
    if (!Notification.isSupported()) return;
    const shown = new Notification({ title: words.title, body: words.body });
    this.#held.add(shown);
    for (const oldest of [...this.#held].slice(0, -mostHeld)) this.#held.delete(oldest);
    const gone = (): void => {
      this.#held.delete(shown);
    };
    shown.on('click', () => {
      gone();
      onClick();
    });
    shown.on('close', ({ reason }) => {
      // Off the screen, but in the list Windows keeps of them, where it is clicked later.
      if (reason !== 'timedOut') gone();
    });
    shown.on('failed', (_event, problem) => {
      gone();
      log('warn', 'The system did not show an announcement.', { title: words.title, detail: problem });
    });
    shown.show();
  }
}
