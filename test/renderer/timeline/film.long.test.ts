import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { scenarios } from '../page/scenarios.ts';
import { startScreens, type Screens } from '../screens-harness.ts';
import { sampleRun } from './sample-run.ts';

// A film takes as long to record as it plays.

let screens: Screens;
const run = sampleRun();

vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  screens = await startScreens();
});
afterAll(() => screens?.close());

test('a film is recorded, and can be cancelled', async () => {
  const short = { ...run, id: 'short', name: 'Short', endedAt: run.startedAt + 2_000 };
  const { page, errors } = await screens.open('#/timeline', { fake: scenarios['healthy']! });
  await page
    .getByLabel('Run file')
    .setInputFiles({ name: 's.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(short)) });
  await page.getByText('“Short”').waitFor();
  await page.getByRole('button', { name: 'Video' }).click();
  const [film] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Record' }).click()]);
  expect(film.suggestedFilename()).toBe('Short.webm');
  const bytes = await readFile(await film.path());
  // EBML, as every WebM begins.
  expect(bytes.readUInt32BE(0)).toBe(0x1a45dfa3);
  expect(bytes.length).toBeGreaterThan(5_000);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByRole('progressbar', { name: 'Recorded so far' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});
