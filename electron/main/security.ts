import { app, session, type WebContents } from 'electron';
import { appOrigin } from './app-protocol.ts';
import { openExternally } from './external-links.ts';

/** Copying an address is the one thing the screens ask a permission for. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Whether an address is a page of ours. */
export function isOwnPage(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`);
}

function confine(contents: WebContents): void {
  const stayHome = (event: { preventDefault(): void }, url: string): void => {
    if (!isOwnPage(url)) event.preventDefault();
  };
  contents.on('will-navigate', (event) => {
    stayHome(event, event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    stayHome(event, event.url);
  });
  contents.on('will-redirect', (event) => {
    stayHome(event, event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    openExternally(url);
    return { action: 'deny' };
  });
}

/**
 * Denies what no page of ours needs: leaving app://, new windows, webviews, permissions, devices. Holds for every page,
 * whoever opens it, and must run before the first one.
 */
export function denyEverythingElse(): void {
  app.on('web-contents-created', (_event, contents) => {
    confine(contents);
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => {
    answer(allowedPermissions.has(permission) && isOwnPage(contents.getURL()));
  });
  defaultSession.setPermissionCheckHandler((contents, permission) =>
    Boolean(contents && allowedPermissions.has(permission) && isOwnPage(contents.getURL())),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  // Its dictionaries would be fetched from a server of Google's, though no window checks spelling.
  defaultSession.setSpellCheckerEnabled(false);
}
