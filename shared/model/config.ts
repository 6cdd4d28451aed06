import { z } from 'zod';
import { ipVersion, isAddressOrCidr, parseHostPort } from './address.ts';
import { parseStatusRanges } from './status-ranges.ts';

/**
 * The JSON file, version 1: one schema for the file, the control API, the window's forms and the engine.
 * Every message is a predicate that reads on after the field's path ("must be 1–255, got 300").
 */

/** How a value is quoted in a message: short, on one line, never the whole of a large object. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

const must = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? 'is required' : `must be ${what}, got ${showValue(issue.input)}`;

const range = (min: number, max: number) => `${min}–${max}`;

function whole(min: number, max: number) {
  const error = must(range(min, max));
  return z.number({ error }).refine((n) => Number.isInteger(n) && n >= min && n <= max, { error });
}

function text(what: string, test: (value: string) => boolean) {
  const error = must(what);
  return z.string({ error }).refine(test, { error });
}

function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values, { error: must(`one of ${values.join(', ')}`) });
}

const flag = () => z.boolean({ error: must('true or false') });
const noControls = (value: string) => !/[\u0000-\u001f\u007f]/.test(value);
const list = <T extends z.ZodType>(of: T) => z.array(of, { error: must('a list') });
/** An object in a list: without this, text where an object belongs is told in the schema library's own words. */
const entry = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: must('an object') });

/** Letters, digits, `.`, `_`, `-`; starts with a letter or digit; at most 64 characters. */
export const idSchema = text('an id of letters, digits, ".", "_" or "-" (at most 64)', (v) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(v));

/** What a person calls it. 1–100 characters, no control characters. */
const nameSchema = text('1–100 characters of text', (v) => v.length >= 1 && v.length <= 100 && noControls(v));

export const protocolSchema = choice('tcp', 'http', 'https');
export const algorithmSchema = choice('roundrobin', 'leastconn', 'source', 'random2');
export const nodeModeSchema = choice('accept', 'drain', 'backup', 'reject');
export const stickinessTypeSchema = choice('none', 'table', 'http_cookie');
export const checkTypeSchema = choice('none', 'connection', 'http', 'http_body');
export const checkMethodSchema = choice('GET', 'HEAD', 'OPTIONS', 'POST');
export const proxyProtocolSchema = choice('none', 'v1', 'v2');
export const tlsProfileSchema = choice('recommended', 'legacy');

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

const pem = () => text('PEM text', (v) => v.includes('-----BEGIN '));
const filePath = () => text('a file path', (v) => v.length > 0 && v.length <= 4096 && noControls(v));

/** TLS from the balancer to one node. `false` (default): plain. `true`: verified against the system's authorities. */
const nodeTlsSchema = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        /** Refuse a node whose certificate does not verify. Default true; false accepts any certificate. */
        verify: flag().default(true),
        /** Name sent as SNI and checked in the certificate. Default: the node's host. */
        serverName: text('a DNS name', (v) => v.length <= 253 && noControls(v)).optional(),
        /** Authority to verify against instead of the system's: a file beside the configuration, or PEM text. */
        caFile: filePath().optional(),
        caPem: pem().optional(),
      }),
    ],
    { error: must('true, false or an object with verify, serverName, caFile or caPem') },
  )
  .default(false);

export const nodeSchema = entry({
  id: idSchema,
  /** Shown instead of the id. Default: the id. */
  label: nameSchema.optional(),
  /** `host:port`: IPv4, [IPv6] or a DNS name, which is re-resolved. */
  address: z.string({ error: must('host:port') }).superRefine((value, ctx) => {
    const parsed = parseHostPort(value);
    if (typeof parsed === 'string')
      ctx.addIssue({ code: 'custom', message: `${parsed}${parsed.includes('got') ? '' : `, got ${showValue(value)}`}` });
  }),
  /** Share of new clients relative to the others. 1–255, default 100. */
  weight: whole(1, 255).default(100),
  /** What the owner wants of the node; never what the checker sees. Default accept. */
  mode: nodeModeSchema.default('accept'),
  tls: nodeTlsSchema,
  /** Connections (tcp) or requests in flight (http) at most. 0–1,000,000, default 0 = no limit. */
  maxConnections: whole(0, 1_000_000).default(0),
});

