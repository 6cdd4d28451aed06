import { app, dialog } from 'electron';
import { log } from './log.ts';

const detailOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/**
 * Has what nobody caught stand in the log. Electron shows an exception to its user and goes on, and says a promise's failure to a console that
 * an installed program does not have. A terminal that was closed is neither.
 */
export function logTheUnexpected(): void {
  const ignore = (): void => undefined;
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  const say = (error: unknown): void => {
    log('error', 'Evenkeel failed for a reason of its own.', { detail: detailOf(error) });
  };
  process.on('uncaughtExceptionMonitor', say);
  process.on('unhandledRejection', say);
}

/** For a start that failed: without a window the program would stay, unseen, and keep every later start from having one. */
export function endUnstarted(error: unknown): void {
  log('error', 'Evenkeel could not start.', { detail: detailOf(error) });
  const why = error instanceof Error ? error.message : String(error);
  dialog.showErrorBox('Evenkeel could not start', `${why}\n\nThe log has more: ${app.getPath('logs')}`);
  app.exit(1);
}
