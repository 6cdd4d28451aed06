import type { TrafficHistory, TrafficTick } from '../../../shared/model/metrics.ts';
import { TrafficRing, trafficSteps } from '../../../shared/state/traffic-ring.ts';
import { type Client, errorMessage } from '../../bridge/client.ts';
import { beganAt } from './traffic-lines.ts';

export interface TrafficPast {
  /** null until the first answer. */
  history: TrafficHistory | null;
  /** The right edge, milliseconds since the epoch by the control plane's clock. */
  now: number;
  rangeMs: number;
  /** When counting began, if it is known to have begun within a range that was asked for. Milliseconds since the epoch. */
  began: number | null;
  /** Why it is not there or not fresh; empty when it is. */
  problem: string;
}

export interface TrafficFeed {
  view(): TrafficPast;
  onView(callback: () => void): () => void;
  setRange(rangeMs: number): void;
  /** The picture stands still; what happens meanwhile is gathered all the same. */
  pause(paused: boolean): void;
  reload(): void;
  start(): () => void;
}

const renewMs = 500;
/** Ticks come ten times a second: after a silence as long as this some were missed. */
const missedMs = 2_500;

/** The past as the control plane has it, carried on by the ticks as they come; renewed twice a second. */
export function createTrafficFeed(client: Client, rangeMs: number): TrafficFeed {
  const watchers = new Set<() => void>();
  let view: TrafficPast = { history: null, now: Date.now(), rangeMs, began: null, problem: '' };
  let ring: TrafficRing | undefined;
  /** Ticks that came while an answer was on its way. */
  let waiting: TrafficTick[] | undefined = [];
  let question = 0;
  let paused = false;
  /** The control plane's clock beside ours. */
  let ahead = 0;
  let dirty = false;

  const put = (change: Partial<TrafficPast>) => {
    view = { ...view, ...change };
    for (const watcher of watchers) watcher();
  };
  const show = () => {
    dirty = false;
    const now = Date.now() + ahead;
    if (ring) put({ history: ring.read(view.rangeMs, now), now });
  };

  const load = async () => {
    const mine = ++question;
    waiting ??= [];
    try {
      const answer = await client.request('traffic.history', { rangeMs: view.rangeMs });
      if (mine !== question) return;
      const steps = trafficSteps.find((one) => one.stepMs === answer.stepMs);
      const next = new TrafficRing(answer.stepMs, steps?.rangeMs ?? view.rangeMs);
      next.load(answer);
      for (const tick of waiting ?? []) if (tick.time > (answer.lastTick ?? 0)) next.push(tick);
      waiting = undefined;
      ring = next;
      view = { ...view, began: beganAt(answer) ?? view.began, problem: '' };
      show();
    } catch (error) {
      if (mine === question) put({ problem: errorMessage(error) });
    }
  };

  const onTick = (tick: TrafficTick) => {
    ahead = tick.time - Date.now();
    dirty = true;
    if (waiting) {
      waiting.push(tick);
      // An answer that never came must not hold ticks without end.
      if (waiting.length > 600) waiting.shift();
      return;
    }
    if (tick.time - (ring?.lastTick ?? tick.time) > missedMs) {
      waiting = [tick];
      void load();
    } else ring?.push(tick);
  };

  return {
    view: () => view,
    onView(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    setRange(next) {
      if (next === view.rangeMs) return;
      put({ rangeMs: next });
      void load();
    },
    pause(next) {
      paused = next;
      if (!paused && dirty) show();
    },
    reload: () => void load(),
    start() {
      const ends = [
        client.subscribe('traffic.tick', onTick),
        client.onConnection((connected) => {
          if (connected) void load();
        }),
      ];
      const timer = setInterval(() => {
        if (!document.hidden && !paused && dirty) show();
      }, renewMs);
      void load();
      return () => {
        for (const end of ends) end();
        clearInterval(timer);
        question++;
      };
    },
  };
}
