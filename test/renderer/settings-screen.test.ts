import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeProblems, startScreens, type Screens } from './screens-harness.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await startScreens();
}, 60_000);
afterAll(() => screens.close());

const config = {
  version: 1,
  listeners: [
    { id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' },
    { id: 'lan', name: 'For everybody', host: '0.0.0.0', port: 8081, protocol: 'http', pool: 'web' },
  ],
  pools: [{ id: 'web', name: 'Web', nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
};
const open = (theme: 'dark' | 'light' = 'dark', size = { width: 1280, height: 800 }) =>
  screens.open('#/settings', { fake: { config }, theme, size });

const section = (page: Page, name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });
const running = (page: Page) =>
  page.evaluate(() => (window.fake.handlers['config.get']({}) as { listeners: { id: string }[] }).listeners.map((l) => l.id));
const choose = (page: Page, name: string, text: string) =>
  page.getByLabel('File to import').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

describe('Settings', { timeout: 30_000 }, () => {
  it.each([
    ['dark', 1280],
    ['light', 1024],
  ] as const)('axe finds nothing in %s at %i px, and nothing is cut off', async (theme, width) => {
    const { page, errors } = await open(theme, { width, height: 700 });
    await section(page, 'Export').getByRole('radio', { name: 'NodeBalancer' }).press('Space');
    await section(page, 'Export').locator('summary').click();
    await choose(page, 'haproxy.cfg', 'frontend shop\n');
    await page.getByText('haproxy.cfg makes').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('tells which listeners the network reaches, and how the screens are', async () => {
    const { page } = await open();
    const reach = section(page, 'Reachable from the network');
    await reach.getByRole('link', { name: 'For everybody' }).waitFor();
    expect(await reach.innerText()).toContain('0.0.0.0:8081, every address of this machine');
    expect(await reach.innerText()).not.toContain('127.0.0.1:8080');
    expect(await reach.innerText()).toMatch(/Only from this machine, at 127\.0\.0\.1:\d+/);
    // What belongs to the desktop program is not offered here.
    expect(await page.getByRole('heading', { name: 'Desktop' }).count()).toBe(0);
    await page.context().close();
  });

  it('shows, copies and saves an export, by keyboard alone', async () => {
    const { page } = await open();
    const part = section(page, 'Export');
    await part.getByRole('radio', { name: 'Evenkeel' }).focus();
    await page.keyboard.press('ArrowRight');
    await part.getByRole('region', { name: 'Preview of haproxy.cfg' }).getByText('backend web').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('haproxy.cfg');
    await page.context().close();
  });

  it('imports a haproxy.cfg after showing what changes, and takes it back', async () => {
    const { page } = await open();
    await choose(page, 'haproxy.cfg', 'frontend shop\n');
    const card = page.getByRole('group', { name: 'Import of haproxy.cfg' });
    await card.waitFor();
    const words = await card.innerText();
    expect(words).toContain('Listener Web removed');
    expect(words).toContain('Listener shop added');
    expect(words).toContain('Line 4, option httplog: Evenkeel logs in its own way.');
    expect(await running(page)).toEqual(['web', 'lan']);
    await card.getByRole('button', { name: /^Apply/ }).click();
    await page.getByText('haproxy.cfg was imported').waitFor();
    expect(await running(page)).toEqual(['shop']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The configuration is back as it was').waitFor();
    expect(await running(page)).toEqual(['web', 'lan']);
    await page.context().close();
  });

  it('lists what is wrong with a file, and applies nothing of it', async () => {
    const { page } = await open();
    await choose(
      page,
      'mine.json',
      JSON.stringify({ ...config, pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9001', weight: 300 }] }] }),
    );
    const card = page.getByRole('group', { name: 'Import of mine.json' });
    await card.waitFor();
    expect(await card.innerText()).toContain('pools[0].nodes[0].weight: Weight must be 1 to 255. 300 is too high.');
    expect(await card.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await choose(page, 'broken.json', '{"version": 1,');
    await page.getByText('This is no valid JSON').waitFor();
    await choose(page, 'twice.evenkeel.json', '\ufeff{"version": 1,\r\n "pools": [], "pools": []}');
    await page.getByText('This is no valid JSON: line 2, column 15: pools is given twice.').waitFor();
    await choose(page, 'deep.json', `{"version": 1, "pools": ${'['.repeat(100_000)}`);
    await page.getByText('nested deeper than 100 levels').waitFor();
    await choose(page, 'empty.evenkeel.json', '');
    await page.getByText('the file is empty').waitFor();
    await choose(page, 'poem.txt', 'no section in it');
    await page.getByText('This is no haproxy.cfg').waitFor();
    await page.context().close();
  });

  it('does not apply over a change made elsewhere meanwhile', async () => {
    const { page } = await open();
    await choose(page, 'haproxy.cfg', 'frontend shop\n');
    const card = page.getByRole('group', { name: 'Import of haproxy.cfg' });
    await card.waitFor();
    // The mirror has not heard of it yet; only the question just before the change tells.
    await page.evaluate(() => {
      const other = { ...(window.fake.handlers['config.get']({}) as object), listeners: [] };
      window.fake.handlers['config.get'] = () => other as never;
    });
    await card.getByRole('button', { name: /^Apply/ }).click();
    await page.getByText('The configuration was changed elsewhere a moment ago.').waitFor();
    expect(await page.getByText('was imported').count()).toBe(0);
    await page.context().close();
  });

  it('resets after a question, with a copy offered and a way back', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Reset the configuration…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reset the configuration?' });
    expect(await dialog.innerText()).toContain('2 listeners, 1 pool, 0 certificates go.');
    // Enter on what has the focus keeps everything.
    await page.keyboard.press('Enter');
    expect(await running(page)).toEqual(['web', 'lan']);
    await page.getByRole('button', { name: 'Reset the configuration…' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save a copy first' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('evenkeel-backup.json');
    await dialog.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.getByText('The configuration was reset').waitFor();
    expect(await running(page)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The configuration is back as it was').waitFor();
    expect(await running(page)).toEqual(['web', 'lan']);
    await page.context().close();
  });
});
