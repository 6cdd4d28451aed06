import path from 'node:path';
import { app } from 'electron';
import type { Log } from '../control/log.ts';
import { createJsonLog } from '../headless/json-log.ts';
import { rotatingFile } from './rotating-file.ts';

/** Where the logs are: ~/Library/Logs/Evenkeel, %APPDATA%\evenkeel\logs, ~/.config/evenkeel/logs. */
export const logFolder = (): string => app.getPath('logs');

let toFile: ((line: string) => void) | undefined;

/**
 * The desktop program's log is the headless one's, one JSON object a line: on stderr, and in five files of at most 2 MB, `main.log` the
 * newest.
 */
export const log: Log = createJsonLog((line) => {
  process.stderr.write(line);
  try {
    toFile ??= rotatingFile(path.join(logFolder(), 'main.log'));
  } catch {
    // There is no such folder, and none can be made: a log that cannot be kept is no reason not to balance.
    return;
  }
  toFile(line);
});
