import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Streams } from '../interchange.ts';

/** What the service command needs of the machine; tests have another. */
export interface Machine extends Streams {
  platform: NodeJS.Platform;
  /** undefined on Windows. */
  uid: number | undefined;
  env: NodeJS.ProcessEnv;
  home: string;
  /** In front of every path outside the user's home. Default: none. */
  root: string;
  /** The program that runs JavaScript, and the command line it runs. */
  node: string;
  program: string;
  exists(path: string): boolean;
  /** Runs a program to its end. `code` null: it could not be started. */
  run(command: string, args: readonly string[]): Promise<{ code: number | null; output: string }>;
}

/** A manager that does not answer within this is not waited for. */
const commandMs = 120_000;

/** The machine this runs on. */
export function thisMachine(streams: Streams): Machine {
  return {
    ...streams,
    platform: process.platform,
    uid: process.getuid?.(),
    env: process.env,
    home: homedir(),
    root: '',
    node: process.execPath,
    program: realpathSync(process.argv[1] ?? ''),
    exists: existsSync,
    run: (command, args) =>
      new Promise((resolve) => {
        execFile(command, [...args], { timeout: commandMs, encoding: 'utf8' }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
          resolve({ code, output: `${stdout}${stderr}`.trim() });
        });
      }),
  };
}
