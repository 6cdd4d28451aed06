import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Run, RunSummary } from '../../shared/model/run.ts';
import { type Client, errorMessage } from '../bridge/client.ts';
import { runEvents } from './run-events.ts';
import type { TrafficStore } from './traffic-store.ts';

/** Where a run comes from. Times are milliseconds since the epoch. */
export type RunSource =
  /** What was recorded in the last `ms`, followed until a moment of it is chosen. */
  | { kind: 'last'; ms: number }
  | { kind: 'range'; from: number; to: number }
  | { kind: 'run'; id: string }
  /** Opened from a file; kept as long as the window is. */
  | { kind: 'file'; id: string };

export const speeds = [0.25, 0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof speeds)[number];

export interface ReplayView {
  source: RunSource;
  /** null until something was read. */
  run: Run | null;
  loading: boolean;
  /** Why nothing could be read, in a sentence; empty when it could. */
  problem: string;
  /** The right edge is now, and nothing of the past is being shown as if it were now. */
  following: boolean;
  /** The moment shown. */
  time: number;
  playing: boolean;
  speed: Speed;
  /** Runs that are kept, newest first; null until they are known. */
  runs: RunSummary[] | null;
  /** Runs opened from files. */
  files: readonly Run[];
}

export interface ReplayStore {
  store: StoreApi<ReplayView>;
  /** Shows a run. @param at the moment to stand at; default its first failure, or its start. */
  open(source: RunSource, at?: number): Promise<void>;
  /** Keeps a run from a file for this window and shows it. */
  addFile(run: Run): void;
  /** Goes to a moment; from then on the past is shown. */
  seek(time: number): void;
  play(): void;
  pause(): void;
  setSpeed(speed: Speed): void;
  /** To the event before (-1) or after (1) the moment shown. */
  step(direction: -1 | 1): void;
  /** Shows now again. */
  end(): void;
  /** Keeps what is followed up to date for as long as somebody looks. */
  watch(): () => void;
  start(): () => void;
}

/** What the Timeline shows when nothing else was asked for. Milliseconds. */
export const defaultSpanMs = 300_000;
/** A frame of a replay is shown this often. Milliseconds. */
export const frameMs = 100;

/** Whether the window shows the past. */
export const isReplaying = (view: Pick<ReplayView, 'run' | 'following'>): boolean => view.run !== null && !view.following;

/** Where a run that was just opened stands: a little before its first failure. */
function firstMoment(run: Run): number {
  const [incident] = run.score.incidents;
  const at = incident && (incident.faultAt ?? incident.firstFailureAt ?? incident.downAt);
  return Math.max(run.startedAt, Math.min(run.endedAt, at ?? run.startedAt));
}

