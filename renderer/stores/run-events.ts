import type { JournalEntry } from '../../shared/model/journal.ts';
import type { RequestRecord } from '../../shared/model/metrics.ts';
import type { Run } from '../../shared/model/run.ts';
import { nodeKey } from '../../shared/state/patch.ts';
import { type NodeTrack, replayOf } from '../../shared/state/replay.ts';
import { structureOf } from '../../shared/state/run-structure.ts';
import { type EffectiveState, effectiveState } from '../ui/effective-state.ts';
import { formatCount } from '../ui/format.ts';

/** Something that happened in a run, as a line of a list tells it. */
export interface RunEvent {
  time: number;
  kind: 'state' | 'change' | 'moves' | 'errors' | 'recovered';
  /** kind recovered: the pool's id. */
  pool?: string;
  /** kind state: what it became. */
  state?: EffectiveState;
  /** What it is about: stands out in the line. */
  subject: string;
  /** The rest of the line: "is down: 2 of 2 checks timed out". */
  words: string;
}

/** From `time` on a node was in `state`, mode and observation together. */
export interface EffectiveStep {
  time: number;
  state: EffectiveState;
  reason: string;
}

/** A node's states and modes as one sequence; steps that change nothing to see are left out. */
export function effectiveSteps(track: NodeTrack): EffectiveStep[] {
  const times = [...new Set([...track.states, ...track.modes].map((step) => step.time))].sort((a, b) => a - b);
  const steps: EffectiveStep[] = [];
  let s = 0;
  let m = 0;
  for (const time of times) {
    while (s + 1 < track.states.length && track.states[s + 1]!.time <= time) s++;
    while (m + 1 < track.modes.length && track.modes[m + 1]!.time <= time) m++;
    const seen = track.states[s]!;
    const { mode } = track.modes[m]!;
    const state = effectiveState({ state: seen.state, mode });
    if (steps.at(-1)?.state !== state)
      steps.push({ time, state, reason: mode === 'accept' || state === 'down' ? seen.reason : `Set to ${mode}` });
  }
  return steps;
}

/** The name of a node of a run; its id where the run knows no name. */
export function nodeNameIn(run: Run): (pool: string, node: string) => string {
  const { tracks } = replayOf(run);
  return (pool, node) => tracks.get(nodeKey(pool, node))?.label ?? node;
}

const plural = (n: number, one: string) => `${formatCount(n)} ${n === 1 ? one : `${one}s`}`;
/** What stands behind a colon begins small, but for what is no word: "HTTP 503". */
const sentence = (text: string | undefined) =>
  text ? `: ${text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()).replace(/\.$/, '')}` : '';

/** A request whose client got no good answer: 5xx other than 501 and 505, or none at all. Otherwise it was retried well. */
export function isLost({ status, node, retries }: Pick<RequestRecord, 'status' | 'node' | 'retries'>): boolean {
  if (status === 0) return node === null || retries === 0;
  return status >= 500 && status !== 501 && status !== 505;
}

/** What a change says, for entries that are changes; undefined for all others. */
export function changeWords(
  entry: JournalEntry,
  name: (pool: string, node: string) => string,
): { subject: string; words: string } | undefined {
  const node = name(entry.pool ?? '', entry.node ?? '');
  switch (entry.kind) {
    case 'node.mode':
      return { subject: node, words: `set from ${entry.from} to ${entry.to}` };
    case 'lab.fault':
    case 'lab.healed':
      return { subject: node, words: faultWords(entry, node) };
    case 'config.applied':
      return { subject: 'Configuration', words: `applied${entry.changed?.length ? `: ${entry.changed.slice(0, 3).join(', ')}` : ''}` };
    case 'listener.up':
      return { subject: entry.listener ?? 'Listener', words: 'open' };
    case 'listener.down':
      return { subject: entry.listener ?? 'Listener', words: `closed${sentence(entry.reason)}` };
    case 'listener.error':
      return { subject: entry.listener ?? 'Listener', words: `not open${sentence(entry.reason)}` };
    case 'engine.started':
      return { subject: 'Engine', words: 'started' };
    case 'engine.restarted':
      return { subject: 'Engine', words: `restarted${sentence(entry.reason)}` };
    default:
      return undefined;
  }
}

