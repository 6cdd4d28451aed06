import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History } from '../../../../electron/control/history/history.ts';
import { MemoryLog } from '../../../../electron/control/history/memory-log.ts';
import { openHistory } from '../../../../electron/control/history/open-history.ts';
import { Recorder } from '../../../../electron/control/history/recorder.ts';
import { createRunFiles } from '../../../../electron/control/history/run-files.ts';
import { createMemoryShelf, maxRuns, newRunId, Runs } from '../../../../electron/control/history/runs.ts';
import { TickGatherer } from '../../../../electron/control/history/tick-gatherer.ts';
import type { HistoryRecord } from '../../../../electron/control/history/records.ts';
import { Journal } from '../../../../electron/control/journal.ts';
import type { JournalEntry } from '../../../../shared/model/journal.ts';
import { runSchema, type Run, type RunSummary } from '../../../../shared/model/run.ts';
import { replayAt } from '../../../../shared/state/replay.ts';
import { scoreRun } from '../../../../shared/state/scorecard.ts';
import { mergeTicks } from '../../../../shared/state/tick-sums.ts';
import { FakeEngine } from '../fake-engine.ts';
import { fact, snapshot, t0, tickAt, type TickSays } from './support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-history-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A history whose clock is moved by hand, over an engine with three nodes and some clients. */
function world(begin = t0) {
  let now = begin;
  let seq = 0;
  const places = new Map([...Array(30).keys()].map((i) => [`c${i}`, ['a', 'b', 'd'][i % 3]!]));
  const engine = {
    snapshot: () => ({ ...snapshot(begin), seq: ++seq }),
    listClients: () => {
      const client = {
        pool: 'web',
        kind: 'cookie' as const,
        since: 1,
        lastSeen: 1,
        moves: 0,
        requests: 1,
        requestsPerSecond: null,
        expiresAt: null,
      };
      const clients = [...places].map(([key, node]) => ({
        ...client,
        key,
        node,
        pinnedTo: null,
        how: 'chosen:turn' as const,
        from: null,
        reason: null,
        pinned: false,
      }));
      return { total: clients.length, clients };
    },
  };
  const log = new MemoryLog();
  const history = new History({ log, engine, app: '0.0.0', now: () => now });
  const entries: JournalEntry[] = [];
  const ticks: ReturnType<typeof tickAt>[] = [];
  const say = (entry: Omit<JournalEntry, 'seq' | 'time'>) => {
    const whole = { ...entry, seq: entries.length + 1, time: now };
    entries.push(whole);
    history.entry(whole);
    if (entry.kind === 'client.moved') places.set(entry.client!, entry.to!);
  };
  return {
    history,
    log,
    engine,
    entries,
    ticks,
    say,
    now: () => now,
    /** `ms` of traffic, a tick each tenth of a second. */
    pass(ms: number, says: TickSays = {}) {
      for (let end = now + ms; now < end;) {
        now += 100;
        const tick = tickAt(now, says);
        ticks.push(tick);
        history.tick(tick);
        says = {};
      }
    },
  };
}

/** A node goes down, its clients move, it comes back. */
function crash({ say, pass }: ReturnType<typeof world>) {
  pass(40_000);
  say({ kind: 'lab.fault', pool: 'web', node: 'b', fault: { type: 'kill' } });
  pass(1_200, { node: 'b', errors: 3, retried: 3, listenerRetried: 3, lost: 1 });
  say({ kind: 'node.down', pool: 'web', node: 'b', reason: 'gone' });
  for (let i = 1; i < 30; i += 3) {
    pass(100);
    say({ kind: 'client.moved', pool: 'web', client: `c${i}`, from: 'b', to: i % 2 ? 'a' : 'd', reason: 'api-2 is down' });
  }
  pass(5_000);
  say({ kind: 'lab.healed', pool: 'web', node: 'b' });
  pass(2_000);
  say({ kind: 'node.up', pool: 'web', node: 'b', reason: 'well' });
  pass(60_000);
}

