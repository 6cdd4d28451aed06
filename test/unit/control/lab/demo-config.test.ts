import { expect, test } from 'vitest';
import { demoConfig } from '../../../../electron/control/lab/demo-config.ts';
import { parseConfig } from '../../../../shared/model/validate.ts';

const nodes = [
  { id: 'a', label: 'api-1', port: 9001 },
  { id: 'b', label: 'api-2', port: 9002 },
  { id: 'c', label: 'api-3', port: 9003 },
];

test('the demo is a configuration that parseConfig accepts as it stands', () => {
  const fragment = demoConfig({ host: '127.0.0.1', listenerPort: 8080, nodes }).fragment!;
  const { config, issues } = parseConfig({ version: 1, ...fragment });
  expect(issues).toEqual([]);
  expect(config).toMatchObject(fragment);
});

test('the demo is round robin with cookies, checked over HTTP every second', () => {
  const { listeners, pools } = demoConfig({ host: '127.0.0.1', listenerPort: 8085, nodes }).fragment!;
  expect(listeners).toMatchObject([
    { id: 'demo', name: 'Demo', host: '127.0.0.1', port: 8085, protocol: 'http', pool: 'demo', enabled: true },
  ]);
  expect(pools).toMatchObject([
    {
      id: 'demo',
      name: 'Demo',
      algorithm: 'roundrobin',
      stickiness: { type: 'http_cookie', cookieName: 'NB_SRVID' },
      healthCheck: { type: 'http', path: '/healthz', intervalMs: 1000, timeoutMs: 500, attempts: 2, rise: 2 },
      nodes: [
        { id: 'a', label: 'api-1', address: '127.0.0.1:9001' },
        { id: 'b', label: 'api-2', address: '127.0.0.1:9002' },
        { id: 'c', label: 'api-3', address: '127.0.0.1:9003' },
      ],
    },
  ]);
});

test('a listener at a node of its own is refused, as it would loop', () => {
  expect(demoConfig({ host: '127.0.0.1', listenerPort: 9001, nodes }).issues).toMatchObject([
    { message: expect.stringMatching(/loop/) as string },
  ]);
});
