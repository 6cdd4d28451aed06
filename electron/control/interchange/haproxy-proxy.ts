import type { ConfigLine } from './haproxy-tokens.ts';
import { readNumber, readSize, readTime } from './haproxy-tokens.ts';
import { readBind, type Bind } from './haproxy-bind.ts';
import { fromPcre, statusRanges } from './patterns.ts';
import type { ImportNote } from './notes.ts';
import type { Section } from './haproxy-sections.ts';
import { readServerOptions, type ServerOptions } from './haproxy-server.ts';

export interface ServerLine {
  name: string;
  address: string;
  options: ServerOptions;
  line: number;
}

/** A frontend, backend or listen section, with what it inherits, as far as it is understood. */
export interface Proxy {
  section: Section;
  description: string | undefined;
  mode: 'tcp' | 'http' | 'other';
  disabled: boolean;
  binds: (Bind & { line: number })[];
  defaultBackend: { name: string; line: number } | undefined;
  maxconn: number | undefined;
  /** Milliseconds, by the word behind `timeout`. */
  timeouts: Record<string, number | undefined>;
  balance: 'roundrobin' | 'leastconn' | 'source' | 'random2';
  cookie: string | undefined;
  table: { sizes: number | undefined; expireMs: number | undefined; sticks: boolean };
  throttle: { perSecond: number | undefined; windowMs: number | undefined };
  peers: string[];
  trustForwarded: boolean;
  check: {
    http: boolean;
    method: string | undefined;
    path: string | undefined;
    host: string | undefined;
    port: number | undefined;
    status: string | undefined;
    body: string | undefined;
  };
  retries: number | undefined;
  servers: ServerLine[];
}

/** Words that are said of what Evenkeel does anyway, or by lines that are understood together. */
const silent: RegExp[] = [
  /^option redispatch\b/,
  /^redispatch$/,
  /^option forwardfor$/,
  /^option allbackups$/,
  /^option http-keep-alive$/,
  /^hash-type consistent$/,
  /^enabled$/,
  /^retry-on conn-failure(?: empty-response)?(?: response-timeout)?$/,
  /^http-request disable-l7-retry unless \{ method GET HEAD OPTIONS TRACE PUT DELETE \}$/,
  /^http-request disable-l7-retry if \{ req\.hdr\(content-length\) -m found \} \|\| \{ req\.hdr\(transfer-encoding\) -m found \}$/,
  /^http-request del-header (?:Forwarded|X-Forwarded-Host)$/i,
  /^http-request set-header X-Forwarded-Proto (?:https?|%\[ssl_fc,iif\(https,http\)\])(?: (?:if|unless) \{ ssl_fc \}| if !\{ ssl_fc \})?$/i,
  /^http-request set-header X-Forwarded-Host %\[req\.hdr\([Hh]ost\)\](?: if \{ req\.hdr\(host\) -m found \})?$/i,
  /^http-request set-header X-Forwarded-Port %\[dst_port\]$/i,
  /^tcp-request (?:connection|session|content) track-sc0 src$/,
  /^tcp-request (?:connection|session) sc-inc-gpc0\(0\)$/,
];

