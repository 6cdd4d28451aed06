import { createStore, type StoreApi } from 'zustand/vanilla';
import { settingsSchema, type Settings } from '../../shared/contract/contract.ts';
import type { Client } from '../bridge/client.ts';

export interface SettingsView {
  settings: Settings;
  /** What `theme` comes to on this machine now. */
  theme: 'dark' | 'light';
  /** Whether things move: the setting, or what the system asks for. */
  reducedMotion: boolean;
}

export interface SettingsStore {
  store: StoreApi<SettingsView>;
  /** Saves and shows it at once; rejects with what `settings.set` throws, and nothing has changed then. */
  set(change: Partial<Settings>): Promise<void>;
  start(): () => void;
}

/** Theme and motion: kept by the control plane, put on `<html>` as `data-theme` and `data-motion`. */
export function createSettingsStore(client: Client): SettingsStore {
  const light = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: light)');
  const reduced = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-reduced-motion: reduce)');

  const resolve = (settings: Settings): SettingsView => ({
    settings,
    theme: settings.theme === 'system' ? (light?.matches ? 'light' : 'dark') : settings.theme,
    reducedMotion: settings.motion === 'reduced' || (reduced?.matches ?? false),
  });
  const store = createStore<SettingsView>(() => resolve(settingsSchema.parse({})));

  const show = (settings: Settings) => {
    const view = resolve(settings);
    if (typeof document !== 'undefined') {
      document.documentElement.dataset['theme'] = view.theme;
      document.documentElement.dataset['motion'] = view.reducedMotion ? 'reduced' : 'full';
    }
    store.setState(view);
  };
  const again = () => show(store.getState().settings);

  return {
    store,
    async set(change) {
      show(await client.request('settings.set', change));
    },
    start() {
      again();
      light?.addEventListener('change', again);
      reduced?.addEventListener('change', again);
      const end = client.subscribe('settings.changed', show);
      client.request('settings.get', {}).then(show, () => {
        // Without an answer the system's own theme and motion stay.
      });
      return () => {
        light?.removeEventListener('change', again);
        reduced?.removeEventListener('change', again);
        end();
      };
    },
  };
}
