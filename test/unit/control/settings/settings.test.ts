import { describe, expect, it } from 'vitest';
import { firstSettingsVersion, settingsMigrations, settingsVersion } from '../../../../electron/control/settings/migrations.ts';
import { readSettings } from '../../../../electron/control/settings/read-settings.ts';
import { SettingsKeeper } from '../../../../electron/control/settings/settings.ts';
import { createMemoryStore } from '../../../../electron/store/memory-store.ts';
import { settingsSchema } from '../../../../shared/contract/contract.ts';

const defaults = settingsSchema.parse({});
/** Settings as each version wrote them; all mean: dark, with reduced motion. A new version gets a line here. */
const asWritten: Record<number, Record<string, unknown>> = {
  1: { theme: 'dark', motion: 'reduced' },
  2: { version: 2, theme: 'dark', motion: 'reduced' },
  3: { version: 3, theme: 'dark', motion: 'reduced', lookForUpdates: false },
};

describe('settings of every version', () => {
  const versions = Array.from({ length: settingsVersion - firstSettingsVersion + 1 }, (_, i) => firstSettingsVersion + i);

  it('have a step each, but the last', () => {
    expect([...settingsMigrations.keys()]).toEqual(versions.slice(0, -1));
    expect(Object.keys(asWritten).map(Number)).toEqual(versions);
  });

  it.each(versions.slice(0, -1))('%i → the next: one version up, and what it was given stays as it was', (version) => {
    const before = { version, ...asWritten[version] };
    const copy = structuredClone(before);
    expect(settingsMigrations.get(version)!(before)).toMatchObject({ version: version + 1 });
    expect(before).toEqual(copy);
  });

  it.each(versions)('%i is read as it was meant', (version) => {
    expect(readSettings(asWritten[version])).toEqual({ settings: { ...defaults, theme: 'dark', motion: 'reduced' }, lost: [] });
  });

  it('ask nobody for updates before their owner says so, whatever stood under that name before there was such a setting', () => {
    expect(settingsSchema.parse({}).lookForUpdates).toBe(false);
    expect(readSettings({ version: 2, lookForUpdates: true }).settings.lookForUpdates).toBe(false);
    expect(readSettings({ version: 3, lookForUpdates: true }).settings.lookForUpdates).toBe(true);
  });

  it('are read as far as they are known when a newer program wrote them', () => {
    expect(readSettings({ version: settingsVersion + 1, theme: 'light', fromTomorrow: 7 })).toEqual({
      settings: { ...defaults, theme: 'light' },
      lost: [],
    });
  });
});

describe('damaged settings', () => {
  it('cost their own value, and no other', () => {
    const { settings, lost } = readSettings({ version: settingsVersion, theme: 'purple', motion: 'reduced', nonsense: 1 });
    expect(settings).toEqual({ ...defaults, motion: 'reduced' });
    expect(lost).toHaveLength(2);
    expect(lost[0]).toMatch(/^theme: /);
    expect(lost[1]).toBe('nonsense: there is no such setting');
  });

  it.each([null, [], 'text', 7])('%j are the defaults', (document) => {
    expect(readSettings(document)).toEqual({ settings: defaults, lost: ['all of them: they are no document'] });
  });
});

it('they are saved with their version, and said when something is lost', async () => {
  const store = createMemoryStore({ theme: 'purple', motion: 'reduced' });
  const said: string[] = [];
  const keeper = new SettingsKeeper(store, () => undefined);
  await keeper.load((_level, message) => said.push(message));
  expect(said).toEqual([expect.stringMatching(/^Some of the saved settings cannot be used; their defaults are\. theme: /)]);
  expect(await keeper.set({ theme: 'light' })).toMatchObject({ theme: 'light', motion: 'reduced' });
  expect(await store.load()).toMatchObject({ version: settingsVersion, theme: 'light', motion: 'reduced' });
});
