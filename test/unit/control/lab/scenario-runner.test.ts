import { expect, test } from 'vitest';
import { parseScenario } from '../../../../electron/control/lab/parse-scenario.ts';
import { ScenarioRunner, type RunEnd } from '../../../../electron/control/lab/scenario-runner.ts';
import type { ScenarioStep } from '../../../../shared/model/scenario.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const heal = (atMs: number, node = 'a') => ({ atMs, do: 'heal', node }) as const;

function begin(steps: object[], take?: (step: ScenarioStep) => Promise<void>) {
  const { scenario, issues } = parseScenario({ version: 1, id: 'x', name: 'X', durationMs: 5000, steps });
  if (!scenario) throw new Error(JSON.stringify(issues));
  const clock = new FakeClock();
  const taken: [number, string][] = [];
  const told: number[] = [];
  const runner = new ScenarioRunner(scenario, {
    clock,
    take: (step) => {
      taken.push([clock.monotonic(), 'node' in step ? step.node : step.do]);
      return take?.(step) ?? Promise.resolve();
    },
    onStep: (index) => told.push(index),
  });
  const ended: RunEnd[] = [];
  const run = runner.start().then((end) => ended.push(end));
  return { clock, taken, told, runner, ended, run };
}

test('steps are taken at their times, in their order, and it ends at its own', async () => {
  const { clock, taken, told, ended } = begin([heal(0), heal(1000, 'b'), heal(1000, 'c'), heal(4999)]);
  await clock.advanceAsync(4999);
  expect(taken).toEqual([
    [0, 'a'],
    [1000, 'b'],
    [1000, 'c'],
    [4999, 'a'],
  ]);
  expect([told, ended]).toEqual([[0, 1, 2, 3], []]);
  await clock.advanceAsync(1);
  expect(ended).toEqual([{ over: true }]);
  expect(clock.pending).toBe(0);
});

test('a step that takes long makes no other late; the end waits for it', async () => {
  let finish = (): void => undefined;
  const { clock, taken, ended } = begin([heal(1000), heal(2000, 'b')], (step) =>
    'node' in step && step.node === 'a' ? new Promise((resolve) => (finish = resolve)) : Promise.resolve(),
  );
  await clock.advanceAsync(5000);
  expect(taken.map(([at]) => at)).toEqual([1000, 2000]);
  expect(ended).toEqual([]);
  finish();
  await clock.advanceAsync(0);
  expect(ended).toEqual([{ over: true }]);
});

test('stopped, it takes no further step and says why', async () => {
  const { clock, taken, ended, runner } = begin([heal(1000), heal(2000, 'b')]);
  await clock.advanceAsync(1500);
  runner.stop('somebody stopped it');
  await clock.advanceAsync(5000);
  expect(taken).toHaveLength(1);
  expect(ended).toMatchObject([{ over: false, why: 'somebody stopped it' }]);
  runner.stop('again');
  expect(ended).toHaveLength(1);
});

test('a step that fails ends it, named', async () => {
  const { clock, taken, ended } = begin([heal(1000), heal(2000, 'b')], () => Promise.reject(new Error('the port is taken.')));
  await clock.advanceAsync(5000);
  expect(taken).toHaveLength(1);
  expect(ended).toMatchObject([{ over: false, why: 'step 1 failed: the port is taken' }]);
});
