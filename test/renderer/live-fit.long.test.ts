import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { cardSize, type CardSize, tracks } from '../../renderer/features/live/card-size.ts';
import type { EffectiveState } from '../../renderer/ui/effective-state.ts';
import { clipped } from './clipping.ts';
import { useScreens } from './open-screens.ts';
import { scenarios } from './page/scenarios.ts';

// Every node stays in view whatever takes height from the map, and messages never lie on anything that can be pressed.

const open = useScreens({ fake: scenarios['healthy']! });

const sizes = [
  [1280, 800],
  [1024, 700],
] as const;

/** Nodes whose card is not wholly in view, and the size cards have. */
const outOfView = (page: Page) =>
  page.evaluate(() => {
    const map = document.querySelector('[data-map]')!.parentElement!.getBoundingClientRect();
    const cards = [...document.querySelectorAll('[data-node]')];
    return {
      size: cards[0]?.getAttribute('data-size'),
      out: cards.filter((card) => card.getBoundingClientRect().bottom > map.bottom + 1).map((card) => card.getAttribute('data-node')),
    };
  });

const kill = (page: Page, node: string, pool = 'web') => page.evaluate(([p, n]) => window.fake.kill(p!, n!), [pool, node]);
const down = (page: Page, node: string) => page.locator(`[data-node="${node}"][data-state=down]`).waitFor({ timeout: 10_000 });

it('the card that fits is the largest; where none does it is the smallest, for as many as can be in view', () => {
  const lane = (state: EffectiveState, label = 'api-1') => ({ state, node: { label } });
  const healthy = (n: number) => Array.from({ length: n }, () => lane('healthy'));
  const sizeAt = (n: number, px: number): CardSize => cardSize(healthy(n), n, px);
  expect(sizeAt(3, 0)).toBe('full');
  expect(sizeAt(3, 668)).toBe('full');
  expect(sizeAt(3, 530)).toBe('snug');
  expect(sizeAt(4, 568)).toBe('short');
  expect(sizeAt(8, 668)).toBe('compact');
  expect(sizeAt(8, 568)).toBe('tight');
  expect(sizeAt(10, 568)).toBe('row');
  expect(sizeAt(11, 568)).toBe('row');
  expect(sizeAt(200, 568)).toBe('row');
  // A reason of two lines and a drain's bar take room as well.
  const { lane: height, gap, edges } = tracks.full;
  const exactly = 2 * height + gap + edges;
  expect(sizeAt(2, exactly)).toBe('full');
  expect(cardSize([lane('healthy'), lane('down')], 2, exactly)).toBe('snug');
  expect(cardSize([lane('healthy'), lane('draining')], 2, exactly + 16)).toBe('snug');
  // And so does a name of two lines.
  expect(cardSize([lane('healthy'), lane('healthy', 'api-frontend-eu-west-1-blue')], 2, exactly)).toBe('snug');
});

describe('three nodes, one down and one draining, the strip open', () => {
  it('stay in view, paused and beside the inspector too; nothing that can be pressed is under a message', async () => {
    const page = await open('#/live');
    await kill(page, 'n2');
    await down(page, 'web/n2');
    await page.locator('[data-node="web/n3"]').getByRole('radio', { name: 'Drain' }).click({ timeout: 15_000 });
    await page.getByText('api-3 is set to drain').waitFor();
    const problems: string[] = [];
    const look = async (what: string) => {
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(350);
        const { out } = await outOfView(page);
        if (out.length > 0) problems.push(`${what}, ${width}×${height}: out of view: ${out.join(', ')}`);
        problems.push(...(await clipped(page)).map((one) => `${what}, ${width}×${height}: ${one}`));
      }
    };
    await look('the map');
    await page.evaluate(() => (location.hash = '#/live/node/web/n3'));
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
    await look('beside the inspector');
    await page.keyboard.press('p');
    await page.getByText('View paused at').waitFor();
    await look('paused');
    expect(problems).toEqual([]);
  }, 30_000);
});

it('eight nodes in two pools are in view at 1024×700, and while one fails', async () => {
  const page = await open('#/live', { fake: scenarios['thousand']!, size: { width: 1024, height: 700 } });
  await page.locator('[data-node]').nth(7).waitFor();
  expect(await outOfView(page)).toEqual({ size: 'tight', out: [] });
  await kill(page, 'web-2');
  await down(page, 'web/web-2');
  await page.waitForTimeout(400);
  expect(await outOfView(page)).toEqual({ size: 'row', out: [] });
  // The reason and the mode are said there as well.
  const card = page.locator('[data-node="web/web-2"]');
  await card.getByText('2 of 2 checks timed out').waitFor();
  await page.locator('[data-node="web/web-3"]').getByRole('button', { name: 'Mode of web-3: Accept' }).waitFor();
  expect(await clipped(page)).toEqual([]);
}, 20_000);

it('a message has a row of its own under forms, at small sizes too', async () => {
  const page = await open('#/listeners/new');
  await kill(page, 'n2');
  await page.getByText('api-2 is down').waitFor({ timeout: 10_000 });
  for (const [width, height] of [
    [1280, 800],
    [853, 533],
    [683, 467],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(300);
    const [screen, message] = await page.evaluate(() =>
      ['main', '[aria-live=polite] > [role=status]'].map((one) => document.querySelector(one)!.getBoundingClientRect().toJSON() as DOMRect),
    );
    expect(message!.top).toBeGreaterThanOrEqual(screen!.bottom - 1);
    expect(await clipped(page)).toEqual([]);
  }
}, 20_000);

it('words of a fault that is made up are whole on the card', async () => {
  const page = await open('#/live');
  await page.evaluate(() => {
    const whole = window.fake.handlers['engine.snapshot'];
    window.fake.handlers['engine.snapshot'] = async (params, ...rest) => {
      const snapshot = await whole(params, ...rest);
      const fault = 'DEMO: slow, 1,200 ms, and every second answer is a 503';
      return {
        ...snapshot,
        pools: snapshot.pools.map((pool) => ({ ...pool, nodes: pool.nodes.map((node) => ({ ...node, fault })) })),
      };
    };
    window.fake.dropNextPatch();
  });
  const words = page.locator('[data-node="web/n2"]').getByText('DEMO: slow');
  await words.waitFor({ timeout: 8_000 });
  const { shown, full } = await words.evaluate((one) => ({ shown: one.clientWidth, full: one.scrollWidth }));
  expect(full).toBeLessThanOrEqual(shown + 1);
  expect(await clipped(page)).toEqual([]);
}, 20_000);

it('what is not live cannot be paused, and says why', async () => {
  const page = await open('#/live');
  await page.evaluate(() => window.fake.setConnected(false));
  await page.getByText('Not live').waitFor();
  const button = page.getByRole('button', { name: 'Pause the view' });
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  expect(await button.getAttribute('title')).toContain('the engine does not answer');
  await button.click({ force: true });
  await page.keyboard.press('p');
  await page.waitForTimeout(200);
  expect(await page.getByText('View paused at').count()).toBe(0);
  await page.evaluate(() => window.fake.setConnected(true));
  await page.getByRole('status', { name: 'Overall state' }).getByText('All 3 nodes up').waitFor();
  await button.click();
  await page.getByText('View paused at').waitFor();
}, 20_000);