describe('the history', () => {
  it('cuts a stretch out as a run: state, clients, entries and exact sums', async () => {
    const w = world();
    await w.history.checkpoint();
    crash(w);
    const whole = await w.history.range(t0, w.now());
    runSchema.parse(whole);
    expect(whole.entries).toEqual(w.entries);
    expect(mergeTicks(whole.ticks)).toEqual(mergeTicks(w.ticks));
    expect(whole.gaps).toEqual([]);
    expect(whole.clients).toHaveLength(30);
    // Tenths around the crash, seconds elsewhere.
    const fine = whole.ticks.filter((tick) => tick.intervalMs === 100);
    expect(fine.length).toBeGreaterThan(300);
    expect(fine.length).toBeLessThan(700);
    const exact = scoreRun({ startedAt: t0, endedAt: w.now(), start: snapshot(t0), entries: w.entries, ticks: w.ticks, requests: [] });
    expect(whole.score).toEqual(exact);
    expect(whole.score.incidents[0]).toMatchObject({ detectMs: 1_200, recoverMs: 2_200, backMs: 2_000, moved: 10, retried: 3, lost: 1 });
    expect(scoreRun(whole)).toEqual(whole.score);
  });

  it('begins a stretch with what was at its beginning, wherever that lies', async () => {
    const w = world();
    await w.history.checkpoint();
    crash(w);
    const whole = await w.history.range(t0, w.now());
    for (const from of [t0 + 41_250, t0 + 41_850, t0 + 45_000, t0 + 60_000]) {
      const part = await w.history.range(from, w.now());
      const frame = replayAt(whole, from);
      const states = ({ pools }: Run['start']) => pools.flatMap((pool) => pool.nodes.map(({ id, state, mode }) => [id, state, mode]));
      expect([from, states(part.start)]).toEqual([from, states(frame.snapshot)]);
      const sorted = (clients: readonly { key: string; node: string }[]) => clients.map(({ key, node }) => `${key} ${node}`).sort();
      expect(sorted(part.clients)).toEqual(sorted(frame.clients));
      expect(part.entries).toEqual(w.entries.filter((entry) => entry.time >= from));
    }
  });

  it('says where nobody recorded', async () => {
    const w = world();
    w.pass(5_000);
    await w.history.checkpoint();
    const later = t0 + 65_000;
    for (let time = later + 100; time <= later + 3_000; time += 100) w.history.tick(tickAt(time));
    const run = await w.history.range(t0, later + 3_000 - 0);
    // The clock of this history stands at five seconds, so the stretch ends there.
    expect(run.endedAt).toBe(t0 + 5_000);
    w.pass(100_000);
    const all = await w.history.range(t0 - 10_000, w.now());
    expect(all.gaps[0]).toEqual({ from: t0 - 10_000, to: t0 });
  });

  it('without any record begins with the engine as it is', async () => {
    const w = world();
    const run = await w.history.range(t0 - 5_000, t0);
    expect(run.start.pools[0]!.nodes).toHaveLength(3);
    expect(run.gaps).toEqual([{ from: t0 - 5_000, to: t0 }]);
    expect(w.history.span()).toEqual({ oldest: null, newest: null, bytes: 0, onDisk: false });
  });
});

describe('ticks that are kept', () => {
  const gather = () => {
    const records: HistoryRecord[] = [];
    return { records, gatherer: new TickGatherer((record) => records.push(record)) };
  };
  const kept = (records: HistoryRecord[]) => records.flatMap((record) => ('tick' in record ? [record.tick] : []));
  const idle = (time: number) => {
    const tick = tickAt(time);
    const zero = <T extends object>(one: T) => ({ ...one, requests: 0, latency: [] });
    return { ...tick, listeners: tick.listeners.map(zero), nodes: tick.nodes.map((node) => ({ ...node, requests: 0 })) };
  };

  it('are one a second, one in ten while nothing happens, with the same sums', () => {
    const { records, gatherer } = gather();
    const all = [];
    for (let i = 1; i <= 100; i++) all.push(tickAt(t0 + i * 100));
    for (let i = 101; i <= 500; i++) all.push(idle(t0 + i * 100));
    for (const tick of all) gatherer.push(tick);
    gatherer.flush();
    expect(kept(records).length).toBeLessThan(17);
    expect(mergeTicks(kept(records))).toEqual(mergeTicks(all));
  });

  it('never join two engines or leap over a pause', () => {
    const { records, gatherer } = gather();
    gatherer.push(tickAt(t0 + 100));
    gatherer.push({ ...tickAt(t0 + 200), epoch: 2 });
    gatherer.push({ ...tickAt(t0 + 60_000), epoch: 2 });
    gatherer.flush();
    expect(kept(records).map(({ epoch, intervalMs }) => [epoch, intervalMs])).toEqual([
      [1, 100],
      [2, 100],
      [2, 100],
    ]);
  });

  it('are fine around an incident, and a node that flaps for hours does not fill the disk', () => {
    const { records, gatherer } = gather();
    for (let i = 1; i <= 36_000; i++) {
      gatherer.push(tickAt(t0 + i * 100));
      if (i % 50 === 0) gatherer.incident(t0 + i * 100);
    }
    const fine = records.filter((record) => 'tenths' in record).length;
    expect(fine).toBeGreaterThan(900);
    expect(fine).toBeLessThan(1_000);
  });
});

