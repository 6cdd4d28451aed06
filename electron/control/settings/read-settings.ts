import { settingsSchema, type Settings } from '../../../shared/contract/contract.ts';
import { migrate } from '../../store/migrations.ts';
import { firstSettingsVersion, settingsMigrations, settingsVersion } from './migrations.ts';

/** Settings as they can be used, and what of the stored ones cannot, in words. */
export interface ReadSettings {
  settings: Settings;
  lost: string[];
}

/**
 * Settings out of a stored document of any version. Each stands for itself: one that cannot be used costs its own value, not the
 * others. Those of a newer program are read as far as they are known here.
 */
export function readSettings(document: unknown): ReadSettings {
  const defaults = settingsSchema.parse({});
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return { settings: defaults, lost: ['all of them: they are no document'] };
  const stored = document as Record<string, unknown>;
  const { version, ...values } = migrate({ version: firstSettingsVersion, ...stored }, settingsMigrations) as Record<string, unknown>;
  const lost: string[] = [];
  let settings = defaults;
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(settingsSchema.shape, name)) {
      // What a newer program keeps is not lost: it stands in the backup made before the next change.
      if (version === settingsVersion) lost.push(`${name}: there is no such setting`);
      continue;
    }
    const parsed = settingsSchema.safeParse({ ...settings, [name]: value });
    if (parsed.success) settings = parsed.data;
    else lost.push(`${name}: ${parsed.error.issues[0]?.message ?? 'it is not valid'}`);
  }
  return { settings, lost };
}
