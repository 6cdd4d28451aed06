import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskLog, type DiskLogOptions } from '../../../../electron/control/history/disk-log.ts';
import { FolderTakenError } from '../../../../electron/control/history/folder-lock.ts';
import { touches } from '../../../../electron/control/history/history-log.ts';
import { openHistory } from '../../../../electron/control/history/open-history.ts';
import { eventually } from '../../../support/wait.ts';
import { writeAndOpen } from './a-day.ts';
import { fact } from './support.ts';

let parent: string;
let folder: string;
let notices: string[];
const opened: DiskLog[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'evenkeel-history-'));
  folder = join(parent, 'history');
  notices = [];
});
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
  rmSync(parent, { recursive: true, force: true });
});

const open = (over: Partial<DiskLogOptions> = {}): DiskLog => {
  const log = new DiskLog({ folder, onNotice: (words) => notices.push(words), ...over });
  opened.push(log);
  return log;
};
const all = () => true;
async function entriesOf(log: DiskLog, choose: (b: never) => boolean = all): Promise<number[]> {
  const seqs: number[] = [];
  for await (const records of log.read(choose as () => boolean)) for (const r of records) if ('entry' in r) seqs.push(r.entry.seq);
  return seqs;
}
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);
const plain = () => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const sealed = () => readdirSync(folder).filter((name) => name.endsWith('.gz'));

