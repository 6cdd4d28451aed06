import { networkInterfaces } from 'node:os';
import { shell } from 'electron';
import { log } from './log.ts';

/**
 * Whether a link may be handed to the system's browser: web pages on this machine, which is what the screens link to (a
 * listener, a node). Anything else, other schemes above all, could start programs or carry data away.
 */
export function mayOpenExternally(url: string, ownAddresses: ReadonlySet<string> = addressesOfThisMachine()): boolean {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return false;
  if (parsed.username !== '' || parsed.password !== '') return false;
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || ownAddresses.has(host);
}

function addressesOfThisMachine(): ReadonlySet<string> {
  const listed = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  return new Set(['127.0.0.1', '::1', ...listed]);
}

/** Opens an allowed link in the system's browser; ignores any other. */
export function openExternally(url: string): void {
  if (mayOpenExternally(url)) shell.openExternal(url).catch(notOpened);
}

function notOpened(error: unknown): void {
  log('warn', 'The system did not open a link in its browser.', { detail: error instanceof Error ? error.message : String(error) });
}
