import { describe, expect, it } from 'vitest';
import { IntervalCounts, WindowedHistogram } from '../../../../electron/engine/metrics/histogram.ts';
import { TrafficMeter } from '../../../../electron/engine/metrics/traffic-meter.ts';
import type { Listener } from '../../../../electron/engine/sessions/listener.ts';
import { trafficTickSchema } from '../../../../shared/model/metrics.ts';
import { bucketOf } from '../../../../shared/state/latency-buckets.ts';
import { PoolBench, poolConfig } from '../pools/make-pool.ts';

/** As much of a listener as the meter looks at. */
function listener(): Listener {
  const counts = { requests: 0, errors: 0, retried: 0, bytesIn: 0, bytesOut: 0 };
  return { config: { id: 'web' }, open: 3, ...counts, latencies: new IntervalCounts() } as unknown as Listener;
}

describe('a tick', () => {
  it('counts the clients that are on a node, as the list of clients does: who waits for another one is on none', () => {
    const meter = new TrafficMeter();
    const { pool } = new PoolBench(poolConfig(['a', 'b'], { stickiness: { type: 'table' } }));
    const [a, b] = pool.nodes;
    const clients = () => meter.tick(1, 0, 0, [], [pool]).clients;
    pool.clients!.add('10.0.0.1', a!, 0);
    pool.clients!.add('10.0.0.2', a!, 0);
    pool.clients!.add('10.0.0.3', b!, 0);
    expect(clients()).toBe(3);
    pool.clients!.dropNode(a!);
    expect(pool.clients!.size).toBe(3);
    expect(clients()).toBe(1);
  });

  it('says what happened since the tick before, and what is now', () => {
    const meter = new TrafficMeter();
    const { pool } = new PoolBench(poolConfig(['a', 'b'], { stickiness: { type: 'table' } }));
    const web = listener();
    const tick = (now: number) => trafficTickSchema.parse(meter.tick(4, 1_000 + now, now, [web], [pool]));
    expect(tick(0)).toMatchObject({ epoch: 4, time: 1_000, intervalMs: 0, clients: 0 });
    const [a] = pool.nodes;
    a!.requests = 5;
    a!.errors = 1;
    a!.bytesIn = 100;
    a!.active = 2;
    a!.retried = 1;
    web.retried = 2;
    web.requests = 5;
    web.bytesOut = 70;
    for (const ms of [12, 12, 400]) web.latencies.record(ms);
    const second = tick(100);
    expect(second.intervalMs).toBe(100);
    expect(second.nodes).toMatchObject([
      { pool: 'web', node: 'a', state: 'up', requests: 5, errors: 1, retried: 1, bytesIn: 100, bytesOut: 0, connections: 2, p50: null },
      { node: 'b', requests: 0, connections: 0 },
    ]);
    const latency = [
      [bucketOf(12), 2],
      [bucketOf(400), 1],
    ];
    expect(second.listeners).toEqual([
      { id: 'web', connections: 3, requests: 5, errors: 0, retried: 2, bytesIn: 0, bytesOut: 70, latency },
    ]);
    a!.requests = 7;
    const third = tick(200);
    expect(third.nodes[0]).toMatchObject({ requests: 2, errors: 0, bytesIn: 0, connections: 2 });
    expect(third.listeners[0]).toMatchObject({ requests: 0, bytesOut: 0, latency: [] });
  });

  it('shows what a node that is new has done already', () => {
    const meter = new TrafficMeter();
    const { pool } = new PoolBench(poolConfig(['a']));
    meter.tick(1, 0, 0, [], []);
    pool.nodes[0]!.requests = 3;
    expect(meter.tick(1, 0, 100, [], [pool]).nodes[0]!.requests).toBe(3);
  });

  it('shows quantiles as of the last rotation, and null once the window is empty', () => {
    const meter = new TrafficMeter();
    const { pool } = new PoolBench(poolConfig(['a', 'b']));
    const total = new WindowedHistogram();
    for (let i = 1; i <= 100; i++) {
      pool.nodes[0]!.latency.record(i);
      total.record(i);
    }
    meter.rotate([pool], total);
    const { nodes, total: overall } = meter.tick(1, 0, 0, [], [pool]);
    for (const of of [nodes[0]!, overall]) {
      expect(of.p50! / 50).toBeCloseTo(1, 1);
      expect(of.p95! / 95).toBeCloseTo(1, 1);
      expect(of.p99! / 99).toBeCloseTo(1, 1);
    }
    expect(nodes[1]).toMatchObject({ p50: null, p95: null, p99: null });
    for (let i = 0; i < 20; i++) meter.rotate([pool], total);
    expect(meter.tick(1, 0, 0, [], [pool])).toMatchObject({ total: { p50: null }, nodes: [{ p50: null }, { p50: null }] });
  });
});
