import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incident, Run } from '../../../shared/model/run.ts';
import { compareIncidents, settingDifferences } from '../../../renderer/features/timeline/compare.ts';
import { parseRun } from '../../../renderer/features/timeline/export/run-file.ts';
import { planFilm } from '../../../renderer/features/timeline/export/record-film.ts';
import { fileName } from '../../../renderer/features/timeline/export/download.ts';
import { laneWords, momentWords } from '../../../renderer/features/timeline/lane-words.ts';
import { changeMarks, errorMarks, lanesOf, moveBars, piecesOf, trafficLine } from '../../../renderer/features/timeline/lanes.ts';
import { incidentMeasures } from '../../../renderer/features/timeline/score-words.ts';
import { axisMarks, axisStep, clampView, panBy, placeOf, reveal, timeAt, zoomAt } from '../../../renderer/features/timeline/time-view.ts';
import { fillRoom } from '../../../renderer/features/timeline/use-room.ts';
import { failoverAt } from '../../../renderer/stores/past-failover.ts';
import { runEvents } from '../../../renderer/stores/run-events.ts';
import { formatClockTenths, formatDay } from '../../../renderer/ui/format.ts';
import { sampleRun, sampleStart } from './sample-run.ts';

const run = sampleRun();
const lanes = lanesOf(run);
const view = { from: run.startedAt, to: run.endedAt };
const at = (ms: number) => sampleStart + ms;

describe('lanes', () => {
  test('a node’s pieces are its states, in their places', () => {
    const [pool] = lanes.pools;
    const pieces = piecesOf(pool!.nodes[1]!.steps, view, 900, run.endedAt);
    expect(pieces.map((piece) => piece.state)).toEqual(['healthy', 'checking', 'down', 'checking', 'healthy']);
    expect(pieces.map((piece) => Math.round(piece.x))).toEqual([0, 204, 234, 630, 660]);
    expect(pieces.reduce((sum, piece) => sum + piece.width, 0)).toBeCloseTo(900);
    expect(piecesOf(pool!.nodes[0]!.steps, view, 900, run.endedAt)).toMatchObject([{ state: 'healthy', x: 0, width: 900 }]);
  });

  test('a node that came while it was recorded has no past before that', () => {
    const steps = [{ time: 2_000, state: 'checking' as const, reason: '' }];
    expect(piecesOf(steps, { from: 0, to: 10_000 }, 1_000, 10_000)).toMatchObject([{ x: 200, width: 800 }]);
  });

  test('however short, what happened has at least a pixel', () => {
    const steps = [
      { time: 0, state: 'healthy' as const, reason: '' },
      { time: 5_000, state: 'down' as const, reason: '' },
      { time: 5_001, state: 'healthy' as const, reason: '' },
    ];
    expect(piecesOf(steps, { from: 0, to: 3_600_000 }, 900, 3_600_000)[1]).toMatchObject({ state: 'down', width: 1 });
  });

  test('changes, moves and errors say what and how many; what would touch is one', () => {
    expect(changeMarks(lanes, view, 900).map((mark) => mark.words)).toEqual(['api-2 was killed', 'api-2 was started again']);
    expect(moveBars(lanes, view, 900)).toMatchObject([{ words: '12 from api-2', clients: 12, share: 1 }]);
    const errors = errorMarks(run, view, 300);
    expect(errors.reduce((sum, mark) => sum + mark.lost, 0)).toBe(1);
    expect(errors.reduce((sum, mark) => sum + mark.retried, 0)).toBe(3);
    expect(errorMarks(run, view, 100)).toMatchObject([{ words: '1 lost, 3 retried' }]);
  });

  test('the line of traffic keeps the sum, and breaks where nobody counted', () => {
    const line = trafficLine(run, view, 900);
    expect(line.top).toBeGreaterThanOrEqual(Math.max(...line.points.map((point) => point.rate ?? 0)));
    const hole = { ...run, ticks: run.ticks.filter((tick) => tick.time < at(10_000) || tick.time > at(15_000)) };
    expect(trafficLine(hole, view, 900).points.filter((point) => point.rate === null)).toHaveLength(1);
  });

  test('the pointer is told what it is at', () => {
    expect(momentWords(lanes, at(9_000))).toBe('api-2 down');
    expect(laneWords(lanes, 'web/n2', at(9_000), view, 900).slice(1)).toEqual([
      `api-2: Down, since ${formatClockTenths(at(7_800))} until ${formatClockTenths(at(21_000))}`,
      '2 of 2 checks timed out',
    ]);
    expect(laneWords(lanes, 'moves', at(7_900), view, 900)[1]).toBe('12 clients from api-2: 6 to api-1, 6 to api-3');
    expect(laneWords(lanes, 'errors', at(6_400), view, 900)[1]).toMatch(/^1 request lost, \d retried$/);
    expect(laneWords(lanes, 'errors', at(25_000), view, 900)[1]).toBe('Nothing was lost or retried here');
    expect(laneWords({ ...lanes, run: { ...run, gaps: [{ from: at(1_000), to: at(2_000) }] } }, 'web/n2', at(1_500), view, 900)[1]).toMatch(
      /^Nobody recorded from/,
    );
  });
});

