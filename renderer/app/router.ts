import { useSyncExternalStore } from 'react';

export const screenIds = [
  'live',
  'timeline',
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
  /** What stands after a question mark: `#/timeline?run=7` → run 7. */
  query: URLSearchParams;
}

/** Reads `#/pools/web`; anything unknown is the map. */
export function parseRoute(hash: string): Route {
  const [path = '', ...rest] = hash.replace(/^#\/?/, '').split('?');
  const query = new URLSearchParams(rest.join('?'));
  const [screen, ...parts] = path
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
  return known ? { screen: known, parts, query } : { screen: 'live', parts: [], query };
}

const subscribe = (callback: () => void) => {
  addEventListener('hashchange', callback);
  return () => removeEventListener('hashchange', callback);
};

/** The route the window stands at. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
