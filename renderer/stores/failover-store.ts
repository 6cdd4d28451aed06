import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { TrafficTick } from '../../shared/model/metrics.ts';
import { nodeKey } from '../../shared/state/patch.ts';
import { type EffectiveState, effectiveState } from '../ui/effective-state.ts';
import type { CheckHistory } from './check-history.ts';
import type { EngineStore } from './engine-store.ts';
import type { JournalStore } from './journal-store.ts';
import type { TrafficStore } from './traffic-store.ts';

/** One node that went down while this window was open, and what is known of it for certain. Times: ms since the epoch. */
export interface Failover {
  /** `nodeKey(pool, node)`. */
  key: string;
  pool: string;
  node: string;
  label: string;
  /** As the journal says it. */
  reason: string;
  /**
   * The first failure after the last good check: a check that failed (its start) or a request that failed on the node (when
   * its client was sent elsewhere, else the start of its tenth of a second). null: this window saw none, so how long it took to notice is not known.
   */
  firstAt: number | null;
  firstBy: 'check' | 'request' | null;
  /** When the Lab, or a fault made up for it, broke it: everything is then counted from there. Missing or null: not known. */
  faultAt?: number | null;
  downAt: number;
  /** null while it is down. */
  upAt: number | null;
  /** Clients that were on it and went to another node between the first failure and its return, each counted once. */
  moved: number;
  movedTo: ReadonlyMap<string, number>;
  lastMovedAt: number | null;
  /** Requests that failed on this node in that time; those that may be repeated were tried on another. */
  failed: number;
  /** Of those, how many were then tried on another node. */
  retried: number;
  /** What clients of the pool's listeners got in that time that was not their fault: 5xx, cut answers. From whichever node. */
  lost: number;
}

/** From `at` on a node was in `state`. */
export interface StateChange {
  at: number;
  state: EffectiveState;
}

/** How long it took to notice, in seconds: "1.6", from the fault where that is known; null when no first sign was seen. */
export function noticedIn({ faultAt, firstAt, downAt }: Pick<Failover, 'faultAt' | 'firstAt' | 'downAt'>): string | null {
  const from = faultAt ?? firstAt;
  if (from === null) return null;
  const ms = Math.max(0, downAt - from);
  if (ms < 100) return '< 0.1';
  return ms < 9_950 ? (ms / 1_000).toFixed(1) : String(Math.round(ms / 1_000));
}

export interface FailoverView {
  /** The newest that has not been closed; null: none. */
  current: Failover | null;
}

export interface FailoverStore {
  store: StoreApi<FailoverView>;
  /** A node's states as this window saw them, oldest first, by `nodeKey(pool, node)`. */
  statesOf(key: string): readonly StateChange[];
  /** Closes it by hand. */
  close(key: string): void;
  start(): () => void;
}

/** A failover closes by itself this long after the node is back. Milliseconds. */
export const closeMs = 30_000;
/** Errors and states are remembered this long. Milliseconds. */
const rememberMs = 120_000;
/** Without a check before it, a failed request counts as the first sign only if it is no older than this. Milliseconds. */
const signMs = 10_000;
/** The first sign may arrive this long after the journal's word. Milliseconds. */
const signLateMs = 2_000;
const publishMs = 250;
const statesKept = 40;

interface Watched {
  seen: Failover;
  clients: Set<string>;
}