describe('a journal that goes on', () => {
  it('finds what is not at hand any more in the log, by number, by time and by kind', async () => {
    const log = new MemoryLog();
    const w = world();
    const history = new History({ log, engine: w.engine, app: '0.0.0' });
    const journal = new Journal({ capacity: 50, lastSeq: 0, onEntry: (entry) => history.entry(entry) });
    for (let seq = 1; seq <= 3_000; seq++) journal.add({ ...fact(seq).entry, kind: seq % 100 === 0 ? 'node.up' : 'client.moved' });
    const list = async (query: Parameters<Journal['list']>[0]) =>
      (await journal.listAll(query!, (older) => history.entries(older))).entries.map((entry) => entry.seq);
    const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(await list({})).toEqual(upTo(2_901, 3_000));
    expect(await list({ limit: 10 })).toEqual(upTo(2_991, 3_000));
    expect(await list({ afterSeq: 0, limit: 5 })).toEqual([1, 2, 3, 4, 5]);
    expect(await list({ afterSeq: 2_940, limit: 1_000 })).toEqual(upTo(2_941, 3_000));
    expect(await list({ afterSeq: 3_000 })).toEqual([]);
    expect(await list({ beforeSeq: 2_000, limit: 3 })).toEqual([1_997, 1_998, 1_999]);
    expect(await list({ beforeSeq: 2_975, limit: 30 })).toEqual(upTo(2_945, 2_974));
    expect(await list({ kinds: ['node.up'], limit: 4 })).toEqual([2_700, 2_800, 2_900, 3_000]);
    expect(await list({ kinds: ['node.up'], beforeSeq: 500, limit: 2 })).toEqual([300, 400]);
    expect(await list({ from: fact(100).entry.time, to: fact(103).entry.time })).toEqual([100, 101, 102, 103]);
    expect(await list({ from: fact(2_998).entry.time })).toEqual([2_998, 2_999, 3_000]);
  });
});

