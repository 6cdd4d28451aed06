import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { RequestRecord, TrafficTick } from '../../../shared/model/metrics.ts';
import { scoreSchema } from '../../../shared/model/run.ts';
import { bucketMiddle, bucketOf } from '../../../shared/state/latency-buckets.ts';
import { scoreRun, type ScoreInput } from '../../../shared/state/scorecard.ts';
import { coarsenTicks, mergeTicks } from '../../../shared/state/tick-sums.ts';
import { snapshot, tickAt, type TickSays } from '../control/history/support.ts';

const begin = 1_700_000_000_000;

/** A run of 20 s in tenths of a second; times in `entries` and `says` are milliseconds from its beginning. */
function run(
  entries: (Partial<JournalEntry> & Pick<JournalEntry, 'kind'> & { at: number })[],
  says: Record<number, TickSays> = {},
  tickMs = 100,
): ScoreInput {
  const ticks: TrafficTick[] = [];
  for (let end = tickMs; end <= 20_000; end += tickMs) {
    const of = Object.entries(says).filter(([at]) => Number(at) > end - tickMs && Number(at) <= end);
    ticks.push(
      mergeTicks([tickAt(begin + end, { intervalMs: tickMs }), ...of.map(([, say]) => tickAt(begin + end, { ...say, intervalMs: 0 }))]),
    );
  }
  return {
    startedAt: begin,
    endedAt: begin + 20_000,
    start: snapshot(begin),
    entries: entries.map(({ at, ...entry }, i) => ({ pool: 'web', seq: i + 1, time: begin + at, ...entry })),
    ticks,
    requests: [],
  };
}

const check = (at: number, streak: number, startedAt: number) =>
  ({ at, kind: 'node.check', node: 'b', check: { startedAt: begin + startedAt, ok: streak > 0, streak } }) as const;
const move = (at: number, client: string, to: string, reason = 'api-2 did not answer') =>
  ({ at, kind: 'client.moved', client, from: 'b', to, reason }) as const;

/** A node that is killed, noticed, and comes back. */
const crash = [
  { at: 5_000, kind: 'lab.fault', node: 'b', fault: { type: 'kill' } },
  move(5_040, 'c1', 'a'),
  move(5_060, 'c2', 'a'),
  check(5_700, -1, 5_698),
  move(6_100, 'c3', 'd', 'api-2 did not answer'),
  check(6_690, -2, 6_689),
  { at: 6_690, kind: 'node.down', node: 'b', reason: '2 of 2 checks: connection refused' },
  move(7_400, 'c4', 'd', 'api-2 is down'),
  { at: 12_000, kind: 'lab.healed', node: 'b' },
  check(12_300, 1, 12_298),
  { at: 13_250, kind: 'node.up', node: 'b', reason: '2 of 2 checks passed' },
] as const;

