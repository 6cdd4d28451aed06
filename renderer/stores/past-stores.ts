import { createStore } from 'zustand/vanilla';
import { emptyConfig } from '../../shared/model/config.ts';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { TrafficTick } from '../../shared/model/metrics.ts';
import type { Run } from '../../shared/model/run.ts';
import { countUntil, replayOf } from '../../shared/state/replay.ts';
import type { EngineView } from './engine-store.ts';
import type { FailoverView, StateChange } from './failover-store.ts';
import type { JournalView } from './journal-store.ts';
import type { ModesView } from './mode-changes.ts';
import { modeEffect } from './mode-words.ts';
import { createPastClients, movesBetween } from './past-clients.ts';
import { failoverAt } from './past-failover.ts';
import { replayLock } from './replay-client.ts';
import { effectiveSteps } from './run-events.ts';
import type { Stores } from './stores.ts';
import { emptyTraffic, TrafficRings } from './traffic-rings.ts';
import { createViewStore } from './view-store.ts';

/** Ticks of this long before the moment shown are in the rings. Milliseconds. */
const ringMs = 60_000;
/** Further than this is a jump: nothing travels from there to here. Milliseconds of the run. */
const jumpMs = 5_000;
/** While it plays, what only counts is renewed this often, as it is live. Milliseconds. */
const calmMs = 500;
/** Entries of the journal held. */
const keep = 500;

/** Stores of the past: shaped like the window's own, filled from a run. `start` follows the replay's clock. */
export interface PastStores extends Stores {
  start(): () => void;
}

/**
 * The stores a screen has to stand on to show a run instead of now, without knowing of it. Nothing in them changes anything.
 * @param live the window's own: its clock drives these, its settings and messages stay.
 */
export function createPastStores(live: Stores, run: Run): PastStores {
  const replay = replayOf(run);
  const engine = createStore<EngineView>(() => ({
    ...{ connection: 'live', problem: '', startedAt: run.start.startedAt, epoch: run.start.epoch },
    ...{ listeners: run.start.listeners, pools: run.start.pools },
  }));
  const journal = createStore<JournalView>(() => ({ entries: [], loaded: true }));
  const failovers = createStore<FailoverView>(() => ({ current: null }));
  const modes = createStore<ModesView>(() => ({ pending: new Map(), errors: new Map(), question: null }));
  const rings = new TrafficRings();
  const entryWatchers = new Set<(entry: JournalEntry) => void>();
  const viewWatchers = new Set<() => void>();
  const tickWatchers = new Set<(tick: TrafficTick) => void>();
  const clients = createPastClients(run);
  const steps = new Map([...replay.tracks].map(([key, track]) => [key, effectiveSteps(track)]));
  /** Every moment at which something other than a count changes. */
  const turns = [...new Set([...[...steps.values()].flat().map((step) => step.time), ...run.entries.map((entry) => entry.time)])].sort(
    (a, b) => a - b,
  );
  const turnsUntil = (time: number) => countUntil(turns.length, (i) => turns[i]!, time);
  let view = emptyTraffic;
  let shown: { time: number; entries: number; ticks: number; at: number } | undefined;
  let closed = new Set<string>();

  const show = (time: number, playing: boolean) => {
    const entries = replay.entriesUntil(time);
    const ticks = replay.ticksUntil(time);
    const forwards = shown !== undefined && time >= shown.time && time - shown.time < jumpMs;
    const fresh = forwards ? run.ticks.slice(shown!.ticks, ticks) : [];
    if (forwards) for (const tick of fresh) rings.push(tick);
    else {
      rings.clear();
      let from = ticks;
      while (from > 0 && time - run.ticks[from - 1]!.time < ringMs) from--;
      // At least the newest, however long ago it was: ticks of older history are a minute apart.
      for (const tick of run.ticks.slice(Math.min(from, Math.max(0, ticks - 1)), ticks)) rings.push(tick);
    }
    const calm = playing && forwards && turnsUntil(time) === turnsUntil(shown!.time) && performance.now() - shown!.at < calmMs;
    if (!calm) {
      const frame = replay.at(time);
      const { listeners, pools, startedAt, epoch } = frame.snapshot;
      view = { ...rings.view(), time };
      clients.show(frame, playing && forwards ? movesBetween(run, shown!.entries, entries).map(({ move }) => move) : []);
      engine.setState({ startedAt, epoch, listeners, pools });
      if (entries !== shown?.entries) journal.setState({ entries: run.entries.slice(Math.max(0, entries - keep), entries) });
      const current = failoverAt(run, time);
      if (!forwards) closed = new Set();
      failovers.setState({ current: current && closed.has(current.key) ? null : current });
      for (const watcher of viewWatchers) watcher();
    }
    if (playing && forwards) {
      for (const tick of fresh) for (const watcher of tickWatchers) watcher(tick);
      for (const entry of run.entries.slice(shown!.entries, entries)) for (const watcher of entryWatchers) watcher(entry);
    }
    shown = calm ? { ...shown!, time, ticks } : { time, entries, ticks, at: performance.now() };
  };

  const find = (pool: string, node: string) => {
    const found = engine.getState().pools.find((p) => p.id === pool);
    const one = found?.nodes.find((n) => n.id === node);
    return found && one ? { pool: found, node: one } : undefined;
  };

  return {
    ...live,
    engine: { store: engine, refresh: () => {}, start: () => () => {} },
    config: {
      store: createStore(() => ({ config: emptyConfig, loaded: true, problem: '' })),
      refresh: () => Promise.resolve(),
      start: () => () => {},
    },
    traffic: {
      view: () => view,
      onView(callback) {
        viewWatchers.add(callback);
        return () => viewWatchers.delete(callback);
      },
      onTick(callback) {
        tickWatchers.add(callback);
        return () => tickWatchers.delete(callback);
      },
      node: (key) => rings.node(key),
      listener: (id) => rings.listener(id),
      start: () => () => {},
    },
    journal: {
      store: journal,
      onEntry(callback) {
        entryWatchers.add(callback);
        return () => entryWatchers.delete(callback);
      },
      start: () => () => {},
    },
    // Single checks are not recorded, and what the Lab is doing it is doing now.
    checks: { of: () => [], start: () => () => {} },
    lab: { store: createStore(() => ({ lab: null, problem: '' })), refresh: () => Promise.resolve(), start: () => () => {} },
    view: createViewStore(),
    modes: {
      store: modes,
      set: () => {},
      answer: () => {},
      undo: () => false,
      effect(pool, node, to) {
        const found = find(pool, node);
        return found && to === found.node.mode ? modeEffect(found.pool, found.node, to, 30_000) : replayLock;
      },
    },
    failovers: {
      store: failovers,
      statesOf: (key): StateChange[] =>
        (steps.get(key) ?? [])
          .filter((step) => step.time <= (shown?.time ?? run.startedAt))
          .map(({ time, state }) => ({ at: time, state })),
      close(key) {
        closed.add(key);
        failovers.setState({ current: null });
      },
      start: () => () => {},
    },
    past: { clients, lock: replayLock },
    start() {
      const follow = () => {
        const now = live.replay.store.getState();
        if (now.run === run) show(now.time, now.playing);
      };
      follow();
      return live.replay.store.subscribe((now, before) => {
        if (now.time !== before.time || now.playing !== before.playing) follow();
      });
    },
  };
}
