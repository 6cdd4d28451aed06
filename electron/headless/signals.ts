const samePressMs = 50;

/**
 * Waits for the first SIGTERM or SIGINT; a second one ends the process at once. SIGHUP calls `reload` as often as it
 * comes (Windows has none but for a closing console, which there is a reason to stop).
 */
export function untilStopped(reload: (() => void) | undefined): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stoppedAt: number | undefined;
    const stop = (signal: NodeJS.Signals): void => {
      // A Ctrl+C reaches the whole terminal group, and npx passes it on once more: that is one signal, not two.
      if (stoppedAt !== undefined && performance.now() - stoppedAt < samePressMs) return;
      if (stoppedAt !== undefined) process.exit(0);
      stoppedAt = performance.now();
      resolve(signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', process.platform === 'win32' || !reload ? stop : reload);
  });
}
