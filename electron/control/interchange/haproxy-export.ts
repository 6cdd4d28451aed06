import { createHash } from 'node:crypto';
import { ipVersion, parseHostPort, type HostPort } from '../../../shared/model/address.ts';
import type { Config, ListenerConfig, NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import { formatPath } from '../../../shared/model/validate.ts';
import { certificateSteps, pemFile } from './haproxy-certificates.ts';
import { Block, type Exported, type ExportNote } from './notes.ts';
import { toPcre } from './patterns.ts';
import { legacySuites, recommendedSuites, tls13Suites } from '../../engine/sessions/tls-suites.ts';

type Mode = 'http' | 'tcp';

/** Methods that may be sent twice (RFC 9110 section 9.2.2). */
const idempotent = 'GET HEAD OPTIONS TRACE PUT DELETE';
/** HAProxy takes 64 words a line; addresses beyond go on further lines. */
const addressesPerLine = 40;
const certificatesPerLine = 20;

/** A word of haproxy.cfg: as it is where nothing in it has a meaning, else in strong quotes, in which nothing has. */
export function haproxyWord(text: string): string {
  return /^[A-Za-z0-9_.:,/@%+=*()[\]{}<>|!?&;~^-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Milliseconds as HAProxy writes them: "5s", "1500ms". */
function time(ms: number): string {
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** The value of a node's stickiness cookie: says nothing of its address, and stays when the file is made anew. */
function cookieValue(pool: string, node: string): string {
  return createHash('sha256').update(`${pool}\0${node}`).digest('hex').slice(0, 16);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

interface Backend {
  name: string;
  mode: Mode;
  pool: PoolConfig;
  index: number;
  listeners: ListenerConfig[];
}

/** HAProxy's backends carry one kind of traffic each: a pool that serves both becomes two. */
function planBackends(config: Config): Backend[] {
  const taken = new Set(config.pools.map((pool) => pool.id));
  return config.pools.flatMap((pool, index): Backend[] => {
    const users = config.listeners.filter((listener) => listener.pool === pool.id);
    const ofTcp = users.filter((listener) => listener.protocol === 'tcp');
    const ofHttp = users.filter((listener) => listener.protocol !== 'tcp');
    const common = { pool, index };
    if (ofTcp.length > 0 && ofHttp.length > 0) {
      let name = `${pool.id}-tcp`;
      while (taken.has(name)) name += '-';
      taken.add(name);
      return [
        { ...common, name: pool.id, mode: 'http', listeners: ofHttp },
        { ...common, name, mode: 'tcp', listeners: ofTcp },
      ];
    }
    const tcp = ofTcp.length > 0 || (users.length === 0 && pool.proxyProtocol !== 'none');
    return [{ ...common, name: pool.id, mode: tcp ? 'tcp' : 'http', listeners: users }];
  });
}

class HaproxyExport {
  private readonly config: Config;
  private readonly notes: ExportNote[] = [];
  private readonly backends: Backend[];
  private readonly text: string[] = [];
  private needsResolver = false;

  constructor(config: Config) {
    this.config = config;
    this.backends = planBackends(config);
  }

  export(): Exported {
    const sections = [
      ...this.config.listeners.map((listener, i) => this.frontend(listener, i)),
      ...this.backends.map((backend) => this.backend(backend)),
    ];
    this.head();
    if (this.needsResolver) {
      this.section('resolvers evenkeel', (block) => {
        block.comment('Names are resolved again while HAProxy runs; names of /etc/hosts only at its start.');
        block.add('parse-resolv-conf', 'hold valid 10s');
      });
    }
    this.text.push(...sections.flat());
    return { text: `${this.text.join('\n')}\n`, notes: this.notes };
  }

  private section(head: string, fill: (block: Block) => void): void {
    const block = new Block(this.notes, '    ');
    fill(block);
    this.text.push('', head, ...block.lines);
  }

  private head(): void {
    const { listeners } = this.config;
    const block = new Block(this.notes, '');
    block.comment('HAProxy 2.6 or newer. Made by Evenkeel from its configuration.');
    block.comment('Try it: haproxy -c -f THIS_FILE');
    certificateSteps(this.config, block);
    this.text.push(...block.lines);
    this.section('global', (global) => {
      global.comment('Relative file names start at the folder of this file.');
      global.add('default-path config');
      if (listeners.length === 0) return;
      const drains = unique(listeners.map((listener) => listener.timeouts.drainMs));
      const drain = Math.max(...drains);
      if (drain > 0) global.add(`hard-stop-after ${time(drain)}`);
      if (drains.length > 1)
        global.note('listeners', `HAProxy has one drain time for all listeners: the longest (${time(drain)}) is used for each of them.`);
      const http = listeners.filter((listener) => listener.protocol !== 'tcp');
      if (http.length === 0) return;
      const bytes = unique(http.map((listener) => listener.maxHeadBytes));
      const fields = unique(http.map((listener) => listener.maxHeaders));
      if (bytes.length > 1 || fields.length > 1)
        global.note('listeners', 'HAProxy has one limit of request heads for all listeners: the largest is used for each of them.');
      global.comment('Request heads: their bytes and what rewriting may add; their fields and the request line.');
      global.add(`tune.bufsize ${Math.max(...bytes) + 1024}`, `tune.http.maxhdr ${Math.max(...fields) + 1}`);
    });
  }

  private frontend(listener: ListenerConfig, index: number): string[] {
    const block = new Block(this.notes, '    ');
    const at = (...rest: PropertyKey[]) => formatPath(['listeners', index, ...rest]);
    const mode: Mode = listener.protocol === 'tcp' ? 'tcp' : 'http';
    const { timeouts } = listener;
    if (listener.name !== undefined) block.add(`description ${haproxyWord(listener.name)}`);
    if (!listener.enabled) block.add('disabled');
    block.add(`mode ${mode}`);
    this.bind(listener, block, at);
    block.comment('At this limit HAProxy lets connections wait; Evenkeel closes them.');
    block.add(`maxconn ${listener.maxConnections}`, `timeout client ${time(timeouts.idleMs)}`);
    if (mode === 'http')
      block.add(`timeout http-request ${time(timeouts.requestHeadMs)}`, `timeout http-keep-alive ${time(timeouts.idleMs)}`);
    const peers = listener.acceptProxyProtocolFrom;
    for (const part of chunks(peers, addressesPerLine))
      block.add(`tcp-request connection expect-proxy layer4 if { src ${part.join(' ')} }`);
    if (peers.length > 0 && mode === 'tcp')
      block.note(
        at('acceptProxyProtocolFrom'),
        'HAProxy passes a PROXY header of a peer that is not listed on to the node, as it knows no more than bytes here; Evenkeel refuses it.',
      );
    if (listener.connectionThrottle > 0) {
      // Rules about a connection run before a PROXY header is read, those about a session after it.
      const when = peers.length > 0 ? 'session' : 'connection';
      block.comment('So many new connections a second and client are let in; more are closed.');
      block.add(
        'stick-table type ipv6 size 100k expire 1m store gpc0,gpc0_rate(1s)',
        `tcp-request ${when} track-sc0 src`,
        `tcp-request ${when} reject if { sc0_gpc0_rate ge ${listener.connectionThrottle} }`,
        `tcp-request ${when} sc-inc-gpc0(0)`,
      );
    }
    if (mode === 'http') forwardedHeaders(listener, block);
    const backend = this.backends.find((one) => one.pool.id === listener.pool && one.listeners.includes(listener));
    if (backend) block.add(`default_backend ${backend.name}`);
    return ['', `frontend ${listener.id}`, ...block.lines];
  }

  private bind(listener: ListenerConfig, block: Block, at: (...rest: PropertyKey[]) => string): void {
    const host = listener.host === 'localhost' ? '127.0.0.1' : listener.host;
    const address = host.includes(':') ? `[${host}]:${listener.port}` : `${host}:${listener.port}`;
    const everywhere = host === '::' ? ' v4v6' : '';
    if (listener.protocol !== 'https') {
      block.add(`bind ${address}${everywhere}`);
      return;
    }
    const certificates = listener.certificates.map((id) => this.config.certificates.find((one) => one.id === id)!);
    const files = certificates.map(pemFile);
    let crt = files.map((file) => `crt ${haproxyWord(file)}`).join(' ');
    if (files.length > certificatesPerLine) {
      const list = `${listener.id}.crt-list`;
      block.note(at('certificates'), `HAProxy takes so many certificates from a list: write ${list} with one file a line.`);
      for (const file of files) block.comment(`  ${file}`);
      crt = `crt-list ${list}`;
    }
    const legacy = listener.tlsProfile === 'legacy';
    const suites = legacy ? legacySuites.join(':') : recommendedSuites.join(':');
    block.add(
      `bind ${address}${everywhere} ssl ${crt} alpn http/1.1 ssl-min-ver ${legacy ? 'TLSv1.0' : 'TLSv1.2'} ` +
        `ciphers ${suites} ciphersuites ${tls13Suites.join(':')}`,
    );
  }

  private backend(backend: Backend): string[] {
    const { pool, mode, index, listeners } = backend;
    const block = new Block(this.notes, '    ');
    const at = (...rest: PropertyKey[]) => formatPath(['pools', index, ...rest]);
    if (pool.name !== undefined) block.add(`description ${haproxyWord(pool.name)}`);
    block.add(`mode ${mode}`);
    if (backend.name !== pool.id)
      block.note(
        at('id'),
        `HAProxy needs a backend of its own for tcp listeners: connections and stickiness are not shared with "${pool.id}".`,
      );
    balance(pool, block);
    this.stickiness(backend, block, at);
    retries(pool, mode, block);
    if (pool.nodes.some((node) => node.mode === 'backup')) block.add('option allbackups');
    this.check(backend, block, at);
    const idle = listeners.map((listener) => listener.timeouts.idleMs);
    const tunnels = listeners.map((listener) => listener.timeouts.tunnelIdleMs);
    const server = mode === 'tcp' ? Math.max(...idle, 100) : pool.timeouts.responseMs;
    block.add(`timeout connect ${time(pool.timeouts.connectMs)}`, `timeout queue ${time(pool.timeouts.connectMs)}`);
    block.add(`timeout server ${time(mode === 'tcp' && idle.length === 0 ? pool.timeouts.responseMs : server)}`);
    if (mode === 'http' && tunnels.length > 0) block.add(`timeout tunnel ${time(Math.max(...tunnels))}`);
    if (unique(mode === 'tcp' ? idle : tunnels).length > 1)
      block.note(at('id'), 'HAProxy has one idle time for all listeners of a backend: the longest is used.');
    if (pool.keepLastNode) block.note(at('keepLastNode'), 'HAProxy does not guard the last node: whoever takes it away is not asked.');
    if (pool.passiveCheck.enabled && pool.healthCheck.type === 'none')
      block.note(at('passiveCheck'), 'HAProxy watches live traffic only of servers that it also checks: passive checks are left out.');
    else if (pool.passiveCheck.enabled)
      block.note(
        at('passiveCheck', 'windowMs'),
        `HAProxy counts ${pool.passiveCheck.errors} errors in a row, not within ${time(pool.passiveCheck.windowMs)}.`,
      );
    pool.nodes.forEach((node, n) => this.server(backend, node, n, block));
    return ['', `backend ${backend.name}`, ...block.lines];
  }

  private stickiness({ pool, mode, listeners }: Backend, block: Block, at: (...rest: PropertyKey[]) => string): void {
    const { type, cookieName, ttlMs, maxEntries } = pool.stickiness;
    if (type === 'table') {
      block.note(at('stickiness', 'ttlMs'), `HAProxy counts ${time(ttlMs)} from a client's last connection, not from its first.`);
      block.add(`stick-table type ipv6 size ${maxEntries} expire ${time(ttlMs)}`, 'stick on src');
    } else if (type === 'http_cookie' && mode === 'http') {
      const secure = listeners.filter((listener) => listener.protocol === 'https').length;
      if (secure > 0 && secure < listeners.length)
        block.note(
          at('stickiness'),
          'HAProxy marks a cookie Secure for all listeners of a backend or for none: without, as one of them speaks plain HTTP.',
        );
      const mark = secure > 0 && secure === listeners.length ? ' secure' : '';
      block.comment('HAProxy takes the cookie out of requests; with Evenkeel nodes see it.');
      block.add(`cookie ${haproxyWord(cookieName)} insert indirect httponly${mark} attr SameSite=Lax`);
    }
  }

  private check({ pool }: Backend, block: Block, at: (...rest: PropertyKey[]) => string): void {
    const check = pool.healthCheck;
    if (check.type === 'none') return;
    block.comment('HAProxy counts the interval from the end of a check, Evenkeel from its start.');
    block.add(`timeout check ${time(check.timeoutMs)}`);
    if (check.type === 'connection') return;
    const host = check.host === '' ? this.checkHost(pool, block, at) : check.host.replaceAll('%', '%%');
    block.add(
      'option httpchk',
      `http-check send meth ${check.method} uri ${haproxyWord(check.path)} ver HTTP/1.1 hdr Host ${haproxyWord(host)} hdr User-Agent Evenkeel-check hdr Accept */*`,
      `http-check expect status ${check.expectStatus.replace(/\s/g, '')}`,
    );
    if (check.type === 'http') return;
    const pattern = toPcre(check.bodyPattern);
    if (pattern === undefined)
      block.note(
        at('healthCheck', 'bodyPattern'),
        `HAProxy's regular expressions read this one differently, so the body is not looked at: ${check.bodyPattern}`,
      );
    else block.add(`http-check expect rstring ${haproxyWord(pattern)}`);
  }

  /** The Host of a check without one of its own: the address of whatever node is checked. */
  private checkHost(pool: PoolConfig, block: Block, at: (...rest: PropertyKey[]) => string): string {
    const hosts = pool.nodes.map((node) => ipVersion(addressOf(node).host));
    if (hosts.length > 0 && hosts.every((version) => version === 6)) return '[%[bc_dst]]:%[bc_dst_port]';
    if (hosts.some((version) => version !== 4))
      block.note(
        at('healthCheck', 'host'),
        "The Host of a check is the node's numeric address here; Evenkeel sends the address as it is configured.",
      );
    return '%[bc_dst]:%[bc_dst_port]';
  }

  private server({ pool, mode, index }: Backend, node: NodeConfig, n: number, block: Block): void {
    const at = (...rest: PropertyKey[]) => formatPath(['pools', index, 'nodes', n, ...rest]);
    const { host, port } = addressOf(node);
    const version = ipVersion(host);
    const words = [`server ${node.id} ${version === 6 ? `[${host}]` : host}:${port}`];
    if (node.label !== undefined) block.comment(node.label);
    if (node.mode === 'drain') {
      block.note(
        at('mode'),
        `HAProxy drains a server by weight 0 (${node.weight} otherwise), and without an end: clients that stick to it stay as long as they come back.`,
      );
      words.push('weight 0');
    } else words.push(`weight ${node.weight}`);
    if (node.mode === 'backup') words.push('backup');
    if (node.mode === 'reject') words.push('disabled');
    if (node.maxConnections > 0) words.push(`maxconn ${node.maxConnections}`);
    if (pool.stickiness.type === 'http_cookie' && mode === 'http') words.push(`cookie ${cookieValue(pool.id, node.id)}`);
    if (pool.proxyProtocol !== 'none') words.push(pool.proxyProtocol === 'v1' ? 'send-proxy' : 'send-proxy-v2');
    words.push(...this.serverTls(pool, mode, node, block, at), ...checkWords(pool, mode, node));
    if (pool.slowStartMs > 0) words.push(`slowstart ${time(pool.slowStartMs)}`);
    if (version === 0) {
      words.push('init-addr libc,none');
      if (host !== 'localhost') {
        this.needsResolver = true;
        words.push('resolvers evenkeel');
      }
    }
    block.add(words.join(' '));
  }

  private serverTls(pool: PoolConfig, mode: Mode, node: NodeConfig, block: Block, at: (...rest: PropertyKey[]) => string): string[] {
    if (node.tls === false) return [];
    const tls = node.tls === true ? { verify: true } : node.tls;
    const words = ['ssl'];
    if (mode === 'http') words.push('alpn http/1.1');
    if (tls.verify) {
      let authority = '@system-ca';
      if (tls.caFile !== undefined) authority = tls.caFile;
      else if (tls.caPem !== undefined) {
        authority = `${pool.id}-${node.id}-ca.pem`;
        block.note(at('tls', 'caPem'), `HAProxy reads authorities from files: write the PEM text of this one into ${authority}.`);
      }
      words.push(`verify required ca-file ${haproxyWord(authority)}`);
    } else words.push('verify none');
    const name = tls.serverName ?? addressOf(node).host;
    if (ipVersion(name) !== 0) {
      if (tls.verify)
        block.note(at('tls'), `HAProxy verifies the chain of this server's certificate, but not that it is for the address ${name}.`);
    } else if (/^[A-Za-z0-9._-]+$/.test(name)) {
      words.push(`sni str(${name}) check-sni ${name}`);
      if (tls.verify) words.push(`verifyhost ${name}`);
    } else block.note(at('tls', 'serverName'), `This is no DNS name, so HAProxy is not told it: ${name}`);
    return words;
  }
}

function addressOf(node: NodeConfig): HostPort {
  const parsed = parseHostPort(node.address);
  // The schema has seen to it.
  if (typeof parsed === 'string') throw new Error(`node ${node.id}: address ${parsed}`);
  return parsed;
}

function checkWords(pool: PoolConfig, mode: Mode, node: NodeConfig): string[] {
  const { healthCheck: check, passiveCheck: passive } = pool;
  if (check.type === 'none') return [];
  const words = [`check inter ${time(check.intervalMs)} fall ${check.attempts} rise ${check.rise}`];
  if (check.port !== 0) {
    words.push(`port ${check.port}`);
    // With a port of its own a check speaks plainly unless it is told to.
    if (node.tls !== false) words.push('check-ssl');
  }
  if (passive.enabled) words.push(`observe ${mode === 'http' ? 'layer7' : 'layer4'} error-limit ${passive.errors} on-error mark-down`);
  return words;
}

function balance(pool: PoolConfig, block: Block): void {
  switch (pool.algorithm) {
    case 'roundrobin':
    case 'leastconn':
      block.add(`balance ${pool.algorithm}`);
      break;
    case 'source':
      block.add('balance source', 'hash-type consistent');
      break;
    case 'random2':
      block.add('balance random(2)');
  }
}

function retries(pool: PoolConfig, mode: Mode, block: Block): void {
  block.add(`retries ${pool.retries}`);
  if (pool.retries === 0) return;
  block.add('option redispatch 1');
  if (mode === 'tcp') return;
  block.comment('A request that was sent is sent again only if it may be twice and has no body.');
  block.add(
    'retry-on conn-failure empty-response response-timeout',
    `http-request disable-l7-retry unless { method ${idempotent} }`,
    'http-request disable-l7-retry if { req.hdr(content-length) -m found } || { req.hdr(transfer-encoding) -m found }',
  );
}

function forwardedHeaders(listener: ListenerConfig, block: Block): void {
  const unless = (name: string) => (listener.trustForwarded ? ` unless { req.hdr(${name}) -m found }` : '');
  block.add('option forwardfor');
  if (!listener.trustForwarded) block.add('http-request del-header Forwarded', 'http-request del-header X-Forwarded-Host');
  block.add(
    `http-request set-header X-Forwarded-Proto ${listener.protocol}${unless('X-Forwarded-Proto')}`,
    `http-request set-header X-Forwarded-Host %[req.hdr(host)] if { req.hdr(host) -m found }${listener.trustForwarded ? ' !{ req.hdr(X-Forwarded-Host) -m found }' : ''}`,
    `http-request set-header X-Forwarded-Port %[dst_port]${unless('X-Forwarded-Port')}`,
  );
}

/**
 * The configuration as HAProxy 2.6 reads it. Keys are never in it: certificates become files, and the text says how.
 * @param config with every default filled in, as `parseConfig` gives it.
 */
export function exportHaproxy(config: Config): Exported {
  return new HaproxyExport(config).export();
}
