import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs the program this command is about: shows its output, passes signals on and returns its exit code.
 *
 * It gets a process group of its own, because a Ctrl+C reaches everything in the terminal's group, and npm passes it on
 * once more; the second signal would cut the drain short. Signals that come within half a second count as one.
 * @returns {Promise<{ code: number, tookMs: number, signalled: boolean }>}
 */
export function runInForeground(command, args, { lifeline = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let lastSignalAt = Number.NEGATIVE_INFINITY;
    const child = spawn(command, args, {
      env,
      detached: process.platform !== 'win32',
      stdio: lifeline ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    });

    const passOn = (signal) => {
      const now = performance.now();
      if (now - lastSignalAt < 500) return;
      lastSignalAt = now;
      // SIGHUP here means that the terminal went away, not that the configuration should be read again.
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, passOn);
    // npm ends the shell between us, not us: its end shows as another parent.
    const parent = process.ppid;
    const watch = process.env.npm_lifecycle_event
      ? setInterval(() => {
          if (process.ppid === parent) return;
          clearInterval(watch);
          passOn('SIGTERM');
        }, 250)
      : undefined;

    const done = (code) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, passOn);
      resolve({ code, tookMs: performance.now() - startedAt, signalled: Number.isFinite(lastSignalAt) });
    };
    child.once('error', (error) => {
      console.error(`Could not start ${command}: ${error.message}`);
      done(127);
    });
    child.once('exit', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
