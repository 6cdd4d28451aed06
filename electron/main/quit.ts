import { app } from 'electron';
import type { ControlPlane } from '../control/control-plane.ts';
import { log } from './log.ts';

/** How far a quit has come. */
export interface Quitting {
  /** From here on a window that closes is closed, not hidden. */
  readonly begun: boolean;
}

/** Holds the quit until the engine has drained; asking a second time quits at once. */
export function quitWhenDrained(plane: Pick<ControlPlane, 'close'>): Quitting {
  let state: 'running' | 'draining' | 'drained' = 'running';
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
        app.quit();
      });
  });
  return {
    get begun() {
      return state !== 'running';
    },
  };
}
