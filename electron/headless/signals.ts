/**
 * Waits for the first SIGTERM or SIGINT; a second one ends the process at once. SIGHUP calls `reload` as often as it
 * comes (Windows has none but for a closing console, which there is a reason to stop).
 */
export function untilStopped(reload: (() => void) | undefined): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (stopping) process.exit(0);
      stopping = true;
      resolve(signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', process.platform === 'win32' || !reload ? stop : reload);
  });
}
