import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { applicationMenu, type MenuActions } from '../../../electron/main/menu.ts';

const actions = (over: Partial<MenuActions> = {}): MenuActions => ({
  openConfiguration: vi.fn(),
  show: vi.fn(),
  showLogs: vi.fn(),
  showUpdates: vi.fn(),
  ...over,
});
const menuOf = (platform: NodeJS.Platform, does: MenuActions, role: string) =>
  applicationMenu({ platform, developer: false }, does).find((item) => item.role === role)?.submenu as MenuItemConstructorOptions[];
const labels = (items: MenuItemConstructorOptions[]) => items.map(({ label, role }) => label ?? role);

describe('the menu', () => {
  it.each([
    ['darwin', 'appMenu'],
    ['linux', 'help'],
    ['win32', 'help'],
  ] as const)('on %s has "Check for updates…" where people look for it', (platform, role) => {
    const does = actions();
    const item = menuOf(platform, does, role).find(({ label }) => label === 'Check for updates…');
    (item?.click as () => void)();
    expect(does.showUpdates).toHaveBeenCalledTimes(1);
  });

  it.each(['darwin', 'linux', 'win32'] as const)('on %s has none when the build has no feed', (platform) => {
    const all = applicationMenu({ platform, developer: false }, actions({ showUpdates: undefined }));
    expect(all.flatMap(({ submenu }) => labels((submenu ?? []) as MenuItemConstructorOptions[]))).not.toContain('Check for updates…');
  });

  it('leaves developer tools out of what is packaged', () => {
    const roles = (developer: boolean) =>
      applicationMenu({ platform: 'linux', developer }, actions()).flatMap(({ submenu }) =>
        ((submenu ?? []) as MenuItemConstructorOptions[]).map(({ role }) => role),
      );
    expect(roles(true)).toContain('toggleDevTools');
    expect(roles(false)).not.toContain('toggleDevTools');
  });
});
