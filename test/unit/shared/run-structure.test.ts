import { expect, test } from 'vitest';
import { cutRun } from '../../../electron/control/history/cut-run.ts';
import type { HistoryRecord } from '../../../electron/control/history/records.ts';
import { replayAt } from '../../../shared/state/replay.ts';
import { structureOf } from '../../../shared/state/run-structure.ts';
import { sampleRun, sampleStart } from '../../renderer/timeline/sample-run.ts';

const run = sampleRun();
const empty = { ...run.start, listeners: [], pools: [] };
const from = sampleStart - 20_000;

/** A program that ran without any listener until the sample began. */
function records(): HistoryRecord[] {
  return [
    { state: empty, at: from - 1_000 },
    { state: run.start, at: sampleStart },
    ...run.entries.map((entry) => ({ entry })),
    ...run.ticks.map((tick) => ({ tick })),
  ] as HistoryRecord[];
}

test('what came after the start is named as it was first seen, and is there only while the ticks name it', () => {
  const cut = cutRun({ records: records(), from, to: run.endedAt, app: '1', state: undefined });
  expect(cut.start.pools).toEqual([]);
  expect(structureOf(cut)).toEqual({ listeners: run.start.listeners, pools: run.start.pools });
  expect(replayAt(cut, from + 1_000).snapshot).toMatchObject({ listeners: [], pools: [] });
  const { pools, listeners } = replayAt(cut, sampleStart + 9_000).snapshot;
  expect(pools[0]!.nodes.map(({ label, address, state }) => [label, address, state])).toEqual(
    replayAt(run, sampleStart + 9_000).snapshot.pools[0]!.nodes.map(({ label, address, state }) => [label, address, state]),
  );
  expect(listeners.map(({ id, state }) => [id, state])).toEqual([[run.start.listeners[0]!.id, 'up']]);
  expect(cut.score.incidents.map(({ label, p99 }) => [label, p99.before === null])).toEqual(
    run.score.incidents.map(({ label, p99 }) => [label, p99.before === null]),
  );
});

test('a node added to a pool stands behind those it had; a run to which nothing was added has no more than its start', () => {
  const [pool] = run.start.pools;
  const [first, ...others] = pool!.nodes;
  const before = { ...run.start, pools: [{ ...pool!, nodes: [first!] }] };
  const cut = cutRun({
    records: [{ state: before, at: from }, ...records().slice(1)],
    from,
    to: run.endedAt,
    app: '1',
    state: undefined,
  });
  expect(cut.added).toEqual({ listeners: [], pools: [{ ...pool!, nodes: others }] });
  expect(structureOf(cut).pools[0]!.nodes.map(({ id }) => id)).toEqual(pool!.nodes.map(({ id }) => id));
  expect(cutRun({ records: records().slice(1), from: sampleStart, to: run.endedAt, app: '1', state: undefined }).added).toBeUndefined();
});
