import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startScreens, type OpenOptions, type Screens } from './screens-harness.ts';

/**
 * The screens for all tests of a file: started before the first and closed after the last; each test's pages are closed after it, and
 * must have written no error. To be called at the top of the file.
 * @param usual What a page is opened with when a test says nothing else.
 * @returns opens a page whose actions wait five seconds.
 */
export function useScreens(usual: OpenOptions = {}): (hash: string, options?: OpenOptions) => Promise<Page> {
  let screens: Screens;
  let opened: { page: Page; errors: string[] }[] = [];
  beforeAll(async () => {
    screens = await startScreens();
  }, 60_000);
  afterAll(() => screens.close());
  afterEach(async () => {
    const all = opened;
    opened = [];
    for (const { page } of all) await page.context().close();
    expect(all.flatMap(({ errors }) => errors)).toEqual([]);
  });
  return async (hash, options = usual) => {
    const one = await screens.open(hash, options);
    opened.push(one);
    one.page.setDefaultTimeout(8_000);
    return one.page;
  };
}
