import { expect, test } from 'vitest';
import { exponential, logNormal, seededRandom } from '../../../../electron/control/lab/random.ts';

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

test('the same seed gives the same numbers, another seed others', () => {
  expect(draws(5, seededRandom(7))).toEqual(draws(5, seededRandom(7)));
  expect(draws(5, seededRandom(7))).not.toEqual(draws(5, seededRandom(8)));
});

test('numbers are in [0, 1) and spread evenly', () => {
  const numbers = draws(20_000, seededRandom(1));
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(numbers.reduce((a, b) => a + b) / numbers.length).toBeCloseTo(0.5, 2);
});

test('exponential times have the mean asked for', () => {
  const random = seededRandom(2);
  const times = draws(50_000, () => exponential(random, 25));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  expect(times.reduce((a, b) => a + b) / times.length).toBeGreaterThan(24);
  expect(times.reduce((a, b) => a + b) / times.length).toBeLessThan(26);
});

test('log-normal latencies keep their bounds and their median', () => {
  const random = seededRandom(3);
  const times = draws(20_001, () => logNormal(random, { median: 8, sigma: 0.6, min: 2, max: 30 })).sort((a, b) => a - b);
  expect(times[0]).toBeGreaterThanOrEqual(2);
  expect(times.at(-1)).toBeLessThanOrEqual(30);
  expect(times[10_000]).toBeGreaterThan(7.5);
  expect(times[10_000]).toBeLessThan(8.5);
});