describe('the view', () => {
  const bounds = { from: 1_000_000, to: 1_100_000 };
  const spans = fc.tuple(fc.integer({ min: 1_000_000, max: 1_099_000 }), fc.integer({ min: 1_000, max: 100_000 }));

  test('zooming keeps the moment under the pointer, never leaves the run, and never shows less than a second', () => {
    fc.assert(
      fc.property(
        spans,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ([from, span], factor, share) => {
          const before = clampView({ from, to: from + span }, bounds);
          const moment = before.from + share * (before.to - before.from);
          const after = zoomAt(before, moment, factor, bounds);
          expect(after.from).toBeGreaterThanOrEqual(bounds.from - 1e-6);
          expect(after.to).toBeLessThanOrEqual(bounds.to + 1e-6);
          expect(after.to - after.from).toBeGreaterThanOrEqual(999.999);
          expect(moment).toBeGreaterThanOrEqual(after.from - 1e-6);
          expect(moment).toBeLessThanOrEqual(after.to + 1e-6);
        },
      ),
    );
  });

  test('panning keeps the span, and places and times are each other’s inverse', () => {
    const before = { from: 1_020_000, to: 1_030_000 };
    expect(panBy(before, -500_000, bounds)).toEqual({ from: 1_000_000, to: 1_010_000 });
    expect(timeAt(placeOf(1_023_000, before, 800), before, 800)).toBeCloseTo(1_023_000);
    const shown = reveal(before, 1_050_000, bounds);
    expect(shown.to - shown.from).toBe(10_000);
    expect(shown.to).toBeGreaterThan(1_050_000);
    expect(reveal(before, 1_025_000, bounds)).toBe(before);
  });

  test('marks stand at whole steps of the clock with room between them', () => {
    const step = axisStep(view, 900);
    expect(step).toBe(5_000);
    const marks = axisMarks(view, step);
    expect(marks.every((mark) => new Date(mark).getSeconds() % 5 === 0)).toBe(true);
    expect(axisMarks({ from: at(0), to: at(86_400_000) }, 6 * 3_600_000).every((mark) => new Date(mark).getHours() % 6 === 0)).toBe(true);
  });
});

