import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { denyEverythingElse } from '../../../electron/main/security.ts';

type Contents = EventEmitter & { getURL(): string; openHandler: (details: { url: string }) => { action: string } };
interface Handlers {
  request(contents: Contents, permission: string, answer: (granted: boolean) => void): void;
  check(contents: Contents | null, permission: string): boolean;
  device(): boolean;
}

const electron = vi.hoisted(() => ({
  app: undefined as unknown as EventEmitter,
  handlers: {} as Handlers,
  opened: [] as string[],
  spelling: true,
}));
vi.mock('electron', () => ({
  get app() {
    return electron.app;
  },
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: Handlers['request']) => (electron.handlers.request = handler),
      setPermissionCheckHandler: (handler: Handlers['check']) => (electron.handlers.check = handler),
      setDevicePermissionHandler: (handler: Handlers['device']) => (electron.handlers.device = handler),
      setSpellCheckerEnabled: (on: boolean) => (electron.spelling = on),
    },
  },
  shell: { openExternal: (url: string) => Promise.resolve(electron.opened.push(url)) },
}));

/** A page as it is made by whoever opens one. */
function page(url = 'app://evenkeel/index.html'): Contents {
  const contents = Object.assign(new EventEmitter(), {
    getURL: () => url,
    openHandler: () => ({ action: 'allow' }),
    setWindowOpenHandler(handler: Contents['openHandler']) {
      Object.assign(contents, { openHandler: handler });
    },
  }) as Contents;
  electron.app.emit('web-contents-created', {}, contents);
  return contents;
}

beforeEach(() => {
  electron.app = new EventEmitter();
  electron.opened = [];
  denyEverythingElse();
});

const foreign = 'https://elsewhere.example/';
// Of each kind: devices, what a page asks for, what is only looked up.
const others = [
  'clipboard-read',
  'geolocation',
  'notifications',
  'media',
  'hid',
  'usb',
  'serial',
  'openExternal',
  'fileSystem',
  'fullscreen',
];

describe('a permission', () => {
  const asked = (permission: string, contents = page()): boolean => {
    let granted = true;
    electron.handlers.request(contents, permission, (answer) => (granted = answer));
    return granted;
  };

  it('is to copy, for our own pages alone, whether it is asked for or looked up', () => {
    expect([asked('clipboard-sanitized-write'), electron.handlers.check(page(), 'clipboard-sanitized-write')]).toEqual([true, true]);
    expect(asked('clipboard-sanitized-write', page(foreign))).toBe(false);
    expect(electron.handlers.check(page(foreign), 'clipboard-sanitized-write')).toBe(false);
    expect(electron.handlers.check(null, 'clipboard-sanitized-write')).toBe(false);
  });

  it.each(others)('is nothing else: %s', (permission) => {
    expect([asked(permission), electron.handlers.check(page(), permission)]).toEqual([false, false]);
  });

  it('is no device', () => {
    expect(electron.handlers.device()).toBe(false);
  });
});

it('checks no spelling: dictionaries would be fetched from somewhere', () => {
  expect(electron.spelling).toBe(false);
});

describe('a page', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('does not leave by %s', (event) => {
    const led = (url: string): boolean => {
      let prevented = false;
      page().emit(event, { url, preventDefault: () => (prevented = true) });
      return !prevented;
    };
    expect(led('app://evenkeel/index.html#/pools')).toBe(true);
    for (const url of [foreign, 'app://evenkeel.example/', 'file:///etc/passwd', 'data:text/html,x'])
      expect([url, led(url)]).toEqual([url, false]);
  });

  it('opens no window and holds no webview; what it links to on this machine goes to the browser', () => {
    const contents = page();
    for (const url of [foreign, 'app://evenkeel/', 'http://127.0.0.1:8080/'])
      expect(contents.openHandler({ url })).toEqual({ action: 'deny' });
    expect(electron.opened).toEqual(['http://127.0.0.1:8080/']);
    const prevented = vi.fn();
    contents.emit('will-attach-webview', { preventDefault: prevented });
    expect(prevented).toHaveBeenCalledOnce();
  });
});
