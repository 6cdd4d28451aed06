import type { Log } from '../control/log.ts';
import { createJsonLog } from '../headless/json-log.ts';

/** The desktop program's log is the headless one's: one JSON object a line on stderr. */
export const logToStderr: Log = createJsonLog((line) => {
  process.stderr.write(line);
});
