import type { TrafficTick } from '../../shared/model/metrics.ts';
import type { Client } from '../bridge/client.ts';
import { onBeat } from '../ui/beat.ts';
import { emptyTraffic, TrafficRings, type TrafficView } from './traffic-rings.ts';
import type { TrafficSeries } from './traffic-series.ts';

export interface TrafficStore {
  /** The newest view; replaced, never changed, at most twice a second. */
  view(): TrafficView;
  /** Told when `view()` is a new one. */
  onView(callback: () => void): () => void;
  /** Told of each tick: for what is drawn outside React. */
  onTick(callback: (tick: TrafficTick) => void): () => void;
  /** The last minute of one node, by `nodeKey(pool, node)`; undefined until it had a tick. */
  node(key: string): TrafficSeries | undefined;
  listener(id: string): TrafficSeries | undefined;
  start(): () => void;
}

/** Rings of the engine's ten ticks a second, outside React; screens read a view that is renewed twice a second. */
export function createTrafficStore(client: Client): TrafficStore {
  const rings = new TrafficRings();
  const viewWatchers = new Set<() => void>();
  const tickWatchers = new Set<(tick: TrafficTick) => void>();
  let view = emptyTraffic;
  let dirty = false;

  const onTick = (tick: TrafficTick) => {
    rings.push(tick);
    dirty = true;
    for (const watcher of tickWatchers) watcher(tick);
  };

  const renew = () => {
    if (!dirty) return;
    dirty = false;
    view = rings.view();
    for (const watcher of viewWatchers) watcher();
  };

  return {
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
    start() {
      const end = client.subscribe('traffic.tick', onTick);
      const endBeat = onBeat(renew);
      return () => {
        end();
        endBeat();
      };
    },
  };
}
