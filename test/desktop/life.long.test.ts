import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { click, describeLife, hash, type Noted, request, shown, text, untilServed, windowState } from './life-harness.ts';
import { until } from './launch-app.ts';

/** The rest of the desktop app's life: closed, hidden, moved, announcing. */

describeLife('the rest of its life', (life) => {
  it('goes on in the tray when its window is closed, and says so once', async () => {
    const url = await life.start();
    await until(
      () => text(life.app),
      (words) => words.includes('Live'),
    );
    const close = () => life.app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await close();
    expect(await windowState(life.app)).toMatchObject([{ visible: false }]);
    expect((await shown(life.app)).asked).toMatchObject([{ message: 'Evenkeel goes on balancing.' }]);
    expect(await (await fetch(url)).text()).toBe('one');
    await life.app.inMain(({ app: electron }) => electron.emit('activate'));
    await close();
    expect((await shown(life.app)).asked).toHaveLength(1);
    expect(await life.app.quit()).toBe(0);
  });

  it('quits with its window when its owner wants that', async () => {
    await life.start([], { settings: { version: 2, closeToTray: false } });
    await until(
      () => text(life.app),
      (words) => words.includes('Live'),
    );
    await life.app.inMain(({ BrowserWindow, app: electron }) => {
      (globalThis as unknown as { quits: number }).quits = 0;
      electron.on('before-quit', () => (globalThis as unknown as { quits: number }).quits++);
      if (process.platform !== 'darwin') BrowserWindow.getAllWindows()[0]?.close();
      else electron.quit();
    });
    // Its own end answers: either it is asked while it drains, or it has gone.
    await until(
      () => life.app.inMain(() => (globalThis as unknown as { quits: number }).quits).catch(() => 1),
      (quits) => quits > 0,
    );
  });

  it('starts hidden at login when its owner wants that, and balances', async () => {
    const url = await life.start(['--at-login'], { settings: { version: 2, startHidden: true } });
    await untilServed(url);
    expect(await windowState(life.app)).toEqual([]);
    await life.app.startAgain([]);
    await until(
      () => windowState(life.app),
      (windows) => windows.length === 1,
    );
  });

  it.runIf(process.platform === 'linux')('is among what the desktop starts at login, and gone again', async () => {
    await life.start();
    const entry = path.join(life.userData, 'appData/autostart/evenkeel.desktop');
    expect(await request(life.app, 'settings.set', { startAtLogin: true })).toMatchObject({ ok: true });
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=".*" "--at-login"$/m);
    expect(await request(life.app, 'settings.set', { startAtLogin: false })).toMatchObject({ ok: true });
    expect(existsSync(entry)).toBe(false);
  });

  it('opens where it was left, or on a display that is there', async () => {
    const at = { x: 4_000, y: 100, width: 1_100, height: 700 };
    await life.start([], { window: { bounds: at, maximized: false } });
    await until(
      () => windowState(life.app),
      (windows) => windows.length === 1,
    );
    const [first] = await windowState(life.app);
    expect(first!.bounds.x).toBeLessThan(4_000);
    // Moved onto a display that is then taken away.
    const moved = await life.app.inMain(({ BrowserWindow, screen }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ x: 5_000, y: 100, width: 1_000, height: 700 });
      screen.emit('display-removed');
      return window?.getBounds();
    });
    expect(moved!.x).toBeLessThan(4_000);
    // Windows ends the session, and the program with it.
    await life.app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.emit('session-end'));
    const saved = JSON.parse(readFileSync(path.join(life.userData, 'preferences.json'), 'utf8')) as { window: { bounds: unknown } };
    expect(saved.window.bounds).toEqual(moved);
  });

  it('announces a node that goes down, and leads to that moment', async () => {
    await life.start();
    await until(
      () => text(life.app),
      (words) => words.includes('one'),
    );
    // The owner looks elsewhere.
    await life.app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    life.setHealthy(false);
    const { announced } = await until(
      () => shown(life.app),
      (noted) => ['front serves nothing', 'one is down'].every((title) => noted.announced.some((one) => one.title === title)),
      20_000,
    );
    expect(announced.every(({ body }) => body.length > 10)).toBe(true);
    await life.app.inMain(() => (globalThis as unknown as { noted: Noted }).noted.announced[0]?.click());
    await until(
      () => hash(life.app),
      (at) => /^#\/timeline\?from=\d+&to=\d+&at=\d+$/.test(at),
    );
  });

  it('asks what to do with a window that hangs, and shows its logs', async () => {
    await life.start();
    await until(
      () => text(life.app),
      (words) => words.includes('Live'),
    );
    await life.app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.emit('unresponsive'));
    expect((await shown(life.app)).asked).toMatchObject([{ message: 'The window does not answer.' }]);
    expect(await click(life.app, 'app', 'Help', 'Show logs')).toBe('clicked');
    expect((await shown(life.app)).opened).toEqual([await life.app.inMain(({ app: electron }) => electron.getPath('logs'))]);
  });

  it('opens a configuration from its menu, and only shows it', async () => {
    await life.start();
    await until(
      () => text(life.app),
      (words) => words.includes('Live'),
    );
    const file = path.join(life.userData, 'haproxy.cfg');
    writeFileSync(file, 'frontend x\n  bind 127.0.0.1:1\n  default_backend y\nbackend y\n  server z 127.0.0.1:2\n');
    await life.app.inMain(({ dialog }, chosen) => {
      Object.assign(dialog, { showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: [chosen] }) });
    }, file);
    const before = JSON.stringify(await request(life.app, 'config.get'));
    expect(await click(life.app, 'app', 'File', 'Open configuration')).toBe('clicked');
    await until(
      () => text(life.app),
      (words) => words.includes('haproxy.cfg makes'),
    );
    expect(JSON.stringify(await request(life.app, 'config.get'))).toBe(before);
  });
});
