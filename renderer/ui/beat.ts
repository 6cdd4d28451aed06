/** Milliseconds between two beats. */
export const beatMs = 500;
/** A beat comes this long before the full half second, at which the map draws too: what it changed is in the same frame. */
const aheadMs = 12;

const watchers = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

const arm = () => {
  const toNext = beatMs - (performance.now() % beatMs) - aheadMs;
  timer = setTimeout(
    () => {
      arm();
      for (const watcher of watchers) watcher();
    },
    toNext > 1 ? toNext : toNext + beatMs,
  );
};

/**
 * Twice a second, for all that is shown but need not be shown at once: figures, tables, durations. They change together, in
 * one rendering and one frame; each on a clock of its own would cost a frame each.
 * @returns a function that ends it.
 */
export function onBeat(callback: () => void): () => void {
  watchers.add(callback);
  if (timer === undefined) arm();
  return () => {
    watchers.delete(callback);
    if (watchers.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}
