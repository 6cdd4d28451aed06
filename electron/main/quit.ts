import { app } from 'electron';
import type { ControlPlane } from '../control/control-plane.ts';
import { log } from './log.ts';

/** How far a quit has come. */
export interface Quitting {
  /** From here on a window that closes is closed, not hidden. */
  readonly begun: boolean;
  /** Quits, and has `last` end the program once everything has drained; it quits in the usual way when that fails. */
  into(this: void, last: () => Promise<void>): void;
}

/** Holds the quit until the engine has drained; asking a second time quits at once. */
export function quitWhenDrained(plane: Pick<ControlPlane, 'close'>): Quitting {
  let state: 'running' | 'draining' | 'drained' = 'running';
  let last: (() => Promise<void>) | undefined;
  app.on('before-quit', (event) => {
    if (state === 'drained') return;
    event.preventDefault();
    if (state === 'draining') {
      app.exit(0);
      return;
    }
    state = 'draining';
    plane
      .close()
      .then(({ cut }) => {
        if (cut > 0) log('warn', `${cut} connections were cut: they did not finish within the drain timeout.`, { cut });
      })
      .catch((error: unknown) => {
        log('error', 'The engine did not stop as it should.', { detail: error instanceof Error ? error.message : String(error) });
      })
      .finally(() => {
        state = 'drained';
        if (!last) {
          app.quit();
          return;
        }
        last().catch((error: unknown) => {
          log('error', 'What was to follow the quit failed.', { detail: error instanceof Error ? error.message : String(error) });
          app.quit();
        });
      });
  });
  return {
    get begun() {
      return state !== 'running';
    },
    into(work) {
      last = work;
      // Asked a second time, a quit no longer waits for what is in flight.
      if (state === 'running') app.quit();
    },
  };
}
