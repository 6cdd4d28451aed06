import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDiff, diffState } from '../../../shared/state/patch.ts';
import { createReplay, replayAt } from '../../../shared/state/replay.ts';
import { sampleRun, sampleStart } from '../../renderer/timeline/sample-run.ts';

const run = sampleRun();
const at = (ms: number) => sampleStart + ms;
const node = (ms: number) => replayAt(run, at(ms)).snapshot.pools[0]!.nodes[1]!;

test('a node goes through its states when the journal says so, with the reason of each', () => {
  expect(node(0)).toMatchObject({ state: 'up', reason: 'HTTP 200 in 4 ms, 812 in a row', since: at(-3_600_000) });
  expect(node(6_799)).toMatchObject({ state: 'up' });
  expect(node(6_800)).toMatchObject({ state: 'checking', reason: '1 of 2 checks timed out', since: at(6_800) });
  expect(node(7_799)).toMatchObject({ state: 'checking', since: at(6_800) });
  expect(node(7_800)).toMatchObject({ state: 'down', reason: '2 of 2 checks timed out', since: at(7_800) });
  expect(node(21_000)).toMatchObject({ state: 'checking', reason: 'A check passed, not yet enough to call it up' });
  expect(node(22_000)).toMatchObject({ state: 'up', reason: '2 of 2 checks passed', since: at(22_000) });
  expect(node(7_800).lastCheck).toBeNull();
});

test('clients are where they were, counters are what had been counted, and what takes new clients is worked out', () => {
  const before = replayAt(run, at(7_000));
  expect(before.clients.filter((c) => c.node === 'n2')).toHaveLength(12);
  expect(before.clients.every((c) => c.since === null && c.moves === 0)).toBe(true);
  const after = replayAt(run, at(9_000));
  expect(after.clients.filter((c) => c.node === 'n2')).toHaveLength(0);
  expect(after.clients.filter((c) => c.moves === 1).map((c) => c.node)).toEqual(expect.arrayContaining(['n1', 'n3']));
  expect(after.snapshot.pools[0]!.available).toBe(2);
  const counted = run.ticks.filter((tick) => tick.time <= at(9_000)).reduce((sum, tick) => sum + tick.nodes[0]!.requests, 0);
  expect(after.snapshot.pools[0]!.nodes[0]!.requests).toBe(10_000 + counted);
  expect(after.snapshot.listeners[0]!.errors).toBe(1);
});

test('before the run stands its start, after it its end', () => {
  expect(replayAt(run, 0)).toEqual(replayAt(run, run.startedAt));
  expect(replayAt(run, Number.MAX_SAFE_INTEGER)).toEqual(replayAt(run, run.endedAt));
});

test('forwards, backwards and by jumps: a moment is always the same', () => {
  const fresh = (time: number) => createReplay(run).at(time);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -500, max: 30_500 }), { minLength: 1, maxLength: 12 }), (moments) => {
      const replay = createReplay(run);
      const sorted = moments.toSorted((a, b) => a - b);
      for (const order of [sorted, sorted.toReversed(), moments]) {
        for (const ms of order) expect(replay.at(at(ms))).toEqual(fresh(at(ms)));
      }
    }),
    { numRuns: 40 },
  );
});

test('a frame is the one before with what changed in between, at every moment anything happens', () => {
  const replay = createReplay(run);
  let state = { listeners: run.start.listeners, pools: run.start.pools };
  for (const time of [...run.entries.map((e) => e.time), ...run.ticks.map((t) => t.time)].toSorted((a, b) => a - b)) {
    const { snapshot } = replay.at(time);
    const diff = diffState(state, snapshot);
    state = diff ? applyDiff(state, diff) : state;
    expect(state).toEqual({ listeners: snapshot.listeners, pools: snapshot.pools });
  }
});

