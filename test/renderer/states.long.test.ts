import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipped } from './clipping.ts';
import { axeProblems, type Screens, setTextSize, startScreens } from './screens-harness.ts';
import { sizes, stateNames, stateOf, themes, views } from './states.ts';

// Every screen in every state, at every size and text size, in both themes: nothing cut off, nothing covered, nothing axe finds.

let screens: Screens;
beforeAll(async () => {
  screens = await startScreens();
}, 60_000);
afterAll(() => screens.close());

/** The screen of now stands: its own file has come, and what it says. */
const stands = (page: Page) => page.locator('main:not([aria-busy=true])').filter({ hasText: /\S/ }).first().waitFor({ timeout: 120_000 });

/** What the page is told is drawn, and what opens has opened; what fades for seconds is not waited for. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // One for the observers of sizes, one for what they made React render, one for what moves there from now on.
    for (let i = 0; i < 3; i++) await frame();
    const opening = document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().endTime ?? 0) <= 1_000);
    await Promise.allSettled(opening.map((one) => one.finished));
  });

/** Problems already known of one size are not told again for the others. */
class Problems {
  private readonly where = new Map<string, string[]>();

  add(where: string, problems: readonly string[]): void {
    for (const problem of problems) this.where.set(problem, [...(this.where.get(problem) ?? []), where]);
  }

  get count(): number {
    return this.where.size;
  }

  lines(): string[] {
    return [...this.where].map(([problem, where]) => `${where.join('; ')}: ${problem}`);
  }
}

// Two at a time: most of the time is spent waiting for what settles.
describe.concurrent.each(stateNames)('%s', (name) => {
  it.each(themes)(
    'every screen, %s',
    async (theme) => {
      const state = stateOf(name);
      const { page, errors } = await screens.open('#/settings', {
        theme,
        fake: { ...state.fake, history: 120_000 },
        isUnreached: state.isUnreached ?? false,
      });
      page.setDefaultTimeout(120_000);
      await page.waitForTimeout(300);
      await state.act?.(page);
      await page.waitForTimeout(1_200);
      const problems = new Problems();
      const since = performance.now();
      let looked = 0;
      for (const [view, hash, act] of views) {
        await page.setViewportSize({ width: 1280, height: 800 });
        await setTextSize(page, 16);
        // Nothing is to hover over what comes.
        await page.mouse.move(0, 0);
        await page.evaluate((next) => {
          location.hash = next;
        }, hash);
        // There is nothing it could say while nobody was ever reached.
        if (!state.isUnreached) await stands(page);
        await page.waitForTimeout(300);
        await act?.(page);
        await settled(page);
        problems.add(view, await axeProblems(page, ['main', 'aside.inspector', 'dialog[open]']));
        let size = 16;
        for (const { width, height, text } of sizes) {
          await page.setViewportSize({ width, height });
          if (text !== size) await setTextSize(page, text);
          size = text;
          await settled(page);
          looked++;
          problems.add(`${view} at ${width}×${height}${text === 16 ? '' : `, text ${text} px`}`, await clipped(page));
        }
      }
      await page.context().close();
      const seconds = Math.round((performance.now() - since) / 1_000);
      console.log(
        `${name}, ${theme}: ${views.length} screens with axe, ${looked} times for what is cut off or covered: ${problems.count} problems; ${seconds} s`,
      );
      expect(problems.lines()).toEqual([]);
      expect(errors).toEqual([]);
    },
    1_200_000,
  );
});
