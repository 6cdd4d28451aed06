import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { RequestRecord, TrafficTick } from '../../../shared/model/metrics.ts';
import type { Run } from '../../../shared/model/run.ts';
import type { EngineSnapshot } from '../../../shared/model/state.ts';
import { createReplay } from '../../../shared/state/replay.ts';
import { addedLater } from '../../../shared/state/run-structure.ts';
import { scoreRun } from '../../../shared/state/scorecard.ts';
import { coarsenTicks } from '../../../shared/state/tick-sums.ts';
import { timeOf, type HistoryRecord } from './records.ts';
import { gapsIn, maxEntries, maxRequests, stretchesOfInterest } from './run-parts.ts';
import { maxClients } from './where-clients-are.ts';

/** Ticks of a run that is cut out of the history: what a window can draw. */
const maxTicks = 3_600;

interface Cut {
  /** What was written, from a while before `from` on, in the order it was written. */
  records: readonly HistoryRecord[];
  from: number;
  to: number;
  app: string;
  /** The state to begin with when the records hold none. */
  state: EngineSnapshot | undefined;
}

/**
 * A run out of the history's records. The state at its start is the last checkpoint before it, carried on by what happened in
 * between; when the history begins later, its first one.
 */
export function cutRun({ records, from, to, app, state }: Cut): Run {
  const checkpoints = records.flatMap((record) => ('state' in record ? [record] : []));
  const base = checkpoints.findLast(({ at }) => at <= from) ?? checkpoints[0] ?? { state: state!, at: from };
  const entries = entriesOf(records);
  const ticks = ticksOf(records);
  const requests = records.flatMap((record) => ('requests' in record ? record.requests : []));
  const start = base.at < from ? stateAt(base, from, entries, ticks) : base.state;

  const later = checkpoints.filter(({ at }) => at > from && at <= to).map(({ state: then }) => then);
  const added = addedLater(start, later);
  const parts = {
    startedAt: from,
    endedAt: to,
    start,
    ...(added ? { added } : {}),
    entries: entries.filter((entry) => entry.time >= from && entry.time <= to),
    ticks: ticks.filter((tick) => tick.time > from && tick.time <= to),
    requests: requests.filter((record) => record.time >= from && record.time <= to),
  };
  const score = scoreRun(parts);
  const omitted = {
    entries: Math.max(0, parts.entries.length - maxEntries),
    requests: Math.max(0, parts.requests.length - maxRequests),
  };
  return {
    ...{ format: 'evenkeel-run', version: 1, app, id: `history-${from}-${to}`, name: 'History', source: 'history', scenario: null },
    ...parts,
    clients: clientsAt(records, entries, from),
    entries: parts.entries.slice(0, maxEntries),
    ticks: coarsenTicks(parts.ticks, maxTicks, stretchesOfInterest(score)),
    requests: parts.requests.slice(0, maxRequests),
    ...{ score, outcomes: [], observed: null, gaps: gapsIn(parts.ticks, from, to) },
    ...(omitted.entries + omitted.requests > 0 ? { omitted } : {}),
  };
}

function entriesOf(records: readonly HistoryRecord[]): JournalEntry[] {
  const entries = records.flatMap((record) => ('entry' in record ? [record.entry] : []));
  return entries.sort((a, b) => a.seq - b.seq);
}

/** Seconds, and in their place the tenths where they were kept. */
function ticksOf(records: readonly HistoryRecord[]): TrafficTick[] {
  const fine = new Map<number, TrafficTick[]>();
  for (const record of records) if ('tenths' in record) fine.set(timeOf(record), record.tenths);
  const ticks: TrafficTick[] = [];
  for (const record of records) if ('tick' in record) ticks.push(...(fine.get(record.tick.time) ?? [record.tick]));
  return ticks.sort((a, b) => a.time - b.time);
}

function stateAt(
  base: { state: EngineSnapshot; at: number },
  time: number,
  entries: readonly JournalEntry[],
  ticks: readonly TrafficTick[],
): EngineSnapshot {
  const between = <T extends { time: number }>(items: readonly T[]): T[] =>
    items.filter((item) => item.time > base.at && item.time <= time);
  const until: Run = {
    ...{ format: 'evenkeel-run', version: 1, app: '', id: '', name: '', source: 'history', scenario: null },
    ...{ startedAt: base.at, endedAt: time, start: base.state, clients: [] },
    ...{ entries: between(entries), ticks: between(ticks), requests: [] as RequestRecord[] },
    score: { requests: 0, retried: 0, lost: 0, moved: 0, p99: null, incidents: [] },
    ...{ outcomes: [], observed: null, gaps: [] },
  };
  return createReplay(until).at(time).snapshot;
}

/** Where the clients were: all of them as last written before, those that changed since, and the journal's moves. */
function clientsAt(records: readonly HistoryRecord[], entries: readonly JournalEntry[], time: number): Run['clients'] {
  const lists = records.flatMap((record) => ('clients' in record ? [record] : []));
  const before = lists.filter(({ at }) => at <= time);
  const used =
    before.length > 0
      ? before.slice(
          Math.max(
            0,
            before.findLastIndex(({ whole }) => whole),
          ),
        )
      : lists.slice(0, 1);
  const places = new Map<string, Run['clients'][number]>();
  const put = (place: Run['clients'][number]): void => {
    const key = JSON.stringify([place.pool, place.key]);
    // Again at the end: the newest are the last.
    places.delete(key);
    places.set(key, place);
  };
  const listedAt = used.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  for (const { clients } of used) for (const [pool, node, keys] of clients) for (const key of keys) put({ pool, key, node });
  for (const { kind, pool = '', client = '', to = '', time: at } of entries) {
    if (at <= listedAt || at > time) continue;
    if (kind === 'client.moved') put({ pool, key: client, node: to });
    else if (kind === 'client.released') places.delete(JSON.stringify([pool, client]));
  }
  return [...places.values()].slice(-maxClients);
}
