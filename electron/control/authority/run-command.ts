import { execFile } from 'node:child_process';
import type { Command } from './trust-plan.ts';

export interface CommandResult {
  /** Null: it could not be started, or took too long. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export type RunCommand = (command: Command) => Promise<CommandResult>;

/** Windows and macOS ask their user something meanwhile. */
const patienceMs = 120_000;
/** A store's tools need to find the system's own, and nothing of whoever started this program. */
const kept = ['HOME', 'USER', 'LOGNAME', 'SystemRoot', 'SystemDrive', 'windir', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'TEMP', 'TMP'];

/** Runs a program without a shell, without input, in words that can be read. Never rejects. */
export const runCommand: RunCommand = ({ program, args }) =>
  new Promise((resolve) => {
    const env: NodeJS.ProcessEnv = { LC_ALL: 'C' };
    for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
    if (process.platform !== 'win32') env['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin';
    const child = execFile(
      program,
      args,
      { env, timeout: patienceMs, windowsHide: true, maxBuffer: 16 * 1024 * 1024, shell: false },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr: stderr === '' && error !== null && code === null ? error.message : stderr });
      },
    );
    child.stdin?.end();
  });
