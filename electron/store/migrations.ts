/** Turns a document of one version into one of the next. Must not change what it is given. */
export type Migration = (document: Record<string, unknown>) => Record<string, unknown>;

/** The configuration's steps, keyed by the version they start from. Version 1 is the first one, so nothing leads to it. */
const configMigrations: ReadonlyMap<number, Migration> = new Map();

/**
 * Brings a document of an older version up to the current one, step by step. A document of an unknown version, or one that
 * is no document at all, comes back as it is: the validation that follows says what is wrong with it.
 * @param steps Keyed by the version they start from.
 */
export function migrate(document: unknown, steps: ReadonlyMap<number, Migration>): unknown {
  let current = document;
  // Each step must raise the version, so there are never more rounds than steps.
  for (let round = 0; round < steps.size; round++) {
    if (typeof current !== 'object' || current === null || Array.isArray(current)) return current;
    const version = (current as Record<string, unknown>)['version'];
    const step = typeof version === 'number' ? steps.get(version) : undefined;
    if (!step) return current;
    current = step(current as Record<string, unknown>);
  }
  return current;
}

/** A configuration of an older version as one of the current. */
export function migrateConfig(document: unknown): unknown {
  return migrate(document, configMigrations);
}