describe('words', () => {
  const [incident] = run.score.incidents;

  test('a scorecard says the numbers, from where they count, and what is not known', () => {
    const measures = incidentMeasures(incident!, (node) => `api-${node.slice(1)}`);
    expect(measures.map(({ name, value, unit }) => `${name} ${value} ${unit}`.trim())).toEqual([
      'Detected in 1.8 s',
      'Recovered in 2.0 s',
      'Clients moved 12',
      'Retried 3 requests',
      'Lost 1 request',
      expect.stringMatching(/^p99 during it \d+ ms$/),
      'Back in 2.0 s',
    ]);
    expect(measures[0]!.below).toBe('from the fault');
    expect(measures[2]!.below).toBe('api-2 → api-1 6, api-3 6');
    expect(measures[5]!.below).toMatch(/^before \d+, after \d+ ms$/);
    const unknown = incidentMeasures(
      {
        ...incident!,
        ...{ detectMs: null, detectFrom: null, faultAt: null, firstFailureAt: null, recoverMs: null, recoveredAt: null },
        ...{ upAt: null, backMs: null, backFrom: null, p99: { before: 12, during: null, after: null } },
      },
      (node) => node,
    );
    expect(unknown.map(({ value }) => value)).toEqual(['—', '—', '12', '3', '1', '—', '—']);
    expect(unknown[0]!.below).toBe('its first failure was not seen');
    expect(unknown[5]!.below).toBe('before 12 ms, after —');
    expect(unknown[6]!.below).toBe('still down');
  });

  test('nobody is said to have noticed nothing beside what was moved, retried or lost', () => {
    const quiet: Incident = { ...incident!, recoverMs: null, recoveredAt: null, moved: 0, movedTo: [], retried: 0, lost: 0 };
    const recovery = (part: Partial<Incident>) => {
      const measures = incidentMeasures({ ...quiet, ...part }, (node) => node);
      return [measures[1]!.below, measures[4]!.below];
    };
    expect(recovery({})).toEqual(['nobody noticed', 'no error seen']);
    // Lost on another node in that time, or on none.
    expect(recovery({ lost: 3 })).toEqual(['no request failed on it', 'seen by clients, not on it']);
    // One client asked again so late that nobody waited for it.
    expect(recovery({ moved: 1, movedTo: [{ node: 'n1', clients: 1 }] })[0]).toBe('clients moved long after');
    expect(recovery({ retried: 2, upAt: null })[0]).toBe('not yet at the end');
  });

  test('two runs differ in words, and in what they were set up with', () => {
    const slow = sampleRun({ id: 'run-2', intervalMs: 5_000, durationMs: 40_000 });
    const rows = compareIncidents(incident!, slow.score.incidents[0]!);
    expect(rows[0]).toEqual({ measure: 'Time to detect', a: '1.8 s', b: '5.8 s', difference: '4.0 s sooner' });
    expect(rows.find((row) => row.measure === 'Requests lost')!.difference).toBe('the same');
    expect(compareIncidents({ ...incident!, retried: 3 }, { ...incident!, retried: 27 })[3]!.difference).toBe('24 fewer');
    expect(compareIncidents(incident!, { ...incident!, detectFrom: 'first-failure' })[0]!.difference).toBe(
      'counted from different moments',
    );
    expect(compareIncidents(incident!, { ...incident!, detectMs: null })[0]).toMatchObject({ b: '—', difference: '—' });
    expect(settingDifferences(run, slow)).toEqual([{ name: 'Check interval', a: '1 s', b: '5 s' }]);
    expect(settingDifferences(run, run)).toEqual([]);
    const set = (pool: Record<string, unknown>, clients: object = {}) => ({
      ...run,
      scenario: { ...run.scenario!, pool, clients: { ...run.scenario!.clients, ...clients } },
    });
    const other = set(
      {
        healthCheck: { expectStatus: '200' },
        passiveCheck: { enabled: false, windowMs: 5_000 },
        stickiness: { maxEntries: 5_000 },
        timeouts: { responseMs: 800 },
        proxyProtocol: 'v2',
        someNewOptionMs: 1_500,
      },
      { keepAlive: 0.5 },
    );
    const words = settingDifferences(set({}), other).map(({ name, b }) => `${name}: ${b}`);
    expect(words).toEqual([
      'Statuses that pass a check: 200',
      'Watching live traffic: off',
      'Live errors are counted over: 5 s',
      'Remembered clients: 5,000',
      'Time to answer: 800 ms',
      'PROXY protocol to nodes: Version 2 (binary)',
      'Some new option: 1.5 s',
      'Requests on a kept connection: 50 %',
    ]);
  });

  test('requests are counted by what was counted, for each node apart, and a fault’s end is told', () => {
    const counts = [
      [1_000, 0, 3],
      [1_500, 2, 12],
    ] as const;
    const failed = run.requests.find((record) => record.why.some((one) => one.verdict === 'tried'))!;
    const two = {
      ...run,
      entries: [
        {
          seq: 1,
          time: run.startedAt + 900,
          kind: 'lab.fault' as const,
          pool: 'web',
          node: 'n1',
          injected: true,
          reason: 'DEMO: api-1 refuses',
        },
        {
          seq: 2,
          time: run.startedAt + 4_000,
          kind: 'lab.healed' as const,
          pool: 'web',
          node: 'n1',
          reason: 'api-1 was revived in the Lab',
        },
      ],
      // One record of the three that failed on the first node: the others were not recorded.
      requests: [{ ...failed, time: run.startedAt + 990, durationMs: 5, why: [{ node: 'n1', verdict: 'tried' as const }] }],
      ticks: run.ticks.map((tick) => {
        const [, nth, retried] = counts.find(([at]) => run.startedAt + at === tick.time) ?? [0, -1, 0];
        const listeners = tick.listeners.map((listener) => ({ ...listener, errors: 0 }));
        return {
          ...tick,
          listeners,
          nodes: tick.nodes.map((node, i) => ({ ...node, state: 'up' as const, retried: i === nth ? retried : 0 })),
        };
      }),
      score: { ...run.score, incidents: [] },
    };
    expect(runEvents(two).map((event) => `${event.subject} ${event.words}`)).toEqual([
      'api-1 refuses (DEMO)',
      '3 requests retried: api-1 failed, tried on another node',
      '12 requests retried: api-3 failed, tried on another node',
      'api-1 was revived in the Lab',
    ]);
  });

  test('a request that began before the fault and failed by it stands after it', () => {
    const at = run.startedAt + 6_350;
    const [first, ...others] = run.requests;
    const phases = { queuedMs: 0, triedMs: 60, connectMs: 0, firstByteMs: 70 };
    const late: Run = {
      ...run,
      entries: run.entries.map((entry) => (entry.kind === 'lab.fault' && entry.fault ? { ...entry, time: at } : entry)),
      requests: [{ ...first!, time: at - 30, phases }, ...others],
    };
    expect(
      runEvents(late)
        .slice(0, 2)
        .map(({ subject, time }) => [subject, time - at]),
    ).toEqual([
      ['api-2', 0],
      ['3 requests', 30],
    ]);
  });

  test('the list of events tells the story in order', () => {
    expect(runEvents(run).map((event) => `${event.subject} ${event.words}`)).toEqual([
      'api-2 was killed',
      '3 requests retried: api-2 failed, tried on another node',
      'POST /api/orders lost, was on api-2',
      'api-2 is being checked: 1 of 2 checks timed out',
      'api-2 is down: 2 of 2 checks timed out',
      '12 clients move from api-2: 6 to api-1, 6 to api-3',
      'Web recovered from the failure of api-2, last client moved',
      'api-2 was started again',
      'api-2 is being checked: A check passed, not yet enough to call it up',
      'api-2 is up: 2 of 2 checks passed',
    ]);
  });

  test('the failure a replay is in is told as it was known then', () => {
    expect(failoverAt(run, at(7_000))).toBeNull();
    expect(failoverAt(run, at(7_900))).toMatchObject({ label: 'api-2', moved: 7, upAt: null, lost: 1, failed: 4 });
    expect(failoverAt(run, at(22_500))).toMatchObject({ moved: 12, upAt: at(22_000) });
  });

  test('times of day and days', () => {
    const noon = new Date(2026, 10, 18, 12, 0, 6, 970).getTime();
    expect(formatClockTenths(noon)).toBe('12:00:06.9');
    expect(formatDay(noon, noon + 3_600_000)).toBe('today');
    expect(formatDay(noon, noon + 86_400_000)).toBe('yesterday');
    expect(formatDay(noon, noon + 3 * 86_400_000)).toBe('Wednesday');
    expect(formatDay(noon, noon + 30 * 86_400_000)).toBe('18 Nov 2026');
  });
});

