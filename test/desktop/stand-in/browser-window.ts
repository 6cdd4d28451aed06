import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page, type Request, type Route } from 'playwright-core';
import { launchBrowser, newContext } from '../../support/browser.ts';
import { app, cancelable } from './app.ts';
import { calls } from './call-log.ts';
import { ipcMain } from './ipc-main.ts';
import { mark } from './marks.ts';
import { preloadScript } from './page-shim.ts';
import { fromWeb, fulfil, toWeb } from './protocol.ts';
import { screen } from './screen.ts';
import { grant, session } from './session.ts';

interface WindowOptions {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  show?: boolean;
  webPreferences?: { preload?: string } & Record<string, unknown>;
}
type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

let browser: Promise<Browser> | undefined;
/** One of its own, or the running one whose address STAND_IN_BROWSER says: Electron need not start a Chromium either. */
const ownBrowser = (): Promise<Browser> => {
  const running = process.env['STAND_IN_BROWSER'];
  return running ? chromium.connect(running) : launchBrowser();
};
/** Electron's Chromium runs before the application's first line does, so this one is started then too. */
export function startBrowser(): void {
  browser ??= ownBrowser();
  // Whoever opens a window hears of it.
  browser.catch(() => undefined);
}
app.beforeExit = async () => {
  await (await browser)?.close();
};

class WebContents extends EventEmitter {
  readonly session = session.defaultSession;
  readonly mainFrame: { readonly url: string; readonly origin: string };
  readonly #window: BrowserWindow;
  openHandler: OpenHandler = () => ({ action: 'allow' });

  constructor(window: BrowserWindow) {
    super();
    this.#window = window;
    const url = (): string => this.getURL();
    this.mainFrame = {
      get url() {
        return url();
      },
      get origin() {
        return /^[a-z-]+:\/\/[^/]*/i.exec(url())?.[0] ?? 'null';
      },
    };
  }

  getURL(): string {
    return fromWeb(this.#window.pageNow?.url() ?? '');
  }
  send(channel: string, ...args: unknown[]): void {
    const copy = structuredClone(args);
    void this.#window.page
      .then((page) =>
        page.evaluate(
          ([name, values]) => {
            (window as unknown as { __standInDispatch?: (name: string, args: unknown[]) => void }).__standInDispatch?.(name, values);
          },
          [channel, copy] as const,
        ),
      )
      // The page went away meanwhile, as a real window's may.
      .catch(() => undefined);
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
  getLastWebPreferences(): Record<string, unknown> {
    return this.#window.options.webPreferences ?? {};
  }
  isDestroyed(): boolean {
    return this.#window.isDestroyed();
  }
  isLoading(): boolean {
    return false;
  }
  reload(): void {
    void this.#window.loadAgain();
  }
  forcefullyCrashRenderer(): void {
    void this.#window.crash();
  }
  openDevTools(): void {}
  setZoomFactor(): void {}
}

const windows: BrowserWindow[] = [];

/** Whether a page asks for it that another one has opened; such a page has no frame yet when it asks first. */
function isPopup(request: Request, own: Page | undefined): boolean {
  try {
    return own !== undefined && request.frame().page() !== own;
  } catch {
    return true;
  }
}

/** A window that is a Chromium page. */
export class BrowserWindow extends EventEmitter {
  readonly options: WindowOptions;
  readonly webContents: WebContents;
  page: Promise<Page>;
  /** The page once it is open. */
  pageNow: Page | undefined;
  readonly #bounds: { x: number; y: number; width: number; height: number };
  #visible: boolean;
  #focused = false;
  #minimized = false;
  #maximized = false;
  #destroyed = false;
  #loading = false;

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return windows.find((window) => window.webContents === contents) ?? null;
  }
  static getFocusedWindow(): BrowserWindow | null {
    return windows.at(-1) ?? null;
  }

  constructor(options: WindowOptions = {}) {
    super();
    this.options = options;
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.#visible = options.show !== false;
    this.webContents = new WebContents(this);
    windows.push(this);
    mark('window opened');
    app.emit('web-contents-created', {}, this.webContents);
    this.page = this.#open();
  }

  async #open(): Promise<Page> {
    startBrowser();
    const { width, height } = this.#bounds;
    const ours = await browser!;
    mark('Chromium there');
    const context = await newContext(ours, { viewport: { width, height } });
    await context.exposeBinding('__standInInvoke', async ({ frame }, { channel, args }: { channel: string; args: unknown[] }) => {
      const isMain = frame.parentFrame() === null;
      const url = fromWeb(frame.url());
      const senderFrame = isMain ? this.webContents.mainFrame : { url, origin: new URL(url).origin };
      try {
        return { value: await ipcMain.invoke(channel, { sender: this.webContents, senderFrame }, args) };
      } catch (error) {
        return { error: String(error) };
      }
    });
    await context.route('**/*', (route, request) => this.#answer(route, request));
    const preload = this.options.webPreferences?.preload;
    if (preload) await context.addInitScript(preloadScript(readFileSync(preload, 'utf8')));

    grant(context, this.webContents);
    // What the page opens is asked for above, and never a page of this window.
    context.on('page', (page) => void page.opener().then((opener) => opener && page.close()));
    const page = await context.newPage();
    mark('page there');
    return this.#follow(page);
  }

  #follow(page: Page): Page {
    this.pageNow = page;
    page.on('console', (message) => {
      calls.push(['console', [message.type(), message.text()]]);
    });
    page.on('pageerror', (error) => {
      calls.push(['pageerror', [error.message]]);
    });
    page.on('crash', () => this.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
    page.on('close', () => {
      if (this.pageNow === page) this.destroy();
    });
    return page;
  }

  /** A page that has crashed cannot be loaded again; another one takes its place. */
  async loadAgain(): Promise<void> {
    const crashed = await this.page;
    const url = crashed.url();
    const answers = await Promise.race([
      crashed.evaluate('1').then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 500)),
    ]);
    if (answers) {
      await crashed.reload();
      return;
    }
    this.page = crashed
      .context()
      .newPage()
      .then((page) => this.#follow(page));
    const page = await this.page;
    void crashed.close().catch(() => undefined);
    await this.#goto(page, url);
  }