/** "was killed in the Lab", from a sentence that may begin with "DEMO:" and the node's own name. */
function faultWords(entry: JournalEntry, node: string): string {
  const ended = entry.kind === 'lab.healed' || entry.fault === null;
  const reason = (entry.reason ?? (ended ? 'its fault ended' : 'a fault began')).replace(/\.$/, '').replace(/^DEMO: /, '');
  const bare = reason.startsWith(`${node} `) ? reason.slice(node.length + 1) : reason;
  return `${bare.charAt(0).toLowerCase()}${bare.slice(1)}${entry.injected ? ' (DEMO)' : ''}`;
}

/** Clients that left a node for others, together. */
export interface Movement {
  time: number;
  end: number;
  pool: string;
  from: string;
  clients: number;
  /** By node id. */
  to: Map<string, number>;
}

/** Moves that follow within this long are one movement. Milliseconds. */
const togetherMs = 1_000;

/** The moves of a run, those from one node that follow each other closely as one. In order. */
export function movementsOf(run: Run): Movement[] {
  const list: Movement[] = [];
  const open = new Map<string, Movement>();
  for (const { kind, pool, from, to, time } of run.entries) {
    if (kind !== 'client.moved' || pool === undefined || from === undefined || to === undefined) continue;
    const key = nodeKey(pool, from);
    let one = open.get(key);
    if (!one || time - one.end > togetherMs) {
      one = { time, end: time, pool, from, clients: 0, to: new Map() };
      open.set(key, one);
      list.push(one);
    }
    one.end = time;
    one.clients++;
    one.to.set(to, (one.to.get(to) ?? 0) + 1);
  }
  return list;
}

/** "7 to api-1, 7 to api-3". */
export function movedToWords(to: ReadonlyMap<string, number>, name: (node: string) => string): string {
  const parts = [...to].map(([node, n]) => `${formatCount(n)} to ${name(node)}`);
  return parts.length > 4 ? `${parts.slice(0, 3).join(', ')} and others` : parts.join(', ');
}

/** What was counted close together, of one pool and, for retries, one node. */
interface FailureCount {
  pool: string;
  /** Where they failed; undefined: they were lost, wherever that was. */
  node: string | undefined;
  from: number;
  to: number;
  count: number;
}

/** Failures as the ticks count them: all of them, where the records are a sample. */
function failureCounts(run: Run): FailureCount[] {
  const poolOf = new Map(structureOf(run).listeners.map((listener) => [listener.id, listener.pool]));
  const open = new Map<string, FailureCount>();
  const list: FailureCount[] = [];
  const add = (tick: Run['ticks'][number], pool: string, node: string | undefined, count: number): void => {
    if (count === 0) return;
    const key = nodeKey(pool, node ?? '');
    let one = open.get(key);
    if (!one || tick.time - tick.intervalMs - one.to > togetherMs) {
      one = { pool, node, from: tick.time - tick.intervalMs, to: tick.time, count: 0 };
      open.set(key, one);
      list.push(one);
    }
    one.to = tick.time;
    one.count += count;
  };
  for (const tick of run.ticks) {
    for (const node of tick.nodes) add(tick, node.pool, node.node, node.retried);
    for (const listener of tick.listeners) add(tick, poolOf.get(listener.id) ?? '', undefined, listener.errors);
  }
  return list;
}

/** When a request was over: that is when it was counted. */
const endOf = (record: RequestRecord): number => record.time + record.durationMs;
/** The counters and a request's own clock may differ by so much. Milliseconds. */
const slackMs = 20;

