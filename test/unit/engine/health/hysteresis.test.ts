import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterFailure, afterPass, isUp, startingHealth } from '../../../../electron/engine/health/hysteresis.ts';

const thresholds = fc.record({ rise: fc.integer({ min: 1, max: 30 }), fall: fc.integer({ min: 1, max: 30 }) });

it('goes down after `fall` failures in a row and up after `rise` passes in a row, for any course of checks', () => {
  fc.assert(
    fc.property(thresholds, fc.array(fc.boolean(), { maxLength: 300 }), (t, checks) => {
      let health = startingHealth(t);
      let up = true;
      let passes = 0;
      // A node that was never checked has no credit: one failure is enough.
      let failures = t.fall - 1;
      for (const ok of checks) {
        health = ok ? afterPass(health, t) : afterFailure(health, t);
        passes = ok ? passes + 1 : 0;
        failures = ok ? 0 : failures + 1;
        if (up && failures >= t.fall) up = false;
        else if (!up && passes >= t.rise) up = true;
        expect(isUp(health, t)).toBe(up);
        expect(health).toBeGreaterThanOrEqual(0);
        expect(health).toBeLessThan(t.rise + t.fall);
      }
    }),
  );
});
