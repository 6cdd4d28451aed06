import { afterEach, expect, test, vi } from 'vitest';
import { NodeFaults, slowDelay } from '../../../../electron/control/lab/node-faults.ts';
import { seededRandom } from '../../../../electron/control/lab/random.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a slow node’s waits have the median and the 95th of 100 that were asked for', () => {
  const random = seededRandom(7);
  const waits = Array.from({ length: 20_000 }, () => slowDelay(random, { medianMs: 200, p95Ms: 900 })).sort((a, b) => a - b);
  expect(waits[10_000]).toBeGreaterThan(190);
  expect(waits[10_000]).toBeLessThan(210);
  expect(waits[19_000]).toBeGreaterThan(830);
  expect(waits[19_000]).toBeLessThan(970);
  expect(slowDelay(random, { medianMs: 50, p95Ms: 50 })).toBe(50);
});

test('what a hang held back is held again by a hang that follows, and delayed by slowness', () => {
  vi.useFakeTimers();
  const faults = new NodeFaults(seededRandom(1));
  const out: string[] = [];
  faults.set({ type: 'hang' });
  faults.hold(() => out.push('first'));
  faults.set({ type: 'hang' });
  expect(out).toEqual([]);
  faults.set({ type: 'slow', medianMs: 100, p95Ms: 100 });
  expect(out).toEqual([]);
  vi.advanceTimersByTime(101);
  expect(out).toEqual(['first']);
});

test('a capped line gives out what it may, in order, and all of it at once when the cap ends', () => {
  vi.useFakeTimers();
  const faults = new NodeFaults(seededRandom(1));
  faults.set({ type: 'bandwidth', bytesPerSecond: 1000 });
  let sent = 0;
  let done = false;
  const write = (piece: Buffer): void => {
    sent += piece.length;
  };
  faults.pace(Buffer.alloc(1000), write, () => (done = true));
  vi.advanceTimersByTime(500);
  expect(sent).toBeGreaterThanOrEqual(450);
  expect(sent).toBeLessThanOrEqual(500);
  faults.set(null);
  vi.advanceTimersByTime(60);
  expect([sent, done]).toEqual([1000, true]);
});
