import { ipVersion, isDnsName, parseHostPort } from '../../../shared/model/address.ts';
import { readNumber, readTime } from './haproxy-tokens.ts';

/** What a `server` or `default-server` line says, as far as it is understood. */
export interface ServerOptions {
  weight?: number;
  check?: boolean;
  interMs?: number;
  fall?: number;
  rise?: number;
  port?: number;
  backup?: boolean;
  disabled?: boolean;
  maxconn?: number;
  cookie?: string;
  proxy?: 'none' | 'v1' | 'v2';
  ssl?: boolean;
  verify?: boolean;
  caFile?: string;
  sni?: string;
  verifyHost?: string;
  slowStartMs?: number;
  observe?: boolean;
  errorLimit?: number;
}

/** A word and why it is left out. */
export interface LeftOut {
  word: string;
  reason: string;
}

type Apply = (options: ServerOptions, value: string) => string | undefined;

const number =
  (set: (options: ServerOptions, n: number) => void, read = readNumber): Apply =>
  (options, value) => {
    const n = read(value);
    if (n === undefined) return `"${value}" is no value for it`;
    set(options, n);
    return undefined;
  };

/** Words without a value. */
const flags: Record<string, (options: ServerOptions) => void> = {
  check: (o) => (o.check = true),
  'no-check': (o) => (o.check = false),
  backup: (o) => (o.backup = true),
  'no-backup': (o) => (o.backup = false),
  disabled: (o) => (o.disabled = true),
  enabled: (o) => (o.disabled = false),
  ssl: (o) => (o.ssl = true),
  'no-ssl': (o) => (o.ssl = false),
  'send-proxy': (o) => (o.proxy = 'v1'),
  'send-proxy-v2': (o) => (o.proxy = 'v2'),
  'no-send-proxy': (o) => (o.proxy = 'none'),
  'no-send-proxy-v2': (o) => (o.proxy = 'none'),
  // A check of a node with TLS has it too.
  'check-ssl': () => undefined,
  'check-send-proxy': () => undefined,
};

/** Words with one value that are understood. */
const valued: Record<string, Apply> = {
  weight: number((o, n) => (o.weight = n)),
  inter: number((o, n) => (o.interMs = n), readTime),
  fall: number((o, n) => (o.fall = n)),
  rise: number((o, n) => (o.rise = n)),
  port: number((o, n) => (o.port = n)),
  maxconn: number((o, n) => (o.maxconn = n)),
  slowstart: number((o, n) => (o.slowStartMs = n), readTime),
  'error-limit': number((o, n) => (o.errorLimit = n)),
  cookie: (o, value) => void (o.cookie = value),
  verify: (o, value) => void (o.verify = value !== 'none'),
  'ca-file': (o, value) => void (o.caFile = value),
  verifyhost: (o, value) => void (o.verifyHost = value),
  'check-sni': () => undefined,
  'init-addr': () => undefined,
  resolvers: () => undefined,
  observe: (o) => void (o.observe = true),
  'on-error': (_o, value) => (value === 'mark-down' ? undefined : `Evenkeel takes a node down that fails too often, it has no "${value}"`),
  sni: (o, value) => {
    const name = /^str\(([^()]*)\)$/.exec(value)?.[1];
    if (name === undefined) return 'Evenkeel sends one fixed name to a node, not one of the request';
    o.sni = name;
    return undefined;
  },
  alpn: (_o, value) => (value === 'http/1.1' ? undefined : 'Evenkeel speaks HTTP/1.1 to nodes'),
  proto: (_o, value) => (value === 'h1' ? undefined : 'Evenkeel speaks HTTP/1.1 to nodes'),
};