/** The run the window shows, the moment of it, and the clock that moves it on. */
export function createReplayStore(client: Client, traffic: Pick<TrafficStore, 'view'>): ReplayStore {
  const store = createStore<ReplayView>(() => ({
    source: { kind: 'last', ms: defaultSpanMs },
    ...{ run: null, loading: false, problem: '', following: true, time: 0, playing: false, speed: 1, runs: null, files: [] },
  }));
  let timer: ReturnType<typeof setInterval> | undefined;
  let asked = 0;
  let refreshing = false;

  const halt = () => {
    clearInterval(timer);
    timer = undefined;
    if (store.getState().playing) store.setState({ playing: false });
  };

  const read = (source: RunSource): Promise<Run> => {
    switch (source.kind) {
      case 'last': {
        const now = traffic.view().time || Date.now();
        return client.request('history.range', { from: Math.round(now - source.ms), to: Math.round(now) });
      }
      case 'range':
        return client.request('history.range', { from: Math.round(source.from), to: Math.round(source.to) });
      case 'run':
        return client.request('runs.get', { id: source.id });
      case 'file': {
        const run = store.getState().files.find((one) => one.id === source.id);
        return run ? Promise.resolve(run) : Promise.reject(new Error('The file was opened in another window.'));
      }
    }
  };

  const open = async (source: RunSource, at?: number) => {
    const mine = ++asked;
    halt();
    store.setState({ source, loading: true, problem: '' });
    try {
      const run = await read(source);
      if (mine !== asked) return;
      const following = source.kind === 'last' && at === undefined;
      const time = following ? run.endedAt : Math.max(run.startedAt, Math.min(run.endedAt, at ?? firstMoment(run)));
      store.setState({ run, loading: false, following, time });
    } catch (error) {
      if (mine === asked) store.setState({ run: null, loading: false, following: true, problem: errorMessage(error) });
    }
  };

  const refresh = async () => {
    const { source, following, loading } = store.getState();
    if (refreshing || loading || !following || source.kind !== 'last') return;
    if (typeof document !== 'undefined' && document.hidden) return;
    refreshing = true;
    const mine = asked;
    try {
      const run = await read(source);
      if (mine === asked && store.getState().following) store.setState({ run, time: run.endedAt, problem: '' });
    } catch {
      // The banner says that nobody answers; the last picture stays.
    } finally {
      refreshing = false;
    }
  };

  const loadRuns = () => {
    client.request('runs.list', {}).then(
      ({ runs }) => store.setState({ runs: runs.toSorted((a, b) => b.startedAt - a.startedAt) }),
      () => {
        // Unknown stays unknown; the connection's return asks again.
      },
    );
  };

  return {
    store,
    open,
    addFile(run) {
      const files = store.getState().files.filter((one) => one.id !== run.id);
      store.setState({ files: [...files, run] });
      void open({ kind: 'file', id: run.id });
    },
    seek(time) {
      const { run } = store.getState();
      if (run) store.setState({ time: Math.max(run.startedAt, Math.min(run.endedAt, time)), following: false });
    },
    play() {
      const { run, time } = store.getState();
      if (!run) return;
      halt();
      store.setState({ playing: true, following: false, time: time >= run.endedAt ? run.startedAt : time });
      let last = performance.now();
      timer = setInterval(() => {
        const now = performance.now();
        // A window that slept does not skip what nobody saw.
        const passed = Math.min(500, now - last) * store.getState().speed;
        last = now;
        const next = store.getState().time + passed;
        store.setState({ time: Math.min(run.endedAt, next) });
        if (next >= run.endedAt) halt();
      }, frameMs);
    },
    pause: halt,
    setSpeed: (speed) => store.setState({ speed }),
    step(direction) {
      const { run, time } = store.getState();
      if (!run) return;
      halt();
      const times = runEvents(run).map((event) => event.time);
      const next = direction > 0 ? times.find((t) => t > time + 0.5) : times.findLast((t) => t < time - 0.5);
      const end = direction > 0 ? run.endedAt : run.startedAt;
      store.setState({ time: next ?? end, following: false });
    },
    end() {
      asked++;
      halt();
      store.setState({ source: { kind: 'last', ms: defaultSpanMs }, run: null, following: true, loading: false, problem: '' });
    },
    watch() {
      const { run, source } = store.getState();
      if (run === null || (source.kind === 'last' && store.getState().following)) void open(source);
      const due = () => {
        const now = store.getState();
        return now.source.kind === 'last' ? Math.max(2_000, now.source.ms / 150) : 2_000;
      };
      let next = Date.now() + due();
      const ticking = setInterval(() => {
        if (Date.now() < next) return;
        next = Date.now() + due();
        void refresh();
      }, 500);
      return () => clearInterval(ticking);
    },
    start() {
      const ends = [
        client.subscribe('runs.changed', ({ runs }) => store.setState({ runs: runs.toSorted((a, b) => b.startedAt - a.startedAt) })),
        client.onConnection((connected) => connected && loadRuns()),
      ];
      loadRuns();
      return () => {
        halt();
        for (const end of ends) end();
      };
    },
  };
}
