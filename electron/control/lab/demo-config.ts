import { formatHostPort } from '../../../shared/model/address.ts';
import type { Config, NodeMode } from '../../../shared/model/config.ts';
import { parseConfig, type ConfigIssue } from '../../../shared/model/validate.ts';

/** What the Lab lays over the running configuration while it runs. Never saved. */
export type LabFragment = Pick<Config, 'listeners' | 'pools'>;

/** Id of the Lab's listener and of its pool. */
export const demoId = 'demo';
/** Id of the listener and the pool of the same nodes' TCP echo. */
export const demoTcpId = 'demo-tcp';

/** The demo's nodes, in the order in which they are started: "a" is api-1. */
export const demoNodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id, i) => ({ id, label: `api-${i + 1}` }));

export interface DemoNodeAddress {
  id: string;
  label: string;
  port: number;
  /** Where it echoes TCP; undefined when it does not. */
  tcpPort?: number | undefined;
}

export interface DemoAddresses {
  /** IP address the listener binds and the nodes are at. */
  host: string;
  /** 1–65,535. */
  listenerPort: number;
  /** Of the TCP listener; undefined: there is none. */
  tcpPort?: number | undefined;
  nodes: readonly DemoNodeAddress[];
  /** Modes by node id; accept where none is said. */
  modes?: Readonly<Record<string, NodeMode>>;
  /** Options of a pool as a configuration file has them, laid over the demo's; already merged for several. */
  pool?: Readonly<Record<string, unknown>>;
}

/** The demo pool's options: quick to notice a failure (down within 2.5 s). */
const demoPool = {
  algorithm: 'roundrobin',
  stickiness: { type: 'http_cookie' },
  healthCheck: { type: 'http', path: '/healthz', intervalMs: 1000, timeoutMs: 500, attempts: 2, rise: 2 },
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Options laid over others: what is not named stays, inside "healthCheck" and its like too. */
export function mergeOptions(base: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = out[key];
    out[key] = isObject(below) && isObject(value) ? mergeOptions(below, value) : value;
  }
  return out;
}

/** The demo's listeners and pools with every default filled in, or what is wrong with the options; the demo pool is `pools[0]`. */
export function demoConfig({
  host,
  listenerPort,
  tcpPort,
  nodes,
  modes = {},
  pool = {},
}: DemoAddresses): { fragment: LabFragment; issues?: undefined } | { fragment?: undefined; issues: ConfigIssue[] } {
  const tcp = tcpPort === undefined ? undefined : { port: tcpPort, nodes: nodes.filter((node) => node.tcpPort !== undefined) };
  const { config, issues } = parseConfig({
    version: 1,
    listeners: [
      { id: demoId, name: 'Demo', host, port: listenerPort, protocol: 'http', pool: demoId },
      ...(tcp ? [{ id: demoTcpId, name: 'Demo, TCP echo', host, port: tcp.port, protocol: 'tcp', pool: demoTcpId }] : []),
    ],
    pools: [
      {
        ...mergeOptions(demoPool, pool),
        id: demoId,
        name: 'Demo',
        nodes: nodes.map(({ id, label, port }) => ({ id, label, address: formatHostPort(host, port), mode: modes[id] ?? 'accept' })),
      },
      ...(tcp
        ? [
            {
              id: demoTcpId,
              name: 'Demo, TCP echo',
              stickiness: { type: 'none' },
              healthCheck: { type: 'connection', intervalMs: 1000, timeoutMs: 500, attempts: 2, rise: 2 },
              nodes: tcp.nodes.map(({ id, label, tcpPort: port }) => ({ id, label, address: formatHostPort(host, port ?? 0) })),
            },
          ]
        : []),
    ],
  });
  return config ? { fragment: { listeners: config.listeners, pools: config.pools } } : { issues };
}
