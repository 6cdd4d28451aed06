import type { Bridge } from '../../shared/contract/channels.ts';
import type { DesktopApp } from './launch-app.ts';

/**
 * Electron's security checklist (docs/security.md has the table), as questions to the running program. app.test.ts asks all of them;
 * hardening.long.test.ts undoes each in the bundle and sees it noticed.
 */

type Page = { evenkeel: Bridge };

/** One item of the checklist that can be seen on the running program. */
export interface HardeningCheck {
  /** Its number in Electron's list. */
  item: number;
  name: string;
  /** @returns what is wrong; empty when it holds. */
  problem(app: DesktopApp): Promise<string>;
}

const preferences = (app: DesktopApp): Promise<Record<string, unknown>> =>
  app.inMain(({ BrowserWindow }) =>
    (
      BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences(),
  );

/** A setting of the window that has to be as it is. */
const preference = (item: number, name: string, wanted: Record<string, unknown>): HardeningCheck => ({
  item,
  name,
  async problem(app) {
    const found = await preferences(app);
    const wrong = Object.entries(wanted).filter(([key, value]) => (found[key] ?? false) !== value);
    return wrong.map(([key]) => `${key} is ${String(found[key])}`).join(', ');
  },
});

const urlsOf = (app: DesktopApp): Promise<string[]> =>
  app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Ways to another file than those of the screens; the server decodes once and refuses what was hidden. */
export const escapes = [
  '/../main/index.js',
  '/..%2fmain%2findex.js',
  '/%2e%2e/main/index.js',
  '/%2e%2e%2fmain%2findex.js',
  '/..%5cmain%5cindex.js',
  '/%252e%252e%252fmain%252findex.js',
  '/assets/..%2f..%2fmain%2findex.js',
  '/%2e%2e/preload/index.cjs',
  '/%00index.html',
  '/index.html%00.js',
  '//etc/passwd',
  '/%2fetc%2fpasswd',
  '/C:%5cWindows%5cwin.ini',
  '/file:%2f%2f%2fetc%2fpasswd',
  '/.sources',
  `/${'a/'.repeat(4_000)}index.html`,
  `/${'a'.repeat(100_000)}.js`,
];

export const hardening: readonly HardeningCheck[] = [
  preference(2, 'no Node in the page', { nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false }),
  preference(3, 'the preload has a world of its own', { contextIsolation: true }),
  preference(4, 'the page is sandboxed', { sandbox: true }),
  {
    item: 5,
    name: 'permissions are refused',
    problem: (app) =>
      app.inPage(async () => {
        const granted: string[] = [];
        for (const name of ['geolocation', 'notifications', 'clipboard-read', 'midi'])
          if ((await navigator.permissions.query({ name: name as PermissionName })).state === 'granted') granted.push(name);
        return granted.length > 0 ? `granted: ${granted.join(', ')}` : '';
      }),
  },
  preference(6, 'web security is on', { webSecurity: true }),
  {
    item: 7,
    name: 'the policy lets no foreign or inline script run',
    problem: (app) =>
      app.inPage(async () => {
        const policy = (await fetch('/index.html')).headers.get('content-security-policy') ?? '';
        const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '(none)';
        if (scripts.trim() !== "'self'") return `script-src is ${scripts}`;
        if (!policy.includes("default-src 'none'")) return 'other sources are not refused';
        const ran = window as unknown as { inlineRan?: boolean };
        const script = document.createElement('script');
        script.textContent = 'window.inlineRan = true';
        document.head.append(script);
        const button = document.createElement('button');
        button.setAttribute('onclick', 'window.inlineRan = true');
        document.body.append(button);
        button.click();
        button.remove();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return ran.inlineRan ? 'an inline script ran' : '';
      }),
  },
  preference(8, 'nothing insecure is loaded', { allowRunningInsecureContent: false }),
  preference(9, 'no experiments', { experimentalFeatures: false }),
  {
    item: 10,
    name: 'no Blink features are switched on',
    async problem(app) {
      const found = (await preferences(app))['enableBlinkFeatures'];
      return found === undefined ? '' : JSON.stringify(found);
    },
  },
  preference(11, 'no webview tag', { webviewTag: false }),
  {
    item: 12,
    name: 'a webview that is attached all the same is refused',
    problem: (app) =>
      app.inMain(({ BrowserWindow }) => {
        const event = {
          defaultPrevented: false,
          preventDefault() {
            this.defaultPrevented = true;
          },
        };
        BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event, {}, {});
        return event.defaultPrevented ? '' : 'it was let in';
      }),
  },
  {
    item: 17,
    name: 'only the main frame of our own page is answered, on every channel',
    problem: (app) =>
      app.inMain(async ({ BrowserWindow, ipcMain }) => {
        const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, (event: unknown, params: unknown) => unknown> })
          ._invokeHandlers;
        const sender = BrowserWindow.getAllWindows()[0]?.webContents;
        const foreign = { origin: 'https://example.com', url: 'https://example.com/' };
        const strangers = {
          'another origin': { sender: { mainFrame: foreign }, senderFrame: foreign },
          'a frame inside': { sender, senderFrame: { origin: 'app://evenkeel', url: 'app://evenkeel/index.html' } },
          'a frame that has gone': { sender, senderFrame: null },
          'an origin that begins like ours': {
            sender: { mainFrame: { origin: 'app://evenkeel.example' } },
            senderFrame: { origin: 'app://evenkeel.example' },
          },
        };
        const answered: string[] = [];
        for (const [channel, handler] of handlers) {
          for (const [who, event] of Object.entries(strangers)) {
            const answer = (await handler(event, {})) as { ok: boolean; error?: { code: string } };
            if (answer.ok || answer.error?.code !== 'FORBIDDEN') answered.push(`${channel} answered ${who}`);
          }
        }
        if (handlers.size < 20) answered.push(`only ${handlers.size} channels were asked`);
        return answered.slice(0, 3).join('; ');
      }),
  },
  {
    item: 18,
    name: 'app:// serves its folder alone, and to GET and HEAD alone',
    problem: (app) =>
      app.inMain(async ({ net }, ways) => {
        const wrong: string[] = [];
        for (const way of ways) {
          const status = await net.fetch(`app://evenkeel${way}`).then(
            (response) => response.status,
            () => 404,
          );
          if (status < 400) wrong.push(`${way.slice(0, 60)} → ${status}`);
        }
        for (const url of ['app://other/index.html', 'app://evenkeel.example/index.html']) {
          const status = await net.fetch(url).then(
            (response) => response.status,
            () => 404,
          );
          if (status < 400) wrong.push(`${url} → ${status}`);
        }
        for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
          const { status } = await net.fetch('app://evenkeel/index.html', { method });
          if (status !== 405) wrong.push(`${method} → ${status}`);
        }
        if ((await net.fetch('app://evenkeel/index.html')).status !== 200) wrong.push('its own page is not served');
        return wrong.slice(0, 3).join('; ');
      }, escapes),
  },
  {
    item: 20,
    name: 'the page gets two functions, and nothing else of Electron or Node',
    problem: (app) =>
      app.inPage(async () => {
        const bridge = (window as unknown as Page).evenkeel;
        const keys = Object.keys(bridge).sort().join();
        if (keys !== 'request,subscribe') return `the bridge has ${keys}`;
        const leaked = ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((key) => key in window);
        if (leaked.length > 0) return `the page sees ${leaked.join()}`;
        for (const name of ['shell.open', '__proto__', 'constructor', 'toString', 'app.info ', 'app.info\0', '']) {
          const refusal = await bridge.request(name as never, {}).then(
            () => '',
            (error: unknown) => String(error),
          );
          if (!refusal.includes('Unknown request channel')) return `${JSON.stringify(name)} went through`;
          try {
            bridge.subscribe(name as never, () => undefined);
            return `${JSON.stringify(name)} was subscribed to`;
          } catch {
            // As it should be.
          }
        }
        return '';
      }),
  },
  // The last three: they try to leave, so that what comes after them would not be asked of our page when they succeed.
  {
    item: 15,
    name: 'only links to this machine are handed to the system',
    problem: async (app) => {
      await app.inMain(({ shell }) => {
        const opened: string[] = [];
        (globalThis as unknown as { openedLinks: string[] }).openedLinks = opened;
        shell.openExternal = (url: string) => {
          opened.push(url);
          return Promise.resolve();
        };
      });
      for (const url of [
        'https://example.com/',
        'file:///etc/passwd',
        'smb://server/share',
        'http://user:word@127.0.0.1/',
        'http://127.0.0.1:9/',
      ])
        await app.inPage((target) => void window.open(target), url);
      await pause(600);
      const opened = await app.inMain(() => (globalThis as unknown as { openedLinks: string[] }).openedLinks);
      return opened.join() === 'http://127.0.0.1:9/' ? '' : `handed over: ${opened.join(', ') || 'nothing'}`;
    },
  },
  {
    item: 14,
    name: 'no other window opens',
    async problem(app) {
      await app.inPage(() => void window.open('https://example.com/'));
      await pause(600);
      const urls = await urlsOf(app);
      return urls.length === 1 ? '' : `there are ${urls.length} windows`;
    },
  },
  {
    item: 13,
    name: 'the page does not leave',
    async problem(app) {
      for (const target of ['https://example.com/', 'app://other/index.html']) {
        await app.inPage((url) => void (location.href = url), target);
        await pause(600);
        const [url] = await urlsOf(app);
        if (!url?.startsWith('app://evenkeel/index.html')) return `it is at ${url}`;
      }
      return '';
    },
  },
];

/** Every item that does not hold, with what is wrong. */
export async function hardeningProblems(app: DesktopApp): Promise<{ item: number; name: string; problem: string }[]> {
  const problems: { item: number; name: string; problem: string }[] = [];
  // There has to be somebody to ask.
  await app.inPage(() => document.readyState);
  for (const { item, name, problem } of hardening) {
    const found = await problem(app).catch((error: unknown) => `it could not be asked: ${String(error)}`);
    if (found) problems.push({ item, name, problem: found });
  }
  return problems;
}
