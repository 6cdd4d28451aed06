import type { ComponentType } from 'react';
import { CertificatesScreen } from '../features/certificates/certificates-screen.tsx';
import { ClientsScreen } from '../features/clients/clients-screen.tsx';
import { LabScreen } from '../features/lab/lab-screen.tsx';
import { ListenersScreen } from '../features/listeners/listeners-screen.tsx';
import { LiveScreen } from '../features/live/live-screen.tsx';
import { PoolsScreen } from '../features/pools/pools-screen.tsx';
import { RequestsScreen } from '../features/requests/requests-screen.tsx';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { TrafficScreen } from '../features/traffic/traffic-screen.tsx';
import type { ScreenId } from './router.ts';

/** Every screen gets what stands after its name in the address: `#/pools/web` → ["web"]. */
export interface ScreenProps {
  parts: string[];
}

export const screens: Record<ScreenId, ComponentType<ScreenProps>> = {
  live: LiveScreen,
  pools: PoolsScreen,
  listeners: ListenersScreen,
  clients: ClientsScreen,
  traffic: TrafficScreen,
  requests: RequestsScreen,
  certificates: CertificatesScreen,
  lab: LabScreen,
  settings: SettingsScreen,
};
