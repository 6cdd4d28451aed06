/** Time as the engine sees it; a constructor parameter everywhere, so that tests can turn it by hand. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. For showing, never for measuring. */
  now(): number;
  /** Milliseconds that never go backwards, with fractions. For measuring. */
  monotonic(): number;
  /** Runs `fn` once after `ms`. @returns a function that calls it off. */
  after(ms: number, fn: () => void): () => void;
  /** Runs `fn` every `ms`. @returns a function that ends it. */
  every(ms: number, fn: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  every(ms, fn) {
    const timer = setInterval(fn, ms);
    return () => {
      clearInterval(timer);
    };
  },
};
