import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PassiveMonitor } from '../../../../electron/engine/health/passive-monitor.ts';

it('says so exactly when the last `errors` failures lie within the window', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1_000, max: 10_000 }),
      fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 60 }),
      (errors, windowMs, gaps) => {
        const monitor = new PassiveMonitor(errors, windowMs);
        const times: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          times.push(now);
          expect(monitor.fail(now)).toBe(times.filter((t) => now - t < windowMs).length >= errors);
        }
      },
    ),
  );
});

it('starts anew when cleared', () => {
  const monitor = new PassiveMonitor(2, 1_000);
  monitor.fail(0);
  monitor.clear();
  expect(monitor.fail(1)).toBe(false);
  expect(monitor.fail(2)).toBe(true);
});
