import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { rendererFolder } from '../../../electron/headless/static-files.ts';
import { launchBrowser, newContext } from '../../support/browser.ts';
import { apiOf, Program, type Api } from '../headless/program.ts';

/** The headless program in a process of its own, and its screens, as they were built, in a real browser. */
export interface WindowStage {
  api: Api;
  page: Page;
  /** What the page said on its console, or threw. */
  errors: string[];
  /** Shows another screen of the same page. */
  go(hash: string): Promise<void>;
  close(): Promise<void>;
}

/** @param config the file the program starts with. */
export async function openWindow(config: unknown, hash = '#/live'): Promise<WindowStage> {
  if (!existsSync(join(rendererFolder(), 'index.html'))) throw new Error('out/renderer is missing: run "npm run build" first.');
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-window-'));
  const file = join(folder, 'evenkeel.json');
  await writeFile(file, JSON.stringify(config));
  const program = new Program(['serve', '--config', file, '--ui', '127.0.0.1:0']);
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await program.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ready = await program.ready();
    browser = await launchBrowser();
    const page = await (await newContext(browser)).newPage();
    page.setDefaultTimeout(10_000);
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${ready.ui}?token=${ready.token}${hash}`);
    await page.locator('main h1').first().waitFor();
    return {
      api: apiOf(ready),
      page,
      errors,
      async go(to) {
        await page.evaluate((next) => {
          location.hash = next;
        }, to);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
