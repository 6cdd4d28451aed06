import type { NodeMode } from '../model/config.ts';
import { injectedFaultWords } from '../model/fault-words.ts';
import type { TrafficTick } from '../model/metrics.ts';
import type { Run } from '../model/run.ts';
import type { EngineSnapshot, ListenerState, NodeState, ObservedState, PoolState } from '../model/state.ts';
import { nodeKey } from './patch.ts';
import { structureOf } from './run-structure.ts';

/** Where a client was, as far as the run knows. Times are milliseconds since the epoch. */
export interface ReplayPlace {
  pool: string;
  key: string;
  node: string;
  /** When it came to this node; null: before the run began. */
  since: number | null;
  /** How often its node changed since the run began. */
  moves: number;
  pinned: boolean;
}

/** What was, at one moment of a run. */
export interface ReplayFrame {
  time: number;
  /** As the engine would have told it then; what the run does not hold (the single checks, say) is null. */
  snapshot: EngineSnapshot;
  /** The newest tick until then; null before the first. */
  tick: TrafficTick | null;
  /** The same array as in the frame before when no client came, went or moved in between. */
  clients: readonly ReplayPlace[];
  /** How many of the run's entries and ticks had happened. */
  entries: number;
  ticks: number;
  /** The stretch nobody recorded this moment lies in. */
  gap: { from: number; to: number } | null;
}

/** From `time` on a node was seen in `state`, and why. */
export interface StateStep {
  time: number;
  /** When it came into this state: earlier than `time` where only the reason is another. */
  since: number;
  state: ObservedState;
  reason: string;
}

export interface ModeStep {
  time: number;
  mode: NodeMode;
}

/** From `time` on the engine made up a fault for a node, in words; null: none. */
export interface FaultStep {
  time: number;
  fault: string | null;
}

/** A node's whole run, in order; the first step of each holds from the run's beginning on. */
export interface NodeTrack {
  pool: string;
  node: string;
  label: string;
  states: readonly StateStep[];
  modes: readonly ModeStep[];
  faults: readonly FaultStep[];
}

export interface Replay {
  run: Run;
  /** By `nodeKey(pool, node)`, in the pools' order. */
  tracks: ReadonlyMap<string, NodeTrack>;
  /** The frame at a time; before the run it is its start, after it its end. */
  at(time: number): ReplayFrame;
  /** How many entries (ticks) had happened until `time`, that moment included. */
  entriesUntil(time: number): number;
  ticksUntil(time: number): number;
}

