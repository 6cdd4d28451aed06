import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Backups } from '../../../electron/store/backups.ts';
import { createJsonFileStore } from '../../../electron/store/json-file.ts';

const minute = 60_000;
let folder: string;
let now = Date.UTC(2026, 10, 22, 12, 0, 0);
const problems: string[] = [];
beforeEach(async () => {
  problems.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-backups-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const shelf = (at = join(folder, 'backups')) => new Backups(at, 'evenkeel', { onProblem: (words) => problems.push(words), now: () => now });
const documentsOf = async (backups: Backups) => Promise.all((await backups.list()).map(({ id }) => backups.read(id)));

describe('backups', () => {
  it('keeps ten, the newest first, with the time in the name and for their owner alone', async () => {
    const backups = shelf();
    for (let n = 0; n < 13; n++) {
      now += minute;
      await backups.keep(`{"n":${n}}`);
    }
    expect(await documentsOf(backups)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => ({ n })));
    const [newest] = await backups.list();
    expect(newest?.time).toBe(now);
    const file = join(folder, 'backups', `evenkeel.${newest!.id}.json`);
    if (process.platform !== 'win32') {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await stat(join(folder, 'backups'))).mode & 0o777).toBe(0o700);
    }
    expect(await readdir(join(folder, 'backups'))).toHaveLength(10);
  });

  it('keeps what stood before a burst, and every document others wrote', async () => {
    const backups = shelf();
    await backups.keep('{"n":1}');
    now += minute - 1;
    await backups.keep('{"n":2}');
    expect(await documentsOf(backups)).toEqual([{ n: 1 }]);
    await backups.keep('{"n":3}', true);
    expect(await documentsOf(backups)).toEqual([{ n: 3 }, { n: 1 }]);
    // A clock that was set back by hours.
    now -= 100 * minute;
    await backups.keep('{"n":4}');
    expect(await documentsOf(backups)).toContainEqual({ n: 4 });
  });

  it.skipIf(process.platform === 'win32')('are for their owner whatever had their names, and follow no links', async () => {
    const backups = shelf();
    await backups.mirror('{"n":1}');
    const mirror = join(folder, 'backups', 'evenkeel.current.json');
    await chmod(mirror, 0o666);
    await backups.mirror('{"n":2}');
    expect((await stat(mirror)).mode & 0o777).toBe(0o600);
    await writeFile(join(folder, 'victim'), 'as it was');
    await rm(mirror);
    await symlink(join(folder, 'victim'), mirror);
    await backups.mirror('{"n":3}');
    expect(await readFile(join(folder, 'victim'), 'utf8')).toBe('as it was');
    expect(await readFile(mirror, 'utf8')).toBe('{"n":3}');
    expect(problems).toEqual([]);
  });

  it('reads nothing but its own', async () => {
    await writeFile(join(folder, 'secret.json'), '{}');
    for (const id of ['../../secret', '..', 'current', '', '2026-11-22T12-00-00-000Z/../../secret'])
      await expect(shelf().read(id)).rejects.toThrow("is no backup's id");
    await expect(shelf().read('2026-11-22T12-00-00-000Z')).rejects.toThrow('there is no such file');
  });

  it('says why none could be made, and lets the change go on', async () => {
    await writeFile(join(folder, 'file'), '');
    const store = createJsonFileStore(join(folder, 'a.json'), { optional: true, backups: shelf(join(folder, 'file', 'backups')) });
    await (await store.stage({ n: 1 })).commit();
    await (await store.stage({ n: 2 })).commit();
    expect(await store.load()).toEqual({ n: 2 });
    expect(problems[0]).toMatch(
      /^No backup of evenkeel was made\. .*a part of its path is not a folder\. The change itself is not concerned\.$/,
    );
  });
});

describe('a file with backups', () => {
  const open = (recover = true) =>
    createJsonFileStore(join(folder, 'evenkeel.json'), {
      optional: true,
      backups: shelf(),
      ...(recover ? { recover: (document: unknown) => (document as { good?: boolean }).good === true } : {}),
    });
  const save = async (document: unknown) => {
    const store = open();
    await store.load();
    await (await store.stage(document)).commit();
  };
  const file = () => join(folder, 'evenkeel.json');

  it('is copied before each change that differs', async () => {
    await save({ good: true, n: 1 });
    now += minute;
    await save({ good: true, n: 1 });
    expect(await shelf().list()).toEqual([]);
    await save({ good: true, n: 2 });
    expect(await documentsOf(shelf())).toEqual([{ good: true, n: 1 }]);
  });

  it.each([
    ['cut short', '{"good":true,"n":'],
    ['empty', ''],
    ['zeros', '\0'.repeat(64)],
    ['no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['no document', 'null'],
  ])('that is %s is put aside, and what was stored last takes its place', async (_what, damage) => {
    await save({ good: true, n: 1 });
    now += minute;
    await save({ good: true, n: 2 });
    await writeFile(file(), damage);
    const store = open();
    expect(await store.load()).toEqual({ good: true, n: 2 });
    expect(store.recovery).toMatchObject({ copy: { current: true } });
    expect(await readFile(store.recovery!.damaged)).toEqual(Buffer.from(damage));
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ good: true, n: 2 });
    // Once: the next start finds a good file.
    const next = open();
    expect(await next.load()).toEqual({ good: true, n: 2 });
    expect(next.recovery).toBeUndefined();
    // And it can be saved over like any other.
    await (await store.stage({ good: true, n: 3 })).commit();
    expect(await next.load()).toEqual({ good: true, n: 3 });
  });

  it('falls back on the newest copy that is good', async () => {
    await save({ good: true, n: 1 });
    now += minute;
    await save({ good: true, n: 2 });
    const madeAt = now;
    now += minute;
    await save({ good: false, n: 3 });
    await writeFile(join(folder, 'backups', 'evenkeel.current.json'), '{"good"');
    await writeFile(file(), '{');
    const store = open();
    // n: 2 was good and stood until the last change.
    expect(await store.load()).toEqual({ good: true, n: 2 });
    expect(store.recovery?.copy).toEqual({ time: madeAt + minute, current: false });
    expect(store.recovery?.why).toBe('line 1, column 2: expected a key in double quotes, got the end of the file');
  });

  it('without a good copy is put aside, and there is no document', async () => {
    await writeFile(file(), '{');
    const store = open();
    expect(await store.load()).toBeUndefined();
    expect(store.recovery?.copy).toBeNull();
    expect(await readFile(store.recovery!.damaged, 'utf8')).toBe('{');
    await (await store.stage({ good: true, n: 1 })).commit();
    expect(await open().load()).toEqual({ good: true, n: 1 });
  });

  it('that is its owner’s is left to him', async () => {
    await save({ good: true, n: 1 });
    await writeFile(file(), '{');
    await expect(open(false).load()).rejects.toThrow('expected a key in double quotes');
    expect(await readFile(file(), 'utf8')).toBe('{');
  });
});
