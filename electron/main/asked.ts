import { app } from 'electron';
import { linkScheme } from './deep-link.ts';
import { askedByArguments, type Asked } from './opened-things.ts';
import { ownFile } from './own-file.ts';

/** What the system asked for before anybody could answer. */
const earliest = 20;

/** Gathers what the system asks us to open, from the first moment on, until somebody takes it. */
export class AskedFor {
  /** undefined: nobody has asked, not even for the window alone. */
  #waiting: Asked[] | undefined;
  #answer: ((asked: readonly Asked[]) => void) | undefined;

  add(asked: readonly Asked[]): void {
    if (this.#answer) this.#answer(asked);
    else this.#waiting = [...(this.#waiting ?? []), ...asked].slice(0, earliest);
  }

  /** From now on `answer` gets everything, what has waited at once; an empty list asks for the window alone. */
  onAsked(answer: (asked: readonly Asked[]) => void): void {
    this.#answer = answer;
    if (this.#waiting) answer(this.#waiting);
    this.#waiting = undefined;
  }
}

/** Must run before the app is ready: on macOS a file or a link that starts the program comes as an event before that. */
export function collectAsked(): AskedFor {
  const asked = new AskedFor();
  app.on('open-file', (event, path) => {
    event.preventDefault();
    asked.add([{ kind: 'file', path }]);
  });
  app.on('open-url', (event, link) => {
    event.preventDefault();
    asked.add([{ kind: 'link', link }]);
  });
  // Elsewhere it is a second start, which hands its arguments over and ends.
  app.on('second-instance', (_event, argv, workingDirectory) => {
    asked.add(askedByArguments(argv, workingDirectory));
  });
  const first = askedByArguments(process.argv, process.cwd());
  // What starts hidden shows its window for something to open alone.
  if (first.length > 0) asked.add(first);
  // A packaged program alone: in development the system would start a bare Electron for a link.
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme, ownFile(process.env, process.execPath));
  return asked;
}
