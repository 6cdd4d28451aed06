import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookLarger } from './looks.ts';
import { type Screens, setTextSize, startScreens } from './screens-harness.ts';
import { stateOf } from './states.ts';

// Who asks the browser for text of 24 px instead of 16 sees all of the window half as large again: letters, rows, icons, and what
// scripts draw, in the same places.

let screens: Screens;
beforeAll(async () => {
  screens = await startScreens();
}, 60_000);
afterAll(() => screens.close());

it.each(['#/live', '#/clients', '#/traffic', '#/timeline', '#/pools/web'])(
  '%s in a window half as large again looks the same at text of 24 px',
  async (hash) => {
    const { page, errors } = await screens.open(hash, {
      fake: { ...stateOf('healthy').fake, settings: { motion: 'reduced' }, history: 60_000 },
      isTimeHeld: true,
    });
    const advance = async (ms: number) => {
      for (let gone = 0; gone < ms; gone += 250) await page.clock.fastForward(250);
    };
    await advance(2_000);
    // Figures stand still from here on.
    await page.keyboard.press('p');
    await advance(500);
    const one = await page.screenshot({ animations: 'disabled' });
    await page.setViewportSize({ width: 1920, height: 1200 });
    await advance(500);
    const unasked = await page.screenshot({ animations: 'disabled' });
    await setTextSize(page, 24);
    await advance(500);
    const asked = await page.screenshot({ animations: 'disabled' });
    // It is seen at all: without it everything stands elsewhere.
    expect((await lookLarger(screens.browser, one, unasked, 1.5)).differs).toBeGreaterThan(3);
    const { differs, where } = await lookLarger(screens.browser, one, asked, 1.5);
    expect(differs, where.join('; ')).toBeLessThan(1);
    await page.context().close();
    expect(errors).toEqual([]);
  },
  40_000,
);