const trusting = /^http-request set-header X-Forwarded-(Proto|Host|Port) .*(?:unless \{|!\{) req\.hdr\(X-Forwarded-\1\) -m found \}$/i;

/** Why a directive is left out, by how it begins; the first that fits. */
const reasons: [RegExp, string][] = [
  [/^(?:acl|use_backend|use-server)\b/, 'Evenkeel sends everything of a listener to one pool'],
  [
    /^(?:log|log-format|log-format-sd|log-tag|log-steps|error-log-format|unique-id-|capture|declare capture|option (?:httplog|tcplog|httpslog|dontlognull|dontlog-normal|logasap|log-separate-errors|log-health-checks|contstats|socket-stats|clf))/,
    'Evenkeel logs in its own way',
  ],
  [/^(?:stats|monitor-uri|monitor-net|monitor)\b/, 'Evenkeel has screens and a control API of its own'],
  [/^(?:errorfile|errorfiles|errorloc|errorloc302|errorloc303|http-error)\b/, 'Evenkeel has pages of its own for errors'],
  [
    /^(?:redirect|http-request redirect|http-request return|http-request deny|http-request tarpit|http-request auth|http-request use-service|block|req(?:i?del|i?deny|i?tarpit|i?allow|i?pass)|reqi?rep|http-request set-(?:path|uri|query|method)|http-request replace-)/,
    'Evenkeel changes and answers no requests itself',
  ],
  [
    /^(?:http-request|http-response|http-after-response|reqadd|rspadd|rspi?del|rspi?rep|rspi?deny|option forwardfor|option originalto)\b/,
    'Evenkeel adds the X-Forwarded fields and leaves the rest of a message as it is',
  ],
  [/^(?:tcp-request|tcp-response)\b/, 'Evenkeel has no rules of this kind'],
  [/^(?:compression|filter|cache)\b/, 'Evenkeel passes bodies as they are'],
  [
    /^(?:stick|stick-table|appsession|persist|force-persist|ignore-persist|option persist|option prefer-last-server)\b/,
    'Evenkeel sticks by client address or by a cookie of its own',
  ],
  [
    /^option (?:mysql-check|pgsql-check|redis-check|smtpchk|ldap-check|ssl-hello-chk|spop-check|external-check)|^external-check|^tcp-check|^option tcp-check|^http-check/,
    'Evenkeel checks by a connection, an HTTP status or an HTTP body',
  ],
  [
    /^option (?:http-server-close|httpclose|forceclose|http-pretend-keepalive|http-no-delay|http-use-htx|http-use-proxy-header|http-tunnel|http-reuse|prefer-last-server)|^http-reuse/,
    'Evenkeel keeps connections to clients and nodes open where they allow it',
  ],
  [
    /^option (?:tcpka|clitcpka|srvtcpka|tcp-smart-accept|tcp-smart-connect|splice-|nolinger|transparent|independent-streams|abortonclose)|^(?:backlog|clitcpka|srvtcpka|source|fullconn|maxqueue|bind-process|grace|rate-limit|transparent)/,
    'Evenkeel leaves TCP as the system has it',
  ],
  [
    /^option (?:accept-invalid|http-ignore-probes|http-buffer-request|checkcache|http_proxy|http-restrict|h1-case|disable-h2|allow-0rtt|idle-close)/,
    'Evenkeel reads HTTP strictly and in its own way',
  ],
  [/^email-alert/, 'Evenkeel sends no mail'],
  [/^dynamic-cookie-key/, "Evenkeel's cookie has a key of its own"],
  [/^retry-on/, 'Evenkeel sends a request again after a failed connection, a broken or a missing answer, where that is safe'],
  [/^timeout/, 'Evenkeel has no timeout of this kind'],
  [/^server-template/, 'Evenkeel lists nodes one by one'],
  [/^(?:load-server-state|server-state|id|guid|description|hash-balance-factor|hash-type|hash-preserve)/, 'Evenkeel has nothing like it'],
];

/** A directive by its name alone; its arguments may be secrets. */
export function directiveName(words: readonly string[]): string {
  const [first = '', second] = words;
  const two = [
    'option',
    'timeout',
    'http-check',
    'http-request',
    'http-response',
    'tcp-check',
    'tcp-request',
    'tcp-response',
    'stats',
    'no',
    'bind',
    'server',
    'stick',
    'default_backend',
    'use_backend',
    'capture',
    'tune',
  ];
  return two.includes(first) && second !== undefined && /^[A-Za-z0-9*:[\]._%@/,-]{1,60}$/.test(second) ? `${first} ${second}` : first;
}

export function reasonFor(words: readonly string[]): string {
  const text = words.join(' ').replace(/^no /, '');
  return reasons.find(([pattern]) => pattern.test(text))?.[1] ?? 'Evenkeel has nothing like it';
}

const oldTimeouts: Record<string, string> = { contimeout: 'connect', clitimeout: 'client', srvtimeout: 'server' };
const usedTimeouts = new Set(['client', 'server', 'connect', 'check', 'tunnel', 'http-request', 'queue', 'http-keep-alive']);

type Leave = (reason?: string) => void;

/** Reads one proxy, defaults first. */
export function readProxy(section: Section, note: (note: ImportNote) => void, certificateFolder: string): Proxy {
  const proxy: Proxy = {
    section,
    description: undefined,
    mode: 'tcp',
    disabled: false,
    binds: [],
    defaultBackend: undefined,
    maxconn: undefined,
    timeouts: {},
    balance: 'roundrobin',
    cookie: undefined,
    table: { sizes: undefined, expireMs: undefined, sticks: false },
    throttle: { perSecond: undefined, windowMs: undefined },
    peers: [],
    trustForwarded: false,
    check: { http: false, method: undefined, path: undefined, host: undefined, port: undefined, status: undefined, body: undefined },
    retries: undefined,
    servers: [],
  };
  let defaultServer: ServerOptions = {};
  const bind = (line: number, words: readonly string[]) => {
    const { binds, left } = readBind(words, certificateFolder);
    proxy.binds.push(...binds.map((one) => ({ ...one, line })));
    for (const { word, reason } of left) note({ line, directive: `bind ${word}`, reason });
  };
  const server = (line: ConfigLine) => {
    const [, name = '', address = '', ...words] = line.words;
    const { options, left } = readServerOptions(words, defaultServer);
    for (const { word, reason } of left) note({ line: line.line, directive: `server ${name} ${word}`, reason });
    proxy.servers.push({ name, address, options, line: line.line });
  };

  const own = new Set(section.own);
  for (const line of [...section.inherited, ...section.own]) {
    const leave: Leave = (reason) => {
      note({ line: line.line, directive: directiveName(line.words), reason: reason ?? reasonFor(line.words) });
    };
    if (line.hasVariable && line.words[0] !== 'server') {
      leave('it holds a variable of HAProxy’s environment');
      continue;
    }
    switch (line.words[0]) {
      case 'bind':
        bind(line.line, line.words.slice(1));
        break;
      case 'server':
        if (own.has(line)) server(line);
        break;
      case 'dispatch':
        proxy.servers.push({ name: 'dispatch', address: line.words[1] ?? '', options: {}, line: line.line });
        break;
      case 'default-server': {
        const { options, left } = readServerOptions(line.words.slice(1), defaultServer);
        defaultServer = options;
        for (const { word, reason } of left) note({ line: line.line, directive: `default-server ${word}`, reason });
        break;
      }
      default:
        if (!readDirective(proxy, line, leave)) leave();
    }
  }
  if (section.kind === 'listen' || section.kind === 'frontend') {
    // "listen name :80", as it was written before 1.8.
    if (section.rest.length > 0) bind(section.line, section.rest);
  }
  return proxy;
}

/** @returns whether the directive was understood, or told about. */
function readDirective(proxy: Proxy, { words, line }: ConfigLine, leave: Leave): boolean {
  const [keyword = '', first = '', second] = words;
  const text = words.join(' ');
  const take = (value: number | undefined, set: (n: number) => void): boolean => {
    if (value === undefined) leave(`"${first}" is no value for it`);
    else set(value);
    return true;
  };
  if (silent.some((pattern) => pattern.test(text))) return true;
  if (trusting.test(text)) {
    proxy.trustForwarded = true;
    return true;
  }
  switch (keyword) {
    case 'mode':
      proxy.mode = first === 'http' || first === 'tcp' ? first : 'other';
      if (proxy.mode === 'other') leave('Evenkeel balances TCP and HTTP');
      return true;
    case 'description':
      proxy.description = words.slice(1).join(' ');
      return true;
    case 'disabled':
      proxy.disabled = true;
      return true;
    case 'default_backend':
      proxy.defaultBackend = { name: first, line };
      return true;
    case 'use_backend':
      // Without a condition it is where everything goes.
      if (second !== undefined) return false;
      proxy.defaultBackend ??= { name: first, line };
      return true;
    case 'maxconn':
      return take(readNumber(first), (n) => (proxy.maxconn = n));
    case 'retries':
      return take(readNumber(first), (n) => (proxy.retries = n));
    case 'contimeout':
    case 'clitimeout':
    case 'srvtimeout':
      return take(readTime(first), (n) => (proxy.timeouts[oldTimeouts[keyword]!] = n));
    case 'timeout':
      if (!usedTimeouts.has(first)) return false;
      return take(readTime(second), (n) => (proxy.timeouts[first] = n));
    case 'balance':
      return readBalance(proxy, first, leave);
    case 'cookie':
      return readCookie(proxy, words, leave);
    case 'stick-table':
      return readTable(proxy, words);
    case 'stick':
      if (!/^stick (?:on|match|store-request) src$/.test(text)) return false;
      proxy.table.sticks = true;
      return true;
    case 'option':
      if (first === 'httpchk') return readHttpchk(proxy, words.slice(2), leave);
      if (first === 'tcp-check') {
        proxy.check.http = false;
        return true;
      }
      return false;
    case 'http-check':
      return readHttpCheck(proxy, words.slice(1), leave);
    case 'tcp-check':
      return text === 'tcp-check connect';
    case 'tcp-request':
      return readTcpRequest(proxy, text);
    default:
      return false;
  }
}

function readBalance(proxy: Proxy, word: string, leave: Leave): boolean {
  if (word === 'roundrobin' || word === 'leastconn' || word === 'source') proxy.balance = word;
  else if (/^random(?:\([0-9]+\))?$/.test(word)) proxy.balance = 'random2';
  else {
    proxy.balance = 'roundrobin';
    leave(
      word === 'static-rr'
        ? 'Evenkeel’s round robin may be changed while it runs, as HAProxy’s other one'
        : 'Evenkeel does not balance by it: round robin takes its place',
    );
  }
  return true;
}

function readCookie(proxy: Proxy, [, name = '', ...rest]: readonly string[], leave: Leave): boolean {
  proxy.cookie = name;
  if (!rest.includes('insert')) {
    // Evenkeel sets a cookie of its own and never touches the application's.
    proxy.cookie = '';
    leave('Evenkeel sticks by a cookie of its own, NB_SRVID, and leaves this one alone');
    return true;
  }
  const others = rest.filter(
    (word, i) => !['insert', 'indirect', 'httponly', 'secure', 'nocache', 'attr'].includes(word) && rest[i - 1] !== 'attr',
  );
  if (others.length > 0)
    leave(`Evenkeel's cookie ends with the browser's session and is for the host alone: "${others.join(' ')}" is left out`);
  return true;
}

function readTable(proxy: Proxy, words: readonly string[]): boolean {
  const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
  const rate = /(?:gpc0_rate|conn_rate)\(([0-9]+(?:us|ms|s|m|h|d)?)\)/.exec(after('store') ?? '');
  if (rate) {
    proxy.throttle.windowMs = readTime(rate[1]);
    return true;
  }
  const type = after('type');
  if ((type !== 'ip' && type !== 'ipv6') || words.includes('store')) return false;
  proxy.table.sizes = readSize(after('size'));
  proxy.table.expireMs = readTime(after('expire'));
  return true;
}

function readTcpRequest(proxy: Proxy, text: string): boolean {
  const peers = /^tcp-request connection expect-proxy layer4 if \{ src ([^{}]+) \}$/.exec(text);
  if (peers) {
    proxy.peers.push(...peers[1]!.trim().split(/\s+/));
    return true;
  }
  if (text === 'tcp-request connection expect-proxy layer4') {
    proxy.peers.push('0.0.0.0/0', '::/0');
    return true;
  }
  const limit =
    /^tcp-request (?:connection|session) reject if \{ (?:sc0_gpc0_rate ge|sc_gpc0_rate\(0\) ge|(?:sc0_conn_rate|sc_conn_rate\(0\)) gt) ([0-9]+) \}$/.exec(
      text,
    );
  if (!limit) return false;
  proxy.throttle.perSecond = Number(limit[1]);
  return true;
}

function readHttpchk(proxy: Proxy, words: readonly string[], leave: Leave): boolean {
  const { check } = proxy;
  Object.assign(check, { http: true, method: 'OPTIONS', path: '/' });
  const [a, b, ...version] = words;
  if (a !== undefined && b === undefined) check.path = a;
  else if (a !== undefined && b !== undefined) Object.assign(check, { method: a, path: b });
  // Fields were once hidden behind the version.
  const fields = version
    .join(' ')
    .split(/\r\n|\\r\\n/)
    .slice(1)
    .filter((field) => field !== '');
  for (const field of fields) {
    const host = /^host:\s*(.*)$/i.exec(field);
    if (host) check.host = host[1]!;
    else leave('Evenkeel sends no fields of this kind with a check, but Host');
  }
  return true;
}

function readHttpCheck(proxy: Proxy, words: readonly string[], leave: Leave): boolean {
  const { check } = proxy;
  switch (words[0]) {
    case 'send':
      return readSend(proxy, words.slice(1), leave);
    case 'expect':
      return readExpect(proxy, words.slice(1), leave);
    case 'connect': {
      for (let i = 1; i < words.length; i++) {
        const word = words[i]!;
        if (word === 'port') check.port = readNumber(words[++i]);
        else if (['default', 'ssl', 'linger'].includes(word)) continue;
        else if (word === 'sni' || word === 'alpn' || word === 'proto') i++;
        else return false;
      }
      return true;
    }
    case 'comment':
      return true;
    default:
      return false;
  }
}

function readSend({ check }: Proxy, words: readonly string[], leave: Leave): boolean {
  for (let i = 0; i < words.length; i++) {
    const value = words[i + 1] ?? '';
    switch (words[i]) {
      case 'meth':
        check.method = value;
        i++;
        break;
      case 'uri':
        check.path = value;
        i++;
        break;
      case 'ver':
        i++;
        break;
      case 'hdr': {
        const field = words[i + 2] ?? '';
        if (value.toLowerCase() === 'host') check.host = /%\[(?:bc_)?dst\]/.test(field) ? '' : field.replaceAll('%%', '%');
        else if (!['user-agent', 'accept', 'connection'].includes(value.toLowerCase()))
          leave('Evenkeel sends no fields of this kind with a check, but Host');
        i += 2;
        break;
      }
      case 'comment':
        i++;
        break;
      default:
        leave('Evenkeel sends no body and no variables with a check');
        i++;
    }
  }
  return true;
}

function readExpect({ check }: Proxy, given: readonly string[], leave: Leave): boolean {
  let words = [...given];
  // What the expectation is called, and how its result is told.
  while (
    ['min-recv', 'comment', 'ok-status', 'error-status', 'tout-status', 'on-success', 'on-error', 'status-code'].includes(words[0] ?? '')
  )
    words = words.slice(2);
  const negated = words[0] === '!';
  if (negated) words = words.slice(1);
  const [kind, ...rest] = words;
  const value = rest.join(' ');
  if (kind === 'status') {
    const list = value.split(',').map((part) => part.split('-').map(Number));
    check.status = statusRanges((status) => list.some(([low = NaN, high = low]) => status >= low && status <= high) !== negated);
    if (check.status === undefined) leave('it matches no status from 100 to 599');
    return true;
  }
  if (kind === 'rstatus') {
    const pattern = value.length <= 200 ? fromPcre(value) : undefined;
    const regexp = pattern === undefined ? undefined : new RegExp(pattern);
    check.status = regexp && statusRanges((status) => regexp.test(String(status)) !== negated);
    if (check.status === undefined) leave('it matches no status from 100 to 599 that Evenkeel could tell');
    return true;
  }
  if (negated || (kind !== 'string' && kind !== 'rstring')) return false;
  const pattern = kind === 'string' ? value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : fromPcre(value);
  if (pattern === undefined || pattern === '') leave('the regular expression reads differently in Evenkeel');
  else check.body = pattern;
  return true;
}