describe('runs', () => {
  const run = async (at: number, name = 'Unplug api-2'): Promise<Run> => ({
    ...(await world(at).history.range(at - 1_000, at)),
    id: newRunId(at),
    name,
  });

  it('are recorded whole: what happened from the first moment to the last, with its score, and kept', async () => {
    const w = world();
    const told: RunSummary[][] = [];
    const runs = new Runs(createMemoryShelf(), (all) => told.push(all));
    const recorder = new Recorder({ engine: w.engine, runs, app: '1.2.3', now: w.now });
    w.history.tick = (tick) => {
      recorder.tick(tick);
    };
    w.history.entry = (entry) => {
      recorder.entry(entry);
    };
    w.pass(1_000);
    const recording = await recorder.record({ name: 'Unplug', scenario: null });
    const from = w.ticks.length;
    crash(w);
    expect(recording.soFar().score.incidents).toHaveLength(1);
    const record = {
      listener: 'web',
      pool: 'web',
      client: '10.0.0.1',
      method: 'GET',
      path: '/',
      durationMs: 4,
      phases: null,
      reused: null,
      why: [],
    };
    recorder.requests([1, 2].map((seq) => ({ ...record, seq, time: w.now() - 5, status: 200, node: 'a', retries: seq - 1 })));
    const expectation = { what: 'lost', max: 0 } as const;
    const outcomes = [{ expectation, held: false, words: 'nothing lost: 1' }];
    const done = await recording.finish({ outcomes, observed: { sent: 10, answered: 9, failed: 1 } });
    w.pass(1_000);
    runSchema.parse(done);
    expect(done.ticks).toEqual(w.ticks.slice(from, -10));
    expect(done.entries).toEqual(w.entries);
    expect(done.requests.map((one) => one.seq)).toEqual([2]);
    expect(done).toMatchObject({ app: '1.2.3', name: 'Unplug', gaps: [], observed: { failed: 1 } });
    expect(done.score).toEqual(scoreRun(done));
    expect(told).toEqual([[expect.objectContaining({ id: done.id, name: 'Unplug', held: false })]]);
    expect(await runs.get(done.id)).toEqual(done);
    const other = await recorder.record({ name: 'Nothing', scenario: null });
    other.discard();
    expect(await runs.list()).toHaveLength(1);
  });

  it.each(['files', 'memory'])('are listed newest first, renamed, removed, and the newest fifty stay, in %s', async (kind) => {
    const shelf = () => (kind === 'files' ? createRunFiles(join(folder, 'runs'), () => undefined) : createMemoryShelf());
    const first = shelf();
    const runs = new Runs(first, () => undefined);
    const made: string[] = [];
    for (let i = 0; i < maxRuns + 2; i++) made.push((await runs.add(await run(t0 + i * 1_000))).id);
    expect((await runs.list()).map(({ id }) => id)).toEqual(made.slice(2).reverse());
    await runs.rename(made[5]!, 'Renamed');
    await runs.remove(made[6]!);
    await expect(runs.get(made[0]!)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(runs.rename('../../etc/passwd', 'x')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect((await runs.get(made[5]!)).name).toBe('Renamed');
    if (kind === 'memory') return;
    const path = join(folder, 'runs');
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
    // Another process finds them, whether the index is there, gone, damaged or too old.
    const list = (await runs.list()).map(({ id, name }) => [id, name]);
    for (const index of [undefined, '', '[{]', '[]', readFileSync(join(path, 'index.json'), 'utf8')]) {
      if (index !== undefined) writeFileSync(join(path, 'index.json'), index);
      expect((await new Runs(shelf(), () => undefined).list()).map(({ id, name }) => [id, name])).toEqual(list);
    }
    writeFileSync(join(path, `${made[9]!}.json`), '{"format":"something else"}');
    rmSync(join(path, 'index.json'));
    const again = new Runs(shelf(), () => undefined);
    expect(await again.list()).toHaveLength(maxRuns - 2);
    await expect(again.get(made[9]!)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('that cannot be written say why', async () => {
    writeFileSync(join(folder, 'runs'), 'in the way');
    const runs = new Runs(
      createRunFiles(join(folder, 'runs', 'here'), () => undefined),
      () => undefined,
    );
    const made = await run(t0);
    await expect(runs.add(made)).rejects.toMatchObject({ code: expect.stringMatching('RUN_SAVE_FAILED|INTERNAL') as string });
  });
});

describe('a folder', () => {
  it('carries the past over to the next process: entries, state, runs and their numbers', async () => {
    const begin = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
    const open = () =>
      openHistory(
        join(folder, 'history'),
        () => undefined,
        (words) => expect(words).toBe(''),
      );
    const first = open();
    const engine = new FakeEngine();
    const history = new History({ log: first.log, engine, app: '0.0.0' });
    const journal = new Journal({ earlier: first.earlier, lastSeq: first.lastSeq, onEntry: (entry) => history.entry(entry) });
    await history.checkpoint();
    for (let i = 1; i <= 20; i++) journal.add({ time: begin + i * 100, kind: 'node.up', pool: 'web', node: 'a' });
    for (let i = 1; i <= 20; i++) history.tick(tickAt(begin + i * 100));
    const run = await history.range(begin, begin + 2_000);
    await new Runs(first.shelf, () => undefined).add({ ...run, id: newRunId(begin) });
    await history.close();

    const second = open();
    const next = new History({ log: second.log, engine, app: '0.0.0' });
    const going = new Journal({ earlier: second.earlier, lastSeq: second.lastSeq, onEntry: (entry) => next.entry(entry) });
    expect(going.list({ limit: 3 })).toMatchObject({ entries: [{ seq: 18 }, { seq: 19 }, { seq: 20 }], lastSeq: 20 });
    expect(going.add({ time: Date.now(), kind: 'engine.started' }).seq).toBe(21);
    const again = await next.range(begin, begin + 2_000);
    expect(again).toEqual({ ...run, start: again.start });
    expect(next.span()).toMatchObject({ onDisk: true, oldest: begin + 100 });
    expect(await new Runs(second.shelf, () => undefined).list()).toHaveLength(1);
    await next.close();
  });
});
