import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeProblems, startScreens, type Screens } from './screens-harness.ts';

let screens: Screens;
beforeAll(async () => {
  screens = await startScreens();
}, 60_000);
afterAll(() => screens.close());

const config = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', name: 'Web', nodes: ['a', 'b'].map((id, i) => ({ id, label: `api-${i + 1}`, address: `127.0.0.1:900${i}` })) }],
};
const section = (page: Page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Backups', exact: true }) });

it.each([
  ['dark', 1280],
  ['light', 1024],
] as const)(
  'a copy is looked at, and restored; axe finds nothing in %s at %i px',
  async (theme, width) => {
    const { page, errors } = await screens.open('#/settings', { fake: { config }, theme, size: { width, height: 700 } });
    const part = section(page);
    await part.getByRole('button', { name: /^Look at it/ }).press('Enter');
    const card = part.getByRole('group');
    expect(await card.innerText()).toMatch(/makes 1 change[\s\S]*api-2/);
    expect(await part.innerText()).toContain('is not possible: line 3, column 1');
    expect(await axeProblems(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await card.getByRole('button', { name: 'Restore' }).click();
    await page.getByText(/^The configuration of .* runs again$/).waitFor();
    const nodes = await page.evaluate(() =>
      (window.fake.handlers['config.get']({}) as { pools: { nodes: { id: string }[] }[] }).pools[0]!.nodes.map((n) => n.id),
    );
    expect(nodes).toEqual(['a']);
    await part.getByRole('button', { name: 'Read the file again' }).click();
    await page.getByText('The file holds what runs').waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  },
  30_000,
);