describe('a score', () => {
  it('of a crash counts from the fault', () => {
    const says = {
      5_040: { node: 'b', errors: 2, retried: 2, listenerRetried: 2, slow: 3 },
      6_100: { node: 'b', errors: 1, retried: 1, listenerRetried: 1, lost: 1 },
    };
    const score = scoreRun(run([...crash], says));
    scoreSchema.parse(score);
    expect(score).toMatchObject({ moved: 4, retried: 3, lost: 1 });
    expect(score.incidents).toHaveLength(1);
    const { p99, ...incident } = score.incidents[0]!;
    expect(incident).toEqual({
      ...{ pool: 'web', node: 'b', label: 'api-2', reason: '2 of 2 checks: connection refused' },
      ...{ faultAt: begin + 5_000, firstFailureAt: begin + 5_040, firstFailureBy: 'request', downAt: begin + 6_690 },
      ...{ detectMs: 1_690, detectFrom: 'fault', recoveredAt: begin + 7_400, recoverMs: 2_400 },
      ...{ healedAt: begin + 12_000, upAt: begin + 13_250, backMs: 1_250, backFrom: 'heal' },
      moved: 4,
      movedTo: [
        { node: 'a', clients: 2 },
        { node: 'd', clients: 2 },
      ],
      ...{ retried: 3, lost: 1 },
    });
    const fast = bucketMiddle(bucketOf(10));
    expect([p99.before, p99.during, p99.after]).toEqual([fast, bucketMiddle(bucketOf(500)), fast]);
  });

  it('without a known fault counts from the first check or request that failed, and from going down until back', () => {
    const entries = crash.filter(({ kind }) => !kind.startsWith('lab.'));
    const byRequest = scoreRun(run([...entries], { 5_040: { node: 'b', errors: 1 } })).incidents[0]!;
    expect(byRequest).toMatchObject({
      faultAt: null,
      detectFrom: 'first-failure',
      firstFailureBy: 'request',
      detectMs: 1_650,
      backFrom: 'down',
    });
    expect(byRequest).toMatchObject({ backMs: 6_560, healedAt: null, recoverMs: 2_360 });
    const byCheck = scoreRun(run(entries.filter(({ kind }) => kind !== 'client.moved'))).incidents[0]!;
    expect(byCheck).toMatchObject({
      firstFailureAt: begin + 5_698,
      firstFailureBy: 'check',
      detectMs: 992,
      recoveredAt: null,
      recoverMs: null,
    });
    const blind = scoreRun(run(entries.filter(({ kind }) => kind === 'node.down' || kind === 'node.up'))).incidents[0]!;
    expect(blind).toMatchObject({ firstFailureAt: null, detectMs: null, detectFrom: null, moved: 0, retried: 0, lost: 0 });
  });

  it('does not take a failure for the first sign that checks have since found mended', () => {
    const entries = [check(1_000, -1, 999), ...crash.filter(({ kind }) => kind !== 'lab.fault' && kind !== 'client.moved')];
    const incident = scoreRun(run([...entries], { 1_000: { node: 'b', errors: 1 } })).incidents[0]!;
    expect(incident).toMatchObject({ firstFailureAt: begin + 5_698, firstFailureBy: 'check' });
  });

  it('of a node that fails twice under one fault counts the second time from its own first failure', () => {
    const entries = [
      { at: 1_000, kind: 'lab.fault', node: 'b', fault: { type: 'flap', upMs: 1, downMs: 1 } },
      { at: 2_000, kind: 'node.down', node: 'b' },
      { at: 4_000, kind: 'node.up', node: 'b' },
      check(6_000, -1, 5_990),
      { at: 7_000, kind: 'node.down', node: 'b' },
    ] as const;
    const [first, second] = scoreRun(run([...entries])).incidents;
    expect(first).toMatchObject({ detectFrom: 'fault', detectMs: 1_000, backMs: 2_000 });
    expect(second).toMatchObject({ faultAt: null, detectFrom: 'first-failure', detectMs: 1_010, upAt: null, backMs: null });
  });

  it('does not blame a fault that had ended before the node failed', () => {
    const fault = { at: 1_000, kind: 'lab.fault', node: 'b', injected: true, fault: { type: 'refuse' } } as const;
    const healed = { at: 2_000, kind: 'lab.healed', node: 'b', injected: true } as const;
    const alone = crash.filter(({ kind }) => !kind.startsWith('lab.') && kind !== 'client.moved');
    expect(scoreRun(run([fault, healed, ...alone])).incidents[0]).toMatchObject({
      ...{ faultAt: null, detectFrom: 'first-failure', firstFailureAt: begin + 5_698, detectMs: 992, healedAt: null, backFrom: 'down' },
    });
    // Ended between the first failure and the last check that was needed, it still is what took the node down.
    const late = { ...healed, at: 6_000 };
    expect(scoreRun(run([fault, ...alone.slice(0, 1), late, ...alone.slice(1)])).incidents[0]).toMatchObject({
      ...{ faultAt: begin + 1_000, detectFrom: 'fault', healedAt: begin + 6_000 },
    });
  });

  it('has a client that was away moved, but not waited for', () => {
    const late = scoreRun(run([...crash.slice(0, 8), move(19_000, 'c5', 'a', 'api-2 is down')])).incidents[0]!;
    expect(late).toMatchObject({ moved: 5, recoverMs: 2_400 });
  });

  it('dates by a request’s own record, to the millisecond', () => {
    const entries = crash.filter(({ kind }) => kind !== 'client.moved' && kind !== 'node.check');
    const record: RequestRecord = {
      ...{ seq: 1, time: begin + 5_010.4, listener: 'web', pool: 'web', client: '127.0.0.1', method: 'GET', path: '/', status: 200 },
      ...{ durationMs: 30.2, node: 'a', retries: 1, reused: true, why: [{ node: 'b', verdict: 'tried' }] },
      phases: { queuedMs: 0.25, triedMs: 12.1, connectMs: 0, firstByteMs: 29 },
    };
    const input = { ...run([...entries], { 5_022: { node: 'b', errors: 1, retried: 1 } }), requests: [record] };
    expect(scoreRun(input).incidents[0]).toMatchObject({ firstFailureAt: begin + 5_023, recoveredAt: begin + 5_023, recoverMs: 23 });
  });

  it('has nobody recovered while the whole pool is down and requests are lost', () => {
    const gone = { kind: 'node.down', reason: 'gone' } as const;
    const entries = [
      { at: 5_000, kind: 'lab.fault', node: 'b', fault: { type: 'kill' } },
      ...['a', 'd', 'b'].map((node, i) => ({ at: 5_100 + i, node, ...gone })),
      { at: 9_050, kind: 'node.up', node: 'b' },
    ] as const;
    const input = run([...entries], { 5_050: { node: 'b', errors: 1 }, 6_000: { lost: 3 }, 8_930: { lost: 1 }, 12_000: { lost: 1 } });
    const at = (tick: TrafficTick) => tick.time - begin;
    const allDown = input.ticks.map((tick) =>
      at(tick) > 5_100 && at(tick) <= 9_000 ? { ...tick, nodes: tick.nodes.map((node) => ({ ...node, state: 'down' as const })) } : tick,
    );
    const incidentOfB = (ticks: TrafficTick[]) => scoreRun({ ...input, ticks }).incidents.find((one) => one.node === 'b');
    expect(incidentOfB(allDown)).toMatchObject({ recoveredAt: begin + 9_000, recoverMs: 4_000, lost: 4 });
    // What is lost while others serve is not of this failure's making.
    expect(incidentOfB(input.ticks)).toMatchObject({ recoveredAt: begin + 5_100, recoverMs: 100 });
  });

  it('of nothing is nothing known', () => {
    expect(scoreRun({ ...run([]), ticks: [] })).toEqual({ requests: 0, retried: 0, lost: 0, moved: 0, p99: null, incidents: [] });
  });
});

