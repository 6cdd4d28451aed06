import { expect, it } from 'vitest';
import type { Config } from '../../shared/model/config.ts';
import { useScreens } from './open-screens.ts';

const numbers = Array.from({ length: 40 }, (_, i) => i + 1);

const open = useScreens({
  fake: {
    config: {
      version: 1,
      listeners: numbers.map((n) => ({ id: `edge-${n}`, port: 8_000 + n, protocol: 'http', pool: `service-${n}` })),
      pools: numbers.map((n) => ({ id: `service-${n}`, nodes: [{ id: 'a', address: `10.0.0.${n}:3000` }] })),
    },
  },
});

it('pools and listeners by the dozen are found by name and address, and edited where they stand', { timeout: 30_000 }, async () => {
  const page = await open('#/pools');
  const rows = page.locator('main tbody tr');
  await expect.poll(() => rows.count()).toBe(40);
  await page.keyboard.press('/');
  await page.keyboard.type('10.0.0.37:');
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByText('1 found').waitFor();
  await page.getByRole('link', { name: 'service-37' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Shop');
  await page.getByRole('button', { name: /^Apply/ }).click();
  await page.getByText('1 change applied').waitFor();
  const config = await page.evaluate<Config>(() => window.fake.handlers['config.get']({}));
  expect(config.pools.filter((pool) => pool.name !== undefined).map(({ id, name }) => [id, name])).toEqual([['service-37', 'Shop']]);

  await page.evaluate(() => void (location.hash = '#/listeners'));
  const field = page.getByRole('searchbox', { name: 'Find in the listeners' });
  await field.fill('8012');
  await page.getByRole('link', { name: 'edge-12' }).waitFor();
  expect(await rows.count()).toBe(1);
  await field.fill('nowhere');
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect.poll(() => rows.count()).toBe(40);
});
