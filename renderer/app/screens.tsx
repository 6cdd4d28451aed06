import { type ComponentType, lazy } from 'react';
import type { ScreenId } from './router.ts';

/** Every screen gets what stands after its name in the address: `#/pools/web` → ["web"]. */
export interface ScreenProps {
  parts: string[];
  /** What stands after a question mark: `#/timeline?run=7`. */
  query: URLSearchParams;
}

/** A screen in a file of its own, so that the first to be shown does not wait for the others. */
const screen = (load: () => Promise<ComponentType<ScreenProps>>) =>
  Object.assign(
    lazy(() => load().then((component) => ({ default: component }))),
    { load },
  );

export const screens: Record<ScreenId, ReturnType<typeof screen>> = {
  live: screen(() => import('../features/live/live-screen.tsx').then((m) => m.LiveScreen)),
  timeline: screen(() => import('../features/timeline/timeline-screen.tsx').then((m) => m.TimelineScreen)),
  pools: screen(() => import('../features/pools/pools-screen.tsx').then((m) => m.PoolsScreen)),
  listeners: screen(() => import('../features/listeners/listeners-screen.tsx').then((m) => m.ListenersScreen)),
  clients: screen(() => import('../features/clients/clients-screen.tsx').then((m) => m.ClientsScreen)),
  traffic: screen(() => import('../features/traffic/traffic-screen.tsx').then((m) => m.TrafficScreen)),
  requests: screen(() => import('../features/requests/requests-screen.tsx').then((m) => m.RequestsScreen)),
  certificates: screen(() => import('../features/certificates/certificates-screen.tsx').then((m) => m.CertificatesScreen)),
  lab: screen(() => import('../features/lab/lab-screen.tsx').then((m) => m.LabScreen)),
  settings: screen(() => import('../features/settings/settings-screen.tsx').then((m) => m.SettingsScreen)),
  design: screen(() => import('./design/design-screen.tsx').then((m) => m.DesignScreen)),
};

/** After this long the other screens are fetched too: going to one must not wait, nor fail because the program is gone meanwhile. Milliseconds. */
const fetchRestAfterMs = 1_500;

/** Fetches all screens once the first has had its time. @returns a function that calls it off. */
export function fetchScreens(): () => void {
  const timer = setTimeout(() => {
    // One that fails is asked for again when it is opened, and says so there.
    for (const { load } of Object.values(screens)) load().catch(() => {});
  }, fetchRestAfterMs);
  return () => clearTimeout(timer);
}
