import { join } from 'node:path';
import { ContractError } from '../../shared/contract/envelope.ts';
import { createControlPlane, type ControlPlane } from '../control/control-plane.ts';
import { fileVault } from '../control/authority/key-vault.ts';
import { createLab } from '../control/create-lab.ts';
import type { Log } from '../control/log.ts';
import { EngineHost } from '../engine/thread/host.ts';
import { cookieKeyIn } from '../store/cookie-key.ts';
import { createJsonFileStore } from '../store/json-file.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { backupsIn, ownConfigStore } from '../store/own-files.ts';
import type { DocumentStore } from '../store/store.ts';
import type { UiOptions } from './arguments.ts';
import { authorityFolder } from './cert.ts';
import type { HttpTransport } from './http-transport.ts';
import { prepareForTheUnexpected } from './last-resort.ts';
import { openUi } from './open-ui.ts';
import { untilStopped } from './signals.ts';
import { makeToken, tokenFromFile } from './token.ts';
import { userFolder } from './user-folder.ts';
import { version } from './version.ts';

interface RunOptions extends UiOptions {
  store: DocumentStore;
  settingsStore: DocumentStore;
  /** Where the past is kept, and the key of stickiness cookies; undefined: in memory. */
  history: string | undefined;
  /** Where the local authority is kept; null: none is. */
  authority: string | null;
  /** Start the demo: always, or when no configuration has been saved yet. */
  demo: 'always' | 'without-config' | 'never';
  /** Start although a listener's port is taken; it is tried again. A server says so with exit code 3 instead. */
  keepGoing: boolean;
  /** SIGHUP reads the configuration again, instead of stopping. */
  reload: boolean;
  print: (line: string) => void;
  log: Log;
  /** Said before the ready line, to a person. */
  greet?: (plane: ControlPlane, ui: HttpTransport | undefined, token: string) => void;
}

async function readyLine(plane: ControlPlane, ui: HttpTransport | undefined, token: string): Promise<string> {
  const { listeners } = await plane.engine.snapshot();
  const up = listeners.filter((listener) => listener.state === 'up').map(({ id, address }) => ({ id, address }));
  return `ready ${JSON.stringify({ listeners: up, ui: ui?.url ?? null, token: ui ? token : null })}`;
}

function logReload(plane: ControlPlane, log: Log): void {
  plane.workspace.load().then(
    ({ changed }) => {
      log(
        'info',
        changed.length > 0 ? 'The configuration was read again.' : 'The configuration was read again; nothing in it has changed.',
        { changed },
      );
    },
    (error: unknown) => {
      const issues = error instanceof ContractError ? error.issues : undefined;
      log(
        'error',
        `The configuration was read again and refused: ${error instanceof Error ? error.message : String(error)}`,
        issues ? { issues } : {},
      );
    },
  );
}

/** Runs until it is told to stop. @returns the exit code. */
async function run(options: RunOptions): Promise<number> {
  const { log } = options;
  prepareForTheUnexpected(log);
  const token = options.tokenFile === undefined ? makeToken() : await tokenFromFile(options.tokenFile, log);
  const cookieKey = options.history === undefined ? undefined : cookieKeyIn(options.history, log);
  const engineHost = new EngineHost({
    ...(cookieKey ? { cookieKey } : {}),
    onProblem: (message, detail) => {
      log('error', message, detail === undefined ? {} : { detail });
    },
  });
  const plane = createControlPlane({
    host: 'headless',
    store: options.store,
    settingsStore: options.settingsStore,
    engineHost,
    createLab,
    historyFolder: options.history,
    ...(options.authority === null ? {} : { authority: { folder: options.authority, vault: fileVault() } }),
    log,
    version,
  });
  plane.subscribe('journal.entry', (entry) => {
    const { time: _time, kind, ...about } = entry;
    // Moves come by the hundred when a node goes down; the journal has them. Certificates have words of their own in the log.
    if (kind !== 'client.moved' && !kind.startsWith('certificate.')) log(kind === 'listener.error' ? 'error' : 'info', kind, about);
  });
  let ui: HttpTransport | undefined;
  try {
    ui = await openUi(plane, token, { ...options, elsewhere: options.demo !== 'never' });
    // Before anything is bound, so that no signal finds the process without a hand on it.
    const stopped = untilStopped(
      options.reload
        ? () => {
            logReload(plane, log);
          }
        : undefined,
    );
    const { found } = await plane.start({ keepGoing: options.keepGoing });
    if (options.demo === 'always' || (options.demo === 'without-config' && !found)) await startDemo(plane, log);
    options.greet?.(plane, ui, token);
    options.print(await readyLine(plane, ui, token));
    const signal = await stopped;
    log('info', `${signal}: stopping. What is in flight may finish.`);
    const { cut } = await plane.close();
    log(cut > 0 ? 'warn' : 'info', cut > 0 ? `Stopped; ${cut} connections outlasted the drain timeout and were cut.` : 'Stopped.', { cut });
    return 0;
  } finally {
    await ui?.close();
    await engineHost.destroy();
  }
}

async function startDemo(plane: ControlPlane, log: Log): Promise<void> {
  const { url } = await plane.lab.start();
  if (url !== null && new URL(url).port !== '8080') log('warn', `Port 8080 is taken, so the demo listens at ${url}`);
}

const warnBy =
  (log: Log) =>
  (words: string): void => {
    log('warn', words);
  };

export function serve(
  options: UiOptions & {
    config: string;
    history: string | undefined;
    authority: string | undefined;
    print: (line: string) => void;
    log: Log;
  },
): Promise<number> {
  return run({
    ...options,
    // The file is its owner's: copies of it are kept with the rest of the past, and a mistake in it is his to mend.
    store: createJsonFileStore(options.config, {
      backups: options.history === undefined ? undefined : backupsIn(options.history, 'evenkeel', warnBy(options.log)),
    }),
    settingsStore: createMemoryStore(),
    authority: authorityFolder(options.authority),
    demo: 'never',
    keepGoing: false,
    reload: true,
  });
}

export function demo(options: UiOptions & { print: (line: string) => void; log: Log }): Promise<number> {
  return run({
    ...options,
    store: createMemoryStore(),
    settingsStore: createMemoryStore(),
    history: undefined,
    authority: null,
    demo: 'always',
    keepGoing: false,
    reload: false,
  });
}

/** The desktop program's stand-in: this user's own configuration, or the demo until there is one. */
export function start(options: UiOptions & { print: (line: string) => void; log: Log }): Promise<number> {
  const folder = userFolder();
  return run({
    ...options,
    store: ownConfigStore(folder, warnBy(options.log)),
    settingsStore: createJsonFileStore(join(folder, 'settings.json'), {
      optional: true,
      backups: backupsIn(folder, 'settings', warnBy(options.log)),
      recover: () => true,
    }),
    history: join(folder, 'history'),
    authority: authorityFolder(undefined),
    demo: 'without-config',
    keepGoing: true,
    reload: false,
    greet: (plane, ui, token) => {
      const { url } = plane.lab.get();
      // Only Linux tells whose browser it is that asks; elsewhere the link has to bring the token.
      const link = process.platform === 'linux' ? ui?.url : ui && `${ui.url}?token=${token}`;
      if (link) options.print(`Evenkeel runs. Open ${link} in a browser.${url ? ` The demo answers at ${url}` : ''} Ctrl+C ends it.`);
    },
  });
}
