import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { Bridge } from '../../shared/contract/channels.ts';
import type { Envelope } from '../../shared/contract/envelope.ts';
import { type DesktopApp, runtimes, until } from './launch-app.ts';

/** What the specs of the desktop app's life have in common. */

type Page = { evenkeel: Bridge };

/** What the specs note in the main process; functions there see this alone. */
export interface Noted {
  announced: { title: string; body: string; click(): void }[];
  asked: { message: string; detail?: string }[];
  opened: string[];
  /** What the next question is answered with: the number of a button. */
  answer: number;
  trayMenu: { items: MenuItem[] } | null;
  toolTip: string;
  held: boolean[];
}
interface MenuItem {
  label: string;
  checked?: boolean;
  enabled?: boolean;
  click?: () => void;
  submenu?: { items: MenuItem[] };
}

export function request(app: DesktopApp, channel: string, params: unknown = {}): Promise<Envelope> {
  return app.inPage(
    ({ channel: name, params: value }) => (window as unknown as Page).evenkeel.request(name as never, value) as Promise<Envelope>,
    { channel, params },
  );
}

/** Has the main process note what it would show, instead of showing it. */
export const noteWhatIsShown = (app: DesktopApp): Promise<void> =>
  app.inMain(({ dialog, Notification, shell, Tray }) => {
    const noted = { announced: [], asked: [], opened: [], answer: 0, trayMenu: null, toolTip: '', held: [] } as Noted;
    (globalThis as unknown as { noted: Noted }).noted = noted;
    Object.assign(Notification.prototype, {
      show(this: { title: string; body: string; emit(event: string): void }) {
        noted.announced.push({ title: this.title, body: this.body, click: () => this.emit('click') });
      },
    });
    Object.assign(dialog, {
      showMessageBox(...args: unknown[]) {
        noted.asked.push(args.at(-1) as Noted['asked'][number]);
        return Promise.resolve({ response: noted.answer, checkboxChecked: false });
      },
    });
    Object.assign(shell, {
      openPath(folder: string) {
        noted.opened.push(folder);
        return Promise.resolve('');
      },
    });
    const { setContextMenu, setToolTip } = Tray.prototype;
    Object.assign(Tray.prototype, {
      setContextMenu(this: InstanceType<typeof Tray>, menu: never) {
        noted.trayMenu = menu;
        setContextMenu.call(this, menu);
      },
      setToolTip(this: InstanceType<typeof Tray>, text: string) {
        noted.toolTip = text;
        setToolTip.call(this, text);
      },
    });
  });

export const shown = (app: DesktopApp) =>
  app.inMain(() => {
    const { announced, asked, opened, toolTip } = (globalThis as unknown as { noted: Noted }).noted;
    return { announced: announced.map(({ title, body }) => ({ title, body })), asked, opened, toolTip };
  });

/** Clicks an item of the tray's menu, or of the application's. */
export const click = (app: DesktopApp, menu: 'tray' | 'app', ...labels: string[]): Promise<string> =>
  app.inMain(
    ({ Menu }, { which, path: names }) => {
      const root = which === 'app' ? Menu.getApplicationMenu() : (globalThis as unknown as { noted: Noted }).noted.trayMenu;
      let items = (root as { items?: MenuItem[] } | null)?.items ?? [];
      let found: MenuItem | undefined;
      for (const name of names) {
        found = items.find((item) => item.label?.startsWith(name));
        if (!found) return `no "${name}" among ${items.map((item) => item.label).join(', ')}`;
        items = found.submenu?.items ?? [];
      }
      found?.click?.();
      return 'clicked';
    },
    { which: menu, path: labels },
  );

export const hash = (app: DesktopApp): Promise<string> => app.inPage(() => location.hash);
export const text = (app: DesktopApp): Promise<string> => app.inPage(() => document.body.innerText);

/** Waits until an address is served again, with 200. */
export const untilServed = (url: string): Promise<number> =>
  until(
    () =>
      fetch(url).then(
        (response) => response.status,
        () => 0,
      ),
    (status) => status === 200,
  );

export const windowState = (app: DesktopApp) =>
  app.inMain(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({
      visible: window.isVisible(),
      focused: window.isFocused(),
      bounds: window.getBounds(),
    })),
  );

/** One desktop app in front of one node, started anew for each spec. */
export interface Life {
  /** The program that was started last. */
  readonly app: DesktopApp;
  /** Its own folder. */
  readonly userData: string;
  /** What the node says: 200, or 500 when false. */
  setHealthy(healthy: boolean): void;
  /**
   * Starts it with a listener in front of the node.
   * @param preferences what an earlier run would have left.
   * @returns the listener's address.
   */
  start(args?: string[], preferences?: unknown): Promise<string>;
}

/** The same specs on every runtime that can be had here. */
export function describeLife(title: string, specs: (life: Life) => void): void {
  for (const { name, missing, launch } of runtimes) {
    describe.skipIf(missing !== undefined)(`${title} on ${name}${missing ? ` (skipped: ${missing})` : ''}`, { timeout: 60_000 }, () => {
      let app: DesktopApp | undefined;
      let userData: string;
      let node: Server;
      let answers = true;

      const config = () => ({
        version: 1,
        listeners: [{ id: 'front', port: 0, protocol: 'http', pool: 'web' }],
        pools: [
          {
            id: 'web',
            stickiness: { type: 'none' },
            healthCheck: { type: 'http', path: '/', intervalMs: 1_000, timeoutMs: 950, attempts: 2, rise: 1 },
            nodes: [{ id: 'one', address: `127.0.0.1:${(node.address() as AddressInfo).port}` }],
          },
        ],
      });
      const start = async (args: string[] = [], preferences?: unknown) => {
        const front = await new Promise<number>((resolve) => {
          const probe = createServer().listen(0, '127.0.0.1', () => {
            const { port } = probe.address() as AddressInfo;
            probe.close(() => resolve(port));
          });
        });
        const saved = config();
        saved.listeners[0]!.port = front;
        writeFileSync(path.join(userData, 'evenkeel.json'), JSON.stringify(saved));
        if (preferences) writeFileSync(path.join(userData, 'preferences.json'), JSON.stringify(preferences));
        app = await launch({ userData, args });
        await noteWhatIsShown(app);
        return `http://127.0.0.1:${front}/`;
      };

      beforeAll(async () => {
        node = createServer((_request, response) => {
          if (!answers) response.statusCode = 500;
          response.end('one');
        });
        await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
      });
      afterAll(() => {
        node.close();
        node.closeAllConnections();
      });
      beforeEach(() => {
        answers = true;
        userData = mkdtempSync(path.join(tmpdir(), 'evenkeel-life-'));
      });
      afterEach(async () => {
        await app?.end();
        rmSync(userData, { recursive: true, force: true });
      });

      specs({
        get app() {
          if (!app) throw new Error('Nothing was started yet.');
          return app;
        },
        get userData() {
          return userData;
        },
        setHealthy(healthy) {
          answers = healthy;
        },
        start,
      });
    });
  }
}
