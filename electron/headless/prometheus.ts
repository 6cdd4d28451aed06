import type { TrafficTick } from '../../shared/model/metrics.ts';
import type { EngineSnapshot } from '../../shared/model/state.ts';

type Labels = Record<string, string | number>;

const escape = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, v]) => `${key}="${escape(String(v))}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: [Labels, number][]): string[] {
  if (samples.length === 0) return [];
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(([labels, value]) => sample(name, labels, value))];
}

/** Prometheus' text exposition format, version 0.0.4. Counters begin anew with the engine thread, as counters may. */
export function prometheusText(
  snapshot: EngineSnapshot,
  tick: TrafficTick | undefined,
  process: { version: string; restarts: number },
): string {
  const { listeners } = snapshot;
  const nodes = snapshot.pools.flatMap((pool) => pool.nodes.map((node) => ({ pool: pool.id, node })));
  const ofListeners = (value: (l: (typeof listeners)[number]) => number): [Labels, number][] =>
    listeners.map((l) => [{ listener: l.id }, value(l)]);
  const ofNodes = (value: (n: (typeof nodes)[number]['node']) => number): [Labels, number][] =>
    nodes.map(({ pool, node }) => [{ pool, node: node.id }, value(node)]);
  const latency = (tick?.nodes ?? []).flatMap((n): [Labels, number][] =>
    (
      [
        ['0.5', n.p50],
        ['0.95', n.p95],
        ['0.99', n.p99],
      ] as const
    ).flatMap(([quantile, ms]) => (ms === null ? [] : [[{ pool: n.pool, node: n.node, quantile }, ms / 1000]])),
  );
  return `${[
    ...family('evenkeel_build_info', 'gauge', 'The version that runs.', [[{ version: process.version }, 1]]),
    ...family('evenkeel_engine_start_time_seconds', 'gauge', 'When the engine thread started, seconds since the epoch.', [
      [{}, snapshot.startedAt / 1000],
    ]),
    ...family('evenkeel_engine_restarts_total', 'counter', 'How often the engine thread died and was started anew.', [
      [{}, process.restarts],
    ]),
    ...family(
      'evenkeel_listener_up',
      'gauge',
      '1 when the listener is bound.',
      ofListeners((l) => (l.state === 'up' ? 1 : 0)),
    ),
    ...family(
      'evenkeel_listener_connections',
      'gauge',
      'Open client connections.',
      ofListeners((l) => l.connections),
    ),
    ...family(
      'evenkeel_listener_requests_total',
      'counter',
      'Requests (http) or sessions (tcp).',
      ofListeners((l) => l.requests),
    ),
    ...family(
      'evenkeel_listener_errors_total',
      'counter',
      'Requests no node could serve, and broken sessions.',
      ofListeners((l) => l.errors),
    ),
    ...family(
      'evenkeel_listener_retried_total',
      'counter',
      'Requests (http) or sessions (tcp) that were tried on another node at least once.',
      ofListeners((l) => l.retried),
    ),
    ...family(
      'evenkeel_listener_received_bytes_total',
      'counter',
      'Bytes from clients.',
      ofListeners((l) => l.bytesIn),
    ),
    ...family(
      'evenkeel_listener_sent_bytes_total',
      'counter',
      'Bytes to clients.',
      ofListeners((l) => l.bytesOut),
    ),
    ...family(
      'evenkeel_pool_available_nodes',
      'gauge',
      'Nodes that would take a new client now.',
      snapshot.pools.map((p) => [{ pool: p.id }, p.available]),
    ),
    ...family(
      'evenkeel_node_up',
      'gauge',
      '1 unless the node is down.',
      ofNodes((n) => (n.state === 'down' ? 0 : 1)),
    ),
    ...family(
      'evenkeel_node_mode',
      'gauge',
      '1 for the mode the node is set to.',
      nodes.map(({ pool, node }) => [{ pool, node: node.id, mode: node.mode }, 1]),
    ),
    ...family(
      'evenkeel_node_weight',
      'gauge',
      'Its share relative to the others, 1-255.',
      ofNodes((n) => n.weight),
    ),
    ...family(
      'evenkeel_node_connections',
      'gauge',
      'Sessions (tcp) or requests in flight (http).',
      ofNodes((n) => n.connections),
    ),
    ...family(
      'evenkeel_node_requests_total',
      'counter',
      'Requests (http) or sessions (tcp) sent to it.',
      ofNodes((n) => n.requests),
    ),
    ...family(
      'evenkeel_node_errors_total',
      'counter',
      'Failed connects, broken or late answers, 5xx other than 501 and 505.',
      ofNodes((n) => n.errors),
    ),
    ...family(
      'evenkeel_node_retried_total',
      'counter',
      'Requests (http) or sessions (tcp) that failed on it and were then tried on another node.',
      ofNodes((n) => n.retried),
    ),
    ...family(
      'evenkeel_node_received_bytes_total',
      'counter',
      'Bytes sent to it for clients.',
      ofNodes((n) => n.bytesIn),
    ),
    ...family(
      'evenkeel_node_sent_bytes_total',
      'counter',
      'Bytes it answered.',
      ofNodes((n) => n.bytesOut),
    ),
    ...family(
      'evenkeel_node_sticky_clients',
      'gauge',
      'Clients stuck to it now.',
      ofNodes((n) => n.stickyClients),
    ),
    ...family('evenkeel_node_latency_seconds', 'gauge', 'Latency over the last second or so.', latency),
    ...family('evenkeel_clients', 'gauge', 'Clients in all tables.', tick ? [[{}, tick.clients]] : []),
  ].join('\n')}\n`;
}
