import { durationWords, shareWords } from '../model/fault-words.ts';
import type { TrafficTick } from '../model/metrics.ts';
import type { Incident, Run } from '../model/run.ts';
import type { Expectation, Outcome, Scenario } from '../model/scenario.ts';
import type { ObservedState } from '../model/state.ts';
import { LatencySum } from './latency-buckets.ts';

/** The pool every scenario runs on. */
const demoPool = 'demo';

type Judged = Pick<Run, 'startedAt' | 'endedAt' | 'start' | 'entries' | 'ticks' | 'score'>;
type Verdict = Pick<Outcome, 'held' | 'words'>;
type Window = { fromMs?: number | undefined; untilMs?: number | undefined };

/** What came of each of a scenario's expectations, by the run it left. Only the demo's pool and listeners count. */
export function judge(run: Judged, { expect }: Pick<Scenario, 'expect'>): Outcome[] {
  return expect.map((expectation) => ({ expectation, ...judgeOne(run, expectation) }));
}

function judgeOne(run: Judged, expectation: Expectation): Verdict {
  switch (expectation.what) {
    case 'state':
      return judgeState(run, expectation);
    case 'lost':
      return counted(lostIn(run, expectation), { max: expectation.max }, 'requests lost', expectation);
    case 'retried':
      return counted(retriedIn(run, expectation), expectation, 'requests retried', expectation);
    case 'requests':
      return counted(requestsIn(run, expectation), expectation, 'requests', expectation);
    case 'moved': {
      const what = expectation.node === undefined ? 'clients moved' : `clients moved away from ${labelOf(run, expectation.node)}`;
      return counted(movedIn(run, expectation, expectation.node), expectation, what, expectation);
    }
    case 'detect':
      return judgeDetect(run, expectation);
    case 'back':
      return judgeBack(run, expectation);
    case 'p99':
      return judgeP99(run, expectation);
    case 'share':
      return judgeShare(run, expectation);
  }
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((all, item) => all + of(item), 0);

function labelOf(run: Judged, node: string): string {
  return run.start.pools.find((pool) => pool.id === demoPool)?.nodes.find((one) => one.id === node)?.label ?? node;
}

/** " between 5 s and 10 s", or nothing for the whole run. */
function windowWords({ fromMs, untilMs }: Window): string {
  if (fromMs === undefined && untilMs === undefined) return '';
  if (untilMs === undefined) return ` from ${durationWords(fromMs ?? 0)} on`;
  return fromMs === undefined ? ` until ${durationWords(untilMs)}` : ` between ${durationWords(fromMs)} and ${durationWords(untilMs)}`;
}

/** Ticks that ended in the window. */
function ticksIn(run: Judged, { fromMs, untilMs }: Window): TrafficTick[] {
  const from = fromMs === undefined ? -Infinity : run.startedAt + fromMs;
  const until = untilMs === undefined ? Infinity : run.startedAt + untilMs;
  return run.ticks.filter((tick) => tick.time > from && tick.time <= until);
}

function listenersIn(run: Judged, window: Window): TrafficTick['listeners'] {
  const ids = new Set(run.start.listeners.filter((listener) => listener.pool === demoPool).map((listener) => listener.id));
  return ticksIn(run, window).flatMap((tick) => tick.listeners.filter((listener) => ids.has(listener.id)));
}

const lostIn = (run: Judged, window: Window) => sum(listenersIn(run, window), (listener) => listener.errors);
const retriedIn = (run: Judged, window: Window) => sum(listenersIn(run, window), (listener) => listener.retried);
const requestsIn = (run: Judged, window: Window) => sum(listenersIn(run, window), (listener) => listener.requests);

function movedIn(run: Judged, { fromMs = 0, untilMs = Infinity }: Window, node: string | undefined): number {
  const moved = run.entries.filter(
    (entry) =>
      entry.kind === 'client.moved' &&
      entry.pool === demoPool &&
      (node === undefined || entry.from === node) &&
      entry.time >= run.startedAt + fromMs &&
      entry.time <= run.startedAt + untilMs,
  );
  return new Set(moved.map((entry) => entry.client)).size;
}

const number = (value: number): string => value.toLocaleString('en-US');

function boundWords(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return min === max ? number(min) : `${number(min)} to ${number(max)}`;
  if (max !== undefined) return max === 0 ? 'no' : `at most ${number(max)}`;
  return min === undefined ? 'any' : `at least ${number(min)}`;
}

/** "no requests lost: 0", "at least 5 clients moved away from api-2 between 5 s and 10 s: 8". */
function counted(
  seen: number,
  { min, max }: { min?: number | undefined; max?: number | undefined },
  what: string,
  window: Window,
): Verdict {
  const held = (min === undefined || seen >= min) && (max === undefined || seen <= max);
  return { held, words: `${boundWords(min, max)} ${what}${windowWords(window)}: ${number(seen)}` };
}

interface StateChange {
  time: number;
  state: ObservedState;
}

/** A node's states in the run, oldest first: downs and ups as the journal dates them, what lies between as the ticks saw it. */
function statesOf(run: Judged, node: string): StateChange[] {
  const atStart = run.start.pools.find((pool) => pool.id === demoPool)?.nodes.find((one) => one.id === node)?.state;
  const fromEntries = run.entries.flatMap((entry): StateChange[] => {
    if (entry.pool !== demoPool || entry.node !== node) return [];
    if (entry.kind === 'node.down') return [{ time: entry.time, state: 'down' }];
    return entry.kind === 'node.up' ? [{ time: entry.time, state: 'up' }] : [];
  });
  const fromTicks = run.ticks.flatMap((tick): StateChange[] => {
    const state = tick.nodes.find((one) => one.pool === demoPool && one.node === node)?.state;
    return state ? [{ time: tick.time, state }] : [];
  });
  // Ticks first: one of the same millisecond may have been taken before what the journal says.
  const all = [...fromTicks, ...fromEntries].sort((a, b) => a.time - b.time);
  if (atStart) all.unshift({ time: run.startedAt, state: atStart });
  return all.filter((change, i) => change.state !== all[i - 1]?.state);
}

function judgeState(run: Judged, { node, state, atMs, withinMs }: Expectation & { what: 'state' }): Verdict {
  const wanted = `${labelOf(run, node)} ${state} within ${durationWords(withinMs)} of ${durationWords(atMs)}`;
  const from = run.startedAt + atMs;
  const until = from + withinMs;
  const states = statesOf(run, node);
  const already = states.findLast((change) => change.time <= from);
  if (already?.state === state) return { held: true, words: `${wanted}: it was so already` };
  const then = states.find((change) => change.state === state && change.time >= from);
  if (then && then.time <= until) return { held: true, words: `${wanted}: after ${durationWords(then.time - from)}` };
  if (then) return { held: false, words: `${wanted}: only after ${durationWords(then.time - from)}` };
  const instead = states.findLast((change) => change.time <= until)?.state;
  return { held: false, words: `${wanted}: it was not${instead ? `, but ${instead}` : ''}` };
}

const incidentOf = (run: Judged, node: string): Incident | undefined =>
  run.score.incidents.find((incident) => incident.pool === demoPool && incident.node === node);

function judgeDetect(run: Judged, { node, maxMs }: Expectation & { what: 'detect' }): Verdict {
  const wanted = `${labelOf(run, node)}’s failure detected within ${durationWords(maxMs)}`;
  const incident = incidentOf(run, node);
  if (!incident) return { held: false, words: `${wanted}: it never went down` };
  const { detectMs, detectFrom } = incident;
  if (detectMs === null) return { held: false, words: `${wanted}: it went down, but nothing tells when it failed first` };
  const since = detectFrom === 'fault' ? 'the fault' : 'the first failure';
  return { held: detectMs <= maxMs, words: `${wanted}: ${durationWords(detectMs)} after ${since}` };
}

function judgeBack(run: Judged, { node, maxMs }: Expectation & { what: 'back' }): Verdict {
  const wanted = `${labelOf(run, node)} serves again within ${durationWords(maxMs)} of the fault’s end`;
  const incident = incidentOf(run, node);
  if (!incident) return { held: false, words: `${wanted}: it never went down` };
  const { backMs, backFrom } = incident;
  if (backMs === null) return { held: false, words: `${wanted}: it did not come back` };
  if (backFrom !== 'heal') return { held: false, words: `${wanted}: its fault did not end before it came back` };
  return { held: backMs <= maxMs, words: `${wanted}: after ${durationWords(backMs)}` };
}

function judgeP99(run: Judged, expectation: Expectation & { what: 'p99' }): Verdict {
  const wanted = `99 of 100 answers within ${durationWords(expectation.maxMs)}${windowWords(expectation)}`;
  const latency = new LatencySum();
  for (const listener of listenersIn(run, expectation)) latency.add(listener.latency ?? []);
  const p99 = latency.quantile(0.99);
  if (p99 === null) return { held: false, words: `${wanted}: nothing was answered` };
  return { held: p99 <= expectation.maxMs, words: `${wanted}: ${durationWords(p99)}` };
}

function judgeShare(run: Judged, expectation: Expectation & { what: 'share' }): Verdict {
  const { node, min, max } = expectation;
  const bounds = min === max ? shareWords(min) : `${shareWords(min)} to ${shareWords(max)}`;
  const wanted = `${labelOf(run, node)} takes ${bounds} of the requests${windowWords(expectation)}`;
  const nodes = ticksIn(run, expectation).flatMap((tick) => tick.nodes.filter((one) => one.pool === demoPool));
  const all = sum(nodes, (one) => one.requests);
  if (all === 0) return { held: false, words: `${wanted}: there were none` };
  const share =
    sum(
      nodes.filter((one) => one.node === node),
      (one) => one.requests,
    ) / all;
  return { held: share >= min && share <= max, words: `${wanted}: ${shareWords(share)}` };
}
