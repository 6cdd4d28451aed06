import { useSyncExternalStore } from 'react';
import { beatMs, onBeat } from './beat.ts';

const watchers = new Set<() => void>();
let now = Date.now();
let end: (() => void) | undefined;

const subscribe = (callback: () => void) => {
  watchers.add(callback);
  end ??= onBeat(() => {
    // Every second beat.
    if (Date.now() - now < 1.5 * beatMs) return;
    now = Date.now();
    for (const watcher of watchers) watcher();
  });
  return () => {
    watchers.delete(callback);
    if (watchers.size > 0) return;
    end?.();
    end = undefined;
  };
};

/** The time, renewed once a second for all who ask together. Milliseconds since the epoch. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => {
    // Nobody watched for a while: what is kept is old.
    if (!end && Date.now() - now > 1_000) now = Date.now();
    return now;
  });
}
