import { settingsSchema, type Settings } from '../../../shared/contract/contract.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { DocumentStore } from '../../store/store.ts';
import type { Log } from '../log.ts';
import { settingsVersion } from './migrations.ts';
import { readSettings } from './read-settings.ts';

/** The window's own preferences: kept apart from the configuration, as they concern nobody's traffic. */
export class SettingsKeeper {
  readonly #store: DocumentStore;
  readonly #onChange: (settings: Settings) => void;
  #settings: Settings = settingsSchema.parse({});

  constructor(store: DocumentStore, onChange: (settings: Settings) => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** Settings that cannot be read are no reason not to start: the defaults stand for them, and the log says why. */
  async load(log: Log): Promise<void> {
    try {
      const stored = await this.#store.load();
      if (stored === undefined) return;
      const { settings, lost } = readSettings(stored);
      this.#settings = settings;
      if (lost.length > 0) log('warn', `Some of the saved settings cannot be used; their defaults are. ${lost.join('; ')}.`, { lost });
    } catch (error) {
      log('warn', `The saved settings cannot be read; the defaults are used. ${error instanceof Error ? error.message : ''}`);
    }
  }

  get(): Settings {
    return this.#settings;
  }

  /** @throws ContractError CONFIG_SAVE_FAILED; nothing has changed then. */
  async set(change: Partial<Settings>): Promise<Settings> {
    const next = settingsSchema.parse({ ...this.#settings, ...change });
    try {
      await (await this.#store.stage({ version: settingsVersion, ...next })).commit();
    } catch (error) {
      throw new ContractError(
        'CONFIG_SAVE_FAILED',
        `The settings were not saved: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    this.#settings = next;
    this.#onChange(next);
    return next;
  }
}
