import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { request } from './life-harness.ts';
import { type DesktopApp, runtimes, until } from './launch-app.ts';

/** What the bundle does of the start of an installed program, and of a keychain: both can be had on the stand-in alone. */

const standIn = runtimes.find(({ name }) => name === 'the stand-in')!;

describe.skipIf(standIn.missing !== undefined)('an installed program', { timeout: 60_000 }, () => {
  let userData: string;
  let app: DesktopApp | undefined;
  beforeEach(() => {
    userData = mkdtempSync(path.join(tmpdir(), 'evenkeel-start-'));
    writeFileSync(path.join(userData, 'evenkeel.json'), JSON.stringify({ version: 1, listeners: [], pools: [] }));
  });
  afterEach(async () => {
    await app?.end();
    app = undefined;
    rmSync(userData, { recursive: true, force: true });
  });
  const launch = async (env: Record<string, string> = {}): Promise<DesktopApp> => {
    app = await standIn.launch({ userData, env: { STAND_IN_PACKAGED: '1', ...env } });
    return app;
  };
  const log = (): string => {
    const file = path.join(userData, 'logs/main.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  it('does not start with switches that undo its hardening, says so, and passes nothing on', async () => {
    const running = await launch();
    const hash = () => running.inPage(() => location.hash);
    expect(await hash()).toBe('');
    for (const name of ['--remote-debugging-port=0', '--js-flags=--expose-gc'])
      expect(await running.startAgain([name, 'evenkeel://settings'])).toBe(1);
    expect(log()).toContain('Evenkeel does not start with --remote-debugging-port: it would undo');
    expect(log()).toContain('Evenkeel does not start with --js-flags: it would undo');
    expect(await hash()).toBe('');
    expect(log().match(/The window is open: its page asked, and was answered\./g)).toHaveLength(1);
    expect(await running.startAgain(['--lang=de', 'evenkeel://settings'])).toBe(0);
    await until(hash, (at) => at === '#/settings');
  });

  it('ends with a word when it cannot start, rather than to stay without a window', async () => {
    mkdirSync(path.join(userData, 'preferences.json'));
    const broken = await launch();
    const gone = until(
      () => broken.inMain(() => 'it runs'),
      () => false,
    );
    await expect(gone).rejects.toThrow(/ended with 1\.[^]*Evenkeel could not start/);
    expect(log()).toMatch(/"message":"Evenkeel could not start\.","detail":"Error: EISDIR/);
  });

  it('has in its log what nobody caught, and goes on when nobody reads its output any more', async () => {
    const running = await launch();
    await running.inMain(() => {
      process.stderr.emit('error', new Error('write EPIPE'));
      void Promise.reject(new Error('nobody waited for this'));
    });
    await until(
      () => Promise.resolve(log()),
      (text) => text.includes('Evenkeel failed for a reason of its own.","detail":"Error: nobody waited for this'),
    );
    expect(log()).not.toContain('EPIPE');
    expect(await running.quit()).toBe(0);
  });

  it('gives the authority’s key to the keychain, and encrypts it anew when the keychain has another secret', async () => {
    const running = await launch({ STAND_IN_KEYCHAIN: '1' });
    const sealed = () => readFileSync(path.join(userData, 'authority/ca.key.sealed'), 'utf8');
    expect(await request(running, 'authority.create')).toMatchObject({
      ok: true,
      value: { authority: { key: { protection: 'keychain' } } },
    });
    const before = sealed();
    expect(Buffer.from(before, 'base64').toString('latin1')).toMatch(/^v11/);
    await running.inMain((electron) => {
      (electron as unknown as { standIn: { keychain: { rotate(): void } } }).standIn.keychain.rotate();
    });
    expect(await request(running, 'authority.issue', { names: ['a.test'], days: 1 })).toMatchObject({ ok: true });
    expect(sealed()).not.toBe(before);
  });
});
