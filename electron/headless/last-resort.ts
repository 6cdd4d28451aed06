import type { Log } from '../control/log.ts';

/**
 * What a long-running program does about the unexpected: an error nobody caught is logged and ends it with 4 (its state is
 * not to be trusted any more), while a reader of its output that went away is no reason to end.
 */
export function prepareForTheUnexpected(log: Log): void {
  const ignore = (): void => undefined;
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  process.on('uncaughtException', (error) => {
    log('error', 'Evenkeel failed for a reason of its own.', {
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    process.exit(4);
  });
}
