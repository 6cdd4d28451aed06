import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { build } from 'vite';
import { cssInRem } from '../../scripts/lib/css-in-rem.ts';
import type { FakeOptions } from '../../renderer/bridge/fake-client.ts';
import { launchBrowser, newContext } from '../support/browser.ts';
import { type Bundle, keptBundle } from './kept-bundle.ts';

/** The window's screens in a headless browser, with a fake control plane behind them. */
export interface Screens {
  browser: Browser;
  open(hash: string, options?: OpenOptions): Promise<{ page: Page; errors: string[] }>;
  close(): Promise<void>;
}

export interface OpenOptions {
  fake?: FakeOptions;
  theme?: 'dark' | 'light';
  size?: { width: number; height: number };
  /** Nobody answers from the start. */
  isUnreached?: boolean;
  /** Time stands still but for `page.clock.runFor()`: the same picture each time. */
  isTimeHeld?: boolean;
}

/** Sunday afternoon, in UTC as all of the page is. */
const heldTime = new Date('2026-03-01T14:03:07Z');

/** As the product serves its pages, but for the one thing a test needs: nothing inline, nothing from elsewhere. */
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self' data:; connect-src 'self'";

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

async function bundle(): Promise<Bundle> {
  const root = path.resolve(import.meta.dirname, '../..');
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    css: { postcss: { plugins: cssInRem } },
    build: {
      write: false,
      minify: false,
      cssCodeSplit: false,
      rolldownOptions: { input: path.join(import.meta.dirname, 'screens-page.tsx') },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const files = new Map<string, string | Uint8Array>();
  const entries: string[] = [];
  for (const output of outputs) {
    if (!('output' in output)) continue;
    for (const file of output.output) {
      files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
      if (file.type === 'chunk' ? file.isEntry : file.fileName.endsWith('.css')) entries.push(`/${file.fileName}`);
    }
  }
  return { files, entries };
}

export async function startScreens(): Promise<Screens> {
  const { files, entries } = await keptBundle('screens', bundle);
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evenkeel</title>${entries
    .filter((name) => name.endsWith('.css'))
    .map((name) => `<link rel="stylesheet" href="${name}">`)
    .join('')}</head><body><div id="root"></div>${entries
    .filter((name) => name.endsWith('.js'))
    .map((name) => `<script type="module" src="${name}"></script>`)
    .join('')}</body></html>`;
  const server: Server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = name === '/' ? html : files.get(name);
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Content-Type', name === '/' ? 'text/html' : (types[path.extname(name)] ?? 'application/octet-stream'));
    if (name === '/favicon.ico') response.statusCode = 204;
    else if (file === undefined) response.statusCode = 404;
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await launchBrowser();
  return {
    browser,
    async open(hash, { fake, theme = 'dark', size = { width: 1280, height: 800 }, isUnreached = false, isTimeHeld = false } = {}) {
      const context = await newContext(browser, { viewport: size, colorScheme: theme, reducedMotion: 'no-preference', timezoneId: 'UTC' });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      const options = { settings: { theme }, ...fake };
      await page.addInitScript(
        ([given, unreached]) => {
          window.fakeOptions = given;
          window.isFakeUnreached = unreached;
        },
        [options, isUnreached] as const,
      );
      if (isTimeHeld) await page.clock.install({ time: heldTime });
      await page.goto(`http://127.0.0.1:${port}/${hash}`);
      if (isTimeHeld) for (let i = 0; i < 4; i++) await page.clock.fastForward(250);
      await page
        .locator(isUnreached ? 'main' : 'main h1')
        .first()
        .waitFor();
      return { page, errors };
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** The page's debugger, which may do what its own policy forbids. */
function debuggerOf(page: Page): Promise<CDPSession> {
  const known = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, known);
  return known;
}

/** The text size its user asks the browser for, in pixels; 16 is what everybody has. It holds at once, and in conditions of style sheets. */
export async function setTextSize(page: Page, pixels: number): Promise<void> {
  const session = await debuggerOf(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: pixels } });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const usualParts = ['main', 'aside.inspector'];

/** What axe-core finds wrong with the screen (not the shell around it) as it stands, or with `parts` of the page; one line each. */
export async function axeProblems(page: Page, parts = usualParts, onlyRules?: readonly string[]): Promise<string[]> {
  const session = await debuggerOf(page);
  if (await page.evaluate(() => !('axe' in window))) await session.send('Runtime.evaluate', { expression: axeSource });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run({ include: ${JSON.stringify(parts)}.filter((s) => document.querySelector(s)).map((s) => [s]) }, ${JSON.stringify({ resultTypes: ['violations'], ...(onlyRules && { runOnly: { type: 'rule', values: onlyRules } }) })}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target.join(' ') + ': ' + (n.failureSummary ?? ''))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value as string[];
}

/** As axeProblems, in both themes; in the second with the rules that look at colours, since nothing else changes with it. */
export async function axeProblemsInBothThemes(page: Page, parts = usualParts): Promise<string[]> {
  const first = await axeProblems(page, parts);
  const turn = () =>
    page.evaluate(() => {
      const { dataset } = document.documentElement;
      dataset['theme'] = dataset['theme'] === 'light' ? 'dark' : 'light';
    });
  await turn();
  // What changes its colour has another contrast on its way.
  await page.waitForTimeout(300);
  const second = await axeProblems(page, parts, ['color-contrast', 'link-in-text-block']);
  await turn();
  return [...first, ...second.map((problem) => `in the other theme: ${problem}`)];
}
