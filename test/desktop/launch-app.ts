import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { _electron } from 'playwright-core';

const root = path.resolve(import.meta.dirname, '../..');
/** The build under test: out/, or where EVENKEEL_OUT says. */
export const outFolder = path.resolve(root, process.env['EVENKEEL_OUT'] ?? 'out');
const main = path.join(outFolder, 'main/index.js');

export type ElectronModule = typeof import('electron');

/** The desktop program under test, whatever runs it. Functions are passed as source: they see their argument alone. */
export interface DesktopApp {
  inPage<R, A>(work: (arg: A) => R, arg?: A): Promise<Awaited<R>>;
  inMain<R, A>(work: (electron: ElectronModule, arg: A) => R, arg?: A): Promise<Awaited<R>>;
  /** Asks the program to quit, as its menu does. @returns its exit code once it has ended. */
  quit(): Promise<number | null>;
  /** Starts the program a second time beside this one. @returns its exit code once it has ended. */
  startAgain(args: string[], cwd?: string): Promise<number | null>;
  /** Ends it without asking, when a spec is over. */
  end(): Promise<void>;
}

export interface LaunchOptions {
  /** The program's own folder (its configuration, its preferences). */
  userData: string;
  /** The bundled main to run. Default: the one in out/. */
  main?: string;
  /** What its command line says beside the program. Default nothing. */
  args?: string[];
  /** Set in its environment. Default nothing. */
  env?: Record<string, string>;
}

export interface Runtime {
  name: string;
  /** Why the specs cannot run on it here; undefined when they can. */
  missing: string | undefined;
  launch(options: LaunchOptions): Promise<DesktopApp>;
}

function assertBuilt(): void {
  if (!existsSync(main)) throw new Error('out/main/index.js is missing: run "npm run build" first; these specs run what is bundled.');
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function launchStandIn({ userData, main: program = main, args = [], env: own = {} }: LaunchOptions): Promise<DesktopApp> {
  assertBuilt();
  const driver = path.join(import.meta.dirname, 'stand-in/driver.ts');
  const start = (more: string[], cwd: string, env: Record<string, string> = {}) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', driver, program, ...more], {
      cwd,
      env: { ...process.env, STAND_IN_USER_DATA: userData, ...own, ...env },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
  const child = start(args, root);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));

  let calls = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  child.on('message', ({ id, value, error }: { id: number; value: unknown; error?: string }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  child.once('exit', (code) => {
    for (const call of waiting.values()) call.reject(new Error(`The program ended with ${code}.\n${log}`));
  });
  const ask = (where: 'main' | 'page', work: unknown, arg: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      if (!child.connected) {
        reject(new Error(`The program has ended with ${child.exitCode}.\n${log}`));
        return;
      }
      const id = ++calls;
      waiting.set(id, { resolve, reject });
      child.send({ id, where, source: String(work), arg });
    });

  return {
    inPage: (work, arg) => ask('page', work, arg) as never,
    inMain: (work, arg) => ask('main', work, arg) as never,
    async quit() {
      child.send({ id: 0, where: 'main', source: '({ app }) => app.quit()', arg: undefined });
      return ended(child);
    },
    startAgain: (more, cwd = root) => ended(start(more, cwd, { STAND_IN_SECOND: '1' })),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Exits by itself so that its browser goes too; killed should it hang.
      child.send({ id: 0, where: 'main', source: '({ app }) => app.exit(0)', arg: undefined });
      const limit = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended(child);
      clearTimeout(limit);
    },
  };
}

function electronBinary(): string | undefined {
  const folder = path.join(root, 'node_modules/electron');
  const pathFile = path.join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = path.join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

async function launchElectron({ userData, main: program, args = [], env: own = {} }: LaunchOptions): Promise<DesktopApp> {
  assertBuilt();
  const executablePath = electronBinary();
  if (!executablePath) throw new Error("Electron's binary is not installed.");
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const all = [...asRoot, `--user-data-dir=${userData}`, program ?? root, ...args];
  // What starts at login is written there, not into the folder of whoever runs the tests.
  const env = { ...process.env, ...own, XDG_CONFIG_HOME: path.join(userData, 'appData') } as Record<string, string>;
  const app = await _electron.launch({ executablePath, args: all, cwd: root, env });
  const child = app.process();
  return {
    // Later than the launch: it may start without a window.
    inPage: async (work, arg) => (await app.firstWindow()).evaluate(work as never, arg) as never,
    inMain: (work, arg) => app.evaluate(work as never, arg) as never,
    async quit() {
      await app.evaluate(({ app: electron }) => {
        electron.quit();
      });
      return ended(child);
    },
    startAgain: (more, cwd = root) =>
      ended(spawn(executablePath, [...asRoot, `--user-data-dir=${userData}`, program ?? root, ...more], { cwd, env, stdio: 'ignore' })),
    end: () => app.close(),
  };
}

const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** What the same specs run on: the stand-in everywhere, Electron itself where it can be had. */
export const runtimes: Runtime[] = [
  {
    name: 'the stand-in',
    missing: typeof registerHooks === 'function' ? undefined : `Node ${process.version} cannot replace modules; 24 can`,
    launch: launchStandIn,
  },
  {
    name: 'Electron',
    missing: !electronBinary() ? 'its binary is not installed' : hasDisplay ? undefined : 'there is no display',
    launch: launchElectron,
  },
];

/** Asks again until `condition` holds. @throws Error with the last answer when it does not within `timeoutMs`. */
export async function until<T>(ask: () => Promise<T>, condition: (answer: T) => boolean, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (condition(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
