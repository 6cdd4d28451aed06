import { describe, expect, it } from 'vitest';
import { ActiveChecker } from '../../../../electron/engine/health/active-checker.ts';
import type { ProbeOutcome } from '../../../../electron/engine/health/probes/probe.ts';
import type { CheckResult } from '../../../../shared/model/state.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** Probes that answer after `takes` ms, or never. */
function setup({
  takes = 10,
  intervalMs = 1_000,
  timeoutMs = 500,
  random = () => 0,
}: Partial<Record<'takes' | 'intervalMs' | 'timeoutMs', number>> & { random?: () => number }) {
  const clock = new FakeClock();
  const starts: number[] = [];
  const results: CheckResult[] = [];
  let open = 0;
  let most = 0;
  let aborted = 0;
  const checker = new ActiveChecker({
    probe: (signal) => {
      starts.push(clock.monotonic());
      most = Math.max(most, ++open);
      return new Promise<ProbeOutcome>((resolve) => {
        const cancel = clock.after(takes, () => {
          open--;
          resolve({ ok: true, detail: 'connected' });
        });
        signal.addEventListener('abort', () => {
          cancel();
          open--;
          aborted++;
        });
      });
    },
    intervalMs,
    timeoutMs,
    clock,
    random,
    onResult: (result) => results.push(result),
  });
  return { clock, starts, results, checker, open: () => open, most: () => most, aborted: () => aborted };
}

describe('ActiveChecker', () => {
  it('checks at once, then from start to start', async () => {
    const { clock, starts, results, checker } = setup({ takes: 200 });
    checker.start();
    expect(checker.nextCheckAt).toBe(clock.now() + 1_000);
    await clock.advanceAsync(3_500);
    expect(starts).toEqual([0, 1_000, 2_000, 3_000]);
    expect(results).toHaveLength(4);
    expect(results[1]).toEqual({ time: clock.now() - 2_500, ok: true, detail: 'connected', durationMs: 200 });
  });

  it('is jittered down by at most a tenth, never up', async () => {
    const draws = [0, 0.5, 0.999];
    const { clock, starts, checker } = setup({ random: () => draws.shift() ?? 0 });
    checker.start();
    await clock.advanceAsync(2_860);
    expect(starts).toHaveLength(4);
    expect(starts[1]).toBe(1_000);
    expect(starts[2]).toBe(1_950);
    expect(starts[3]).toBeCloseTo(1_950 + 900.1, 1);
  });

  it('ends a probe at its timeout', async () => {
    const { clock, results, checker, open } = setup({ takes: 5_000, timeoutMs: 300 });
    checker.start();
    await clock.advanceAsync(300);
    expect(results).toEqual([{ time: clock.now() - 300, ok: false, detail: 'timed out after 300 ms', durationMs: 300 }]);
    expect(open()).toBe(0);
  });

  it('never runs two probes side by side, even when jitter pulls the next one before the timeout', async () => {
    const { clock, starts, checker, most } = setup({ takes: 10_000, intervalMs: 1_000, timeoutMs: 990, random: () => 0.99 });
    checker.start();
    await clock.advanceAsync(5_000);
    expect(most()).toBe(1);
    expect(starts).toEqual([0, 990, 1_980, 2_970, 3_960, 4_950]);
  });

  it('leaves nothing behind when stopped, and a late answer is ignored', async () => {
    const { clock, results, checker, aborted } = setup({ takes: 100 });
    checker.start();
    await clock.advanceAsync(50);
    checker.stop();
    expect(checker.nextCheckAt).toBeNull();
    expect(aborted()).toBe(1);
    await clock.advanceAsync(5_000);
    expect(results).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('ignores the answer of the time before when stopped and started again', async () => {
    const { clock, starts, results, checker } = setup({ takes: 100 });
    checker.start();
    await clock.advanceAsync(50);
    checker.stop();
    checker.start();
    checker.start();
    await clock.advanceAsync(60);
    expect(results).toEqual([]);
    await clock.advanceAsync(40);
    expect(results).toHaveLength(1);
    expect(starts).toEqual([0, 50]);
  });
});
