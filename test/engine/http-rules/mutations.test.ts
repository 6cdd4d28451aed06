import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../support/wait.ts';
import { Lanes, type Lane } from './lanes.ts';
import { checkMutation, mutate } from './mutate.ts';
import { Report } from './report.ts';

let lanes: Lanes;

beforeAll(async () => {
  lanes = await Lanes.start();
});

afterAll(async () => {
  await lanes.stop();
});

/** The same ones in every run; MUTATIONS_SEED and MUTATIONS choose others and more. */
const seed = Number(process.env['MUTATIONS_SEED'] ?? 1);
const count = Number(process.env['MUTATIONS'] ?? 3000);

it(`${count} mutated messages: no two readings of any (seed ${seed})`, { timeout: 20_000 + count * 5 }, async () => {
  const random = seededRandom(seed);
  const report = new Report();
  function* jobs() {
    for (let i = 0; i < count; i++) {
      const bytes = mutate(random);
      const cut = Math.floor(random() * bytes.length);
      yield async (lane: Lane) => {
        report.note(String(i), await checkMutation(lane, bytes, cut));
      };
    }
  }
  await lanes.run(jobs());
  expect(report.toString()).toBe('');
});
