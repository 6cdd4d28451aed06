import { expect, it } from 'vitest';
import { clipped } from './clipping.ts';
import { useScreens } from './open-screens.ts';
import { scenarios } from './page/scenarios.ts';

// What the projector's view makes of very many clients and of long names. How large its words are stands in modes.test.ts.

const open = useScreens();

it('so many clients to a square as is said, counts of thousands whole, and the failure is told although thousands moved since', async () => {
  const page = await open('#/present', { fake: scenarios['many']! });
  await page.getByText('1 square').waitFor();
  const tile = page.locator('article[data-node="web/n1"]');
  const squares = () => tile.locator('[aria-hidden] > i').count();
  const count = async () => Number((await tile.locator('[data-count]').innerText()).replaceAll(',', ''));
  expect(await page.locator('dl').innerText()).toMatch(/1 square\s*100\s*clients/);
  expect(await squares()).toBe(Math.ceil((await count()) / 100));
  expect(await clipped(page)).toEqual([]);
  await page.evaluate(() => window.fake.kill('web', 'n2'));
  await page.getByRole('heading', { name: 'api-2 is down' }).waitFor({ timeout: 10_000 });
  await page.getByText(/^api-2 down \d\d:\d\d:\d\d: 2 of 2 checks timed out\. [\d,]+ clients moved\.$/).waitFor();
  await expect.poll(count).toBeGreaterThan(2_400);
  // Nearly all of them are on two nodes now, so a square is more.
  expect(await page.locator('dl').innerText()).toMatch(/1 square\s*200\s*clients/);
  expect(await squares()).toBe(Math.ceil((await count()) / 200));
  expect(await clipped(page)).toEqual([]);
}, 30_000);

it.each([3, 4, 8])(
  'both ends of long names are read on %i tiles, and nothing is cut while one is down',
  async (n) => {
    const nodes = Array.from({ length: n }, (_, i) => ({
      id: `n${i + 1}`,
      label: `api-frontend-eu-west-${i + 1}-green`,
      address: `10.0.0.${i + 1}:3000`,
    }));
    const { config, ...rest } = scenarios['healthy']!;
    const { pools, ...others } = config as { pools: object[] };
    const page = await open('#/present', { fake: { ...rest, config: { ...others, pools: [{ ...pools[0]!, nodes }] } } });
    await page.locator('article').first().waitFor();
    await page.evaluate(() => window.fake.kill('web', 'n2'));
    await page.locator('article[data-state=down]').waitFor({ timeout: 10_000 });
    const ends = await page
      .locator('article h2 span > span:last-child')
      .evaluateAll((all) => all.map((one) => ({ text: one.textContent, whole: one.scrollWidth <= one.clientWidth + 1 })));
    expect(ends.map(({ text }) => /west-\d-green$/.test(text ?? ''))).toEqual(nodes.map(() => true));
    expect(ends.every(({ whole }) => whole)).toBe(true);
    expect(await clipped(page)).toEqual([]);
  },
  30_000,
);
