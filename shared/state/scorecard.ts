import type { JournalEntry } from '../model/journal.ts';
import type { RequestRecord, TrafficTick } from '../model/metrics.ts';
import type { Incident, Run, Score } from '../model/run.ts';
import { LatencySum } from './latency-buckets.ts';
import { nodeKey } from './patch.ts';
import { structureOf } from './run-structure.ts';

/** A client that asks for the first time so long after everybody else has moved was not waiting. Milliseconds. */
const awayMs = 10_000;
/** Without a check to tell, a failed request is taken for the first sign only if it is no older than this. Milliseconds. */
const signMs = 10_000;
/** The journal's clock and a request's own may differ by so much. Milliseconds. */
const clockSlackMs = 5;

/** What a run's score is worked out of. */
export type ScoreInput = Pick<Run, 'startedAt' | 'endedAt' | 'start' | 'added' | 'entries' | 'ticks' | 'requests'>;

/**
 * What a run comes to, by the definitions in docs/scorecard.md. Counters are exact where ticks are 100 ms long; with longer ones a
 * window takes in the whole of each tick it touches.
 */
export function scoreRun(run: ScoreInput): Score {
  const { entries } = run;
  const ticks = new Ticks(run.ticks);
  const incidents = findIncidents(run, ticks);
  addLatencies(incidents, run, ticks);
  const all = ticks.all;
  const listeners = all.flatMap((tick) => tick.listeners);
  const latency = new LatencySum();
  for (const listener of listeners) latency.add(listener.latency ?? []);
  const moved = new Set(entries.filter((e) => e.kind === 'client.moved').map((e) => JSON.stringify([e.pool, e.client])));
  return {
    requests: sum(listeners, (listener) => listener.requests),
    retried: sum(listeners, (listener) => listener.retried),
    lost: sum(listeners, (listener) => listener.errors),
    moved: moved.size,
    p99: latency.quantile(0.99),
    incidents,
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((all, item) => all + of(item), 0);

/** Ticks in time, found without a look at all of them. */
class Ticks {
  readonly all: readonly TrafficTick[];

  constructor(ticks: readonly TrafficTick[]) {
    this.all = ticks;
  }

  /** Those of which any part lies between the two. */
  touching(from: number, to: number): TrafficTick[] {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all[middle]!.time > from) high = middle;
      else low = middle + 1;
    }
    const found: TrafficTick[] = [];
    for (let i = low; i < this.all.length; i++) {
      const tick = this.all[i]!;
      if (tick.time - tick.intervalMs >= to) break;
      found.push(tick);
    }
    return found;
  }
}

/** What the journal says of one node, in order. */
interface NodeStory {
  pool: string;
  node: string;
  downs: JournalEntry[];
  ups: JournalEntry[];
  faults: number[];
  heals: number[];
  checks: JournalEntry[];
  /** Clients that left it. */
  moves: JournalEntry[];
  /** Requests that were tried on it and failed. */
  failures: RequestRecord[];
}

function storiesOf(run: ScoreInput): NodeStory[] {
  const stories = new Map<string, NodeStory>();
  const of = (pool: string, node: string): NodeStory => {
    const key = nodeKey(pool, node);
    let story = stories.get(key);
    if (!story) {
      story = { pool, node, downs: [], ups: [], faults: [], heals: [], checks: [], moves: [], failures: [] };
      stories.set(key, story);
    }
    return story;
  };
  for (const entry of run.entries) {
    if (entry.pool === undefined) continue;
    if (entry.kind === 'client.moved') {
      if (entry.from !== undefined) of(entry.pool, entry.from).moves.push(entry);
      continue;
    }
    if (entry.node === undefined) continue;
    const story = of(entry.pool, entry.node);
    if (entry.kind === 'node.down') story.downs.push(entry);
    else if (entry.kind === 'node.up') story.ups.push(entry);
    else if (entry.kind === 'node.check') story.checks.push(entry);
    else if (entry.kind === 'lab.healed' || (entry.kind === 'lab.fault' && entry.fault === null)) story.heals.push(entry.time);
    else if (entry.kind === 'lab.fault') story.faults.push(entry.time);
  }
  for (const record of run.requests)
    for (const { node, verdict } of record.why) if (verdict === 'tried') of(record.pool, node).failures.push(record);
  return [...stories.values()].filter((story) => story.downs.length > 0);
}

function findIncidents(run: ScoreInput, ticks: Ticks): Incident[] {
  const incidents = storiesOf(run).flatMap((story) =>
    story.downs.map((down, i) => {
      const next = story.downs[i + 1];
      const up = story.ups.find((entry) => entry.seq > down.seq && (next === undefined || entry.seq < next.seq));
      const before = story.ups.findLast((entry) => entry.seq < down.seq);
      return incidentOf({ run, ticks, story, down, up, servedSince: before?.time ?? Number.NEGATIVE_INFINITY });
    }),
  );
  return incidents.sort((a, b) => a.downAt - b.downAt);
}

