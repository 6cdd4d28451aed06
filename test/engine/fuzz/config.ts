import { isDeepStrictEqual } from 'node:util';
import { parseConfig } from '../../../shared/model/validate.ts';
import type { Case, Pick } from './run.ts';

/** A configuration that uses every field there is. */
export const wholeConfig = (): Record<string, unknown> => ({
  version: 1,
  listeners: [
    {
      ...{ id: 'web', name: 'Web', enabled: true, host: '127.0.0.1', port: 8080, protocol: 'http', pool: 'a', trustForwarded: true },
      ...{ acceptProxyProtocolFrom: ['10.0.0.0/8', '::1'], connectionThrottle: 5, maxConnections: 100, maxHeadBytes: 4096, maxHeaders: 50 },
      timeouts: { requestHeadMs: 1000, idleMs: 1000, tunnelIdleMs: 1000, drainMs: 1000 },
    },
    { id: 'secure', port: 8443, protocol: 'https', pool: 'a', certificates: ['c'], tlsProfile: 'legacy', host: '::' },
    { id: 'raw', port: 9000, protocol: 'tcp', pool: 'b' },
  ],
  pools: [
    {
      ...{ id: 'a', name: 'A', algorithm: 'leastconn', retries: 1, slowStartMs: 1000, keepLastNode: true },
      stickiness: { type: 'http_cookie', ttlMs: 60_000, maxEntries: 1000, cookieName: 'x' },
      healthCheck: {
        ...{ type: 'http_body', path: '/h', host: 'h', port: 0, method: 'HEAD', intervalMs: 2000, timeoutMs: 500, attempts: 2, rise: 1 },
        ...{ expectStatus: '200,300-399', bodyPattern: 'o+k' },
      },
      passiveCheck: { enabled: false, errors: 3, windowMs: 1000 },
      timeouts: { connectMs: 100, responseMs: 100 },
      nodes: [
        {
          id: 'n1',
          label: 'N',
          address: '127.0.0.1:1',
          weight: 5,
          mode: 'backup',
          tls: { verify: true, serverName: 'x' },
          maxConnections: 5,
        },
        { id: 'n2', address: '[::1]:2', tls: true },
      ],
    },
    { id: 'b', proxyProtocol: 'v2', nodes: [{ id: 'n', address: 'name.example:3', tls: { caFile: 'ca.pem' } }] },
  ],
  certificates: [{ id: 'c', certFile: 'c.pem', keyFile: 'k.pem' }],
});

type Holder = Record<string | number, unknown>;

/** Every object and list in it, itself included. */
function holders(value: unknown): Holder[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Holder, ...Object.values(value).flatMap(holders)];
}

const oddValues = (pick: Pick): unknown => {
  const odd: unknown[] = [
    ...[
      null,
      undefined,
      true,
      false,
      0,
      -1,
      1,
      65_536,
      1.5,
      Infinity,
      NaN,
      '',
      ' ',
      'a',
      'web',
      '\0',
      '\ud800',
      '__proto__',
      '🚢',
      'x'.repeat(5000),
    ],
    ...[
      '127.0.0.1',
      '127.0.0.1:8080',
      'localhost:8080',
      '[::]:8443',
      '::1',
      '(',
      '[a-',
      '(a+)+$',
      '200-',
      '999',
      'http',
      'GET',
      '-----BEGIN ',
    ],
    ...[[], {}, [null], [[]], { type: 'http' }, { id: 'x' }, Object.create(null), 10n, Symbol('s'), () => 1, new Date(NaN), /x/, new Map()],
  ];
  return odd[pick(odd.length)];
};

/** One to three places of it changed. */
function mutated(pick: Pick): unknown {
  const config = wholeConfig();
  if (pick(40) === 0) return oddValues(pick);
  for (let i = 1 + pick(3); i > 0; i--) {
    const all = holders(config);
    const holder = all[pick(all.length)]!;
    const keys = Object.keys(holder);
    const key = keys[pick(keys.length)] ?? 'x';
    const other = all[pick(all.length)]!;
    switch (pick(6)) {
      case 0:
        delete holder[key];
        break;
      case 1:
        holder[key] = oddValues(pick);
        break;
      case 2:
        // A list with named properties is nothing that JSON can say.
        if (Array.isArray(holder)) break;
        Object.defineProperty(holder, ['extra', '__proto__', 'constructor', 'toString', `${key}s`, '', 'a b'][pick(7)]!, {
          ...{ value: oddValues(pick), enumerable: true, configurable: true, writable: true },
        });
        break;
      case 3:
        // Never a circle, which no file can hold: a copy.
        holder[key] = structuredClone(JSON.parse(JSON.stringify(other, (_, v: unknown) => (typeof v === 'bigint' ? 1 : v)) ?? 'null'));
        break;
      case 4:
        if (Array.isArray(holder)) holder.push(holder[0]);
        else holder[key] = [holder[key]];
        break;
      default:
        if (typeof holder[key] === 'string') holder[key] = holder[key].slice(0, pick(5)) + String.fromCharCode(pick(0x300));
    }
  }
  return config;
}

const described = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)) ?? String(value);

/** `parseConfig` never throws, says either a configuration or what is wrong and where, and takes its own answer again. */
export function checkConfig({ pick }: Case): string | undefined {
  const raw = mutated(pick);
  const tell = (what: string): string => `${what}\n    of: ${described(raw)}`;
  let result;
  try {
    result = parseConfig(raw);
  } catch (error) {
    return tell(`threw ${(error as Error).stack ?? String(error)}`);
  }
  if (result.config) {
    if (result.issues.length > 0) return tell('a configuration and issues');
    const again = parseConfig(result.config);
    if (!again.config) return tell(`does not take its own answer: ${again.issues[0]?.path}: ${again.issues[0]?.message}`);
    return isDeepStrictEqual(again.config, result.config) ? undefined : tell('its own answer becomes another');
  }
  if (result.issues.length === 0) return tell('neither a configuration nor an issue');
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  for (const { path, message } of result.issues) {
    if (typeof path !== 'string' || typeof message !== 'string' || message.trim() === '')
      return tell(`an issue without words: ${path}: ${message}`);
    if (path === '' && isObject) return tell(`an issue without a path: ${message}`);
    if (/[\r\n]|undefined|\[object|Invalid input/.test(`${path} ${message}`)) return tell(`an issue nobody can read: ${path}: ${message}`);
  }
  return undefined;
}
