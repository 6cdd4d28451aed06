import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { formatClockTenths } from '../../../renderer/ui/format.ts';
import type { Run } from '../../../shared/model/run.ts';
import { parseRun } from '../../../renderer/features/timeline/export/run-file.ts';
import { replayAt } from '../../../shared/state/replay.ts';
import { scenarios } from '../page/scenarios.ts';
import { axeProblems, startScreens, type Screens } from '../screens-harness.ts';
import { sampleRun } from './sample-run.ts';

// The Timeline, its replay and what it exports, in a real browser on a control plane that lives in the page.

let screens: Screens;
let errors: string[][] = [];

beforeAll(async () => {
  screens = await startScreens();
});
afterAll(() => screens?.close());
afterEach(() => {
  expect(errors.flat()).toEqual([]);
  errors = [];
});

vi.setConfig({ testTimeout: 60_000 });

const run = sampleRun();
const other = sampleRun({ id: 'run-2', name: 'Every 5 s', intervalMs: 5_000, durationMs: 40_000 });
const clock = (ms: number) => formatClockTenths(run.startedAt + ms);

async function open(hash: string, opening: { theme?: 'dark' | 'light'; size?: { width: number; height: number } } = {}): Promise<Page> {
  const { page, errors: found } = await screens.open('#/settings', { fake: scenarios['healthy']!, ...opening });
  errors.push(found);
  page.setDefaultTimeout(8_000);
  await page.evaluate((runs) => runs.forEach((one) => window.fake.addRun(one)), [run, other]);
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  return page;
}

const slider = (page: Page) => page.getByRole('slider', { name: 'Moment shown' });
const shown = (page: Page) => page.locator('[data-cursor]').innerText();
const measure = (page: Page, id: string) => page.locator(`[data-measure=${id}]`);
const go = (page: Page, hash: string) => page.evaluate((to) => void (location.hash = to), hash);

test('a run is walked through with keys; the map, the bar and the list show the same moment', async () => {
  const page = await open('#/timeline?run=run-3');
  await slider(page).waitFor();
  // It begins at the fault.
  expect(await shown(page)).toBe(clock(6_000));
  await slider(page).focus();
  await page.keyboard.press('Home');
  expect(await shown(page)).toBe(clock(0));
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  expect(await shown(page)).toBe(clock(6_320));
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  expect(await shown(page)).toBe(clock(7_800));
  expect(await slider(page).getAttribute('aria-valuetext')).toBe(`${clock(7_800)}, api-2 down`);
  await page.getByText('Then: api-2 down').waitFor();
  await page.getByText('Now, live: all 3 nodes up').waitFor();
  expect(await page.getByRole('button', { name: /api-2 is down: 2 of 2 checks timed out/ }).getAttribute('aria-current')).toBe('true');
  await page.keyboard.press('Shift+ArrowRight');
  expect(await shown(page)).toBe(clock(7_900));
  await page.keyboard.press('End');
  expect(await shown(page)).toBe(clock(30_000));

  await page.getByRole('button', { name: /12 clients move/ }).click();
  await page.getByRole('link', { name: 'Map' }).click();
  await page.getByText('Replay, not live').waitFor();
  const card = page.locator('article[data-node="web/n2"]');
  await expect.poll(() => card.getAttribute('data-state')).toBe('down');
  // What was cannot be changed.
  await card.getByRole('radio', { name: 'Drain' }).click({ force: true });
  expect(await card.getByRole('radio', { name: 'Accept' }).getAttribute('aria-checked')).toBe('true');
  await card.getByRole('radio', { name: 'Reject' }).hover();
  expect(await card.getByRole('tooltip').innerText()).toBe('This is a replay. Go back to live to change anything.');
  expect(await page.evaluate(() => window.fake.client.request('engine.snapshot', {}).then((s) => s.pools[0]!.nodes[1]!.mode))).toBe(
    'accept',
  );
  await page.getByRole('slider', { name: 'Moment of the replay' }).press('End');
  await expect.poll(() => card.getAttribute('data-state')).toBe('healthy');

  await go(page, '#/pools');
  await page.getByText('All 3 nodes up').waitFor();
  expect(await page.getByText('Replay, not live').count()).toBe(0);
  await page.getByRole('link', { name: 'Back to the replay' }).click();
  await page.getByRole('button', { name: 'Back to live' }).click();
  await page.getByRole('button', { name: 'Pause the view' }).waitFor();
  expect(await page.getByText('Replay, not live').count()).toBe(0);
  await page.context().close();
});