describe('properties of a score', () => {
  const moves = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 20_000 }),
      client: fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5'),
      to: fc.constantFrom('a', 'd'),
    }),
    { maxLength: 30 },
  );
  const failures = fc.array(fc.record({ at: fc.integer({ min: 1, max: 20_000 }), errors: fc.nat(5), lost: fc.nat(5) }), { maxLength: 20 });
  const story = fc.record({
    fault: fc.option(fc.integer({ min: 0, max: 4_000 })),
    down: fc.integer({ min: 4_001, max: 9_000 }),
    back: fc.option(fc.integer({ min: 9_001, max: 19_000 })),
    moves,
    failures,
  });

  it('hold for any run', () => {
    fc.assert(
      fc.property(story, ({ fault, down, back, moves: moved, failures: failed }) => {
        const entries = [
          ...(fault === null ? [] : [{ at: fault, kind: 'lab.fault', node: 'b', fault: { type: 'kill' } } as const]),
          { at: down, kind: 'node.down', node: 'b', reason: 'gone' } as const,
          ...(back === null ? [] : [{ at: back, kind: 'node.up', node: 'b' } as const]),
          ...moved.map(({ at, client, to }) => move(at, client, to)),
        ].sort((a, b) => a.at - b.at);
        const says = Object.fromEntries(
          failed.map(({ at, errors, lost }) => [at, { node: 'b', errors, retried: errors, listenerRetried: errors, lost }]),
        );
        const input = run(entries, says);
        const score = scoreRun(input);
        const [incident] = score.incidents;
        const all = <T>(items: T[], of: (item: T) => number) => items.reduce((sum, item) => sum + of(item), 0);
        // Whole-run figures are the counters' own sums.
        const listeners = input.ticks.flatMap((tick) => tick.listeners);
        expect(score.lost).toBe(all(listeners, (one) => one.errors));
        expect(score.retried).toBe(all(listeners, (one) => one.retried));
        expect(score.requests).toBe(all(listeners, (one) => one.requests));
        expect(score.moved).toBe(new Set(moved.map(({ client }) => client)).size);
        // A failure's figures are a part of them, and its moments stand in order.
        expect(incident!.lost).toBeLessThanOrEqual(score.lost);
        expect(incident!.retried).toBeLessThanOrEqual(score.retried);
        expect(incident!.moved).toBeLessThanOrEqual(score.moved);
        expect(all(incident!.movedTo, (one) => one.clients)).toBe(incident!.moved);
        expect(incident!.detectMs ?? 0).toBeGreaterThanOrEqual(0);
        if (fault !== null) expect(incident!.detectMs).toBe(down - fault);
        if (incident!.firstFailureAt !== null) expect(incident!.firstFailureAt).toBeLessThanOrEqual(incident!.downAt);
        if (incident!.recoverMs !== null) {
          expect(incident!.recoverMs).toBeGreaterThanOrEqual(0);
          expect(incident!.recoveredAt!).toBeLessThanOrEqual(incident!.upAt ?? input.endedAt);
        }
        // It is worked out of the run alone: the same again, and from a copy.
        expect(scoreRun(structuredClone(input))).toEqual(score);
        // Coarser ticks change no sum of the whole, and no time the journal tells.
        const coarse = scoreRun({ ...input, ticks: coarsenTicks(input.ticks, 20) });
        const { incidents: _fine, ...sums } = score;
        expect(coarse).toMatchObject(sums);
        expect(coarse.incidents[0]).toMatchObject({ downAt: incident!.downAt, upAt: incident!.upAt, faultAt: incident!.faultAt });
      }),
    );
  });

  it('merged ticks have the same sums, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ errors: fc.nat(9), lost: fc.nat(9), slow: fc.nat(9) }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        (says, max) => {
          const ticks = says.map((say, i) => tickAt(begin + (i + 1) * 100, { ...say, node: 'b', intervalMs: 100 }));
          const fewer = coarsenTicks(ticks, max);
          expect(fewer.length).toBeLessThanOrEqual(max);
          expect(mergeTicks(fewer)).toEqual(mergeTicks(ticks));
          for (let i = 1; i < fewer.length; i++) expect(fewer[i]!.time - fewer[i]!.intervalMs).toBe(fewer[i - 1]!.time);
        },
      ),
    );
  });

  it('detail is kept where it is asked for', () => {
    const ticks = Array.from({ length: 1_000 }, (_, i) => tickAt(begin + (i + 1) * 100, { intervalMs: 100 }));
    const fewer = coarsenTicks(ticks, 200, [{ from: begin + 40_000, to: begin + 45_000 }]);
    expect(fewer.length).toBeLessThanOrEqual(200);
    expect(fewer.filter((tick) => tick.intervalMs === 100 && tick.time > begin + 40_000 && tick.time <= begin + 45_000)).toHaveLength(50);
    expect(mergeTicks(fewer)).toEqual(mergeTicks(ticks));
  });
});