  async crash(): Promise<void> {
    const page = await this.page;
    const devtools = await page.context().newCDPSession(page);
    // Never answered: who would answer is gone.
    void devtools.send('Page.crash').catch(() => undefined);
  }

  async #goto(page: Page, url: string): Promise<void> {
    this.#loading = true;
    try {
      await page.goto(url);
    } finally {
      this.#loading = false;
    }
    this.webContents.emit('did-finish-load');
  }

  async #answer(route: Route, request: Request): Promise<void> {
    try {
      if (request.isNavigationRequest() && !(await this.#mayNavigate(request))) {
        await route.abort('aborted');
        return;
      }
      await fulfil(route, request);
    } catch {
      // The page was closed while it asked.
      await route.abort().catch(() => undefined);
    }
  }

  /** Asks what Electron would ask before a page goes elsewhere or opens another one. */
  async #mayNavigate(request: Request): Promise<boolean> {
    const url = fromWeb(request.url());
    if (isPopup(request, this.pageNow)) {
      if (this.webContents.openHandler({ url }).action === 'allow') void new BrowserWindow().loadURL(url);
      return false;
    }
    if (this.#loading) return true;
    const event = { ...cancelable(), url };
    this.webContents.emit('will-frame-navigate', event);
    if (request.frame().parentFrame() === null) this.webContents.emit('will-navigate', event);
    return !event.defaultPrevented;
  }

  async loadURL(url: string): Promise<void> {
    await this.#goto(await this.page, toWeb(url));
    this.emit('ready-to-show');
  }

  close(): void {
    const event = cancelable();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windows.splice(windows.indexOf(this), 1);
    const context: Promise<BrowserContext> = this.page.then((page) => page.context());
    void context.then((opened) => opened.close()).catch(() => undefined);
    this.emit('closed');
    if (windows.length > 0) return;
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
    else app.quit();
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }

  show(): void {
    this.#visible = true;
    this.emit('show');
    this.focus();
  }
  hide(): void {
    this.blur();
    this.#visible = false;
    this.emit('hide');
  }
  isVisible(): boolean {
    return this.#visible;
  }
  isMinimized(): boolean {
    return this.#minimized;
  }
  minimize(): void {
    this.blur();
    this.#minimized = true;
    this.emit('minimize');
  }
  restore(): void {
    this.#minimized = false;
    this.emit('restore');
  }
  isFocused(): boolean {
    return this.#focused;
  }
  focus(): void {
    if (this.#focused) return;
    this.#focused = true;
    this.emit('focus');
  }
  blur(): void {
    if (!this.#focused) return;
    this.#focused = false;
    this.emit('blur');
  }
  maximize(): void {
    this.#maximized = true;
  }
  isMaximized(): boolean {
    return this.#maximized;
  }
  isFullScreen(): boolean {
    return false;
  }
  getBounds(): { x: number; y: number; width: number; height: number } {
    return { ...this.#bounds };
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return this.getBounds();
  }
  setBounds(bounds: Partial<{ x: number; y: number; width: number; height: number }>): void {
    Object.assign(this.#bounds, bounds);
    this.emit('resize');
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  center(): void {
    const { workArea } = screen.getPrimaryDisplay();
    const { width, height } = this.#bounds;
    this.setBounds({
      x: workArea.x + Math.round((workArea.width - width) / 2),
      y: workArea.y + Math.round((workArea.height - height) / 2),
    });
  }
  setMenuBarVisibility(): void {}
  setBackgroundColor(): void {}
}