describe('the log on disk', () => {
  it('gives back what was written, before it is on disk and after a new start, and numbers go on', async () => {
    const log = open();
    for (const seq of upTo(20)) log.append(fact(seq));
    expect(await entriesOf(log)).toEqual(upTo(20));
    expect(log.span()).toMatchObject({ oldest: fact(1).entry.time, newest: fact(20).entry.time });
    await log.close();
    const again = open();
    expect([again.lastSeq, again.earlier.map((entry) => entry.seq)]).toEqual([20, upTo(20)]);
    again.append(fact(21));
    expect(await entriesOf(again)).toEqual(upTo(21));
    expect(notices).toEqual([]);
  });

  it('is for its owner alone', async () => {
    const log = open({ segmentBytes: 500 });
    for (const seq of upTo(30)) log.append(fact(seq));
    await log.close();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(sealed().length).toBeGreaterThan(0);
  });

  it('is well after a cut at any byte of its last lines', async () => {
    const log = open();
    for (const seq of upTo(6)) log.append(fact(seq));
    await log.close();
    const path = join(folder, plain()[0]!);
    const whole = readFileSync(path);
    const ends: number[] = [];
    for (let i = 0; i < whole.length; i++) if (whole[i] === 0x0a) ends.push(i);
    for (let cut = ends[2]!; cut <= ends[5]! + 1; cut++) {
      writeFileSync(path, whole.subarray(0, cut));
      const mended = open();
      // A line is whole without its end, too.
      const left = ends.slice(0, 6).filter((end) => end <= cut).length;
      expect([cut, mended.lastSeq]).toEqual([cut, left]);
      mended.append(fact(left + 1));
      expect(await entriesOf(mended)).toEqual(upTo(left + 1));
      await mended.close();
      const again = open();
      expect(await entriesOf(again)).toEqual(upTo(left + 1));
      await again.close();
    }
    expect(notices).toEqual([]);
  });

  it('passes over what is damaged in the middle, and says so once', async () => {
    const log = open();
    for (const seq of upTo(5)) log.append(fact(seq));
    await log.close();
    const path = join(folder, plain()[0]!);
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[2] = `${lines[2]!.slice(0, 20)}\0\0\0`;
    writeFileSync(path, lines.join('\n'));
    const again = open();
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('1 damaged line of the history');
    expect(await entriesOf(again)).toEqual([1, 2, 4, 5]);
    expect(again.lastSeq).toBe(5);
  });

  it('keeps to size and age, the oldest go whole, and reads only what a question is about', async () => {
    let now = fact(1).entry.time;
    const log = open({ segmentBytes: 4_000, maxBytes: 6_000, maxAgeMs: 1_000_000, now: () => now });
    for (let batch = 0; batch < 10; batch++) {
      for (const seq of upTo(batch * 150 + 150, batch * 150 + 1)) log.append(fact(seq));
      now = fact(batch * 150 + 150).entry.time;
      // A batch is written before the next one comes.
      await new Promise((resolve) => setTimeout(resolve, 260));
    }
    await log.close();
    const again = open({ segmentBytes: 4_000, maxBytes: 6_000, maxAgeMs: 1_000_000, now: () => now });
    const left = await entriesOf(again);
    expect(left.at(-1)).toBe(1_500);
    expect(left).toEqual(upTo(1_500, left[0]));
    expect(left[0]).toBeGreaterThan(1);
    expect(again.span().bytes).toBeLessThanOrEqual(6_000 + 4_000);
    const part = await entriesOf(again, touches(fact(1_400).entry.time, fact(1_410).entry.time));
    expect(part).toEqual(expect.arrayContaining(upTo(1_410, 1_400)));
    expect(part.length).toBeLessThan(left.length);
    await again.close();
    now += 2_000_000;
    const old = open({ segmentBytes: 4_000, maxBytes: 6_000, maxAgeMs: 1_000_000, now: () => now });
    await eventually(() => sealed().length === 0);
    expect(old.lastSeq).toBe(1_500);
  });

  it('finishes what a crash left half compressed', async () => {
    const log = open({ segmentBytes: 1_000 });
    for (const seq of upTo(10)) log.append(fact(seq));
    await log.close();
    const [done] = sealed();
    // The copy was there, the plain file not removed yet; and another copy was half written.
    const number = done!.slice(0, 8);
    writeFileSync(join(folder, `${number}.jsonl`), readFileSync(join(folder, done!)).subarray(0, 10));
    writeFileSync(join(folder, '.00000009.tmp'), 'half');
    const again = open();
    expect(await entriesOf(again)).toEqual(upTo(10));
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    await again.close();
    // Or not compressed at all.
    writeFileSync(join(folder, '00000020.jsonl'), `${JSON.stringify(fact(11))}\n`);
    writeFileSync(join(folder, '00000021.jsonl'), '');
    const third = open();
    expect(await eventually(() => sealed().some((name) => name.startsWith('00000020')))).toBe(true);
    expect(await entriesOf(third)).toEqual(upTo(11));
  });

  it('goes on in memory where it cannot write, says it once, and loses nothing when it can again', async () => {
    const log = open({ retryMs: 100 });
    // What stands in the way of the file: as a full disk would.
    mkdirSync(join(folder, '00000001.jsonl'));
    for (const seq of upTo(10)) log.append(fact(seq));
    await eventually(() => notices.length > 0);
    expect(notices).toEqual([expect.stringContaining('cannot be written')]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(notices).toHaveLength(1);
    expect(await entriesOf(log)).toEqual(upTo(10));
    rmdirSync(join(folder, '00000001.jsonl'));
    await eventually(() => notices.length > 1);
    expect(notices[1]).toContain('again. Nothing is lost.');
    await log.close();
    expect(await entriesOf(open())).toEqual(upTo(10));
  });
});

describe('the folder', () => {
  it('belongs to one process; a second one keeps its history in memory and says so', () => {
    open();
    // Another process that is alive: our own parent.
    writeFileSync(join(folder, 'lock'), `${process.ppid} \n`);
    expect(() => open()).toThrow(FolderTakenError);
    const said: string[] = [];
    const second = openHistory(
      folder,
      () => undefined,
      (words) => said.push(words),
    );
    expect(second.log.onDisk).toBe(false);
    expect(said).toEqual([expect.stringContaining(`process ${process.ppid} keeps its history in`)]);
  });

  it('is taken over from a process that is gone, or from one that has got its number since', async () => {
    for (const stale of ['4194399 \n', process.platform === 'linux' ? `${process.ppid} 1\n` : '4194399\n', '', 'nonsense']) {
      await open().close();
      writeFileSync(join(folder, 'lock'), stale);
      const log = open();
      expect(readFileSync(join(folder, 'lock'), 'utf8').startsWith(`${process.pid} `)).toBe(true);
      await log.close();
      expect(readdirSync(folder)).not.toContain('lock');
    }
  });

  it.skipIf(process.platform === 'win32')('that others may write to is used, and the log says who', async () => {
    const openFor = async (mode: number) => {
      const said: unknown[][] = [];
      const notices: string[] = [];
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, mode);
      const { log } = openHistory(
        folder,
        (...line) => said.push(line),
        (words) => notices.push(words),
      );
      expect([log.onDisk, notices]).toEqual([true, []]);
      await log.close();
      return said;
    };
    expect(await openFor(0o700)).toEqual([]);
    expect(await openFor(0o777)).toEqual([
      [
        'warn',
        expect.stringMatching(/^Others could change the history in .*: everybody may write to .*\. Take that right away \(chmod go-w\)/),
        { code: 'HISTORY_OPEN_TO_OTHERS', folder },
      ],
    ]);
  });

  it('that cannot be had is no reason to fail', () => {
    writeFileSync(join(parent, 'file'), '');
    const said: string[] = [];
    const history = openHistory(
      join(parent, 'file', 'history'),
      () => undefined,
      (words) => said.push(words),
    );
    expect(history.log.onDisk).toBe(false);
    expect(said).toEqual([expect.stringContaining('a part of its path is not a folder')]);
  });
});

it('an hour at ten entries a second takes its part of a day that fits, and opens in a second', async () => {
  // Small segments, as the open one, not compressed yet, is no part of what a day multiplies.
  const { mebibytes, openMs } = await writeAndOpen(folder, 1, 256 * 1024);
  expect(mebibytes * 24).toBeLessThan(64);
  expect(openMs).toBeLessThan(1_000);
});

describe('a process that is killed', () => {
  it('loses at most its last second', async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./writer.ts', import.meta.url)), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const written: { seq: number; at: number }[] = [];
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const [seq, at] = text.slice(0, end).split(' ').map(Number);
        written.push({ seq: seq!, at: at! });
        text = text.slice(end + 1);
      }
    });
    await eventually(() => written.length > 300, 15_000);
    const killedAt = Date.now();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const log = open();
    const kept = new Set(await entriesOf(log));
    const mustBeThere = written.filter(({ at }) => at < killedAt - 1_000);
    expect(mustBeThere.length).toBeGreaterThan(50);
    expect(mustBeThere.filter(({ seq }) => !kept.has(seq))).toEqual([]);
    expect([...kept]).toEqual(upTo(log.lastSeq));
    expect(notices).toEqual([]);
  });
});
