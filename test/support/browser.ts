import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type LaunchOptions } from 'playwright-core';

/** Not the npm Chromium's own list: its single process crashes, and its disabled web security hides bugs. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const fixedPlaces: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) =>
    process.env[name] ? [path.join(process.env[name], 'Google', 'Chrome', 'Application', 'chrome.exe')] : [],
  ),
};

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser of this machine: CHROME_PATH, or the first of the usual names; undefined when there is none. */
export function installedBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...(process.env['CHROME_PATH'] ? [process.env['CHROME_PATH']] : []),
    ...names.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    ...(fixedPlaces[process.platform] ?? []),
  ];
  return candidates.find(canRun);
}

/** Unpacks the npm package's Chromium. It does so under a fixed name in the temp folder, so it gets one of its own. */
async function packagedBrowser(folder: string): Promise<string> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    return await packaged.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/**
 * What a headless Chromium for tests is launched with: the machine's own, else the one from npm.
 * @returns `clean` takes its temporary files away, once it has ended.
 */
async function launchOptions(): Promise<{ options: LaunchOptions; clean: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-browser-'));
  const executablePath = installedBrowser() ?? (await packagedBrowser(folder));
  return {
    options: { executablePath, args: flags, env: { ...process.env, TMPDIR: folder } },
    clean: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/**
 * A headless Chromium for tests. Close it when done; its temporary files go with it.
 * @param more flags and environment beside those all tests have.
 * @throws Error when neither the machine's nor npm's starts (the npm one needs libnss3, libnspr4 and libexpat1).
 */
export async function launchBrowser(more: Pick<LaunchOptions, 'args' | 'env'> = {}): Promise<Browser> {
  const { options, clean } = await launchOptions();
  const browser = await chromium.launch({
    ...options,
    args: [...(options.args ?? []), ...(more.args ?? [])],
    env: { ...options.env, ...more.env },
  });
  browser.once('disconnected', clean);
  return browser;
}

/**
 * The same, with the id of its first process, for those who measure it and its children, and the address others connect to.
 * @throws Error as `launchBrowser`.
 */
export async function launchMeasuredBrowser(): Promise<{ browser: Browser; pid: number; address: string; close: () => Promise<void> }> {
  const { options, clean } = await launchOptions();
  const server = await chromium.launchServer(options);
  const browser = await chromium.connect(server.wsEndpoint());
  const close = async (): Promise<void> => {
    await browser.close();
    await server.close();
    clean();
  };
  return { browser, pid: server.process().pid ?? 0, address: server.wsEndpoint(), close };
}

/** A fresh profile in `browser`, in the one language texts and numbers are compared in. */
export function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options });
}