test('modes, pins, forgotten clients and listeners follow the journal; a new engine thread counts from nothing', () => {
  const [first] = run.clients;
  const about = { pool: 'web', client: first!.key };
  const changed = {
    ...run,
    entries: [
      { seq: 1, time: at(1_000), kind: 'node.mode' as const, pool: 'web', node: 'n1', from: 'accept', to: 'drain' },
      { seq: 2, time: at(1_500), kind: 'client.pinned' as const, ...about, to: 'n3' },
      { seq: 3, time: at(2_000), kind: 'listener.error' as const, listener: 'web', reason: 'port 8080 is used' },
      { seq: 4, time: at(2_500), kind: 'client.released' as const, ...about },
      { seq: 5, time: at(3_000), kind: 'engine.restarted' as const },
    ],
    ticks: run.ticks.map((tick) => (tick.time > at(3_000) ? { ...tick, epoch: 2 } : tick)),
  };
  const frame = (ms: number) => replayAt(changed, at(ms));
  expect(frame(1_200).snapshot.pools[0]!.nodes[0]!.mode).toBe('drain');
  expect(frame(1_200).snapshot.pools[0]!.available).toBe(2);
  // A pin moves nobody: the next request does.
  expect(frame(1_600).clients.find((c) => c.key === first!.key)).toMatchObject({ pinned: true, node: first!.node });
  expect(frame(2_100).snapshot.listeners[0]).toMatchObject({ state: 'error', reason: 'port 8080 is used' });
  expect(frame(2_600).clients.some((c) => c.key === first!.key)).toBe(false);
  expect(frame(2_900).snapshot.epoch).toBe(1);
  expect(frame(3_200).snapshot).toMatchObject({ epoch: 2, startedAt: at(3_000) });
  expect(frame(3_200).snapshot.pools[0]!.nodes[0]!.requests).toBeLessThan(20);
});

test('a made-up fault stands in the words of the engine until it is ended, or the program is', () => {
  const refuses = {
    pool: 'web',
    node: 'n1',
    injected: true,
    kind: 'lab.fault',
    fault: { type: 'refuse' },
    reason: 'DEMO: n1 refuses',
  } as const;
  const faulty = {
    ...run,
    entries: [
      { seq: 1, time: at(1_000), ...refuses },
      { seq: 2, time: at(2_000), pool: 'web', node: 'n1', injected: true, kind: 'lab.healed' as const, reason: 'DEMO: it was ended' },
      { seq: 3, time: at(3_000), ...refuses },
      { seq: 4, time: at(4_000), kind: 'engine.started' as const },
    ],
  };
  const faultAt = (ms: number) => replayAt(faulty, at(ms)).snapshot.pools[0]!.nodes[0]!.fault;
  expect([500, 1_500, 2_500, 3_500, 4_500].map(faultAt)).toEqual([null, 'DEMO: refuses', null, 'DEMO: refuses', null]);
});

test('what was added while it ran comes with its first tick and goes with its last', () => {
  const late = {
    ...run,
    ticks: run.ticks.map((tick, i) => {
      const nodes = i >= 50 && i < 100 ? [...tick.nodes, { ...tick.nodes[0]!, node: 'n9', requests: 1 }] : tick.nodes;
      return { ...tick, nodes };
    }),
  };
  const ids = (ms: number) => replayAt(late, at(ms)).snapshot.pools[0]!.nodes.map((n) => n.id);
  expect(ids(1_000)).toEqual(['n1', 'n2', 'n3']);
  expect(ids(6_000)).toEqual(['n1', 'n2', 'n3', 'n9']);
  expect(ids(12_000)).toEqual(['n1', 'n2', 'n3']);
});

test('a stretch nobody recorded is told', () => {
  const gap = { from: at(4_000), to: at(5_000) };
  const broken = { ...run, gaps: [gap] };
  expect(replayAt(broken, at(4_500)).gap).toEqual(gap);
  expect(replayAt(broken, at(5_000)).gap).toBeNull();
});