const stickinessSchema = z.strictObject(
  {
    /** Default by the protocol of the listeners that use the pool: none (tcp), table (http, https). */
    type: stickinessTypeSchema,
    /** table: how long an entry lasts from being added. 1,000–604,800,000 ms, default 1,800,000 (30 min). */
    ttlMs: whole(1_000, 604_800_000).default(1_800_000),
    /** Clients remembered at most; the one unseen for longest goes first. 100–1,000,000, default 100,000. */
    maxEntries: whole(100, 1_000_000).default(100_000),
    /** http_cookie: a token (RFC 6265 section 4.1.1), at most 64 characters. Default NB_SRVID. */
    cookieName: text("a cookie name: letters, digits and !#$%&'*+-.^_`|~ (at most 64)", (v) =>
      /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/.test(v),
    ).default('NB_SRVID'),
  },
  { error: must('an object') },
);

const healthCheckSchema = z.strictObject(
  {
    /** Default connection: a TCP (with node TLS: TLS) handshake. */
    type: checkTypeSchema.default('connection'),
    /** http, http_body: origin-form target. Default "/". */
    path: text('a path that starts with "/" and has no spaces', (v) => /^\/[\x21-\x7e]{0,2047}$/.test(v)).default('/'),
    /** http, http_body: Host header. Default "": the node's address. */
    host: text('a host name', (v) => v === '' || /^[A-Za-z0-9._:[\]-]{1,255}$/.test(v)).default(''),
    /** Port to check instead of the node's. 0–65,535, default 0 = the node's own. */
    port: whole(0, 65_535).default(0),
    /** Default GET. */
    method: checkMethodSchema.default('GET'),
    /** Start to start; each node's interval is jittered down, never up. 500–3,600,000 ms, default 5,000. */
    intervalMs: whole(500, 3_600_000).default(5_000),
    /** One check may take this long; below the interval. 100–30,000 ms, default 3,000. */
    timeoutMs: whole(100, 30_000).default(3_000),
    /** Failures in a row that take a node down ("fall"). 1–30, default 3. */
    attempts: whole(1, 30).default(3),
    /** Passes in a row that bring it back. 1–30, default 2. */
    rise: whole(1, 30).default(2),
    /** http, http_body: statuses that count as healthy. Default "200-399". */
    expectStatus: text('statuses such as "200-399" or "200,204"', (v) => parseStatusRanges(v) !== undefined).default('200-399'),
    /** http_body: regular expression the first 64 KiB of the body must match. Required for http_body. */
    bodyPattern: text('a regular expression', (v) => v.length <= 1000 && compiles(v)).default(''),
  },
  { error: must('an object') },
);

const passiveCheckSchema = z.strictObject(
  {
    /** Count what live traffic meets: failed connects, timeouts, 5xx other than 501 and 505. Default true. */
    enabled: flag().default(true),
    /** Errors within the window that take a node down. 1–1,000, default 3. */
    errors: whole(1, 1_000).default(3),
    /** 1,000–600,000 ms, default 10,000. */
    windowMs: whole(1_000, 600_000).default(10_000),
  },
  { error: must('an object') },
);

const poolTimeoutsSchema = z.strictObject(
  {
    /** For one attempt to connect to a node. 10–60,000 ms, default 5,000. */
    connectMs: whole(10, 60_000).default(5_000),
    /** From the request's end to the answer's head. 10–3,600,000 ms, default 60,000. */
    responseMs: whole(10, 3_600_000).default(60_000),
  },
  { error: must('an object') },
);

export const poolSchema = entry({
  id: idSchema,
  /** Default: the id. */
  name: nameSchema.optional(),
  /** All are weighted. Default roundrobin. */
  algorithm: algorithmSchema.default('roundrobin'),
  stickiness: stickinessSchema,
  healthCheck: healthCheckSchema.prefault({}),
  passiveCheck: passiveCheckSchema.prefault({}),
  /** PROXY protocol header sent to nodes; pools of tcp listeners only. Default none. */
  proxyProtocol: proxyProtocolSchema.default('none'),
  /** Further nodes to try when one fails, where that is safe. 0–5, default 2. */
  retries: whole(0, 5).default(2),
  /** A node that comes back takes its full share only after this long. 0–300,000 ms, default 0 = at once. */
  slowStartMs: whole(0, 300_000).default(0),
  /** Refuse a mode change that would leave no node to serve. Default false. */
  keepLastNode: flag().default(false),
  timeouts: poolTimeoutsSchema.prefault({}),
  nodes: list(nodeSchema).default([]),
});

