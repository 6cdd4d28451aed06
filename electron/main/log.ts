import type { Log } from '../control/log.ts';

/** One JSON object a line on stderr, as the headless program writes it too. */
export const logToStderr: Log = (level, message, fields) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
};
