import type { Log } from '../control/log.ts';

/** Logs as one JSON object a line: `{"time":"…","level":"info","message":"…",…}`. Standard output stays free for the ready line. */
export function createJsonLog(write: (line: string) => void): Log {
  return (level, message, fields) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  };
}
