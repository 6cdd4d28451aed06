import fc from 'fast-check';
import { parseConfig } from '../../shared/model/validate.ts';
import type { Config } from '../../shared/model/config.ts';

/** Names as people and other programs' quoting rules meet: quotes, variables, templates, comments, other alphabets. */
const oddName = fc
  .array(fc.constantFrom(...'aZ9 \'"\\$#%{}`;&|<>()[]*~ü字🚢', '${', '%{', '$(', '\\n', '\\"', "'\\''", ' # ', 'end'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join('').slice(0, 60));
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/);
const ms = (low: number, high: number) =>
  fc.oneof(
    fc.integer({ min: low, max: high }),
    fc.integer({ min: Math.ceil(low / 1000), max: Math.floor(high / 1000) }).map((s) => s * 1000),
  );
const host = fc.oneof(fc.constantFrom('127.0.0.1', '10.1.2.3', '192.168.0.9', 'localhost', '[::1]', '[fd00::12]', '[2001:db8::5]'));
const path = fc.stringMatching(/^\/[\x21-\x7e]{0,20}$/);
const cookieName = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
const pattern = fc.constantFrom(
  'ok',
  '^a+b?$',
  '[a-z]{2,3}',
  '(?:up|fine)\\s',
  '"quoted"',
  "it's",
  '\\$HOME',
  'a#b',
  'x.y',
  '(?<name>z)',
  '\\u0041',
  'ü',
  '[^"\\]]',
  '%[src]',
);

const tls = fc.oneof(
  { weight: 5, arbitrary: fc.constant(false as const) },
  fc.constant(true as const),
  fc.record({ verify: fc.boolean(), serverName: fc.option(fc.constantFrom('node.example', 'odd name', '10.0.0.1'), { nil: undefined }) }),
);

const node = fc.record({
  id,
  label: fc.option(oddName, { nil: undefined }),
  host,
  port: fc.integer({ min: 1, max: 65_535 }),
  weight: fc.integer({ min: 1, max: 255 }),
  mode: fc.constantFrom('accept', 'accept', 'accept', 'drain', 'backup', 'reject'),
  tls,
  maxConnections: fc.constantFrom(0, 0, 5, 1000),
});

const pool = fc.record({
  id,
  name: fc.option(oddName, { nil: undefined }),
  algorithm: fc.constantFrom('roundrobin', 'leastconn', 'source', 'random2'),
  stickiness: fc.record({
    type: fc.constantFrom('none', 'table', 'http_cookie'),
    ttlMs: ms(1000, 604_800_000),
    maxEntries: fc.integer({ min: 100, max: 1_000_000 }),
    cookieName,
  }),
  healthCheck: fc.record({
    type: fc.constantFrom('none', 'connection', 'http', 'http_body'),
    path,
    host: fc.constantFrom('', 'www.example', '[::1]:80'),
    port: fc.constantFrom(0, 0, 8008),
    method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST'),
    intervalMs: ms(600, 60_000),
    timeoutMs: fc.integer({ min: 100, max: 599 }),
    attempts: fc.integer({ min: 1, max: 30 }),
    rise: fc.integer({ min: 1, max: 30 }),
    expectStatus: fc.constantFrom('200-399', '200', '200, 204,300-302'),
    bodyPattern: pattern,
  }),
  passiveCheck: fc.record({ enabled: fc.boolean(), errors: fc.integer({ min: 1, max: 1000 }), windowMs: ms(1000, 600_000) }),
  proxyProtocol: fc.constantFrom('none', 'v1', 'v2'),
  retries: fc.integer({ min: 0, max: 5 }),
  slowStartMs: fc.constantFrom(0, 1500, 30_000),
  keepLastNode: fc.boolean(),
  timeouts: fc.record({ connectMs: ms(10, 60_000), responseMs: ms(10, 3_600_000) }),
  nodes: fc.uniqueArray(node, { maxLength: 4, selector: (n) => n.id }),
});

const listener = fc.record({
  id,
  name: fc.option(oddName, { nil: undefined }),
  enabled: fc.boolean(),
  host: fc.constantFrom('127.0.0.1', '0.0.0.0', '::1', '::', '10.0.0.1'),
  protocol: fc.constantFrom('tcp', 'http', 'https'),
  pool: fc.nat(2),
  tlsProfile: fc.constantFrom('recommended', 'legacy'),
  acceptProxyProtocolFrom: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '::1', '192.0.2.7', 'fd00::/8'), { maxLength: 3 }),
  trustForwarded: fc.boolean(),
  connectionThrottle: fc.integer({ min: 0, max: 20 }),
  maxConnections: fc.integer({ min: 1, max: 20_000 }),
  timeouts: fc.record({
    requestHeadMs: ms(100, 600_000),
    idleMs: ms(100, 86_400_000),
    tunnelIdleMs: ms(100, 604_800_000),
    drainMs: ms(0, 3_600_000),
  }),
});

export interface Options {
  /** Leave tcp listeners out. */
  httpOnly?: boolean;
  /** Four ports for the listeners, for a program that binds them when it looks at its file: then only loopback addresses are used. */
  ports?: readonly number[];
}

/** Valid configurations of every shape. Certificate `own` stands for `own.pem`, certificate and key in one. */
export function arbitraryConfig({ httpOnly = false, ports }: Options = {}): fc.Arbitrary<Config> {
  return fc
    .record({
      listeners: fc.uniqueArray(listener, { minLength: 1, maxLength: 4, selector: (l) => l.id }),
      pools: fc.uniqueArray(pool, { minLength: 1, maxLength: 3, selector: (p) => p.id }),
      heads: fc.record({ maxHeadBytes: fc.integer({ min: 1024, max: 65_536 }), maxHeaders: fc.integer({ min: 20, max: 1000 }) }),
    })
    .map(({ listeners, pools, heads }) => {
      const shown = listeners.map((l, i) => ({
        ...l,
        ...heads,
        protocol: httpOnly && l.protocol === 'tcp' ? 'http' : l.protocol,
        ...(ports ? { port: ports[i]!, host: l.host.includes(':') ? '::1' : '127.0.0.1' } : { port: 20_001 + i }),
        pool: pools[l.pool % pools.length]!.id,
        certificates: l.protocol === 'https' ? ['own'] : [],
      }));
      const uses = (p: string) => shown.filter((l) => l.pool === p).map((l) => l.protocol);
      return {
        version: 1,
        listeners: shown,
        pools: pools.map((p) => ({
          ...p,
          proxyProtocol: uses(p.id).every((protocol) => protocol === 'tcp') ? p.proxyProtocol : 'none',
          stickiness: {
            ...p.stickiness,
            type: uses(p.id).includes('tcp') && p.stickiness.type === 'http_cookie' ? 'table' : p.stickiness.type,
          },
          nodes: p.nodes.map(({ host: name, port, ...rest }) => ({
            ...rest,
            address: `${name}:${shown.some((l) => l.port === port) ? 9 : port}`,
          })),
        })),
        certificates: [{ id: 'own', certFile: 'own.pem', keyFile: 'own.pem' }],
      };
    })
    .map((raw) => {
      const { config, issues } = parseConfig(JSON.parse(JSON.stringify(raw)));
      if (!config) throw new Error(JSON.stringify(issues));
      return config;
    });
}
