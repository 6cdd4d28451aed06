import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { at, root } from './paths.mjs';

/**
 * Runs a program to its end with the project's folder as working directory and its output shown.
 * @param {{ env?: NodeJS.ProcessEnv, timeoutMs?: number, quiet?: boolean, shell?: boolean }} [options] quiet keeps the output back and
 *   returns it; after timeoutMs the program and its children are ended.
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} a code ≠ 0 also when it could not be started.
 */
export function run(command, args, { env = process.env, timeoutMs = 0, quiet = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const group = process.platform !== 'win32';
    const child = spawn(command, args, { cwd: root, env, shell, detached: group, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    let timedOut = false;
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));

    const endAll = (signal) => {
      try {
        if (group) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has ended by itself.
      }
    };
    const limit = timeoutMs > 0 ? setTimeout(() => ((timedOut = true), endAll('SIGKILL')), timeoutMs) : undefined;
    let interrupted;
    const passOn = (signal) => {
      interrupted = signal;
      endAll(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn);

    const done = (code) => {
      clearTimeout(limit);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, passOn);
      // Whoever interrupts one step means all of them.
      if (interrupted) process.exit(128 + constants.signals[interrupted]);
      resolve({ code, output, timedOut });
    };
    child.once('error', (error) => ((output += error.message), done(127)));
    child.once('close', (code) => done(timedOut ? 124 : (code ?? 1)));
  });
}

/** The script behind a package's command, so that it runs on the chosen Node and needs no shell. */
export function binOf(packageName, command = packageName) {
  const folder = at('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/** The environment in which the chosen Node and the project's commands are found first. */
export function environmentFor(node, extra = {}) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [path.dirname(node), at('node_modules', '.bin'), process.env[key] ?? ''];
  return { ...process.env, [key]: folders.join(path.delimiter), ...extra };
}
