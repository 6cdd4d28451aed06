import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EnginePatch, EngineSnapshot, ListenerState, PoolState } from '../../shared/model/state.ts';
import { applyPatch } from '../../shared/state/patch.ts';
import { type Client, errorMessage } from '../bridge/client.ts';
import { onBeat } from '../ui/beat.ts';

export type Connection = 'connecting' | 'live' | 'offline';

export interface EngineView {
  connection: Connection;
  /** Why it is offline, in a sentence; empty otherwise. */
  problem: string;
  /** When the engine thread started; null until the first snapshot. */
  startedAt: number | null;
  epoch: number | null;
  listeners: ListenerState[];
  pools: PoolState[];
}

export interface EngineStore {
  store: StoreApi<EngineView>;
  /** Asks for a snapshot now; whoever waits for the next try by itself need not. */
  refresh(): void;
  start(): () => void;
}

/** What only counts or repeats: shown twice a second. Anything else is shown at once. */
const calmFields = new Set([
  'connections',
  'requests',
  'errors',
  'retried',
  'bytesIn',
  'bytesOut',
  'stickyClients',
  'lastCheck',
  'streak',
  'nextCheckAt',
]);

function isCalm(patch: EnginePatch): boolean {
  if (patch.reset || patch.pools) return false;
  const parts = [...Object.values(patch.listeners ?? {}), ...Object.values(patch.nodes ?? {})];
  // The reason of a node that stays up carries the newest check's numbers.
  return parts.every((part) => Object.keys(part).every((key) => calmFields.has(key) || (key === 'reason' && !('state' in part))));
}

/** Silence after which the engine is asked whether it is still there; it speaks ten times a second. */
const silenceMs = 3_000;
const retryMs = [250, 500, 1_000, 2_000];
/** A snapshot that takes longer counts as no answer. */
const answerMs = 5_000;

function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * The window's mirror of the engine's state. Subscribes first and takes a snapshot then, so that nothing falls between the
 * two; a gap in the sequence or another epoch asks for a new snapshot.
 */
export function createEngineStore(client: Client): EngineStore {
  const store = createStore<EngineView>(() => ({
    connection: 'connecting',
    problem: '',
    startedAt: null,
    epoch: null,
    listeners: [],
    pools: [],
  }));
  let snapshot: EngineSnapshot | undefined;
  /** Patches that came while a snapshot was on its way. */
  let waiting: EnginePatch[] = [];
  let fetching = false;
  let attempt = 0;
  let heardAt = Date.now();
  let retry: ReturnType<typeof setTimeout> | undefined;
  let stopped = true;

  /** There are calm changes that the next beat shows. */
  let calm = false;

  const publish = (next: EngineSnapshot) => {
    snapshot = next;
    calm = false;
    const { startedAt, epoch, listeners, pools } = next;
    store.setState({ connection: 'live', problem: '', startedAt, epoch, listeners, pools });
  };

  const goOffline = (problem: string) => {
    calm = false;
    store.setState({ connection: 'offline', problem });
  };

  const resync = async () => {
    if (fetching || stopped) return;
    fetching = true;
    clearTimeout(retry);
    try {
      let next = await withTimeout(client.request('engine.snapshot', {}), answerMs);
      let stale = false;
      for (const patch of waiting) {
        const applied = applyPatch(next, patch);
        if (applied === 'stale') stale = true;
        else if (applied !== 'old') next = applied;
      }
      waiting = [];
      heardAt = Date.now();
      attempt = 0;
      publish(next);
      // A patch of a later epoch came in between: this snapshot is already history.
      if (stale) retry = setTimeout(() => void resync(), retryMs[0]);
    } catch (error) {
      waiting = [];
      goOffline(errorMessage(error));
      retry = setTimeout(() => void resync(), retryMs[Math.min(attempt++, retryMs.length - 1)]);
    } finally {
      fetching = false;
    }
  };

  const onPatch = (patch: EnginePatch) => {
    heardAt = Date.now();
    if (fetching || !snapshot) {
      waiting.push(patch);
      return;
    }
    const applied = applyPatch(snapshot, patch);
    if (applied === 'stale') void resync();
    else if (applied === 'old') return;
    else if (!isCalm(patch)) publish(applied);
    else {
      snapshot = applied;
      calm = true;
    }
  };

  return {
    store,
    refresh: () => void resync(),
    start() {
      stopped = false;
      const hidden = () => typeof document !== 'undefined' && document.hidden;
      const watchdog = setInterval(() => {
        // Nothing is sent to a hidden window, so its silence means nothing.
        if (!hidden() && Date.now() - heardAt > silenceMs) void resync();
      }, 1_000);
      const onVisible = () => {
        if (!hidden()) void resync();
      };
      if (typeof document !== 'undefined') document.addEventListener('visibilitychange', onVisible);
      const ends = [
        onBeat(() => {
          if (calm) publish(snapshot!);
        }),
        client.subscribe('engine.patch', onPatch),
        client.subscribe('traffic.tick', () => {
          heardAt = Date.now();
        }),
        client.onConnection((connected) => {
          if (connected) void resync();
          else if (snapshot) goOffline('Evenkeel does not answer.');
        }),
      ];
      void resync();
      return () => {
        stopped = true;
        clearInterval(watchdog);
        clearTimeout(retry);
        if (typeof document !== 'undefined') document.removeEventListener('visibilitychange', onVisible);
        for (const end of ends) end();
      };
    },
  };
}
