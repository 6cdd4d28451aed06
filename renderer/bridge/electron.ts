import { type Bridge, bridgeKey } from '../../shared/contract/channels.ts';
import type { Transport } from './client.ts';

/** The preload's bridge, when the page runs in the desktop app. */
export function electronTransport(): Transport | undefined {
  return (window as unknown as Record<string, Bridge | undefined>)[bridgeKey];
}
