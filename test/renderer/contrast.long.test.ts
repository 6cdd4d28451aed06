import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useScreens } from './open-screens.ts';
import { axeProblems } from './screens-harness.ts';
import { stateOf } from './states.ts';

// What a system asks of all its programs: its own few colours, more contrast, less motion.

const open = useScreens();

/** Live with a node that is down, under what the system asks for. */
async function live(media: Parameters<Page['emulateMedia']>[0], theme: 'dark' | 'light'): Promise<Page> {
  const page = await open('#/live', { theme, fake: stateOf('node-down').fake });
  await page.emulateMedia(media);
  // As it is for who starts with it.
  await page.reload();
  await page.locator('main h1').waitFor();
  await stateOf('node-down').act?.(page);
  await page.locator('[data-node][data-state=down]').waitFor();
  return page;
}

const go = async (page: Page, hash: string, heading: string): Promise<void> => {
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};

/** Ratio of two colours as WCAG 2 has it. */
const contrastOf = (page: Page, one: string, other: string): Promise<number> =>
  page.evaluate(
    (names) => {
      const probe = document.body.appendChild(document.createElement('i'));
      const [first = 0, second = 0] = names.map((name) => {
        probe.style.color = `var(${name})`;
        const channels = (/\d+, \d+, \d+/.exec(getComputedStyle(probe).color)?.[0] ?? '').split(', ').map((c) => Number(c) / 255);
        const [r = 0, g = 0, b = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      });
      probe.remove();
      return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    },
    [one, other],
  );

it.each([
  ['dark', 'light'],
  ['light', 'dark'],
] as const)(
  'the system’s colours, %s, hold for all that is drawn, whatever theme was chosen',
  async (colorScheme, theme) => {
    const page = await live({ forcedColors: 'active', colorScheme }, theme);
    const ground = await page.evaluate(() => {
      const [r, g, b] = document
        .querySelector<HTMLCanvasElement>('[data-map]')!
        .closest('main')!
        .querySelector('canvas')!
        .getContext('2d')!
        .getImageData(1, 1, 1, 1).data;
      return { map: `rgb(${r}, ${g}, ${b})`, page: getComputedStyle(document.body).backgroundColor };
    });
    expect(ground.page).toBe(colorScheme === 'dark' ? 'rgb(0, 0, 0)' : 'rgb(255, 255, 255)');
    expect(ground.map).toBe(ground.page);
    const outlineOf = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(await outlineOf('nav a[aria-current]')).toBe('solid');
    expect(await outlineOf('nav a:not([aria-current])')).toBe('none');
    expect(await outlineOf('[data-node] [role=radio][aria-checked=true]')).toBe('solid');
    expect(await axeProblems(page, ['body'])).toEqual([]);
    await go(page, '#/pools/web', 'Web');
    expect(await axeProblems(page, ['body'])).toEqual([]);
    await go(page, '#/clients', 'Clients');
    expect(await axeProblems(page, ['body'])).toEqual([]);
  },
  40_000,
);

it.each(['dark', 'light'] as const)('more contrast, %s: muted words, edges of fields and lines are stronger', async (theme) => {
  const page = await live({ contrast: 'more' }, theme);
  expect(await contrastOf(page, '--muted', '--surface')).toBeGreaterThan(9);
  expect(await contrastOf(page, '--control', '--surface')).toBeGreaterThan(7);
  expect(await contrastOf(page, '--line-strong', '--surface')).toBeGreaterThan(4.5);
  expect(await contrastOf(page, '--line', '--surface')).toBeGreaterThan(3);
  await page.emulateMedia({ contrast: 'no-preference' });
  expect(await contrastOf(page, '--line', '--surface')).toBeLessThan(2);
});

it('less motion: nothing travels, and how many moved is said in their place', async () => {
  const page = await live({ reducedMotion: 'reduce' }, 'dark');
  await expect.poll(() => page.locator('[data-group]').first().textContent()).toContain('+');
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter((one) => (one.effect as KeyframeEffect).getKeyframes().some((frame) => 'transform' in frame))
      .filter((one) => Number(one.effect?.getComputedTiming().duration) > 1)
      .map((one) => (one.effect as KeyframeEffect).target?.className),
  );
  expect(moving).toEqual([]);
});
