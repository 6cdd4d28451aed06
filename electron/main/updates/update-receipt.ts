import { z } from 'zod';
import type { KeyValueStore } from '../../store/electron-store.ts';

const problemKey = 'updateProblem';
const handedOverKey = 'updateHandedOver';

/** A version was handed to its installer by another one. */
const handedOverSchema = z.object({ from: z.string(), to: z.string() });

/** Remembers, before the program ends for it, that a version goes to its installer: that says nothing when it fails silently. */
export function noteHandedOver(preferences: KeyValueStore, from: string, to: string): void {
  preferences.set(handedOverKey, { from, to });
}

/** Remembers why an installation failed. @param why cause and what to do, in words. */
export function noteUpdateProblem(preferences: KeyValueStore, why: string): void {
  preferences.set(problemKey, why);
}

/**
 * Why the last run's update was not installed, once; undefined when there is nothing to say.
 * @param running the version that runs now.
 */
export function takeUpdateProblem(preferences: KeyValueStore, running: string): string | undefined {
  const problem = preferences.get(problemKey);
  const handedOver = handedOverSchema.safeParse(preferences.get(handedOverKey));
  for (const key of [problemKey, handedOverKey]) if (preferences.get(key) != null) preferences.set(key, null);
  if (typeof problem === 'string') return problem;
  // Any other version was put there by somebody: whatever became of that installation, it is of the past.
  if (!handedOver.success || handedOver.data.from !== running) return undefined;
  return `Version ${handedOver.data.to} was handed to its installer, which did not put it in place and left no word why. Look for updates and try again, or install it by hand.`;
}