interface IncidentInput {
  run: ScoreInput;
  ticks: Ticks;
  story: NodeStory;
  down: JournalEntry;
  up: JournalEntry | undefined;
  /** What happened before belongs to an earlier failure. */
  servedSince: number;
}

function incidentOf(input: IncidentInput): Incident {
  const { run, ticks, story, down, up } = input;
  const { pool, node } = story;
  const downAt = down.time;
  const upAt = up?.time ?? null;
  const end = upAt ?? Math.max(run.endedAt, downAt);

  const { faultAt, first } = faultBehind(input);
  const sign = faultAt ?? Math.min(first.at ?? downAt, downAt);
  const healedAt = story.heals.findLast((time) => time >= (faultAt ?? sign) && time <= end) ?? null;

  const moves = story.moves.filter((entry) => entry.time >= sign && entry.time <= end);
  const goneTo = new Map<string, string>();
  for (const { client = '', to = '' } of moves) if (!goneTo.has(client)) goneTo.set(client, to);

  const touched = ticks.touching(sign, end);
  const own = touched.flatMap((tick) => tick.nodes.filter((one) => one.pool === pool && one.node === node));
  const listeners = listenersOf(run, pool);
  const recoveredAt = lastHarm(input, { sign, end, moves, touched, listeners });
  return {
    pool,
    node,
    label:
      structureOf(run)
        .pools.find((p) => p.id === pool)
        ?.nodes.find((n) => n.id === node)?.label ?? node,
    reason: down.reason ?? '',
    faultAt,
    firstFailureAt: first.at,
    firstFailureBy: first.by,
    downAt,
    detectMs: faultAt !== null ? downAt - faultAt : first.at !== null ? Math.max(0, downAt - first.at) : null,
    detectFrom: faultAt !== null ? 'fault' : first.at !== null ? 'first-failure' : null,
    recoveredAt,
    recoverMs: recoveredAt === null ? null : recoveredAt - sign,
    healedAt,
    upAt,
    backMs: upAt === null ? null : upAt - (healedAt ?? downAt),
    backFrom: upAt === null ? null : healedAt !== null ? 'heal' : 'down',
    moved: goneTo.size,
    movedTo: countBy([...goneTo.values()]),
    retried: sum(own, (one) => one.retried),
    lost: sum(touched, (tick) => sum(tick.listeners, (listener) => (listeners.has(listener.id) ? listener.errors : 0))),
    p99: { before: null, during: null, after: null },
  };
}

function listenersOf(run: ScoreInput, pool: string): Set<string> {
  return new Set(
    structureOf(run)
      .listeners.filter((listener) => listener.pool === pool)
      .map((listener) => listener.id),
  );
}

function countBy(names: readonly string[]): { node: string; clients: number }[] {
  const counted = new Map<string, number>();
  for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1);
  return [...counted].map(([node, clients]) => ({ node, clients })).sort((a, b) => b.clients - a.clients || (a.node < b.node ? -1 : 1));
}

/** When a request that failed on a node was known to have failed there, to the millisecond as every other moment. */
function failedAt(record: RequestRecord): number {
  const { phases } = record;
  return Math.round(record.time + (phases ? phases.queuedMs + phases.triedMs : record.durationMs));
}

/** Moments within a tick at which something on the node is known to have failed: better than the tick's own bounds. */
function momentsIn(story: NodeStory, from: number, to: number): number[] {
  const within = (time: number): boolean => time > from - clockSlackMs && time <= to + clockSlackMs;
  const moves = story.moves.filter((entry) => within(entry.time) && entry.reason?.endsWith('did not answer') === true);
  return [...moves.map((entry) => entry.time), ...story.failures.map(failedAt).filter(within)];
}

/** The fault that took the node down: the last one before, unless it had ended when the node failed first. */
function faultBehind(input: IncidentInput): { faultAt: number | null; first: ReturnType<typeof firstFailure> } {
  const { story, down, servedSince } = input;
  const faultAt = story.faults.findLast((time) => time <= down.time && time >= servedSince) ?? null;
  const first = firstFailure(input, faultAt);
  if (faultAt === null) return { faultAt, first };
  const endedAt = story.heals.find((time) => time >= faultAt && time <= down.time);
  const isBehind = endedAt === undefined || (first.at !== null && first.at <= endedAt);
  return isBehind ? { faultAt, first } : { faultAt: null, first: firstFailure(input, endedAt) };
}