const listenerTimeoutsSchema = z.strictObject(
  {
    /** For the whole request head (and a PROXY header); trickling does not extend it. 100–600,000 ms, default 10,000. */
    requestHeadMs: whole(100, 600_000).default(10_000),
    /** Without a byte: keep-alive between requests, a stalled body, an idle tcp session. 100–86,400,000 ms, default 60,000. */
    idleMs: whole(100, 86_400_000).default(60_000),
    /** Without a byte in an upgraded connection (WebSocket). 100–604,800,000 ms, default 3,600,000. */
    tunnelIdleMs: whole(100, 604_800_000).default(3_600_000),
    /** How long what is in flight may go on after a stop or removal. 0–3,600,000 ms, default 30,000. */
    drainMs: whole(0, 3_600_000).default(30_000),
  },
  { error: must('an object') },
);

export const listenerSchema = entry({
  id: idSchema,
  /** Default: the id. */
  name: nameSchema.optional(),
  /** A disabled listener is kept but not bound. Default true. */
  enabled: flag().default(true),
  /** IP address to bind, or localhost; 0.0.0.0 and :: are every address. Default 127.0.0.1. */
  host: text('an IP address or localhost', (v) => ipVersion(v) !== 0 || v === 'localhost').default('127.0.0.1'),
  /** 1–65,535. */
  port: whole(1, 65_535),
  /** https terminates TLS; nodes get plain HTTP unless the node says tls. */
  protocol: protocolSchema,
  /** Id of the pool that serves it. */
  pool: idSchema,
  /** https: ids of certificates; SNI picks among them, the first answers any other name. */
  certificates: list(idSchema).default([]),
  /** Default recommended: TLS 1.2 and 1.3, ECDHE with AEAD. */
  tlsProfile: tlsProfileSchema.default('recommended'),
  /** Peers (addresses, CIDR) that must send a PROXY header. Default none. */
  acceptProxyProtocolFrom: list(text('an IP address or CIDR', isAddressOrCidr)).default([]),
  /** Believe X-Forwarded-Proto/-Host/-Port and Forwarded of the client (another proxy in front). Default false. */
  trustForwarded: flag().default(false),
  /** New connections (tcp) or requests' connections a second and client address. 0–20, default 0 = off. */
  connectionThrottle: whole(0, 20).default(0),
  /** Open client connections at most. 1–1,000,000, default 10,000. */
  maxConnections: whole(1, 1_000_000).default(10_000),
  /** Request line and fields together. 1,024–1,048,576 bytes, default 32,768. */
  maxHeadBytes: whole(1_024, 1_048_576).default(32_768),
  /** Fields in a head. 1–1,000, default 100. */
  maxHeaders: whole(1, 1_000).default(100),
  timeouts: listenerTimeoutsSchema.prefault({}),
});

export const certificateSchema = entry({
  id: idSchema,
  /** Default: the id. */
  name: nameSchema.optional(),
  /** PEM files (chain, leaf first), relative to the configuration's own folder; or the text itself. */
  certFile: filePath().optional(),
  keyFile: filePath().optional(),
  certPem: pem().optional(),
  keyPem: pem().optional(),
});

export const configSchema = z.strictObject(
  {
    version: z.literal(1, { error: must('1') }),
    listeners: list(listenerSchema).default([]),
    pools: list(poolSchema).default([]),
    certificates: list(certificateSchema).default([]),
  },
  { error: must('an object') },
);

/** A whole configuration with every default filled in. Immutable once applied. */
export type Config = z.output<typeof configSchema>;
export type ListenerConfig = Config['listeners'][number];
export type PoolConfig = Config['pools'][number];
export type NodeConfig = PoolConfig['nodes'][number];
export type CertificateConfig = Config['certificates'][number];
export type HealthCheckConfig = PoolConfig['healthCheck'];
export type StickinessConfig = PoolConfig['stickiness'];
export type Protocol = z.output<typeof protocolSchema>;
export type Algorithm = z.output<typeof algorithmSchema>;
export type NodeMode = z.output<typeof nodeModeSchema>;

/** A configuration with nothing in it. */
export const emptyConfig: Config = { version: 1, listeners: [], pools: [], certificates: [] };
