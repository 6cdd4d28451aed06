import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Throttle } from '../../../../electron/engine/sessions/admission.ts';

describe('the throttle', () => {
  it('0 admits everything and remembers nobody', () => {
    const throttle = new Throttle();
    for (let i = 0; i < 1_000; i++) expect(throttle.admits('a', 0, 0)).toBe(true);
  });

  it('a burst of the rate, then the rate', () => {
    const throttle = new Throttle();
    const admitted = (now: number, tries: number) =>
      Array.from({ length: tries }, () => throttle.admits('a', 5, now)).filter(Boolean).length;
    expect(admitted(0, 20)).toBe(5);
    expect(admitted(199, 20)).toBe(0);
    expect(admitted(200, 20)).toBe(1);
    expect(admitted(1_200, 20)).toBe(5);
    expect(admitted(100_000, 20)).toBe(5);
  });

  it('each address by itself, and forgets the quiet ones', () => {
    const throttle = new Throttle();
    expect(throttle.admits('a', 1, 0)).toBe(true);
    expect(throttle.admits('a', 1, 0)).toBe(false);
    expect(throttle.admits('b', 1, 0)).toBe(true);
    throttle.sweep(59_999);
    expect(throttle.admits('b', 1, 59_999)).toBe(true);
    throttle.sweep(60_000);
    expect(throttle.admits('a', 1, 60_000)).toBe(true);
  });

  it('in any window never more than the burst and the rate for its length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }), (rate, gaps) => {
        const throttle = new Throttle();
        let now = 0;
        const times: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (throttle.admits('a', rate, now)) times.push(now);
        }
        for (let i = 0; i < times.length; i++) {
          for (let j = i; j < times.length; j++) {
            expect(j - i + 1).toBeLessThanOrEqual(rate + ((times[j]! - times[i]!) / 1000) * rate + 1e-6);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
