import { beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../support/free-port.ts';
import { askOnce, get } from '../../support/raw-client.ts';
import { eventually } from '../../support/wait.ts';
import { startNode } from '../headless/nodes.ts';
import { needing } from './installed.ts';
import { useRealServers, type Served } from './stage.ts';

const stage = useRealServers('file');
const haproxy = needing('haproxy');
/** Other loopback addresses than 127.0.0.1 are there without being set up on Linux alone. */
const skip = haproxy.missing || process.platform !== 'linux';
/** The client's own address: told apart from everybody else's on this machine. */
const client = '127.0.0.5';

let served: Served;
let fronts: Record<'v1' | 'v2', number>;

beforeAll(async () => {
  if (skip) return;
  const [nodePort, webPort, v1, v2] = (await freePorts(4)) as [number, number, number, number];
  fronts = { v1, v2 };
  const front = (version: 'v1' | 'v2', send: string): string =>
    [`listen front-${version}`, '  mode tcp', `  bind 127.0.0.1:${fronts[version]}`, `  server evenkeel 127.0.0.1:${webPort} ${send}`].join(
      '\n',
    );
  await stage.haproxy(
    [
      'frontend node',
      `  bind 127.0.0.1:${nodePort} accept-proxy`,
      '  http-request return status 200 content-type text/plain lf-string "%[src]"',
      front('v1', 'send-proxy'),
      front('v2', 'send-proxy-v2'),
    ].join('\n'),
    nodePort,
  );
  const node = await startNode('n', (request, response) => response.end(String(request.headers['x-forwarded-for'])));
  stage.also(() => node.close());
  const behind = (version: string): Record<string, unknown> => ({
    id: version,
    proxyProtocol: version,
    healthCheck: { type: 'http', intervalMs: 500, timeoutMs: 300, attempts: 1, rise: 1 },
    nodes: [{ id: 'haproxy', address: `127.0.0.1:${nodePort}` }],
  });
  served = await stage.evenkeel({
    listeners: [
      { id: 'v1', protocol: 'tcp', pool: 'v1' },
      { id: 'v2', protocol: 'tcp', pool: 'v2' },
      { id: 'web', protocol: 'http', pool: 'web', port: webPort, acceptProxyProtocolFrom: ['127.0.0.1'] },
    ],
    pools: [behind('v1'), behind('v2'), { id: 'web', nodes: [{ id: 'n', address: `127.0.0.1:${node.port}` }] }],
  });
});

describe('PROXY protocol with a real HAProxy', { timeout: 20_000 }, () => {
  it.skipIf(skip).each(['v1', 'v2'] as const)(
    haproxy.title('as a node it sees the client’s address, and passes its checks (%s)'),
    async (version) => {
      const state = async () => {
        const { pools } = (await served.api.call('engine.snapshot')).value as { pools: { id: string; nodes: { state: string }[] }[] };
        return pools.find((pool) => pool.id === version)?.nodes[0]?.state;
      };
      expect(await eventually(async () => (await state()) === 'up', 4000, 50)).toBe(true);
      const answer = await askOnce(served.ports[version]!, get(), 'GET', 3000, client);
      expect([answer.status, answer.body.toString()]).toEqual([200, client]);
    },
  );

  it.skipIf(skip).each(['v1', 'v2'] as const)(haproxy.title('in front of Evenkeel it names the client to it (%s)'), async (version) => {
    const answer = await askOnce(fronts[version], get(), 'GET', 3000, client);
    expect([answer.status, answer.body.toString()]).toEqual([200, client]);
  });
});
