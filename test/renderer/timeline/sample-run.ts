import type { JournalEntry, JournalFact } from '../../../shared/model/journal.ts';
import type { RequestRecord, TrafficTick } from '../../../shared/model/metrics.ts';
import { type Run, runSchema } from '../../../shared/model/run.ts';
import type { NodeState, ObservedState } from '../../../shared/model/state.ts';
import { bucketOf } from '../../../shared/state/latency-buckets.ts';
import { scoreRun } from '../../../shared/state/scorecard.ts';

/** The moment the sample begins: a fixed time of day in every zone the tests run in would be too much to ask, a fixed instant is not. */
export const sampleStart = 1_760_000_000_000;
const at = (ms: number) => sampleStart + ms;

export interface SampleOptions {
  id?: string;
  name?: string;
  /** Between checks, which decides how late the failure is seen. Default 1,000 ms. */
  intervalMs?: number;
  /** Default 3. */
  nodes?: number;
  durationMs?: number;
}

/**
 * A run as the Lab leaves one: 36 clients on three nodes, the second is killed after 6 s, called down, started again at 20 s and
 * up soon after.
 */
export function sampleRun({
  id = 'run-3',
  name = 'Unplug api-2',
  intervalMs = 1_000,
  nodes: count = 3,
  durationMs = 30_000,
}: SampleOptions = {}): Run {
  const killed = 6_000;
  const firstFailed = killed + 300;
  const down = firstFailed + 500 + intervalMs;
  const healed = Math.max(20_000, down + 4_000);
  const trial = healed + intervalMs;
  const up = trial + intervalMs;
  const ids = Array.from({ length: count }, (_, i) => `n${i + 1}`);
  const node = (n: string, i: number): NodeState => ({
    ...{ id: n, label: `api-${i + 1}`, address: `127.0.0.1:${9_001 + i}`, weight: 100, mode: 'accept', state: 'up' },
    ...{ reason: 'HTTP 200 in 4 ms, 812 in a row', since: at(-3_600_000), streak: 812, nextCheckAt: at(500), connections: 12 },
    lastCheck: { time: at(-400), ok: true, detail: 'HTTP 200', durationMs: 4 },
    ...{ requests: 10_000, errors: 0, retried: 0, bytesIn: 1_000, bytesOut: 2_000, stickyClients: 12, drain: null, fault: null },
  });
  const keys = Array.from({ length: 36 }, (_, i) => `c${String(i).padStart(3, '0')}${((i * 2_654_435_761) % 65_536).toString(16)}`);
  const home = keys.map((_, i) => i % 3);

  const check = (ms: number, streak: number, reason: string): JournalFact => ({
    ...{ time: at(ms + 500), kind: 'node.check', pool: 'web', node: 'n2', reason },
    check: { startedAt: at(ms), ok: streak > 0, streak },
  });
  const facts: JournalFact[] = [
    { time: at(killed), kind: 'lab.fault', pool: 'web', node: 'n2', reason: 'api-2 was killed', fault: { type: 'kill' } },
    check(firstFailed, -1, '1 of 2 checks timed out'),
    check(firstFailed + intervalMs, -2, '2 of 2 checks timed out'),
    { time: at(down), kind: 'node.down', pool: 'web', node: 'n2', reason: '2 of 2 checks timed out' },
    { time: at(healed), kind: 'lab.fault', pool: 'web', node: 'n2', reason: 'api-2 was started again', fault: null },
    { ...check(trial - 500, 1, '1 of 2 checks passed'), time: at(trial) },
    { time: at(up), kind: 'node.up', pool: 'web', node: 'n2', reason: '2 of 2 checks passed' },
  ];
  const movedAt = new Map<string, { time: number; to: string }>();
  keys.forEach((key, i) => {
    if (home[i] !== 1) return;
    const n = movedAt.size;
    const time = at(down + 20 + n * 12);
    const to = n % 2 === 0 ? 'n1' : 'n3';
    movedAt.set(key, { time, to });
    facts.push({ time, kind: 'client.moved', pool: 'web', client: key, from: 'n2', to, reason: 'api-2 is down' });
  });
  const entries: JournalEntry[] = facts.sort((a, b) => a.time - b.time).map((fact, i) => ({ ...fact, seq: i + 1 }));

  const record = (seq: number, ms: number, path: string, lost: boolean): RequestRecord => ({
    ...{ seq, time: at(ms), listener: 'web', pool: 'web', client: '127.0.0.1', method: lost ? 'POST' : 'GET', path },
    ...{ status: lost ? 502 : 200, durationMs: 504, node: lost ? 'n2' : 'n1', retries: lost ? 0 : 1, phases: null, reused: null },
    why: [
      { node: 'n2', verdict: 'tried' },
      { node: 'n1', verdict: lost ? 'not-turn' : 'chosen:retry' },
    ],
  });
  const requests = [
    record(1, firstFailed + 20, '/cart', false),
    record(2, firstFailed + 90, '/api/orders', true),
    record(3, firstFailed + 400, '/items', false),
    record(4, firstFailed + 800, '/items/7', false),
  ];

  const stateAt = (ms: number): ObservedState => {
    if (ms >= up || ms < firstFailed + 500) return 'up';
    return ms < down || ms >= trial ? 'checking' : 'down';
  };
  const ticks: TrafficTick[] = [];
  for (let ms = 100; ms <= durationMs; ms += 100) {
    const dip = ms > firstFailed && ms < down ? 0.4 : 1;
    const lost = requests.filter((r) => r.status >= 500 && r.time > at(ms - 100) && r.time <= at(ms)).length;
    const retried = requests.filter((r) => r.status < 500 && r.time > at(ms - 100) && r.time <= at(ms)).length;
    const nodes = ids.map((n, i) => {
      const state = i === 1 ? stateAt(ms) : 'up';
      const gone = i === 1 && ms > killed && ms < up;
      const made = gone ? 0 : Math.round((4 + ((ms / 100) % 2)) * dip);
      const there = keys.filter((key, k) => {
        const moved = movedAt.get(key);
        return moved && moved.time <= at(ms) ? moved.to === n : ids[home[k]!] === n;
      }).length;
      return {
        ...{ pool: 'web', node: n, state, connections: gone ? 0 : there, requests: made, errors: i === 1 ? lost + retried : 0 },
        ...{ retried: i === 1 ? retried : 0, bytesIn: made * 400, bytesOut: made * 1_024, stickyClients: there },
        ...{ p50: gone ? null : 12, p95: gone ? null : 40, p99: gone ? null : 58 },
      };
    });
    const made = nodes.reduce((sum, n) => sum + n.requests, 0);
    ticks.push({
      ...{ epoch: 1, time: at(ms), intervalMs: 100, nodes, clients: keys.length },
      listeners: [
        {
          id: 'web',
          connections: 36,
          requests: made,
          errors: lost,
          retried,
          bytesIn: made * 400,
          bytesOut: made * 1_024,
          latency: [[bucketOf(dip < 1 ? 530 : 60), made]],
        },
      ],
      total: { p50: 12, p95: dip < 1 ? 510 : 41, p99: dip < 1 ? 530 : 60 },
    });
  }

  const run: Run = {
    ...{ format: 'evenkeel-run', version: 1, app: '0.1.0', id, name, source: 'scenario', startedAt: at(0), endedAt: at(durationMs) },
    scenario: {
      ...{ version: 1, id: 'unplug', name, description: 'A node loses its power and comes back.', nodes: 3, modes: {} },
      pool: { healthCheck: { type: 'http', path: '/healthz', intervalMs, timeoutMs: 500, attempts: 2 } },
      ...{ clients: { count: 36, requestsPerSecond: 140 }, warmUpMs: 3_000, durationMs, expect: [] },
      steps: [
        { atMs: killed, do: 'fault', node: 'b', fault: { type: 'kill' } },
        { atMs: healed, do: 'heal', node: 'b' },
      ],
    },
    start: {
      ...{ epoch: 1, seq: 10, startedAt: at(-8_040_000) },
      listeners: [
        {
          ...{ id: 'web', name: 'Web', protocol: 'http', address: '127.0.0.1:8080', pool: 'web', state: 'up', reason: '' },
          ...{ since: at(-8_040_000), connections: 36, requests: 30_000, errors: 0, retried: 0, bytesIn: 3_000, bytesOut: 6_000 },
        },
      ],
      pools: [{ id: 'web', name: 'Web', algorithm: 'roundrobin', stickiness: 'http_cookie', available: count, nodes: ids.map(node) }],
    },
    clients: keys.map((key, i) => ({ pool: 'web', key, node: ids[home[i]!]! })),
    ...{ entries, ticks, requests, outcomes: [], observed: { sent: 4_000, answered: 3_999, failed: 1 }, gaps: [] },
    score: { requests: 0, retried: 0, lost: 0, moved: 0, p99: null, incidents: [] },
  };
  return runSchema.parse({ ...run, score: scoreRun(run) });
}
