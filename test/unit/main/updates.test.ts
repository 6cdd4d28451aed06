import { describe, expect, it, vi } from 'vitest';
import { releaseNotes } from '../../../electron/main/updates/release-notes.ts';
import { updateProblem } from '../../../electron/main/updates/update-problem.ts';
import { isSafeFeed, updateWay, type UpdateFacts } from '../../../electron/main/updates/update-way.ts';
import {
  answerWithinMs,
  checkEveryMs,
  firstCheckMs,
  lookMs,
  retryMs,
  stalledMs,
  Updates,
  type UpdateSource,
} from '../../../electron/main/updates/updates.ts';
import type { UpdateOffer, UpdateState } from '../../../shared/model/update.ts';

const feed = 'https://updates.example/evenkeel';
const offer: UpdateOffer = { version: '0.2.0', notes: 'Better.', releasedAt: 1, bytes: 100 };

/** Time that passes when it is told to, and a source whose answers are given by hand. */
function world({ way = { feed } }: { way?: { feed: string } | { why: 'no-feed' } } = {}) {
  let now = 1_000_000;
  let timers: { at: number; work: () => void }[] = [];
  const asked: string[] = [];
  const answers: { resolve: (value: never) => void; reject: (error: unknown) => void }[] = [];
  let progress: (received: number, total: number) => void = () => undefined;
  const ask = (what: string) => (): Promise<never> => {
    asked.push(what);
    return new Promise((resolve, reject) => answers.push({ resolve, reject }));
  };
  const source: UpdateSource = {
    check: ask('check'),
    download: (onProgress) => {
      progress = onProgress;
      return ask('download')();
    },
    stop: vi.fn(),
    prepare: ask('prepare'),
    install: ask('install'),
  };
  const load = vi.fn(() => Promise.resolve(source));
  const found = vi.fn();
  const problems: unknown[] = [];
  const last: (() => Promise<void>)[] = [];
  const updates = new Updates({
    way,
    load,
    now: () => now,
    after(ms, work) {
      const timer = { at: now + ms, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    quitInto: (work) => last.push(work),
    onFound: found,
    onProblem: (_step, error) => problems.push(error),
  });
  const shown: UpdateState[] = [];
  updates.onChange((state) => shown.push(state));
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    updates,
    source,
    load,
    found,
    problems,
    last,
    asked,
    shown,
    state: () => updates.get().state,
    settle,
    timers: () => timers.length,
    progress: (received: number, total: number) => {
      progress(received, total);
    },
    async answer(value: unknown) {
      await settle();
      answers.shift()!.resolve(value as never);
      await settle();
    },
    async refuse(error: unknown) {
      await settle();
      answers.shift()!.reject(error);
      await settle();
    },
    async pass(ms: number) {
      const until = now + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((one) => one !== due);
        now = due.at;
        due.work();
        await settle();
      }
      now = until;
    },
    /** The machine sleeps: the wall clock goes on, no timer runs. */
    sleep(ms: number) {
      now += ms;
    },
  };
}

/** A world in which a newer version was found. */
async function withOffer() {
  const it_ = world();
  it_.updates.follow(true);
  await it_.pass(0);
  await it_.answer(offer);
  return it_;
}

