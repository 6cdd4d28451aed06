import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expiringCertificates } from '../../../electron/main/certificate-expiry.ts';
import { CrashPolicy } from '../../../electron/main/crash-policy.ts';
import { DarkListeners } from '../../../electron/main/dark-listeners.ts';
import { atMostEvery } from '../../../electron/main/latest-only.ts';
import { autostartEntry, autostartFile, setAutostart } from '../../../electron/main/login-item.ts';
import { isQuiet } from '../../../electron/main/quiet-hours.ts';
import { rotatingFile } from '../../../electron/main/rotating-file.ts';
import { holdChecksDuringSleep, wakeMs } from '../../../electron/main/sleep.ts';
import type { ListenerState, PoolState } from '../../../shared/model/state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-logic-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe('quiet hours', () => {
  const at = (time: string) => new Date(`2026-03-01T${time}:00`);
  it.each([
    ['22:00', '07:00', '21:59', false],
    ['22:00', '07:00', '22:00', true],
    ['22:00', '07:00', '03:00', true],
    ['22:00', '07:00', '07:00', false],
    ['12:00', '13:00', '12:59', true],
    ['12:00', '13:00', '13:00', false],
    ['08:00', '08:00', '20:00', true],
  ])('from %s until %s: at %s %s', (from, until, time, quiet) => {
    expect(isQuiet({ from, until }, at(time))).toBe(quiet);
  });
  it('are never when there are none', () => {
    expect(isQuiet(null, at('03:00'))).toBe(false);
  });
});

describe('a page that crashes', () => {
  it('is loaded again once, then its owner is asked; after a quiet minute it has proved itself', () => {
    const policy = new CrashPolicy();
    expect([0, 10_000, 20_000, 90_000].map((now) => policy.crashed(now))).toEqual(['reload', 'ask', 'ask', 'reload']);
  });
});

describe('the log file', () => {
  it('begins anew when it is full, and keeps five', () => {
    const file = path.join(folder, 'logs/main.log');
    const write = rotatingFile(file, { maxBytes: 100 });
    for (let i = 0; i < 60; i++) write(`${String(i).padStart(2, '0')} ${'x'.repeat(16)}\n`);
    const files = readdirSync(path.dirname(file)).sort();
    expect(files).toEqual(['main.1.log', 'main.2.log', 'main.3.log', 'main.4.log', 'main.log']);
    for (const name of files) expect(statSync(path.join(folder, 'logs', name)).size).toBeLessThanOrEqual(100);
    // Five lines a file: the newest 25 are there, in order.
    const lines = ['main.4.log', 'main.3.log', 'main.2.log', 'main.1.log', 'main.log']
      .flatMap((name) =>
        readFileSync(path.join(folder, 'logs', name), 'utf8')
          .split('\n')
          .filter((line) => line),
      )
      .map((line) => Number(line.slice(0, 2)));
    expect(lines).toEqual(Array.from({ length: 25 }, (_, i) => i + 35));
  });

  it('goes on with what an earlier start wrote', () => {
    const file = path.join(folder, 'main.log');
    writeFileSync(file, 'x'.repeat(95));
    rotatingFile(file, { maxBytes: 100 })('new words\n');
    expect(readFileSync(file, 'utf8')).toBe('new words\n');
    expect(readFileSync(path.join(folder, 'main.1.log'), 'utf8')).toHaveLength(95);
  });

  it('costs nobody anything when it cannot be written', () => {
    writeFileSync(path.join(folder, 'file'), '');
    expect(() => rotatingFile(path.join(folder, 'file/main.log'))('x\n')).not.toThrow();
  });
});

describe('starting at login on Linux', () => {
  it('is an entry among what the desktop starts, and gone again', () => {
    setAutostart(true, folder, ['/opt/Evenkeel/evenkeel']);
    const text = readFileSync(autostartFile(folder), 'utf8');
    expect(text).toContain('Exec="/opt/Evenkeel/evenkeel" "--at-login"\n');
    setAutostart(false, folder, []);
    setAutostart(false, folder, []);
    expect(readdirSync(path.join(folder, 'autostart'))).toEqual([]);
  });

  it('means the file, whatever its name', () => {
    const entry = autostartEntry(['/home/a b/50% "q" $x `y` \\z.AppImage']);
    expect(entry).toContain('Exec="/home/a b/50%% \\\\"q\\\\" \\\\$x \\\\`y\\\\` \\\\\\\\z.AppImage" "--at-login"');
  });
});

