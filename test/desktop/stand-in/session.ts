import type { BrowserContext } from 'playwright-core';
import { closeAllConnections } from './net-request.ts';

type PermissionRequest = (contents: { getURL(): string }, permission: string, answer: (granted: boolean) => void) => void;
type PermissionCheck = (contents: { getURL(): string } | null, permission: string) => boolean;

/** What the application decides about permissions, kept so that a spec can ask it. */
const defaultSession = {
  permissionRequestHandler: undefined as PermissionRequest | undefined,
  permissionCheckHandler: undefined as PermissionCheck | undefined,
  devicePermissionHandler: undefined as (() => boolean) | undefined,
  setPermissionRequestHandler(handler: PermissionRequest): void {
    defaultSession.permissionRequestHandler = handler;
  },
  setPermissionCheckHandler(handler: PermissionCheck): void {
    defaultSession.permissionCheckHandler = handler;
  },
  setDevicePermissionHandler(handler: () => boolean): void {
    defaultSession.devicePermissionHandler = handler;
  },
  setSpellCheckerEnabled(): void {},
};

/** Of other sessions there is what a request of the main process needs. */
export const session = { defaultSession, fromPartition: () => ({ closeAllConnections }) };

/** What a page may ask for, as Electron names it and as the browser does. */
const permissions = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['midi', 'midi'],
] as const;

/** Grants a page what the application's handler allows; without a handler everything, as Electron does. */
export function grant(context: BrowserContext, contents: { getURL(): string }): void {
  const own = { getURL: () => contents.getURL() || 'app://evenkeel/index.html' };
  const check = defaultSession.permissionCheckHandler;
  const granted = permissions.filter(([electron]) => check?.(own, electron) ?? true).map(([, browser]) => browser);
  void context.grantPermissions(granted);
}