function firstFailure(input: IncidentInput, since: number | null): { at: number | null; by: Incident['firstFailureBy'] } {
  const { ticks, story, down, servedSince } = input;
  // The checks of the streak that took it down: after the last one that began a streak.
  const checks = story.checks.filter((entry) => entry.check?.ok === false && entry.time <= down.time && entry.time >= servedSince);
  const begin = checks.findLastIndex((entry) => entry.check!.streak === -1);
  const streak = begin < 0 ? [] : checks.slice(begin);
  const byCheck = streak[0]?.check?.startedAt;

  // The check before that one was good, so what failed before it is another story.
  const pace = streak.length > 1 ? streak[1]!.check!.startedAt - streak[0]!.check!.startedAt : signMs;
  const from = Math.max(servedSince, since ?? Number.NEGATIVE_INFINITY, (byCheck ?? down.time) - pace);
  const failing = ticks
    .touching(from, down.time)
    .find((tick) => tick.nodes.some((one) => one.pool === story.pool && one.node === story.node && one.errors > 0));
  const seen = momentsIn(story, from, down.time);
  const spanned = failing ? momentsIn(story, failing.time - failing.intervalMs, failing.time) : [];
  const known = [...seen, ...spanned].filter((time) => time >= from && time <= down.time);
  // Without a moment of its own a tick's failures are dated by its beginning.
  const byTick = failing && Math.max(from, failing.time - failing.intervalMs);
  const earliest = known.length > 0 ? Math.min(...known) : undefined;
  const byRequest = failing && (earliest === undefined || earliest > failing.time + clockSlackMs) ? byTick : (earliest ?? byTick);

  if (byCheck !== undefined && (byRequest === undefined || byCheck <= byRequest)) return { at: byCheck, by: 'check' };
  if (byRequest !== undefined) return { at: byRequest, by: 'request' };
  return { at: null, by: null };
}

interface Harm {
  sign: number;
  end: number;
  moves: readonly JournalEntry[];
  touched: readonly TrafficTick[];
  /** Ids of the pool's listeners. */
  listeners: ReadonlySet<string>;
}

/**
 * When the last of its clients had another node and the last request had failed on it, and none was turned away any more because the
 * whole pool was down; null when nobody noticed anything.
 */
function lastHarm({ story, down }: IncidentInput, { sign, end, moves, touched, listeners }: Harm): number | null {
  const failing = touched.findLast((tick) => tick.nodes.some((n) => n.pool === story.pool && n.node === story.node && n.errors > 0));
  let last = Number.NEGATIVE_INFINITY;
  if (failing) {
    const moments = momentsIn(story, failing.time - failing.intervalMs, failing.time).filter((time) => time >= sign && time <= end);
    last = moments.length > 0 ? Math.max(...moments) : Math.max(sign, Math.min(failing.time, end));
  }
  for (const { time } of moves) {
    if (time > Math.max(last, down.time) + awayMs) break;
    last = Math.max(last, time);
  }
  const turnedAway = touched.findLast(
    (tick) => isPoolDown(tick, story.pool) && tick.listeners.some((l) => listeners.has(l.id) && l.errors > 0),
  );
  if (turnedAway) last = Math.max(last, Math.min(turnedAway.time, end));
  return Number.isFinite(last) ? last : null;
}

const isPoolDown = (tick: TrafficTick, pool: string): boolean =>
  tick.nodes.every((node) => node.pool !== pool || node.state === 'down') && tick.nodes.some((node) => node.pool === pool);

/** p99 before, during and after each failure; another failure of the same pool ends what is before or after. */
function addLatencies(incidents: readonly Incident[], run: ScoreInput, ticks: Ticks): void {
  const signOf = (one: Incident): number => one.faultAt ?? Math.min(one.firstFailureAt ?? one.downAt, one.downAt);
  const overOf = (one: Incident): number => one.recoveredAt ?? one.upAt ?? run.endedAt;
  for (const incident of incidents) {
    const listeners = listenersOf(run, incident.pool);
    const sign = signOf(incident);
    const over = Math.max(sign, overOf(incident));
    const others = incidents.filter((one) => one !== incident && one.pool === incident.pool);
    const from = Math.max(Number.NEGATIVE_INFINITY, ...others.map(overOf).filter((time) => time <= sign));
    const until = Math.min(Number.POSITIVE_INFINITY, ...others.map(signOf).filter((time) => time >= over));
    const p99 = (fits: (start: number, end: number) => boolean): number | null => {
      const latency = new LatencySum();
      for (const tick of ticks.touching(from, until)) {
        if (!fits(tick.time - tick.intervalMs, tick.time)) continue;
        for (const listener of tick.listeners) if (listeners.has(listener.id)) latency.add(listener.latency ?? []);
      }
      return latency.quantile(0.99);
    };
    incident.p99 = {
      before: p99((_start, end) => end <= sign),
      during: p99((start, end) => end > sign && start < over),
      after: p99((start) => start >= over),
    };
  }
}
