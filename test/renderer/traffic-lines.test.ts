import { describe, expect, it } from 'vitest';
import { eventWords, markersOf } from '../../renderer/features/traffic/traffic-events.ts';
import {
  byteRate,
  coarser,
  drawnSteps,
  newestValue,
  nodeLines,
  ownLines,
  timesOf,
  sayTick,
} from '../../renderer/features/traffic/traffic-lines.ts';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { TrafficHistory } from '../../shared/model/metrics.ts';
import type { PoolState } from '../../shared/model/state.ts';

const start = 1_800_000_000_000;

function history(requests: (number | null)[], nodes: Record<string, (number | null)[]> = {}): TrafficHistory {
  const nothing = requests.map(() => null);
  return {
    stepMs: 1_000,
    start,
    lastTick: start,
    countedMs: requests.map((value) => (value === null ? 0 : 1_000)),
    total: {
      requests,
      errors: nothing,
      bytesIn: nothing,
      bytesOut: nothing,
      connections: requests,
      p50: nothing,
      p95: requests,
      p99: nothing,
    },
    nodes: Object.entries(nodes).map(([node, counts]) => ({
      pool: 'web',
      node,
      requests: counts,
      errors: nothing,
      connections: nothing,
      p95: nothing,
    })),
  };
}

const pools = [{ id: 'web', name: 'Web', nodes: ['a', 'b'].map((id) => ({ id, label: `api-${id}` })) }] as unknown as PoolState[];

describe('lines', () => {
  it('are rates over what was counted, and gaps where nothing was', () => {
    const past = { ...history([4, null, 9, 2, 1]), countedMs: [1_000, 0, 500, 1_000, 100] };
    past.nodes = history([], { a: [4, null, 9, 2, 1] }).nodes;
    // The newest step has hardly begun: it is not drawn yet.
    expect(drawnSteps(past)).toBe(4);
    expect(nodeLines(past, pools)[0]).toMatchObject({ name: 'api-a', values: [4, null, 18, 2] });
    expect(timesOf(past)[0]).toBe(start / 1_000 + 0.5);
  });

  it('are told apart by their dashes, and beyond the busiest are one together', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`n${i}`, [i, i, 0]]));
    const lines = nodeLines(history([1, 1, 0], many), pools);
    expect(lines).toHaveLength(ownLines);
    expect(new Set(lines.map(({ look }) => JSON.stringify(look))).size).toBe(lines.length);
    expect(lines.slice(0, -1).map(({ key }) => key)).toContain('web/n39');
    const others = lines.at(-1)!;
    expect(others).toMatchObject({ name: '33 others', look: null });
    // 0 to 32 together, in the first step.
    expect(others.values[0]).toBe((32 * 33) / 2);
  });

  it('name the pool only where a node’s name does not tell it', () => {
    const past = history([1, 0], { a: [1, 0], b: [1, 0] });
    past.nodes.push({ ...past.nodes[0]!, pool: 'db' });
    const two = [...pools, { id: 'db', name: 'Database', nodes: [{ id: 'a', label: 'api-a' }] }] as unknown as PoolState[];
    expect(nodeLines(past, two).map(({ name }) => name)).toEqual(['Web / api-a', 'api-b', 'Database / api-a']);
  });

  it('of a node that was taken away say so', () => {
    expect(nodeLines(history([1, 0], { z: [1, 0] }), pools)[0]!.name).toBe('z, gone');
  });

  it('gathered into longer steps lose no count, and keep the highest', () => {
    const past = history([1, 2, null, 4, 5, 6, null, null, null, null, 7], { a: [1, 2, null, 4, 5, 6, null, null, null, null, 7] });
    const fives = coarser(past, 5);
    expect(fives).toMatchObject({ stepMs: 5_000, start });
    expect(fives.total.requests).toEqual([12, 6, 7]);
    expect(fives.nodes[0]!.requests).toEqual([12, 6, 7]);
    expect(fives.total.connections).toEqual([5, 6, 7]);
    expect(fives.countedMs).toEqual([4_000, 1_000, 1_000]);
    expect(coarser({ ...history([null, null, 3]), start: start + 4_000 }, 5).total.requests).toEqual([null, 3]);
    // A second later the same steps stand where they stood.
    expect(coarser({ ...past, start: start + 1_000 }, 5).start).toBe(start);
  });

  it('say bytes in the unit they ask for, and missing as missing', () => {
    expect([byteRate([0]).unit, byteRate([900]).unit, byteRate([1_000]).unit, byteRate([null, 3e6]).unit]).toEqual([
      'B/s',
      'B/s',
      'kB/s',
      'MB/s',
    ]);
    expect([byteRate([1_500]).say(1_500), byteRate([null]).say(null)]).toEqual(['1.5', '—']);
    expect([newestValue([1, 2, null]), newestValue([1, null, null]), newestValue([])]).toEqual([2, null, null]);
  });
});

