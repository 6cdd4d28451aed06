import type { FakeOptions } from '../../../renderer/bridge/fake-client.ts';

const check = { type: 'http', path: '/healthz', intervalMs: 1_000, timeoutMs: 500, attempts: 2 };

const three = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', host: '127.0.0.1', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [
    {
      id: 'web',
      name: 'Web',
      stickiness: { type: 'http_cookie' },
      healthCheck: check,
      nodes: [1, 2, 3].map((n) => ({ id: `n${n}`, label: `api-${n}`, address: `127.0.0.1:900${n}` })),
    },
  ],
};

const eight = {
  version: 1,
  listeners: [
    { id: 'web', name: 'Web', host: '0.0.0.0', port: 8443, protocol: 'http', pool: 'web' },
    { id: 'api', name: 'Internal API', host: '::1', port: 8081, protocol: 'http', pool: 'api' },
  ],
  pools: [
    {
      id: 'web',
      name: 'Web',
      algorithm: 'leastconn',
      stickiness: { type: 'table' },
      healthCheck: check,
      nodes: [
        ...[1, 2, 3, 4].map((n) => ({ id: `web-${n}`, address: `10.0.4.1${n}:3000` })),
        { id: 'web-spare', address: '10.0.4.20:3000', mode: 'backup' },
      ],
    },
    {
      id: 'api',
      name: 'API',
      algorithm: 'random2',
      stickiness: { type: 'http_cookie' },
      healthCheck: check,
      nodes: [
        { id: 'api-1', address: '[2001:db8::7:1]:9001' },
        { id: 'api-2', address: '[2001:db8::7:2]:9001' },
        { id: 'billing-worker-eu-central-2', address: '[2001:db8:85a3:8d3:1319:8a2e:370:7334]:9001' },
      ],
    },
  ],
};

/** Worlds the test page can stand on, by the name in its address. */
export const scenarios: Record<string, FakeOptions> = {
  empty: {},
  healthy: { config: three, clients: { web: 36 }, rates: { web: 142 } },
  one: {
    config: { ...three, pools: [{ ...three.pools[0]!, keepLastNode: true, nodes: [three.pools[0]!.nodes[0]] }] },
    clients: { web: 12 },
    rates: { web: 30 },
  },
  many: { config: three, clients: { web: 6_000 }, rates: { web: 900 } },
  // Just too many to be known one by one, and few enough that each is a square still.
  counted: { config: three, clients: { web: 1_020 }, rates: { web: 900 } },
  thousand: { config: eight, clients: { web: 516, api: 484 }, rates: { web: 1_200, api: 660 } },
};
