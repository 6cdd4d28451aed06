import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shippedScenarios } from '../../../electron/control/lab/shipped-scenarios.ts';
import { runSchema } from '../../../shared/model/run.ts';
import { Program } from './program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-scenarios-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(shippedScenarios.map(({ id }) => id))(
  'the shipped scenario %s holds from a fresh start',
  async (id) => {
    const report = join(folder, `${id}.json`);
    const program = new Program(['lab', 'run', id, '--no-ui', '--report', report]);
    try {
      const code = await program.exited;
      expect([code, program.stdout]).toEqual([0, expect.stringMatching(/All \d+ expectations held\./)]);
      const run = runSchema.parse(JSON.parse(await readFile(report, 'utf8')));
      const failed = run.observed!.failed;
      // The clients' own count of what failed is the listener's count of what was lost.
      expect(Math.abs(failed - run.score.lost)).toBeLessThanOrEqual(3);
    } finally {
      await program.end();
    }
  },
  90_000,
);