describe('events', () => {
  const entry = (seq: number, part: Partial<JournalEntry>): JournalEntry => ({
    seq,
    time: start + seq * 1_000,
    kind: 'node.up',
    pool: 'web',
    node: 'b',
    ...part,
  });

  it('are said in words', () => {
    const clock = /^\d\d:\d\d:\d\d /;
    const say = (part: Partial<JournalEntry>) => eventWords(entry(1, part), pools).replace(clock, '');
    expect(say({ kind: 'node.down', reason: '2 of 2 checks timed out' })).toBe('api-b is down: 2 of 2 checks timed out');
    expect(say({ kind: 'node.mode', from: 'accept', to: 'drain' })).toBe('api-b was set from accept to drain');
    expect(say({ kind: 'lab.fault', reason: 'DEMO: api-b hangs' })).toBe('DEMO: api-b hangs');
    expect(say({ kind: 'certificate.problem', certificate: 'local', reason: 'it ended' })).toBe(
      'Certificate local has a problem: it ended',
    );
    expect(say({ kind: 'certificate.reloaded', reason: 'Its file changed' })).toBe('The authority of api-b was reloaded: Its file changed');
    expect(say({ kind: 'config.applied', changed: ['a', 'b', 'c', 'd'] })).toBe('Configuration applied: a, b, c and 1 more');
  });

  it('that stand too close are one mark, with the loudest of them as its glyph', () => {
    const entries = [entry(1, {}), entry(2, { kind: 'node.down' }), entry(30, {}), entry(31, { kind: 'client.moved' }), entry(90, {})];
    const markers = markersOf(entries, start, start + 60_000, 600);
    expect(markers.map(({ kind, entries: own }) => [kind, own.map(({ seq }) => seq)])).toEqual([
      ['node.down', [1, 2]],
      ['node.up', [30]],
    ]);
    expect(markers[1]!.at).toBe(0.5);
  });

  it('that are very many are a few marks with their number, none of them left out', () => {
    const entries = Array.from({ length: 400 }, (_, i) => entry(i * 0.15, i === 200 ? { kind: 'node.down' } : {}));
    const markers = markersOf(entries, start, start + 60_000, 900);
    expect(markers.length).toBeGreaterThan(6);
    expect(markers.length).toBeLessThanOrEqual(16);
    expect(markers.reduce((sum, { entries: own }) => sum + own.length, 0)).toBe(400);
    expect(markers.filter(({ kind }) => kind === 'node.down')).toHaveLength(1);
  });
});

describe('a value on an axis', () => {
  it('is as exact as the step between two of them', () => {
    expect([0, 2.5, 5, 12.5].map((value) => sayTick(value, 2.5))).toEqual(['0', '2.5', '5.0', '12.5']);
    expect([0, 0.25, 0.5].map((value) => sayTick(value, 0.25))).toEqual(['0', '0.25', '0.50']);
    expect([500, 1_000].map((value) => sayTick(value, 500))).toEqual(['500', '1,000']);
  });
});
