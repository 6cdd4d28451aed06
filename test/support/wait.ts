/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Lets the event loop turn `turns` times. What was written to a loopback socket before it has been read by a peer in this
 * process afterwards: the peer's read is one turn away, a new connection's first read three.
 */
export async function turns(count = 4): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Asks `test` again and again until it holds. @returns whether it did within `ms`. */
export async function eventually(test: () => boolean | Promise<boolean>, ms = 5000, everyMs = 5): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await test())) {
    if (performance.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}

/** A small seeded generator (mulberry32): numbers from 0 to below 1, the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
