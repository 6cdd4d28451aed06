import { formatHostPort } from '../../../shared/model/address.ts';
import type { Config } from '../../../shared/model/config.ts';
import { parseConfig } from '../../../shared/model/validate.ts';

/** What the Lab lays over the running configuration while it runs. Never saved. */
export type LabFragment = Pick<Config, 'listeners' | 'pools'>;

/** Id of the Lab's listener and of its pool. */
export const demoId = 'demo';

/** The demo's nodes, in the order in which they are started. */
export const demoNodes = [
  { id: 'a', label: 'api-1' },
  { id: 'b', label: 'api-2' },
  { id: 'c', label: 'api-3' },
] as const;

export interface DemoAddresses {
  /** IP address the listener binds and the nodes are at. */
  host: string;
  /** 1–65,535. */
  listenerPort: number;
  nodes: readonly { id: string; label: string; port: number }[];
}

/** The demo's listener and pool, quick to notice a failure (down within 2.5 s), with every default filled in. */
export function demoConfig({ host, listenerPort, nodes }: DemoAddresses): LabFragment {
  const { config, issues } = parseConfig({
    version: 1,
    listeners: [{ id: demoId, name: 'Demo', host, port: listenerPort, protocol: 'http', pool: demoId }],
    pools: [
      {
        id: demoId,
        name: 'Demo',
        algorithm: 'roundrobin',
        stickiness: { type: 'http_cookie' },
        healthCheck: { type: 'http', path: '/healthz', intervalMs: 1000, timeoutMs: 500, attempts: 2, rise: 2 },
        nodes: nodes.map(({ id, label, port }) => ({ id, label, address: formatHostPort(host, port) })),
      },
    ],
  });
  if (!config) throw new RangeError(`These addresses make no valid demo: ${issues.map((i) => `${i.path} ${i.message}`).join('; ')}`);
  return { listeners: config.listeners, pools: config.pools };
}
