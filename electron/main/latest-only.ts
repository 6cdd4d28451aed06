/**
 * Calls `run` soon after it is asked to, and at most once every `ms`: for what is drawn from the newest state only.
 * @returns asks for it.
 */
export function atMostEvery(ms: number, run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (timer) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        lastAt = performance.now();
        run();
      },
      Math.max(0, lastAt + ms - performance.now()),
    );
    timer.unref();
  };
}
