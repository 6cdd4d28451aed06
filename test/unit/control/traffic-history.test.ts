import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrafficKeeper } from '../../../electron/control/traffic-history.ts';
import { trafficHistorySchema, type TrafficHistory, type TrafficTick } from '../../../shared/model/metrics.ts';
import { TrafficRing, trafficSteps } from '../../../shared/state/traffic-ring.ts';

/** A whole number of days, so that steps of every length begin here. */
const start = 20_000 * 86_400_000;

interface Given {
  time: number;
  requests?: number;
  errors?: number;
  bytes?: number;
  connections?: number;
  p95?: number | null;
  intervalMs?: number;
  nodes?: Record<string, number>;
}

function tick({
  time,
  requests = 0,
  errors = 0,
  bytes = 0,
  connections = 0,
  p95 = null,
  intervalMs = 100,
  nodes = { a: requests },
}: Given): TrafficTick {
  return {
    epoch: 1,
    time,
    intervalMs,
    listeners: [{ id: 'web', connections, requests, errors, retried: 0, bytesIn: bytes, bytesOut: 2 * bytes }],
    nodes: Object.entries(nodes).map(([node, count]) => ({
      pool: 'web',
      node,
      state: 'up',
      connections,
      requests: count,
      errors,
      retried: 0,
      bytesIn: bytes,
      bytesOut: bytes,
      stickyClients: 0,
      p50: p95,
      p95,
      p99: p95,
    })),
    total: { p50: p95, p95, p99: p95 },
    clients: 0,
  };
}

const sum = (values: readonly (number | null)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);
const present = (history: TrafficHistory) => history.total.requests.filter((value) => value !== null).length;

describe('the steps', () => {
  it.each([
    [1_000, 1_000, 2],
    [60_000, 1_000, 61],
    [900_000, 1_000, 901],
    [900_001, 10_000, 92],
    [3_600_000, 10_000, 361],
    [7_200_000, 10_000, 721],
    [7_200_001, 60_000, 122],
    [86_400_000, 60_000, 1_441],
  ])('a range of %i ms is answered in steps of %i ms, %i of them', (rangeMs, stepMs, count) => {
    const keeper = new TrafficKeeper();
    keeper.push(tick({ time: start, requests: 3 }));
    const history = trafficHistorySchema.parse(keeper.history(rangeMs, start));
    expect(history.stepMs).toBe(stepMs);
    expect(history.start % stepMs).toBe(0);
    expect(history.start + (count - 1) * stepMs).toBe(start);
    for (const series of [history.countedMs, ...Object.values(history.total), history.nodes[0]!.p95]) expect(series).toHaveLength(count);
    expect(history.total.requests.at(-1)).toBe(3);
  });

  it('add counts up exactly, whatever the ticks were', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ gap: fc.integer({ min: 1, max: 4_000 }), requests: fc.nat(1e6), errors: fc.nat(1e4), bytes: fc.nat(2 ** 40) }),
          { minLength: 1, maxLength: 200 },
        ),
        (parts) => {
          const keeper = new TrafficKeeper();
          let time = start;
          for (const part of parts) keeper.push(tick({ ...part, time: (time += part.gap), intervalMs: part.gap }));
          for (const { rangeMs } of trafficSteps) {
            const { total, nodes, countedMs, lastTick } = keeper.history(rangeMs, time);
            expect(sum(total.requests)).toBe(sum(parts.map((part) => part.requests)));
            expect(sum(total.errors)).toBe(sum(parts.map((part) => part.errors)));
            expect(sum(total.bytesIn)).toBe(sum(parts.map((part) => part.bytes)));
            expect(sum(total.bytesOut)).toBe(2 * sum(parts.map((part) => part.bytes)));
            expect(sum(nodes[0]!.requests)).toBe(sum(total.requests));
            expect(sum(countedMs)).toBe(sum(parts.map((part) => part.gap)));
            expect(lastTick).toBe(time);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('each hold what happened in them, and not their neighbours’', () => {
    const keeper = new TrafficKeeper();
    for (let i = 0; i < 1_200; i++) keeper.push(tick({ time: start + i * 100, requests: i < 600 ? 1 : 2 }));
    const now = start + 119_900;
    expect(keeper.history(60_000, now).total.requests.slice(-60)).toEqual(Array.from({ length: 60 }, () => 20));
    expect(keeper.history(3_600_000, now).total.requests.slice(-12)).toEqual([...Array(6).fill(100), ...Array(6).fill(200)]);
    expect(keeper.history(86_400_000, now).total.requests.slice(-2)).toEqual([600, 1_200]);
  });

  it('keep the highest quantile and the most connections', () => {
    const ring = new TrafficRing(1_000, 60_000);
    ring.push(tick({ time: start, p95: 12, connections: 3 }));
    ring.push(tick({ time: start + 100, p95: 40, connections: 9 }));
    ring.push(tick({ time: start + 200, p95: null, connections: 1 }));
    const { total, nodes } = ring.read(1_000, start);
    expect([total.p95.at(-1), total.connections.at(-1), nodes[0]!.p95.at(-1), nodes[0]!.connections.at(-1)]).toEqual([40, 9, 40, 9]);
  });
});

