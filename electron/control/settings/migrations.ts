import type { Migration } from '../../store/migrations.ts';

/** The version the settings are written in. */
export const settingsVersion = 3;

/** Settings of before they had a version are version 1. */
export const firstSettingsVersion = 1;

/** One for each version but the last, keyed by the version it starts from. */
export const settingsMigrations: ReadonlyMap<number, Migration> = new Map([
  // From here on they say which version they are.
  [1, (settings) => ({ ...settings, version: 2 })],
  // Nobody is asked for updates until the owner says so, whatever an earlier program or a hand may have left under that name.
  [2, (settings) => ({ ...settings, version: 3, lookForUpdates: false })],
]);
