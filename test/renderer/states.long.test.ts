import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipped } from './clipping.ts';
import { axeProblems, startScreens, type Screens } from './screens-harness.ts';
import { sizes, stateNames, stateOf, views } from './states.ts';

// Every screen in every state at every size: nothing cut off, nothing covered. The themes differ in colour alone, which axe looks at.

let screens: Screens;
beforeAll(async () => {
  screens = await startScreens();
}, 60_000);
afterAll(() => screens.close());

/** Panels that are opening have opened; what fades for seconds is not waited for. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    const opening = document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().endTime ?? 0) <= 1_000);
    await Promise.allSettled(opening.map((one) => one.finished));
  });

describe.each(stateNames)('%s', (name) => {
  it.each(['dark', 'light'] as const)(
    'every screen, %s',
    async (theme) => {
      const state = stateOf(name);
      const { page, errors } = await screens.open('#/settings', {
        theme,
        fake: { ...state.fake, history: 120_000 },
        isUnreached: state.isUnreached ?? false,
      });
      await page.waitForTimeout(300);
      await state.act?.(page);
      await page.waitForTimeout(1_200);
      const problems: string[] = [];
      for (const [view, hash, act] of views) {
        await page.setViewportSize({ width: 1280, height: 800 });
        // Nothing is to hover over what comes.
        await page.mouse.move(0, 0);
        await page.evaluate((next) => {
          location.hash = next;
        }, hash);
        await page.waitForTimeout(300);
        await act?.(page);
        if (theme === 'light') {
          problems.push(...(await axeProblems(page, ['main', 'aside.inspector', 'dialog[open]'])).map((problem) => `${view}: ${problem}`));
          continue;
        }
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          await page.waitForTimeout(250);
          await settled(page);
          problems.push(...(await clipped(page)).map((problem) => `${view}, ${width}×${height}: ${problem}`));
        }
      }
      await page.context().close();
      expect(problems).toEqual([]);
      expect(errors).toEqual([]);
    },
    400_000,
  );
});