describe('gaps', () => {
  it('are null, and a second without traffic is 0', () => {
    const keeper = new TrafficKeeper();
    keeper.push(tick({ time: start, requests: 5, p95: 7 }));
    keeper.push(tick({ time: start + 3_000, requests: 0 }));
    const { total, nodes, countedMs } = keeper.history(5_000, start + 4_000);
    expect(total.requests).toEqual([null, 5, null, null, 0, null]);
    expect(total.p95).toEqual([null, 7, null, null, null, null]);
    expect(nodes[0]!.requests).toEqual([null, 5, null, null, 0, null]);
    expect(countedMs).toEqual([0, 100, 0, 0, 100, 0]);
  });

  it('of a node that was not there yet are its own', () => {
    const ring = new TrafficRing(1_000, 60_000);
    ring.push(tick({ time: start, requests: 4, nodes: { a: 4 } }));
    ring.push(tick({ time: start + 1_000, requests: 4, nodes: { a: 1, b: 3 } }));
    const { nodes } = ring.read(1_000, start + 1_000);
    expect(nodes.map(({ node, requests }) => [node, requests])).toEqual([
      ['a', [4, 1]],
      ['b', [null, 3]],
    ]);
  });

  it('are what a clock that was set back leaves', () => {
    const ring = new TrafficRing(1_000, 60_000);
    for (let i = 0; i < 30; i++) ring.push(tick({ time: start + i * 1_000, requests: 1 }));
    ring.push(tick({ time: start + 10_500, requests: 1 }));
    const history = ring.read(60_000, start + 40_000);
    // Seconds 0 to 10 are as they were, the second the clock came back to holds both.
    expect(history.total.requests.slice(20, 33)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, null, null]);
  });
});

describe('bounds', () => {
  it('a ring never holds more than its range, a day as little as a week', () => {
    const keeper = new TrafficKeeper();
    let time = start;
    for (let i = 0; i < 2 * 86_400; i += 2) keeper.push(tick({ time: (time += 2_000), requests: 1, intervalMs: 2_000 }));
    expect(present(keeper.history(86_400_000, time))).toBe(1_441);
    expect(present(keeper.history(7_200_000, time))).toBe(721);
    expect(sum(keeper.history(7_200_000, time).total.requests)).toBeLessThanOrEqual(3_605);
    // Every other second has a tick: what is left of old rounds would show as more.
    expect(present(keeper.history(900_000, time))).toBe(451);
  });

  it('of many nodes those seen last are remembered, and the ones there now stay', () => {
    const ring = new TrafficRing(1_000, 60_000, 3);
    ring.push(tick({ time: start, nodes: { a: 1, b: 1 } }));
    ring.push(tick({ time: start + 1_000, nodes: { b: 1, c: 1, d: 1, e: 1 } }));
    expect(ring.read(5_000, start + 1_000).nodes.map(({ node }) => node)).toEqual(['b', 'c', 'd']);
    ring.push(tick({ time: start + 62_000, nodes: { e: 1 } }));
    expect(ring.read(60_000, start + 62_000).nodes.map(({ node }) => node)).toEqual(['e']);
  });

  it('a range before anything was counted is nothing but gaps', () => {
    const history = new TrafficKeeper().history(60_000, start);
    expect(present(history)).toBe(0);
    expect(history).toMatchObject({ lastTick: null, nodes: [] });
  });
});

it('a ring filled from another’s answer goes on where that one stood', () => {
  const one = new TrafficRing(1_000, 60_000);
  for (let i = 0; i < 50; i++)
    one.push(tick({ time: start + i * 700, requests: i, p95: i % 3 === 0 ? null : i, nodes: i > 20 ? { a: i, b: 1 } : { a: i } }));
  const other = new TrafficRing(1_000, 60_000);
  other.push(tick({ time: start - 5_000, requests: 99 }));
  other.load(one.read(60_000, start + 35_000));
  for (const ring of [one, other]) ring.push(tick({ time: start + 35_100, requests: 7 }));
  expect(other.read(60_000, start + 36_000)).toEqual(one.read(60_000, start + 36_000));
});
