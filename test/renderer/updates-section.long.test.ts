import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NoUpdates, UpdateState } from '../../shared/model/update.ts';
import { axeProblems, startScreens, type Screens } from './screens-harness.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await startScreens();
}, 60_000);
afterAll(() => screens.close());

const feed = 'https://updates.example/evenkeel';
const offer = {
  version: '0.2.0',
  notes: `Listeners say who they wait for.\n<b>not bold</b> ${'word'.repeat(60)}`,
  releasedAt: Date.UTC(2026, 0, 1),
  bytes: 98_304_000,
};
const states: UpdateState[] = [
  { state: 'off', feed },
  { state: 'waiting', feed },
  { state: 'checking', feed },
  { state: 'current', feed, checkedAt: Date.UTC(2026, 0, 2) },
  { state: 'available', feed, offer },
  { state: 'downloading', feed, offer, received: 24_576_000, total: 98_304_000 },
  { state: 'downloading', feed, offer, received: 0, total: null },
  { state: 'ready', feed, offer },
  { state: 'installing', feed, offer },
  {
    state: 'failed',
    feed,
    problem: {
      fact: 'The downloaded update was refused.',
      cause: 'It is not the file the feed describes: its SHA-512 differs.',
      action: 'It was deleted, and nothing was installed.',
    },
  },
];
const open = (updates: UpdateState, theme: 'dark' | 'light' = 'dark', width = 1280) =>
  screens.open('#/settings?to=updates', {
    fake: { host: 'desktop', updates, settings: { theme, lookForUpdates: updates.state !== 'off' && updates.state !== 'unavailable' } },
    theme,
    size: { width, height: 700 },
  });
const part = (page: Page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Updates', exact: true }) });
const asked = (page: Page) => page.evaluate(() => (window.fake.handlers['updates.get']({}) as UpdateState).state);

describe('Updates', { timeout: 30_000 }, () => {
  it.each([
    ['dark', 1280],
    ['light', 1024],
  ] as const)('in every state: axe finds nothing in %s at %i px, and nothing is cut off', async (theme, width) => {
    const { page, errors } = await open(states[0]!, theme, width);
    await part(page).waitFor();
    // The narrower page has what the wider one has, so there only the fullest states are asked.
    for (const state of width === 1280 ? states : states.filter((one) => 'offer' in one || one.state === 'failed').slice(1, 3)) {
      await page.evaluate((next) => window.fake.showUpdates(next), state);
      if ('offer' in state) await part(page).getByRole('heading', { name: 'Evenkeel 0.2.0' }).waitFor();
      expect(await axeProblems(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('are off until they are switched on; a version is then found, fetched and installed by a click each, by keyboard alone', async () => {
    const { page } = await open({ state: 'off', feed });
    const toggle = part(page).getByRole('switch', { name: 'Look for updates' });
    await expect.poll(() => toggle.isChecked()).toBe(false);
    expect(await part(page).innerText()).toContain(`Asks ${feed} when Evenkeel starts and once a day.`);
    expect(await part(page).getByRole('button').count()).toBe(0);
    // Brought here by the menu: it is to be seen.
    expect(await part(page).evaluate((section) => section.getBoundingClientRect().top < innerHeight)).toBe(true);

    await toggle.press('Space');
    await part(page).getByText('Up to date. The feed was asked').waitFor();
    await part(page).getByRole('button', { name: 'Check now' }).press('Enter');
    await part(page).getByText('A newer version is there. Downloading it installs nothing.').waitFor();
    expect(await part(page).innerText()).toContain('98 MB');
    await part(page).getByRole('button', { name: 'Download' }).press('Enter');
    await part(page).getByText('Downloading: 25 MB of 98 MB. Balancing goes on.').waitFor();
    const bar = part(page).getByRole('progressbar', { name: 'Downloading Evenkeel 0.2.0' });
    expect([await bar.getAttribute('value'), await bar.getAttribute('max')]).toEqual(['24576000', '98304000']);
    await part(page).getByRole('button', { name: 'Stop' }).press('Enter');
    await part(page).getByRole('button', { name: 'Download' }).waitFor();
    expect(await asked(page)).toBe('available');

    await page.evaluate(
      (next) => window.fake.showUpdates(next),
      states.find(({ state }) => state === 'ready')!,
    );
    await part(page).getByText('Restarting lets what is in flight finish').waitFor();
    await part(page).getByRole('button', { name: 'Restart to update' }).press('Enter');
    await part(page).getByText('Letting what is in flight finish; then the new version starts.').waitFor();
    expect(await part(page).getByRole('button').count()).toBe(0);
    await page.context().close();
  });

  it('show notes as the text they are, and say fact, cause and action of what failed', async () => {
    const { page } = await open(states[4]!);
    const notes = part(page).getByRole('region', { name: 'What 0.2.0 brings' });
    expect(await notes.innerText()).toContain('<b>not bold</b>');
    expect(await notes.locator('b').count()).toBe(0);
    await page.evaluate((next) => window.fake.showUpdates(next), states.at(-1)!);
    await part(page)
      .getByText('The downloaded update was refused. It is not the file the feed describes: its SHA-512 differs. It was deleted')
      .waitFor();
    await part(page).getByRole('button', { name: 'Try again' }).press('Enter');
    await part(page).getByRole('button', { name: 'Download' }).waitFor();
    await page.context().close();
  });

  it('that are not to be had say why in place of the setting', async () => {
    const { page } = await open({ state: 'unavailable', why: 'no-feed' });
    const said: [NoUpdates, string][] = [
      ['no-feed', 'This build has no update feed'],
      ['package-manager', 'Installed by your package manager'],
      ['by-hand', 'Unpacked from an archive'],
      ['portable', 'This is the portable program'],
      ['insecure-feed', 'not reached over https'],
      ['development', 'Started from its sources'],
    ];
    for (const [why, words] of said) {
      await page.evaluate((next) => window.fake.showUpdates(next), { state: 'unavailable' as const, why });
      await part(page).getByText(words).waitFor();
      expect(await part(page).getByRole('switch').count()).toBe(0);
    }
    await page.context().close();
  });

  it('are told not to be here where the program is headless', async () => {
    const { page } = await screens.open('#/settings');
    await page.getByText('Not from here: a headless program is brought up to date the way it was installed.').waitFor();
    expect(await page.getByRole('switch', { name: 'Look for updates' }).count()).toBe(0);
    await page.context().close();
  });
});
