import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram, IntervalCounts, WindowedHistogram } from '../../../../electron/engine/metrics/histogram.ts';
import { bucketBounds, bucketCount, bucketMiddle, bucketOf, LatencySum } from '../../../../shared/state/latency-buckets.ts';

const duration = fc.double({ min: 0.01, max: 3_600_000, noNaN: true });

function exact(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil(q * sorted.length))) - 1]!;
}

function near(actual: number | null, wanted: number): void {
  expect(actual).not.toBeNull();
  expect(Math.abs(actual! - wanted) / wanted).toBeLessThanOrEqual(0.05);
}

describe('Histogram', () => {
  it('answers null before anything is recorded', () => {
    expect(new Histogram().quantile(0.5)).toBeNull();
  });

  it('is within 5 % of the exact quantile, for any durations', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const histogram = new Histogram();
        for (const v of values) histogram.record(v);
        near(histogram.quantile(q), exact(values, q));
      }),
    );
  });

  it('keeps what lies outside its range at the ends', () => {
    const histogram = new Histogram();
    for (const v of [0, -5, Number.NaN, 0.0001]) histogram.record(v);
    near(histogram.quantile(1), 0.01);
    for (let i = 0; i < 5; i++) histogram.record(Number.POSITIVE_INFINITY);
    near(histogram.quantile(1), 3_600_000);
    expect(histogram.count).toBe(9);
  });

  it('adds up as if all had been recorded in one', () => {
    fc.assert(
      fc.property(fc.array(duration), fc.array(duration, { minLength: 1 }), (one, two) => {
        const a = new Histogram();
        const b = new Histogram();
        const both = new Histogram();
        for (const v of one) a.record(v);
        for (const v of two) b.record(v);
        for (const v of [...one, ...two]) both.record(v);
        a.add(b);
        expect(a.count).toBe(both.count);
        for (const q of [0.5, 0.95, 0.99]) expect(a.quantile(q)).toBe(both.quantile(q));
      }),
    );
  });

  it('is empty after a reset', () => {
    const histogram = new Histogram();
    histogram.record(3);
    histogram.reset();
    expect(histogram.count).toBe(0);
    expect(histogram.quantile(0.5)).toBeNull();
  });
});

describe('WindowedHistogram', () => {
  it('forgets a slot after as many rotations as there are slots', () => {
    const window = new WindowedHistogram(3);
    window.record(100);
    window.rotate();
    window.record(1);
    window.rotate();
    near(window.quantile(1), 100);
    window.rotate();
    near(window.quantile(1), 1);
    window.rotate();
    expect(window.quantile(1)).toBeNull();
    expect(window.count).toBe(0);
  });

  it('always equals a histogram of the last slots alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.array(duration, { maxLength: 10 }), { maxLength: 20 }), (slots, rounds) => {
        const window = new WindowedHistogram(slots);
        rounds.forEach((values, i) => {
          if (i > 0) window.rotate();
          for (const v of values) window.record(v);
          const plain = new Histogram();
          for (const v of rounds.slice(Math.max(0, i - slots + 1), i + 1).flat()) plain.record(v);
          expect(window.count).toBe(plain.count);
          for (const q of [0, 0.5, 0.99]) expect(window.quantile(q)).toBe(plain.quantile(q));
        });
      }),
    );
  });
});

describe('counts of an interval', () => {
  it('lie in the bucket they are said to lie in', () => {
    fc.assert(
      fc.property(duration, (ms) => {
        const { low, high } = bucketBounds(bucketOf(ms));
        // The two ends take what lies beyond them.
        expect(ms).toBeGreaterThanOrEqual(bucketOf(ms) === 0 ? 0 : Math.fround(low) * (1 - 1e-6));
        if (bucketOf(ms) < bucketCount - 1) expect(ms).toBeLessThan(high * (1 + 1e-6));
        expect(Math.abs(bucketMiddle(bucketOf(ms)) - ms) / ms).toBeLessThanOrEqual(1 / 31);
      }),
    );
  });

  it('cut anywhere and added up give the quantiles of the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(duration, { maxLength: 40 }), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (intervals, q) => {
          const counts = new IntervalCounts();
          const whole = new Histogram();
          const sum = new LatencySum();
          for (const interval of intervals) {
            for (const ms of interval) {
              counts.record(ms);
              whole.record(ms);
            }
            const taken = counts.take();
            expect(taken.reduce((n, [, count]) => n + count, 0)).toBe(interval.length);
            expect(taken).toEqual([...taken].sort((a, b) => a[0] - b[0]));
            sum.add(taken);
          }
          expect(counts.take()).toEqual([]);
          expect(sum.quantile(q)).toBe(whole.quantile(q));
          const again = new LatencySum();
          again.add(sum.counts());
          expect(again.quantile(q)).toBe(whole.quantile(q));
        },
      ),
    );
  });
});