/** The one thing all are, or undefined. */
function common<T>(values: readonly T[]): T | undefined {
  return values.length > 0 && values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** Requests that failed together, and where. */
function requestEvents(run: Run, name: (pool: string, node: string) => string): RunEvent[] {
  const listeners = structureOf(run).listeners;
  return failureCounts(run).map(({ pool, node, from, to, count }) => {
    const lost = node === undefined;
    const records = run.requests.filter(
      (record) =>
        record.pool === pool &&
        endOf(record) > from - slackMs &&
        record.time <= to + slackMs &&
        (lost ? isLost(record) : record.why.some((one) => one.verdict === 'tried' && one.node === node)),
    );
    const protocols = listeners.filter((listener) => listener.pool === pool).map((listener) => listener.protocol);
    const [first] = records;
    const subject =
      count === 1 && records.length === 1 && first!.method !== ''
        ? `${first!.method} ${first!.path}`
        : plural(count, common(protocols) === 'tcp' ? 'session' : 'request');
    const served = common(records.map((record) => record.node));
    const tried = common(records.map((record) => record.why.find((one) => one.verdict === 'tried')?.node));
    let words: string;
    // Records are a sample: who answered is known where all of them are there.
    const whole = records.length === count;
    if (!lost)
      words = `retried: ${name(pool, node)} failed, ${served && whole ? `${name(pool, served)} answered` : 'tried on another node'}`;
    else if (served && whole) words = `lost, ${count === 1 ? 'was' : 'were'} on ${name(pool, served)}`;
    else if (!whole || served === undefined) words = 'lost';
    else words = tried === undefined ? 'lost, no node took it' : `lost, ${name(pool, tried)} did not answer`;
    // Within the counter's time, as near as a record tells: when it failed, which may be long after it began.
    const failedAt = (record: RequestRecord) =>
      lost ? endOf(record) : record.time + (record.phases?.queuedMs ?? 0) + (record.phases?.triedMs ?? 0);
    const time = Math.min(to, Math.max(from, first ? Math.min(...records.map(failedAt)) : (from + to) / 2));
    return { time, kind: 'errors', subject, words };
  });
}

/** Everything worth a line, in order of time. */
export function eventsOf(run: Run): RunEvent[] {
  const { tracks } = replayOf(run);
  const name = nodeNameIn(run);
  const events: RunEvent[] = [];
  for (const track of tracks.values()) {
    for (const step of effectiveSteps(track).slice(1)) {
      if (step.time < run.startedAt || step.time > run.endedAt) continue;
      const words: Record<EffectiveState, string> = {
        healthy: `is up${sentence(step.reason)}`,
        checking: `is being checked${sentence(step.reason)}`,
        down: `is down${sentence(step.reason)}`,
        draining: 'drains',
        backup: 'is a backup',
        rejecting: 'rejects',
      };
      events.push({ time: step.time, kind: 'state', state: step.state, subject: track.label, words: words[step.state] });
    }
  }
  for (const entry of run.entries) {
    const change = changeWords(entry, name);
    if (change) events.push({ time: entry.time, kind: 'change', ...change });
  }
  for (const { time, pool, from, clients, to } of movementsOf(run)) {
    const on = movedToWords(to, (node) => name(pool, node));
    events.push({
      time,
      kind: 'moves',
      subject: plural(clients, 'client'),
      words: `${clients === 1 ? 'moves' : 'move'} from ${name(pool, from)}: ${on}`,
    });
  }
  events.push(...requestEvents(run, name));
  for (const incident of run.score.incidents) {
    if (incident.recoveredAt === null) continue;
    const pool = structureOf(run).pools.find((one) => one.id === incident.pool);
    events.push({
      time: incident.recoveredAt,
      kind: 'recovered',
      pool: incident.pool,
      subject: pool?.name ?? incident.pool,
      words: `recovered from the failure of ${incident.label}${incident.moved > 0 ? ', last client moved' : ''}`,
    });
  }
  const order: Record<RunEvent['kind'], number> = { change: 0, state: 1, errors: 2, moves: 3, recovered: 4 };
  return events.sort((a, b) => a.time - b.time || order[a.kind] - order[b.kind]);
}

const known = new WeakMap<Run, RunEvent[]>();

/** The events of a run, read once. */
export function runEvents(run: Run): readonly RunEvent[] {
  let events = known.get(run);
  if (!events) known.set(run, (events = eventsOf(run)));
  return events;
}
