import { expect, it } from 'vitest';
import { noteHandedOver, noteUpdateProblem, takeUpdateProblem } from '../../../electron/main/updates/update-receipt.ts';

function preferences() {
  const values = new Map<string, unknown>();
  return {
    path: '',
    values,
    get: (key: string) => values.get(key),
    set: (key: string, value: unknown) => void values.set(key, value),
  };
}

it('says once that an installer put nothing in place without a word: the version before it runs', () => {
  const kept = preferences();
  expect(takeUpdateProblem(kept, '0.1.0')).toBeUndefined();
  expect([...kept.values]).toEqual([]);
  noteHandedOver(kept, '0.1.0', '0.2.0');
  expect(takeUpdateProblem(kept, '0.1.0')).toMatch(
    /^Version 0\.2\.0 was handed to its installer, which did not put it in place.* try again, or/,
  );
  expect(takeUpdateProblem(kept, '0.1.0')).toBeUndefined();
});

it.each(['0.2.0', '0.3.0', '0.0.9'])('says nothing when another version than the one before runs: %s', (running) => {
  const kept = preferences();
  noteHandedOver(kept, '0.1.0', '0.2.0');
  expect(takeUpdateProblem(kept, running)).toBeUndefined();
  expect(takeUpdateProblem(kept, '0.1.0')).toBeUndefined();
});

it('says why, where that is known', () => {
  const kept = preferences();
  noteHandedOver(kept, '0.1.0', '0.2.0');
  noteUpdateProblem(kept, 'The disk is full. Make room, and try again.');
  expect(takeUpdateProblem(kept, '0.1.0')).toBe('The disk is full. Make room, and try again.');
  expect(takeUpdateProblem(kept, '0.1.0')).toBeUndefined();
});

it('takes nothing for word that is none', () => {
  const kept = preferences();
  kept.set('updateHandedOver', 'yes');
  kept.set('updateProblem', 3);
  expect(takeUpdateProblem(kept, '0.1.0')).toBeUndefined();
});