describe('files', () => {
  test('a run comes back as it was, and what is none is refused with the reason', () => {
    expect(parseRun(JSON.stringify(run), 'a.json')).toEqual(run);
    expect(() => parseRun('{', 'a.json')).toThrow(/^a\.json is not JSON: /);
    expect(() => parseRun('[]', 'a.json')).toThrow('a.json is not a run of Evenkeel');
    expect(() => parseRun('{"format":"evenkeel-run","version":2}', 'a.json')).toThrow('a.json is a run of version 2');
    const damaged = { ...run, ticks: [{ ...run.ticks[0], time: 'noon' }] };
    expect(() => parseRun(JSON.stringify(damaged), 'a.json')).toThrow(/^a\.json is damaged\. ticks\[0\]\.time: /);
    expect(() => parseRun(JSON.stringify({ ...run, endedAt: run.startedAt }), 'a.json')).toThrow('it ends before it begins');
  });

  test('file names hold what every file system takes; a film of a long run plays faster', () => {
    expect(fileName('Ärger: api/2 “x”', 'json')).toMatch(/^[\w.-]+\.json$/);
    expect(fileName('…', 'png')).toBe('run.png');
    expect(planFilm({ startedAt: 0, endedAt: 30_000 })).toMatchObject({ speed: 1, ms: 31_500 });
    expect(planFilm({ startedAt: 0, endedAt: 200_000 })).toMatchObject({ speed: 4 });
    expect(planFilm({ startedAt: 0, endedAt: 3_600_000 }).ms).toBeLessThanOrEqual(61_500);
  });
});

describe('the room of the Timeline', () => {
  test('a window of 800 px has the least; a higher one a taller line and more events, never more than there is', () => {
    expect(fillRoom(700, 3)).toEqual({ plotHeight: 44, lines: 7 });
    for (const height of [800, 980, 1_340, 3_000]) {
      const { plotHeight, lines } = fillRoom(height, 3);
      expect(plotHeight).toBeGreaterThan(44);
      expect(plotHeight).toBeLessThanOrEqual(240);
      expect(plotHeight - 44 + (lines - 7) * 33).toBeLessThanOrEqual(height - 700);
    }
    expect(fillRoom(1_340, 3)).toEqual({ plotHeight: 240, lines: 20 });
    expect(fillRoom(1_340, 30)).toEqual({ plotHeight: 44, lines: 7 });
  });
});
