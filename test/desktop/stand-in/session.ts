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

export const session = { defaultSession };