describe('updates', () => {
  it('load nothing, ask nobody and set no timer while they are off', async () => {
    const { updates, load, asked, timers, pass, state } = world();
    updates.check();
    updates.download();
    updates.install();
    await pass(10 * checkEveryMs);
    expect([state(), load.mock.calls.length, asked, timers()]).toEqual(['off', 0, [], 0]);
  });

  it('are not there without a feed, whatever the setting says', async () => {
    const { updates, load, pass } = world({ way: { why: 'no-feed' } });
    updates.follow(true);
    updates.check();
    await pass(checkEveryMs);
    expect(updates.get()).toEqual({ state: 'unavailable', why: 'no-feed' });
    expect(load).not.toHaveBeenCalled();
  });

  it('leave a start alone, then look once a day', async () => {
    const { updates, asked, answer, pass, state } = world();
    updates.follow(true, firstCheckMs);
    await pass(firstCheckMs - 1);
    expect([state(), asked]).toEqual(['waiting', []]);
    await pass(1);
    expect([state(), asked]).toEqual(['checking', ['check']]);
    await answer(null);
    expect(updates.get()).toMatchObject({ state: 'current', checkedAt: expect.any(Number) as number });
    await pass(checkEveryMs - 1);
    expect(asked).toHaveLength(1);
    await pass(lookMs);
    expect(asked).toHaveLength(2);
  });

  it('look when the day has passed asleep', async () => {
    const { updates, asked, answer, pass, sleep } = world();
    updates.follow(true);
    await pass(0);
    await answer(null);
    sleep(checkEveryMs);
    await pass(lookMs);
    expect(asked).toEqual(['check', 'check']);
  });

  it('say once what they found by themselves, and not what somebody asked for', async () => {
    const by = await withOffer();
    expect(by.updates.get()).toEqual({ state: 'available', feed, offer });
    await by.pass(checkEveryMs);
    await by.answer(offer);
    expect(by.state()).toBe('available');
    expect(by.found.mock.calls).toEqual([[offer]]);

    const asked = world();
    asked.updates.follow(true, firstCheckMs);
    expect(asked.updates.check().state).toBe('checking');
    await asked.answer(offer);
    expect([asked.state(), asked.found.mock.calls.length]).toEqual(['available', 0]);
  });

  it('download nothing by themselves, and say how far a download is', async () => {
    const { updates, asked, answer, pass, progress, state } = await withOffer();
    await pass(checkEveryMs);
    expect(asked).toEqual(['check', 'check']);
    await answer(offer);
    expect(updates.download()).toMatchObject({ state: 'downloading', received: 0, total: null });
    progress(40, 100);
    expect(updates.get()).toEqual({ state: 'downloading', feed, offer, received: 40, total: 100 });
    await answer(undefined);
    expect(state()).toBe('ready');
    await pass(3 * checkEveryMs);
    // Neither installed nor asked again.
    expect([state(), asked.filter((one) => one !== 'check')]).toEqual(['ready', ['download']]);
  });

  it('stop a download when told, and what comes of it counts no more', async () => {
    const { updates, source, progress, refuse, state, shown } = await withOffer();
    updates.download();
    expect(updates.stop()).toEqual({ state: 'available', feed, offer });
    expect(source.stop).toHaveBeenCalledTimes(1);
    const before = shown.length;
    progress(99, 100);
    await refuse(new Error('cancelled'));
    expect([state(), shown.length]).toEqual(['available', before]);
  });

  it('forget everything when they are switched off, also in the middle', async () => {
    const { updates, source, answer, pass, state, timers } = world();
    updates.follow(true);
    await pass(0);
    expect(state()).toBe('checking');
    updates.follow(false);
    expect(source.stop).toHaveBeenCalledTimes(1);
    await answer(offer);
    expect(state()).toBe('off');
    // The answer's own time limit is all that was left, and is gone with the answer.
    expect(timers()).toBe(0);
  });

  it('give up a feed that does not answer, and are free to ask again', async () => {
    const { updates, source, pass, state, answer, asked } = world();
    updates.follow(true);
    await pass(answerWithinMs);
    expect(updates.get()).toMatchObject({ state: 'failed', problem: { cause: 'The feed did not answer in time.' } });
    expect(source.stop).toHaveBeenCalledTimes(1);
    updates.check();
    await answer(null);
    expect([state(), asked.length]).toEqual(['checking', 2]);
    await answer(null);
    expect(state()).toBe('current');
  });

  it('give up a download of which nothing more comes, and no other', async () => {
    const { updates, pass, progress, state } = await withOffer();
    updates.download();
    for (let i = 1; i <= 5; i++) {
      await pass(stalledMs - 1);
      progress(i, 100);
    }
    expect(state()).toBe('downloading');
    await pass(stalledMs);
    expect(state()).toBe('failed');
  });

  it('say what failed, keep the detail for the log, and try again within the hour', async () => {
    const { updates, refuse, pass, problems, asked } = world();
    updates.follow(true);
    await pass(0);
    await refuse(new Error('net::ERR_CONNECTION_REFUSED'));
    expect(updates.get()).toEqual({ state: 'failed', feed, problem: updateProblem('check', new Error('net::ERR_CONNECTION_REFUSED')) });
    expect(problems).toHaveLength(1);
    await pass(retryMs + lookMs);
    expect(asked).toEqual(['check', 'check']);
  });

  it('install after the drain, and not before what can fail was tried', async () => {
    const { updates, last, answer, asked, state } = await withOffer();
    updates.install();
    expect(state()).toBe('available');
    updates.download();
    await answer(undefined);
    updates.install();
    expect([state(), last.length]).toEqual(['installing', 0]);
    await answer(undefined);
    expect([asked.at(-1), last.length]).toEqual(['prepare', 1]);
    void last[0]!();
    expect(asked.at(-1)).toBe('install');
    // Switched off too late to matter.
    updates.follow(false);
    expect(state()).toBe('installing');
  });

  it('cost nobody a connection when they cannot be installed', async () => {
    const { updates, last, answer, refuse } = await withOffer();
    updates.download();
    await answer(undefined);
    updates.install();
    await refuse(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
    expect(updates.get()).toMatchObject({ state: 'failed', problem: { fact: 'The update was not installed.' } });
    expect(last).toEqual([]);
  });
});

describe('the way a program is brought up to date', () => {
  const image = { APPIMAGE: '/home/me/Evenkeel.AppImage', APPDIR: '/tmp/.mount_Evenk' };
  const portable = { PORTABLE_EXECUTABLE_FILE: 'D:\\Evenkeel.exe', PORTABLE_EXECUTABLE_APP_FILENAME: 'Evenkeel' };
  const unpackedExe = 'C:\\Temp\\2x7\\Evenkeel.exe';
  const facts = (over: Partial<UpdateFacts> = {}): UpdateFacts => ({
    platform: 'linux',
    isPackaged: true,
    env: image,
    execPath: '/tmp/.mount_Evenk/evenkeel',
    feedFile: `provider: generic\nurl: ${feed}\nupdaterCacheDirName: evenkeel-updater\n`,
    packageType: undefined,
    ...over,
  });

  it.each<[string, Partial<UpdateFacts>, ReturnType<typeof updateWay>]>([
    ['an AppImage', {}, { feed }],
    ['an AppImage without a feed', { feedFile: undefined }, { why: 'no-feed' }],
    ['a feed whose file names no address', { feedFile: 'provider: github\nowner: x\n' }, { why: 'no-feed' }],
    ['an address in quotes', { feedFile: `url: "${feed}"\n` }, { feed }],
    ['a feed over plain http', { feedFile: 'url: http://updates.example/\n' }, { why: 'insecure-feed' }],
    ['a feed of this machine', { feedFile: 'url: http://127.0.0.1:8000/\n' }, { feed: 'http://127.0.0.1:8000/' }],
    ['a deb', { env: {}, execPath: '/opt/Evenkeel/evenkeel', packageType: 'deb' }, { why: 'package-manager' }],
    [
      'a deb started from an AppImage of somebody else',
      { execPath: '/opt/Evenkeel/evenkeel', packageType: 'deb' },
      { why: 'package-manager' },
    ],
    ['an archive', { env: {}, execPath: '/home/me/evenkeel/evenkeel' }, { why: 'by-hand' }],
    ['Windows', { platform: 'win32', env: {} }, { feed }],
    ['Windows, portable', { platform: 'win32', env: portable, execPath: unpackedExe }, { why: 'portable' }],
    [
      'Windows, started from a portable program of somebody else',
      { platform: 'win32', env: { ...portable, PORTABLE_EXECUTABLE_APP_FILENAME: 'Other' }, execPath: unpackedExe },
      { feed },
    ],
    ['macOS', { platform: 'darwin', env: {} }, { feed }],
    ['the sources', { isPackaged: false }, { why: 'development' }],
  ])('%s', (_name, over, way) => {
    expect(updateWay(facts(over))).toEqual(way);
  });

  it.each([
    ['https://updates.example/', true],
    ['http://localhost:8000/', true],
    ['http://[::1]:8000/', true],
    ['http://127.0.0.1.example/', false],
    ['http://localhost.example/', false],
    ['ftp://updates.example/', false],
    ['updates.example', false],
  ])('%s is safe: %s', (address, safe) => {
    expect(isSafeFeed(address)).toBe(safe);
  });
});

describe('what went wrong', () => {
  it.each([
    [Object.assign(new Error('sha512 checksum mismatch, expected a, got b'), { code: 'ERR_CHECKSUM_MISMATCH' }), 'SHA-512 differs'],
    [
      Object.assign(new Error('Cannot find channel "latest.yml"'), { code: 'ERR_UPDATER_CHANNEL_FILE_NOT_FOUND' }),
      'no file for this platform',
    ],
    [new Error('net::ERR_NAME_NOT_RESOLVED'), 'name servers'],
    [new Error('net::ERR_CERT_AUTHORITY_INVALID'), 'certificate'],
    [Object.assign(new Error('HTTP error: Service unavailable'), { code: 'HTTP_ERROR_503' }), 'answered with an error'],
    [new Error('Could not get code signature for running application'), 'not signed'],
    [Object.assign(new Error('EACCES: permission denied, access'), { code: 'EACCES' }), 'may not be written'],
    [new Error('something new\n    at a place'), 'something new'],
    [undefined, 'undefined'],
  ])('%s', (error, cause) => {
    const problem = updateProblem('download', error);
    expect(problem.cause).toContain(cause);
    for (const part of Object.values(problem)) expect(part).toMatch(/^\S.*\S$/);
    expect(problem.cause).not.toContain(' at a place');
  });
});

describe('release notes', () => {
  it.each<[unknown, string | null]>([
    [undefined, null],
    [null, null],
    [7, null],
    ['  ', null],
    ['One.\r\nTwo.', 'One.\nTwo.'],
    ['a\u202eb\u0007c', 'abc'],
    ['<b>not read</b>', '<b>not read</b>'],
    [[{ version: '2', note: 'b' }, { version: '1', note: null }, 'x', { version: '0', note: 'a' }], '2\nb\n\n0\na'],
  ])('%j is %j', (given, text) => {
    expect(releaseNotes(given)).toBe(text);
  });

  it('are bounded', () => {
    expect(releaseNotes('x'.repeat(50_000))!.length).toBeLessThan(10_010);
  });
});
