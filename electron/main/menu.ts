import type { MenuItemConstructorOptions } from 'electron';

/** What the menu does beside the system's own roles. */
export interface MenuActions {
  openConfiguration(): void;
  /** Shows a screen: "#/settings". */
  show(hash: string): void;
  showLogs(): void;
  /** Asks for updates, where they are switched on, and shows how they stand; undefined: this build has no feed. */
  showUpdates: (() => void) | undefined;
}

export interface MenuOptions {
  platform: NodeJS.Platform;
  /** Developer tools, in runs that are not packaged. */
  developer: boolean;
}

/**
 * The application's menu. Roles bring the system's own names and shortcuts, copy and paste above all, which macOS has only through a
 * menu. None of its shortcuts is one of the page's (renderer/app/shortcuts): those are single letters, Mod+K and Mod+Z, and of the
 * last the page is asked first.
 */
export function applicationMenu({ platform, developer }: MenuOptions, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CommandOrControl+,',
    click: () => {
      actions.show('#/settings');
    },
  };
  const logs: MenuItemConstructorOptions = { label: 'Show logs', click: actions.showLogs };
  const updates: MenuItemConstructorOptions[] = actions.showUpdates ? [{ label: 'Check for updates…', click: actions.showUpdates }] : [];
  const file: MenuItemConstructorOptions[] = [
    { label: 'Open configuration…', accelerator: 'CommandOrControl+O', click: actions.openConfiguration },
    {
      label: 'Export…',
      accelerator: 'CommandOrControl+Shift+E',
      click: () => {
        actions.show('#/settings');
      },
    },
    line,
    ...(isMac ? [{ role: 'close' } as const] : [settings, line, { role: 'close' } as const, { role: 'quit' } as const]),
  ];
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    line,
    { role: 'togglefullscreen' },
    ...(developer ? [line, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
  ];
  const appMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      ...updates,
      line,
      settings,
      line,
      { role: 'services' },
      line,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      line,
      { role: 'quit' },
    ],
  };
  return [
    ...(isMac ? [appMenu] : []),
    { role: 'fileMenu', label: 'File', submenu: file },
    { role: 'editMenu' },
    { role: 'viewMenu', label: 'View', submenu: view },
    { role: 'windowMenu' },
    { role: 'help', label: 'Help', submenu: isMac ? [logs] : [logs, ...updates, line, { role: 'about' }] },
  ];
}