/** Words that are left out: how many values they have, and why. */
const unknown: Record<string, [values: number, reason: string]> = {
  fastinter: [1, 'Evenkeel has one check interval'],
  downinter: [1, 'Evenkeel has one check interval'],
  addr: [1, 'Evenkeel checks the address of the node itself'],
  minconn: [1, 'Evenkeel has one limit of connections a node'],
  maxqueue: [1, 'Evenkeel has one queue a pool'],
  'on-marked-down': [1, 'Evenkeel lets open connections of a node that went down go on'],
  'on-marked-up': [1, 'Evenkeel lets open connections go on'],
  'resolve-prefer': [1, 'Evenkeel resolves names as the system does'],
  'resolve-net': [1, 'Evenkeel resolves names as the system does'],
  'resolve-opts': [1, 'Evenkeel resolves names as the system does'],
  track: [1, 'Evenkeel checks every node itself'],
  source: [1, 'Evenkeel connects from the address the system chooses'],
  usesrc: [1, 'Evenkeel connects from the address the system chooses'],
  interface: [1, 'Evenkeel connects from the address the system chooses'],
  id: [1, 'Evenkeel has ids of its own'],
  guid: [1, 'Evenkeel has ids of its own'],
  crt: [1, 'Evenkeel shows nodes no certificate of its own'],
  'crl-file': [1, 'Evenkeel reads no revocation lists'],
  ciphers: [1, 'the TLS suites to nodes are those of the platform'],
  ciphersuites: [1, 'the TLS suites to nodes are those of the platform'],
  curves: [1, 'the TLS curves to nodes are those of the platform'],
  sigalgs: [1, 'the TLS signatures to nodes are those of the platform'],
  'ssl-min-ver': [1, 'the TLS versions to nodes are those of the platform'],
  'ssl-max-ver': [1, 'the TLS versions to nodes are those of the platform'],
  redir: [1, 'Evenkeel does not redirect'],
  'check-proto': [1, 'Evenkeel checks with HTTP/1.1'],
  'check-alpn': [1, 'Evenkeel checks with HTTP/1.1'],
  'pool-max-conn': [1, 'Evenkeel keeps idle connections by itself'],
  'pool-low-conn': [1, 'Evenkeel keeps idle connections by itself'],
  'pool-purge-delay': [1, 'Evenkeel keeps idle connections by itself'],
  'max-reuse': [1, 'Evenkeel keeps idle connections by itself'],
  namespace: [1, 'Evenkeel has no network namespaces'],
  socks4: [1, 'Evenkeel does not connect through SOCKS'],
  'agent-check': [0, 'Evenkeel asks no agents'],
  'agent-port': [1, 'Evenkeel asks no agents'],
  'agent-inter': [1, 'Evenkeel asks no agents'],
  'agent-addr': [1, 'Evenkeel asks no agents'],
  'agent-send': [1, 'Evenkeel asks no agents'],
  'proxy-v2-options': [1, 'Evenkeel adds nothing to PROXY headers'],
  'set-proxy-v2-tlv-fmt': [1, 'Evenkeel adds nothing to PROXY headers'],
  'tcp-ut': [1, 'Evenkeel leaves TCP as the system has it'],
  ws: [1, 'Evenkeel passes WebSocket over HTTP/1.1'],
  shard: [1, 'Evenkeel runs alone'],
  'log-proto': [1, 'Evenkeel forwards no logs'],
  'hash-key': [1, 'Evenkeel hashes by the id of the node'],
};
const why: Record<string, string> = {
  tfo: 'Evenkeel leaves TCP as the system has it',
  'check-via-socks4': 'Evenkeel does not connect through SOCKS',
  'send-proxy-v2-ssl': 'Evenkeel adds nothing to PROXY headers: plain version 2 is sent',
  'send-proxy-v2-ssl-cn': 'Evenkeel adds nothing to PROXY headers: plain version 2 is sent',
};

/**
 * Reads the words behind a server's address.
 * @param base what default-server said before.
 * @returns the options, and every word that is left out.
 */
export function readServerOptions(words: readonly string[], base: ServerOptions = {}): { options: ServerOptions; left: LeftOut[] } {
  const options = { ...base };
  const left: LeftOut[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (Object.hasOwn(flags, word)) flags[word]!(options);
    else if (Object.hasOwn(valued, word)) {
      const reason = valued[word]!(options, words[++i] ?? '');
      if (reason !== undefined) left.push({ word, reason });
    } else if (Object.hasOwn(unknown, word)) {
      const [values, reason] = unknown[word]!;
      i += values;
      left.push({ word, reason });
    } else {
      if (word.startsWith('send-proxy-v2')) options.proxy = 'v2';
      left.push({ word, reason: why[word] ?? 'Evenkeel has nothing like it' });
    }
  }
  return { options, left };
}

/**
 * The address of a server as Evenkeel writes it.
 * @param defaultPort where it has no port of its own; undefined when there is none to take.
 * @returns `{address}`, or `{problem}` in words.
 */
export function readServerAddress(word: string, defaultPort: number | undefined): { address: string } | { problem: string } {
  if (/^(?:unix|abns|abnsz|fd|sockpair|rhttp|quic4|quic6)@|^\//.test(word))
    return { problem: 'Evenkeel connects to addresses and names, not to sockets of other kinds' };
  const plain = word.replace(/^(?:ipv4|ipv6|tcp|tcp4|tcp6)@/, '');
  if (/[${}]/.test(plain)) return { problem: 'its address is a variable' };
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(plain);
  const v6 = /^((?:[0-9A-Fa-f]*:){2,}[0-9A-Fa-f.]*?)(?::([0-9]+))?$/.exec(plain);
  let host: string;
  let port: string | undefined;
  if (bracketed) [, host = '', port] = bracketed;
  else if (ipVersion(plain) === 6) host = plain;
  else if (v6 && ipVersion(v6[1]!) === 6) [, host = '', port] = v6;
  else [host = '', port] = plain.split(':', 2);
  if (port !== undefined && /^[+-]/.test(port)) return { problem: "its port is counted from the client's; Evenkeel needs a fixed one" };
  const number = port === undefined || port === '' || port === '0' ? defaultPort : Number(port);
  if (number === undefined) return { problem: 'it goes to whatever port the client came to; Evenkeel needs one' };
  if (ipVersion(host) === 0 && !isDnsName(host)) return { problem: `"${host}" is neither an address nor a name` };
  const address = ipVersion(host) === 6 ? `[${host}]:${number}` : `${host}:${number}`;
  const parsed = parseHostPort(address);
  return typeof parsed === 'string' ? { problem: parsed } : { address };
}