test('it plays at the speed chosen, on the projector too, and never claims to be live there', async () => {
  const page = await open('#/timeline?run=run-3');
  await slider(page).waitFor();
  await page.getByLabel('Speed of the replay').selectOption('8');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect
    .poll(async () => Number(await slider(page).getAttribute('aria-valuenow')), { timeout: 5_000 })
    .toBeGreaterThan(run.startedAt + 9_000);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  // A busy machine shows the last frames late; they come to rest before the run ends.
  let before = '';
  await expect
    .poll(
      async () => {
        const now = await shown(page);
        const rests = now === before;
        before = now;
        return rests;
      },
      { interval: 300, timeout: 5_000 },
    )
    .toBe(true);
  expect(Number(await slider(page).getAttribute('aria-valuenow'))).toBeLessThan(run.endedAt);
  // Where it came to rest, a busy machine decides; the projector is looked at while api-2 is down.
  await slider(page).focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 5; i++) await page.keyboard.press('PageDown');
  expect(await shown(page)).toBe(clock(7_800));
  await go(page, '#/present');
  await page.getByText('Replay, not live').waitFor();
  expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
  await page.getByText('api-2 is down').first().waitFor();
  await page.context().close();
});

test('a run leaves as JSON and a picture, and comes back from the file with the same frames', async () => {
  const page = await open('#/timeline?run=run-3');
  await slider(page).waitFor();
  const [json] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'JSON' }).click()]);
  expect(json.suggestedFilename()).toBe('Unplug-api-2.json');
  const text = await readFile(await json.path(), 'utf8');
  const back: Run = parseRun(text, 'run.json');
  for (let i = 0; i < 20; i++) {
    const time = run.startedAt + i * 1_500;
    expect(replayAt(back, time)).toEqual(replayAt(run, time));
  }
  const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()]);
  const picture = await readFile(await png.path());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  // At twice the density.
  expect(picture.readUInt32BE(16)).toBe(2_560);

  const input = page.getByLabel('Run file');
  await input.setInputFiles({ name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') });
  await page.getByText('notes.json is not a run of Evenkeel').waitFor();
  const renamed = { ...back, id: 'mine', name: 'From a file' };
  await input.setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(renamed)) });
  await page.getByText('“From a file”').waitFor();
  expect(await measure(page, 'moved').locator('b').innerText()).toBe('12');
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.context().close();
});

test('the last minutes are followed until a moment of them is chosen', async () => {
  const page = await open('#/timeline');
  await page.locator('[data-scorecard]').waitFor();
  expect(await shown(page)).toBe('now');
  expect(await page.getByText('Replay, not live').count()).toBe(0);
  await page.getByRole('button', { name: 'Pause the view' }).waitFor();
  await slider(page).press('ArrowLeft');
  await page.getByText('Replay, not live').waitFor();
  await page.getByRole('button', { name: 'Follow' }).click();
  await expect.poll(() => shown(page)).toBe('now');
  await page.context().close();
});

test.each(['dark', 'light'] as const)('nothing for axe to find and nothing cut at 1024 × 700, %s', async (theme) => {
  const page = await open('#/timeline?run=run-3', { theme, size: { width: 1_024, height: 700 } });
  await slider(page).waitFor();
  await page.getByLabel('Compare with').selectOption('run run-2');
  await page.getByText('Check interval: 1 s against 5 s.').waitFor();
  await page.getByText('4.0 s sooner').first().waitFor();
  // What stands under a number takes one line, with times of four digits, too.
  for (const id of ['moved', 'p99']) {
    const below = measure(page, id).locator('dd > span').nth(1);
    if (id === 'p99') await below.evaluate((line) => (line.textContent = 'before 1,264, after 1,156 ms'));
    expect((await below.boundingBox())!.height).toBeLessThan(20);
  }
  await measure(page, 'detected').focus();
  expect(await measure(page, 'detected').getByRole('tooltip').innerText()).toMatch(/^From the fault at .* until api-2 was called down at /);
  expect(await axeProblems(page, ['main', 'header', 'section[aria-label="Replay, not live"]'])).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(1_024);
  await go(page, '#/live');
  await page.locator('article[data-node="web/n2"]').waitFor();
  expect(await axeProblems(page, ['main', 'header', 'section[aria-label="Replay, not live"]'])).toEqual([]);
  await page.context().close();
});

test('a moment at which nothing was set up yet offers nothing that would act now', async () => {
  const page = await open('#/settings');
  const before: Run = {
    ...sampleRun({ id: 'run-0', name: 'From the start' }),
    start: { ...run.start, listeners: [], pools: [] },
    added: undefined,
  };
  await page.evaluate((one) => window.fake.addRun(one), { ...before, ticks: [], entries: [], requests: [] });
  await go(page, '#/timeline?run=run-0');
  await page.getByText('Replay, not live').waitFor();
  await go(page, '#/live');
  await page.getByRole('heading', { name: 'Nothing was set up at this moment' }).waitFor();
  expect(await page.getByRole('button', { name: 'Start the demo' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Back to live' }).click();
  await page.locator('article[data-node="web/n2"]').waitFor();
  await page.context().close();
});