/** How many of `count` things in order of time happened until `time`, that moment included. */
export function countUntil(count: number, timeOf: (i: number) => number, time: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(middle) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sums are kept for every so many ticks; what lies between is added up when it is asked for. */
const sumsEvery = 64;

interface Counts {
  requests: number;
  errors: number;
  retried: number;
  bytesIn: number;
  bytesOut: number;
}
type Sums = Map<string, Counts>;

const listenerKey = (id: string) => `listener ${id}`;

interface ListenerStep {
  time: number;
  state: ListenerState['state'];
  reason: string;
}

interface PlaceStep {
  /** Which of the entries about clients it came by; -1: it was there at the start. */
  nth: number;
  /** null: forgotten from here on. */
  place: ReplayPlace | null;
}

/** What the checks must have said when only the new state is known. */
function inferredReason(from: ObservedState | undefined, to: ObservedState): string {
  if (to === 'checking')
    return from === 'down' ? 'A check passed, not yet enough to call it up' : 'A check failed, not yet enough to call it down';
  if (to === 'up') return from === 'checking' ? 'Its checks pass again' : 'Its checks pass';
  return 'Its checks fail';
}

/** Nodes that would take a new client: what accepts and is not down, or the backups when there is none. */
function available(nodes: readonly NodeState[]): number {
  const live = nodes.filter((node) => node.state !== 'down');
  const accepting = live.filter((node) => node.mode === 'accept').length;
  return accepting > 0 ? accepting : live.filter((node) => node.mode === 'backup').length;
}

function bareNode(id: string, state: ObservedState, since: number): NodeState {
  return {
    ...{ id, label: id, address: '', weight: 100, mode: 'accept', state, reason: inferredReason(undefined, state), since },
    ...{ lastCheck: null, streak: 0, nextCheckAt: null, connections: 0, requests: 0, errors: 0, retried: 0 },
    ...{ bytesIn: 0, bytesOut: 0, stickyClients: 0, drain: null, fault: null },
  };
}

/** The pools as the run knows them; what only its ticks name has no more than its id. */
function allPools(run: Run): PoolState[] {
  const pools = structureOf(run).pools.map((pool) => ({ ...pool, nodes: [...pool.nodes] }));
  const known = new Set(pools.flatMap((pool) => pool.nodes.map((node) => nodeKey(pool.id, node.id))));
  for (const tick of run.ticks) {
    for (const { pool: poolId, node, state } of tick.nodes) {
      const key = nodeKey(poolId, node);
      if (known.has(key)) continue;
      known.add(key);
      let pool = pools.find((one) => one.id === poolId);
      if (!pool) {
        pool = { id: poolId, name: poolId, algorithm: 'roundrobin', stickiness: 'none', available: 0, nodes: [] };
        pools.push(pool);
      }
      pool.nodes.push(bareNode(node, state, tick.time));
    }
  }
  return pools;
}

/** Follows every node through entries and ticks. A tick at the same moment is read first: an entry is never undone by it. */
function trackNodes(run: Run, pools: readonly PoolState[]): Map<string, NodeTrack> {
  const tracks = new Map<string, NodeTrack & { states: StateStep[]; modes: ModeStep[]; faults: FaultStep[] }>();
  for (const pool of pools) {
    for (const node of pool.nodes) {
      tracks.set(nodeKey(pool.id, node.id), {
        ...{ pool: pool.id, node: node.id, label: node.label },
        states: [{ time: node.since, since: node.since, state: node.state, reason: node.reason }],
        modes: [{ time: run.startedAt, mode: node.mode }],
        faults: [{ time: run.startedAt, fault: node.fault }],
      });
    }
  }
  const step = (states: StateStep[], time: number, state: ObservedState, reason: string | undefined) => {
    const last = states.at(-1)!;
    const since = last.state === state ? last.since : time;
    states.push({ time, since, state, reason: reason ?? inferredReason(last.state, state) });
  };
  let next = 0;
  const readEntries = (before: number) => {
    for (; next < run.entries.length && run.entries[next]!.time < before; next++) {
      const entry = run.entries[next]!;
      // What is made up ends with the program that made it up.
      if (entry.kind === 'engine.started') for (const { faults } of tracks.values()) faults.push({ time: entry.time, fault: null });
      const track = tracks.get(nodeKey(entry.pool ?? '', entry.node ?? ''));
      if (!track) continue;
      if (entry.kind === 'node.down' || entry.kind === 'node.up') {
        step(track.states, entry.time, entry.kind === 'node.down' ? 'down' : 'up', entry.reason);
      } else if (entry.kind === 'node.check' && entry.check) {
        // A failing streak makes a node that is up `checking` at once. A pass alone brings none back: the ticks tell what it is then.
        const { state } = track.states.at(-1)!;
        if (!entry.check.ok && state !== 'down') step(track.states, entry.time, 'checking', entry.reason);
      } else if (entry.kind === 'node.mode') track.modes.push({ time: entry.time, mode: entry.to as NodeMode });
      else if (entry.injected && (entry.kind === 'lab.fault' || entry.kind === 'lab.healed'))
        track.faults.push({ time: entry.time, fault: entry.kind === 'lab.fault' && entry.fault ? injectedFaultWords(entry.fault) : null });
    }
  };
  for (const tick of run.ticks) {
    readEntries(tick.time);
    for (const { pool, node, state } of tick.nodes) {
      const { states } = tracks.get(nodeKey(pool, node))!;
      const last = states.at(-1)!;
      if (last.state !== state) step(states, Math.max(tick.time, last.time), state, undefined);
    }
  }
  readEntries(Number.POSITIVE_INFINITY);
  return tracks;
}

function trackListeners(run: Run, listeners: readonly ListenerState[]): Map<string, ListenerStep[]> {
  const tracks = new Map(listeners.map((l) => [l.id, [{ time: l.since, state: l.state, reason: l.reason }] as ListenerStep[]]));
  for (const { kind, listener, time, reason = '' } of run.entries) {
    const steps = tracks.get(listener ?? '');
    if (!steps) continue;
    if (kind === 'listener.up') steps.push({ time, state: 'up', reason: '' });
    else if (kind === 'listener.error') steps.push({ time, state: 'error', reason });
    else if (kind === 'listener.down') steps.push({ time, state: 'disabled', reason });
  }
  return tracks;
}

/** Follows every client; one that the run hears of only when it moves is there from then on. */
function trackClients(run: Run): { tracks: Map<string, PlaceStep[]>; times: number[] } {
  const tracks = new Map<string, PlaceStep[]>();
  const times: number[] = [];
  for (const { pool, key, node } of run.clients)
    tracks.set(nodeKey(pool, key), [{ nth: -1, place: { pool, key, node, since: null, moves: 0, pinned: false } }]);
  const about = new Set<string>(['client.moved', 'client.pinned', 'client.unpinned', 'client.released']);
  for (const { kind, pool, client: key, to, time } of run.entries) {
    if (!about.has(kind) || pool === undefined || key === undefined) continue;
    const nth = times.push(time) - 1;
    const id = nodeKey(pool, key);
    const steps = tracks.get(id) ?? [];
    const before = steps.at(-1)?.place ?? null;
    if (kind === 'client.released') steps.push({ nth, place: null });
    else if (kind === 'client.moved') {
      if (to === undefined) continue;
      steps.push({ nth, place: { pool, key, node: to, since: time, moves: (before?.moves ?? 0) + 1, pinned: before?.pinned ?? false } });
    }
    // A pin moves nobody: the client's next request does, and that is told as a move.
    else if (before) steps.push({ nth, place: { ...before, pinned: kind === 'client.pinned' } });
    tracks.set(id, steps);
  }
  return { tracks, times };
}

const nothing: Counts = { requests: 0, errors: 0, retried: 0, bytesIn: 0, bytesOut: 0 };

function addTo(sums: Sums, key: string, more: Counts): void {
  const sum = sums.get(key) ?? nothing;
  sums.set(key, {
    requests: sum.requests + more.requests,
    errors: sum.errors + more.errors,
    retried: sum.retried + more.retried,
    bytesIn: sum.bytesIn + more.bytesIn,
    bytesOut: sum.bytesOut + more.bytesOut,
  });
}

function addTick(sums: Sums, tick: TrafficTick, epochBefore: number): void {
  // A new engine thread counts from nothing.
  if (tick.epoch !== epochBefore) sums.clear();
  for (const listener of tick.listeners) addTo(sums, listenerKey(listener.id), listener);
  for (const node of tick.nodes) addTo(sums, nodeKey(node.pool, node.node), node);
}

/** Reads a run once, so that any moment of it can be shown at once: forwards, backwards or by a jump, always the same. */
export function createReplay(run: Run): Replay {
  const { entries, ticks } = run;
  const { listeners: allListeners } = structureOf(run);
  const pools = allPools(run);
  const tracks = trackNodes(run, pools);
  const listenerTracks = trackListeners(run, allListeners);
  const clients = trackClients(run);
  const epochAt = (count: number) => (count === 0 ? run.start.epoch : ticks[count - 1]!.epoch);

  const listenersThere = new Set(run.start.listeners.map(({ id }) => id));
  const there = new Set(run.start.pools.flatMap((pool) => pool.nodes.map((node) => nodeKey(pool.id, node.id))));
  const first: Sums = new Map();
  for (const listener of run.start.listeners) addTo(first, listenerKey(listener.id), listener);
  for (const pool of run.start.pools) for (const node of pool.nodes) addTo(first, nodeKey(pool.id, node.id), node);
  const kept: Sums[] = [new Map(first)];
  const running = new Map(first);
  ticks.forEach((tick, i) => {
    addTick(running, tick, epochAt(i));
    if ((i + 1) % sumsEvery === 0) kept.push(new Map(running));
  });

  const sumsAt = (count: number): Sums => {
    const from = Math.floor(count / sumsEvery);
    const sums = new Map(kept[from]);
    for (let i = from * sumsEvery; i < count; i++) addTick(sums, ticks[i]!, epochAt(i));
    return sums;
  };

  const entriesUntil = (time: number) => countUntil(entries.length, (i) => entries[i]!.time, time);
  const ticksUntil = (time: number) => countUntil(ticks.length, (i) => ticks[i]!.time, time);
  const stepAt = <T extends { time: number }>(steps: readonly T[], time: number): T =>
    steps[Math.max(0, countUntil(steps.length, (i) => steps[i]!.time, time) - 1)]!;

  const restarts = entries.filter((entry) => entry.kind === 'engine.restarted' || entry.kind === 'engine.started');
  let places: { until: number; list: readonly ReplayPlace[] } | undefined;
  const placesAt = (time: number): readonly ReplayPlace[] => {
    const until = countUntil(clients.times.length, (i) => clients.times[i]!, time);
    if (places?.until === until) return places.list;
    const list: ReplayPlace[] = [];
    for (const steps of clients.tracks.values()) {
      const step = steps[countUntil(steps.length, (i) => steps[i]!.nth, until - 1) - 1];
      if (step?.place) list.push(step.place);
    }
    places = { until, list };
    return list;
  };

  const at = (wanted: number): ReplayFrame => {
    const time = Math.min(run.endedAt, Math.max(run.startedAt, wanted));
    const ticksSeen = ticksUntil(time);
    const tick = ticks[ticksSeen - 1] ?? null;
    const sums = sumsAt(ticksSeen);
    const listenersNow = new Map(tick?.listeners.map((listener) => [listener.id, listener]));
    const nodesNow = new Map(tick?.nodes.map((node) => [nodeKey(node.pool, node.node), node]));
    const shownPools = pools.flatMap((pool): PoolState[] => {
      const nodes = pool.nodes.flatMap((node): NodeState[] => {
        const key = nodeKey(pool.id, node.id);
        const counted = nodesNow.get(key);
        // Ticks name every node there is: one they leave out had been taken away, or was not there yet.
        if (tick ? !counted : !there.has(key)) return [];
        const track = tracks.get(key)!;
        const seen = stepAt(track.states, time);
        const mode = stepAt(track.modes, time);
        const atStart = time === run.startedAt;
        return [
          {
            ...node,
            ...(sums.get(key) ?? nothing),
            ...{ mode: mode.mode, state: seen.state, reason: seen.reason, since: seen.since },
            // Single checks are not recorded: the start's is known, later ones are not.
            lastCheck: atStart ? node.lastCheck : null,
            streak: atStart ? node.streak : 0,
            nextCheckAt: null,
            connections: counted?.connections ?? node.connections,
            stickyClients: counted?.stickyClients ?? node.stickyClients,
            fault: stepAt(track.faults, time).fault,
            drain: mode === track.modes[0] ? node.drain : null,
          },
        ];
      });
      if (nodes.length === 0 && pool.nodes.length > 0) return [];
      return [{ ...pool, nodes, available: available(nodes) }];
    });
    const listeners = allListeners.flatMap((listener): ListenerState[] => {
      const counted = listenersNow.get(listener.id);
      // As with nodes; those that were there from the start stay, since one that is disabled has no ticks.
      if (!counted && !listenersThere.has(listener.id)) return [];
      const { state, reason, time: since } = stepAt(listenerTracks.get(listener.id)!, time);
      const sum = sums.get(listenerKey(listener.id)) ?? nothing;
      return [{ ...listener, ...sum, state, reason, since, connections: counted?.connections ?? listener.connections }];
    });
    const startedAt = restarts[countUntil(restarts.length, (i) => restarts[i]!.time, time) - 1]?.time ?? run.start.startedAt;
    return {
      time,
      snapshot: { epoch: epochAt(ticksSeen), seq: run.start.seq + ticksSeen, startedAt, listeners, pools: shownPools },
      tick,
      clients: placesAt(time),
      entries: entriesUntil(time),
      ticks: ticksSeen,
      gap: run.gaps.find((gap) => time >= gap.from && time < gap.to) ?? null,
    };
  };

  return { run, tracks, at, entriesUntil, ticksUntil };
}

const replays = new WeakMap<Run, Replay>();

/** The replay of a run; read once and kept as long as the run is. */
export function replayOf(run: Run): Replay {
  let replay = replays.get(run);
  if (!replay) replays.set(run, (replay = createReplay(run)));
  return replay;
}

/** What was at `time` (milliseconds since the epoch) of a run; before it its start, after it its end. */
export const replayAt = (run: Run, time: number): ReplayFrame => replayOf(run).at(time);
