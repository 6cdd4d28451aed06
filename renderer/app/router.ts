import { useSyncExternalStore } from 'react';

export const screenIds = [
  'live',
  'pools',
  'listeners',
  'clients',
  'traffic',
  'requests',
  'certificates',
  'lab',
  'settings',
  'design',
] as const;
export type ScreenId = (typeof screenIds)[number];

export interface Route {
  screen: ScreenId;
  /** What stands after the screen: `#/pools/web` → ["web"]. */
  parts: string[];
}

/** Reads `#/pools/web`; anything unknown is the map. */
export function parseRoute(hash: string): Route {
  const [screen, ...parts] = hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
  const known = screenIds.find((id) => id === screen);
  return known ? { screen: known, parts } : { screen: 'live', parts: [] };
}

const subscribe = (callback: () => void) => {
  addEventListener('hashchange', callback);
  return () => removeEventListener('hashchange', callback);
};

/** The route the window stands at. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
