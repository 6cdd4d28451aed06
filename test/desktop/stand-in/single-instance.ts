import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a second start hands to the first. */
export interface SecondStart {
  argv: string[];
  cwd: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * One program a folder, as Electron's lock: the first holds it, a second leaves its arguments for the first to find and goes.
 * @param onSecond called in the first for each second start.
 * @returns whether this is the first.
 */
export function lockInstance(folder: string, onSecond: (start: SecondStart) => void): boolean {
  const lock = path.join(folder, 'stand-in.lock');
  const messages = path.join(folder, 'stand-in-starts');
  mkdirSync(messages, { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch {
    if (isAlive(Number(readFileSync(lock, 'utf8')))) {
      const start: SecondStart = { argv: process.argv, cwd: process.cwd() };
      const draft = path.join(folder, `stand-in-start-${process.pid}`);
      writeFileSync(draft, JSON.stringify(start));
      // Whole when it appears.
      renameSync(draft, path.join(messages, `${Date.now()}-${process.pid}`));
      return false;
    }
    writeFileSync(lock, String(process.pid));
  }
  const take = (): void => {
    for (const name of readdirSync(messages).sort()) {
      const file = path.join(messages, name);
      const start = JSON.parse(readFileSync(file, 'utf8')) as SecondStart;
      rmSync(file);
      onSecond(start);
    }
  };
  const watcher = watch(messages, take);
  watcher.unref();
  process.once('exit', () => {
    unlockInstance(folder);
  });
  return true;
}

/** Lets the next start be a first one; what another program has meanwhile taken stays taken. */
export function unlockInstance(folder: string): void {
  const lock = path.join(folder, 'stand-in.lock');
  try {
    if (readFileSync(lock, 'utf8') === String(process.pid)) rmSync(lock);
  } catch {
    // It was let go before.
  }
}
