import { useSyncExternalStore } from 'react';

const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

const subscribe = (callback: () => void) => {
  watchers.add(callback);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const watcher of watchers) watcher();
  }, 1_000);
  return () => {
    watchers.delete(callback);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};

/** The time, renewed once a second for all who ask together. Milliseconds since the epoch. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    // Nobody watched for a while: what is kept is old.
    if (!timer && Date.now() - now > 1_000) now = Date.now();
    return now;
  });
}