describe('a machine that sleeps', () => {
  it('has its checks held back until a little after it woke', async () => {
    vi.useFakeTimers();
    const listeners = new Map<string, () => void>();
    const held: boolean[] = [];
    const problems: unknown[] = [];
    holdChecksDuringSleep(
      { on: (event, listener) => listeners.set(event, listener) },
      { holdChecks: (value) => void held.push(value) },
      (problem) => problems.push(problem),
    );
    const happen = async (event: string) => {
      listeners.get(event)?.();
      await vi.advanceTimersByTimeAsync(0);
    };
    await happen('suspend');
    expect(held).toEqual([true]);
    await happen('resume');
    await vi.advanceTimersByTimeAsync(wakeMs - 1);
    expect(held).toEqual([true]);
    // It slept again before its network was there: they stay held.
    await happen('suspend');
    await vi.advanceTimersByTimeAsync(wakeMs);
    expect(held).toEqual([true, true]);
    await happen('resume');
    await vi.advanceTimersByTimeAsync(wakeMs);
    expect(held).toEqual([true, true, false]);
    expect(problems).toEqual([]);
  });
});

describe('certificates that end', () => {
  const day = 86_400_000;
  const certificate = (left: number, listeners = ['web']) => ({
    id: 'c',
    name: 'app.localhost',
    listeners,
    facts: {
      ...{ names: [], subject: '', issuer: '', notBefore: 0, selfSigned: true, chain: 1 },
      ...{ notAfter: 100 * day + left, fingerprint: 'AA' },
    },
  });
  const look = (left: number, told = {}) => expiringCertificates([certificate(left)], told, 100 * day);

  it('are told of at 14 days, at 3 days, and when they have', () => {
    expect(look(15 * day)).toEqual([]);
    expect(look(13.5 * day)).toMatchObject([{ stage: 14, title: 'Certificate app.localhost expires in 14 days' }]);
    expect(look(2 * day)).toMatchObject([{ stage: 3, title: 'Certificate app.localhost expires in 2 days' }]);
    expect(look(day / 2)).toMatchObject([{ stage: 3, title: 'Certificate app.localhost expires within a day' }]);
    expect(look(-1)).toMatchObject([{ stage: 0, title: 'Certificate app.localhost has expired' }]);
  });

  it('once a stage', () => {
    expect(look(10 * day, { 'c AA': 14 })).toEqual([]);
    expect(look(2 * day, { 'c AA': 14 })).toHaveLength(1);
    expect(look(-1, { 'c AA': 0 })).toEqual([]);
    // Renewed: another certificate.
    expect(look(10 * day, { 'c BB': 0 })).toHaveLength(1);
  });

  it('not when nobody is answered with them', () => {
    expect(expiringCertificates([certificate(day, [])], {}, 100 * day)).toEqual([]);
  });
});

describe('listeners that serve nothing', () => {
  const pool = (available: number, nodes = 1) =>
    ({ id: 'p', name: 'web', available, nodes: Array(nodes).fill({}) }) as unknown as PoolState;
  const listener = (state: string) => ({ id: 'l', name: 'Front', pool: 'p', state, reason: 'port 80 is taken' }) as ListenerState;

  it('are told of when they cease to, not when they are found so', () => {
    const dark = new DarkListeners();
    expect(dark.look([listener('up')], [pool(0)])).toEqual({ dark: [], serves: [] });
    expect(dark.look([listener('up')], [pool(1)])).toEqual({ dark: [], serves: ['Front'] });
    expect(dark.look([listener('up')], [pool(0)]).dark).toEqual([{ name: 'Front', why: 'web has no node that takes clients' }]);
    expect(dark.look([listener('up')], [pool(0)])).toEqual({ dark: [], serves: [] });
  });

  it('are not those that are off, nor those of a pool that is being set up', () => {
    const dark = new DarkListeners();
    dark.look([], []);
    expect(dark.look([listener('disabled')], [pool(0)]).dark).toEqual([]);
    expect(dark.look([listener('up')], [pool(0, 0)]).dark).toEqual([]);
    expect(dark.look([listener('error')], [pool(1)]).dark).toEqual([{ name: 'Front', why: 'port 80 is taken' }]);
  });
});

describe('what is drawn at most twice a second', () => {
  it('is drawn soon at first, and last of all with the newest', async () => {
    vi.useFakeTimers();
    const times: number[] = [];
    const soon = atMostEvery(500, () => times.push(performance.now()));
    const start = performance.now();
    for (let i = 0; i < 100; i++) {
      soon();
      await vi.advanceTimersByTimeAsync(20);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times.length).toBeLessThanOrEqual(5);
    expect(times[0]! - start).toBeLessThan(20);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(499);
    // The last request is not lost.
    expect(times.at(-1)! - start).toBeGreaterThanOrEqual(1_980 - 500);
  });
});
