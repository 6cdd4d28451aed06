import type { EngineApi } from '../engine/api.ts';

/** What the system says of the machine's sleep; Electron's powerMonitor. */
export interface PowerEvents {
  on(event: 'suspend' | 'resume', listener: () => void): unknown;
}

/** A network takes about this long to come back. Milliseconds. */
export const wakeMs = 4_000;

/**
 * Holds the checks back while the machine sleeps and a little longer, so that nobody is found down because the network of this very
 * machine was away.
 * @param say told when a call to the engine fails.
 */
export function holdChecksDuringSleep(power: PowerEvents, engine: Pick<EngineApi, 'holdChecks'>, say: (problem: unknown) => void): void {
  let waking: NodeJS.Timeout | undefined;
  const hold = (held: boolean): void => {
    // A promise in any case: what the engine throws is told the same way.
    Promise.resolve()
      .then(() => engine.holdChecks(held))
      .catch(say);
  };
  power.on('suspend', () => {
    clearTimeout(waking);
    hold(true);
  });
  power.on('resume', () => {
    clearTimeout(waking);
    waking = setTimeout(() => {
      hold(false);
    }, wakeMs);
  });
}