/** Watches journal, counters and states for what a failover did. Only what was seen is said. */
export function createFailoverStore(
  engine: EngineStore,
  journal: JournalStore,
  traffic: TrafficStore,
  checks: CheckHistory,
): FailoverStore {
  const store = createStore<FailoverView>(() => ({ current: null }));
  const watched = new Map<string, Watched>();
  const states = new Map<string, StateChange[]>();
  /** Errors of nodes and listeners in the last minutes, oldest first. */
  let errors: { start: number; end: number; of: string; count: number }[] = [];
  let publishing: ReturnType<typeof setTimeout> | undefined;

  const nodeErrors = (key: string) => `node ${key}`;
  const nodeRetries = (key: string) => `retried ${key}`;
  const listenerErrors = (id: string) => `listener ${id}`;
  const now = () => traffic.view().time || Date.now();

  const publish = () => {
    publishing = undefined;
    const newest = [...watched.values()].reduce<Failover | null>((a, { seen }) => (a === null || seen.downAt > a.downAt ? seen : a), null);
    if (store.getState().current !== newest) store.setState({ current: newest });
  };
  const changed = (one: Watched, change: Partial<Failover>) => {
    one.seen = { ...one.seen, ...change };
    publishing ??= setTimeout(publish, publishMs);
  };

  const listenersOf = (pool: string) => engine.store.getState().listeners.filter((listener) => listener.pool === pool);

  const firstSign = (key: string, downAt: number): Pick<Failover, 'firstAt' | 'firstBy'> => {
    const history = checks.of(key).filter((check) => check.time <= downAt);
    const lastGood = history.findLast((check) => check.ok)?.time ?? downAt - signMs;
    const check = history.find((c) => !c.ok && c.time > lastGood)?.time;
    const error = errors.find((e) => e.of === nodeErrors(key) && e.end > lastGood && e.start <= downAt);
    // A client that is sent elsewhere because the node did not answer is told of to the millisecond; counters are not.
    const sentOn = journal.store
      .getState()
      .entries.find(
        (e) =>
          e.kind === 'client.moved' &&
          nodeKey(e.pool ?? '', e.from ?? '') === key &&
          e.time > lastGood &&
          e.time <= downAt &&
          e.reason?.endsWith('did not answer') === true,
      )?.time;
    const request = sentOn !== undefined && (error === undefined || sentOn <= error.end) ? sentOn : error?.start;
    if (check !== undefined && (request === undefined || check <= request)) return { firstAt: check, firstBy: 'check' };
    if (request !== undefined) return { firstAt: request, firstBy: 'request' };
    return { firstAt: null, firstBy: null };
  };

  /** When it was broken on purpose, since it was last up: the definition of the scorecard (docs/scorecard.md). */
  const faultBefore = (pool: string, node: string, downAt: number, firstAt: number | null): number | null => {
    const about = journal.store.getState().entries.filter((e) => e.pool === pool && e.node === node && e.time <= downAt);
    const servedSince = about.findLast((e) => e.kind === 'node.up')?.time ?? Number.NEGATIVE_INFINITY;
    const fault = about.findLast((e) => e.kind === 'lab.fault' && e.fault !== null && e.time >= servedSince)?.time;
    if (fault === undefined) return null;
    // One that had ended when the node failed first is not what took it down.
    const healed = about.find((e) => e.kind === 'lab.healed' && e.time >= fault)?.time;
    return healed === undefined || (firstAt !== null && firstAt <= healed) ? fault : null;
  };

  /** What was counted before the journal called it down. */
  const countBack = (one: Watched) => {
    const { key, pool, downAt, firstAt, faultAt } = one.seen;
    const from = faultAt ?? firstAt ?? downAt;
    const sum = (of: string) => errors.reduce((n, e) => (e.of === of && e.end >= from ? n + e.count : n), 0);
    const lost = listenersOf(pool).reduce((n, listener) => n + sum(listenerErrors(listener.id)), 0);
    changed(one, { failed: sum(nodeErrors(key)), retried: sum(nodeRetries(key)), lost });
    for (const entry of journal.store.getState().entries) addMove(one, entry);
  };

  const addMove = (one: Watched, { kind, pool, client, from, to, time }: JournalEntry) => {
    const { seen, clients } = one;
    if (kind !== 'client.moved' || pool !== seen.pool || from !== seen.node || to === undefined || client === undefined) return;
    if (seen.upAt !== null || time < (seen.faultAt ?? seen.firstAt ?? seen.downAt) || clients.has(client)) return;
    clients.add(client);
    const movedTo = new Map(seen.movedTo).set(to, (seen.movedTo.get(to) ?? 0) + 1);
    changed(one, { moved: clients.size, movedTo, lastMovedAt: Math.max(time, seen.lastMovedAt ?? 0) });
  };

  /** The check or the counters that show what came first may arrive after the journal's word. */
  const lookAgain = (one: Watched) => {
    const sign = firstSign(one.seen.key, one.seen.downAt);
    if (sign.firstAt === null) return;
    changed(one, sign);
    countBack(one);
  };

  const onEntry = (entry: JournalEntry) => {
    const { kind, pool = '', node = '' } = entry;
    const key = nodeKey(pool, node);
    if (kind === 'node.down') {
      const label =
        engine.store
          .getState()
          .pools.find((p) => p.id === pool)
          ?.nodes.find((n) => n.id === node)?.label ?? node;
      const first = firstSign(key, entry.time);
      const one: Watched = {
        clients: new Set(),
        seen: {
          ...{ key, pool, node, label, reason: entry.reason ?? '', downAt: entry.time, upAt: null },
          ...{ moved: 0, movedTo: new Map(), lastMovedAt: null, failed: 0, retried: 0, lost: 0 },
          ...first,
          faultAt: faultBefore(pool, node, entry.time, first.firstAt),
        },
      };
      watched.set(key, one);
      countBack(one);
    } else if (kind === 'node.up') {
      const one = watched.get(key);
      if (one && one.seen.upAt === null) changed(one, { upAt: entry.time });
    } else if (kind === 'client.moved') for (const one of watched.values()) addMove(one, entry);
  };

  const onTick = (tick: TrafficTick) => {
    const fresh: typeof errors = [];
    const span = { start: tick.time - tick.intervalMs, end: tick.time };
    for (const n of tick.nodes) {
      const key = nodeKey(n.pool, n.node);
      if (n.errors > 0) fresh.push({ ...span, of: nodeErrors(key), count: n.errors });
      if (n.retried > 0) fresh.push({ ...span, of: nodeRetries(key), count: n.retried });
    }
    for (const l of tick.listeners) if (l.errors > 0) fresh.push({ ...span, of: listenerErrors(l.id), count: l.errors });
    if (errors.length > 0 && tick.time - errors[0]!.end > rememberMs) errors = errors.filter((e) => tick.time - e.end < rememberMs);
    errors.push(...fresh);
    for (const one of watched.values()) {
      const { seen } = one;
      if (seen.upAt !== null) {
        if (tick.time - seen.upAt > closeMs) close(seen.key);
        continue;
      }
      const own = listenersOf(seen.pool).map((listener) => listenerErrors(listener.id));
      const failed = fresh.reduce((n, e) => (e.of === nodeErrors(seen.key) ? n + e.count : n), 0);
      const retried = fresh.reduce((n, e) => (e.of === nodeRetries(seen.key) ? n + e.count : n), 0);
      const lost = fresh.reduce((n, e) => (own.includes(e.of) ? n + e.count : n), 0);
      if (failed + retried + lost > 0)
        changed(one, { failed: seen.failed + failed, retried: seen.retried + retried, lost: seen.lost + lost });
      if (seen.firstAt === null && tick.time - seen.downAt < signLateMs) lookAgain(one);
    }
  };

  const onState = () => {
    const { pools } = engine.store.getState();
    const there = new Set<string>();
    for (const pool of pools) {
      for (const node of pool.nodes) {
        const key = nodeKey(pool.id, node.id);
        there.add(key);
        const state = effectiveState(node);
        const list = states.get(key) ?? [];
        const last = list.at(-1);
        if (last?.state === state) continue;
        // What the checker sees is dated by the engine; a mode is seen when it arrives.
        const at = !last || node.since > last.at ? node.since : Math.max(now(), last.at);
        states.set(key, [...list, { at, state }].slice(-statesKept));
        // Nobody waits for a node that its owner has set aside.
        if (state === 'rejecting') close(key);
      }
    }
    for (const key of [...states.keys()]) if (!there.has(key)) states.delete(key);
    for (const { seen } of [...watched.values()]) {
      if (!there.has(seen.key)) close(seen.key);
    }
  };

  const close = (key: string) => {
    if (watched.delete(key)) publishing ??= setTimeout(publish, 0);
  };

  const none: StateChange[] = [];
  return {
    store,
    statesOf: (key) => states.get(key) ?? none,
    close,
    start() {
      const ends = [journal.onEntry(onEntry), traffic.onTick(onTick), engine.store.subscribe(onState)];
      return () => {
        clearTimeout(publishing);
        for (const end of ends) end();
      };
    },
  };
}
