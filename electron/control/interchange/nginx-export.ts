import { ipVersion, parseHostPort } from '../../../shared/model/address.ts';
import type { CertificateConfig, Config, ListenerConfig, NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import { formatPath } from '../../../shared/model/validate.ts';
import { Block, oneLine, type Exported, type ExportNote } from './notes.ts';
import { legacySuites, recommendedSuites, tls13Suites } from '../../engine/sessions/tls-suites.ts';

type Mode = 'http' | 'stream';
type At = (...rest: PropertyKey[]) => string;
/** The names a certificate is for; undefined where they are not known. */
export type CertificateNames = (id: string) => readonly string[] | undefined;

const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';

/** A text of nginx.conf in quotes. `$` begins a variable in most places and cannot be written otherwise: see `hasVariable`. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, (char) => `\\${char}`)}"`;
}

const hasVariable = (text: string): boolean => text.includes('$');

/** Milliseconds as nginx writes them: "5s", "1500ms". */
function time(ms: number): string {
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

interface Server {
  node: NodeConfig;
  index: number;
  words: string[];
  remark?: string;
}

const tlsKey = (node: NodeConfig, name: string): string =>
  JSON.stringify([node.tls === true ? { verify: true } : node.tls, node.tls === false ? '' : name]);

class NginxExport {
  private readonly config: Config;
  private readonly names: CertificateNames;
  private readonly notes: ExportNote[] = [];

  constructor(config: Config, names: CertificateNames) {
    this.config = config;
    this.names = names;
  }

  export(): Exported {
    const { listeners } = this.config;
    const head = new Block(this.notes, '');
    head.comment('nginx 1.22 or newer, open source edition. Made by Evenkeel from its configuration.');
    head.comment('Try it: nginx -t -c THIS_FILE');
    this.certificates(head);
    const connections = Math.max(1024, ...listeners.map((listener) => listener.maxConnections * 2));
    head.add('worker_processes auto;', `worker_rlimit_nofile ${connections * 2};`, `events { worker_connections ${connections}; }`);
    const out = head.lines;
    const used = (protocols: string[]) => new Set(listeners.filter((l) => protocols.includes(l.protocol)).map((l) => l.pool));
    const inStream = used(['tcp']);
    const inHttp = used(['http', 'https']);
    const each = <T>(list: readonly T[], keep: (item: T) => boolean, write: (item: T, index: number) => string[]) =>
      list.flatMap((item, i) => (keep(item) ? write(item, i) : []));
    const httpParts = [
      ...each(
        this.config.pools,
        (pool) => inHttp.has(pool.id),
        (pool, i) => this.upstream(pool, i, 'http'),
      ),
      ...each(
        listeners,
        (l) => l.protocol !== 'tcp',
        (l, i) => this.httpServer(l, i),
      ),
    ];
    const streamParts = [
      ...each(
        this.config.pools,
        (pool) => inStream.has(pool.id),
        (pool, i) => this.upstream(pool, i, 'stream'),
      ),
      ...each(
        listeners,
        (l) => l.protocol === 'tcp',
        (l, i) => this.streamServer(l, i),
      ),
    ];
    const unused = new Block(this.notes, '');
    this.config.pools.forEach((pool, i) => {
      if (!inHttp.has(pool.id) && !inStream.has(pool.id))
        unused.note(formatPath(['pools', i]), `Pool "${pool.id}" is left out: no listener uses it.`);
    });
    out.push(...unused.lines);
    if (httpParts.length > 0) out.push('', 'http {', ...this.httpCommon(), ...httpParts, '}');
    if (streamParts.length > 0) {
      const about = new Block([], '');
      about.comment('Debian keeps this part in a package of its own, libnginx-mod-stream; elsewhere it may need load_module.');
      out.push('', ...about.lines, 'stream {', ...streamParts, '}');
    }
    return { text: `${out.join('\n')}\n`, notes: this.notes };
  }

  private httpCommon(): string[] {
    const block = new Block(this.notes, '    ');
    block.comment('Bytes as they come, in both directions; names and answers as they are.');
    block.add('access_log off;', 'default_type application/octet-stream;', 'client_max_body_size 0;', 'underscores_in_headers on;');
    const trusts = this.config.listeners.some((l) => l.trustForwarded && l.protocol !== 'tcp');
    if (trusts)
      for (const [header, own] of [
        ['proto', '$scheme'],
        ['host', '$http_host'],
        ['port', '$server_port'],
      ] as const)
        block.add(
          `map $http_x_forwarded_${header} $trusted_${header} {`,
          `    default $http_x_forwarded_${header};`,
          `    "" ${own};`,
          '}',
        );
    for (const listener of this.config.listeners)
      if (listener.enabled && listener.protocol !== 'tcp') block.add(`limit_conn_zone $server_port zone=requests.${listener.id}:64k;`);
    return block.lines;
  }

  /** Certificate and key as nginx names them. Inline PEM and names with `$` become files of our own naming. */
  private certificateFiles(certificate: CertificateConfig): [string, string] {
    const { certFile, keyFile, id } = certificate;
    return [
      certFile === undefined || hasVariable(certFile) ? `${id}.crt` : certFile,
      keyFile === undefined || hasVariable(keyFile) ? `${id}.key` : keyFile,
    ];
  }

  private certificates(block: Block): void {
    const used = new Set(this.config.listeners.flatMap((l) => (l.protocol === 'https' ? l.certificates : [])));
    this.config.certificates.forEach((certificate, i) => {
      const path = formatPath(['certificates', i]);
      if (!used.has(certificate.id)) {
        block.note(path, `Certificate "${certificate.id}" is left out: no https listener uses it.`);
        return;
      }
      const [cert, key] = this.certificateFiles(certificate);
      if (certificate.certPem !== undefined || certificate.keyPem !== undefined)
        block.note(path, `nginx reads certificates from files: write the PEM texts of "${certificate.id}" into ${cert} and ${key}.`);
      else if (cert !== certificate.certFile || key !== certificate.keyFile)
        block.note(path, `nginx reads "$" in a file's name as a variable: copy the files of "${certificate.id}" to ${cert} and ${key}.`);
    });
  }

  private upstream(pool: PoolConfig, index: number, mode: Mode): string[] {
    const at: At = (...rest) => formatPath(['pools', index, ...rest]);
    const block = new Block(this.notes, '        ');
    const servers = this.servers(pool, at, block);
    const { type } = pool.stickiness;
    let method = '';
    if (type === 'table') {
      block.note(
        at('stickiness'),
        'nginx keeps no table of clients: they stick by a hash of their address instead, which takes the place of the algorithm.',
      );
      method = 'hash $remote_addr consistent;';
    } else if (pool.algorithm === 'source') method = 'hash $remote_addr consistent;';
    else if (pool.algorithm === 'leastconn') method = 'least_conn;';
    else if (pool.algorithm === 'random2') method = 'random two least_conn;';
    if (type === 'http_cookie' && mode === 'http') {
      block.note(at('stickiness'), 'nginx sets no cookie of its own in its open source edition: clients do not stick.');
      block.comment(`In the commercial edition: sticky cookie ${pool.stickiness.cookieName} path=/ httponly samesite=lax;`);
    }
    this.cannotSay(pool, at, block, mode);
    if (method !== '') block.add(method);
    block.comment('Shared by all workers.');
    block.add(`zone ${mode}.${pool.id} 512k;`);
    const primaries = servers.filter((server) => !server.words.includes('backup'));
    const takesBackup = !/^(?:hash|random)/.test(method);
    const shown = primaries.length === 0 ? servers.map((s) => ({ ...s, words: s.words.filter((word) => word !== 'backup') })) : servers;
    if (shown.length === 0) {
      block.comment('No nodes: this address is never asked.');
      block.add('server 127.0.0.1:9 down;');
    }
    for (const { node, index: n, words, remark } of shown) {
      if (words.includes('backup') && !takesBackup) {
        block.note(at('nodes', n, 'mode'), `nginx has no backup servers beside this way of balancing: ${node.id} is left out.`);
        block.comment(words.join(' '));
        continue;
      }
      if (remark !== undefined) block.comment(remark);
      block.add(`${words.join(' ')};`);
    }
    if (mode === 'http') block.add('keepalive 64;');
    return ['', ...(pool.name === undefined ? [] : [`    # ${oneLine(pool.name)}`]), `    upstream ${pool.id} {`, ...block.lines, '    }'];
  }

  private servers(pool: PoolConfig, at: At, block: Block): Server[] {
    const hosts = pool.nodes.map((node) => {
      const address = parseHostPort(node.address);
      return typeof address === 'string' ? '' : address.host;
    });
    const nameOf = (node: NodeConfig, i: number) => (typeof node.tls === 'object' ? node.tls.serverName : undefined) ?? hosts[i] ?? '';
    const keys = pool.nodes.map((node, i) => tlsKey(node, nameOf(node, i)));
    const kept = mainKey(pool, keys);
    if (hosts.some((host) => ipVersion(host) === 0))
      block.note(at('nodes'), 'nginx resolves names once, when it starts, and does not start when one of them is unknown.');
    return pool.nodes.map((node, index) => {
      const words = [`server ${node.address}`, `weight=${node.weight}`];
      if (node.maxConnections > 0) words.push(`max_conns=${node.maxConnections}`);
      const { enabled, errors, windowMs } = pool.passiveCheck;
      words.push(...(enabled ? [`max_fails=${errors}`, `fail_timeout=${Math.ceil(windowMs / 1000)}s`] : ['max_fails=0']));
      if (node.mode === 'backup') words.push('backup');
      if (node.mode === 'reject') words.push('down');
      if (node.mode === 'drain') {
        words.push('down');
        block.note(at('nodes', index, 'mode'), `nginx does not drain in its open source edition: ${node.id} gets nothing at all.`);
      } else if (keys[index] !== kept && node.mode !== 'reject') {
        if (node.mode !== 'backup') words.push('down');
        else words[words.indexOf('backup')] = 'down';
        block.note(
          at('nodes', index, 'tls'),
          `nginx speaks to all servers of an upstream alike: ${node.id}, whose TLS differs, gets nothing.`,
        );
      }
      return { node, index, words, ...(node.label === undefined ? {} : { remark: node.label }) };
    });
  }

  /** What of a pool has no words here, told once. */
  private cannotSay(pool: PoolConfig, at: At, block: Block, mode: Mode): void {
    if (pool.healthCheck.type !== 'none')
      block.note(at('healthCheck'), 'nginx checks servers only by live traffic in its open source edition: the health check is left out.');
    if (pool.passiveCheck.enabled && mode === 'http')
      block.note(
        at('passiveCheck'),
        'nginx does not count answers 5xx as failures without also sending the request again: only failed connections, timeouts and broken answers count.',
      );
    if (pool.slowStartMs > 0) block.note(at('slowStartMs'), 'nginx has no slow start in its open source edition.');
    if (pool.keepLastNode) block.note(at('keepLastNode'), 'nginx does not guard the last node.');
  }

  private listen(listener: ListenerConfig, block: Block, at: At): void {
    const host = listener.host === 'localhost' ? '127.0.0.1' : listener.host;
    const words = [`listen ${host.includes(':') ? `[${host}]` : host}:${listener.port}`];
    if (listener.protocol === 'https') words.push('ssl');
    if (listener.acceptProxyProtocolFrom.length > 0) words.push('proxy_protocol');
    if (host === '::') words.push('ipv6only=off');
    block.add(`${words.join(' ')};`);
    if (listener.acceptProxyProtocolFrom.length === 0) return;
    block.note(at('acceptProxyProtocolFrom'), 'nginx expects a PROXY header of every peer here, and believes those that are listed.');
    for (const peer of listener.acceptProxyProtocolFrom) block.add(`set_real_ip_from ${peer};`);
    if (listener.protocol !== 'tcp') block.add('real_ip_header proxy_protocol;');
  }

  private commonServer(listener: ListenerConfig, at: At, block: Block): void {
    if (listener.connectionThrottle > 0)
      block.note(at('connectionThrottle'), 'nginx does not limit new connections a second: the throttle is left out.');
    block.comment('nginx counts requests in hand, not open connections.');
  }

  private disabled(listener: ListenerConfig, index: number): string[] {
    const block = new Block(this.notes, '    ');
    block.note(formatPath(['listeners', index, 'enabled']), `Listener "${listener.id}" is switched off and left out.`);
    return ['', ...block.lines];
  }

  private httpServer(listener: ListenerConfig, index: number): string[] {
    if (!listener.enabled) return this.disabled(listener, index);
    const at: At = (...rest) => formatPath(['listeners', index, ...rest]);
    const first = this.httpServerFor(listener, at, this.notes, undefined);
    const further = listener.certificates.slice(1).flatMap((id, i) => {
      if (listener.protocol !== 'https') return [];
      const names = (this.names(id) ?? []).filter((name) => /^(?:\*\.)?[A-Za-z0-9._-]+$/.test(name));
      if (names.length > 0) return this.httpServerFor(listener, at, [], { id, names });
      const block = new Block(this.notes, '    ');
      block.note(
        at('certificates', i + 1),
        `nginx picks certificates by server_name, and the names of "${id}" could not be read: it is left out.`,
      );
      return block.lines;
    });
    return [...first, ...further];
  }

  private httpServerFor(listener: ListenerConfig, at: At, notes: ExportNote[], sni: { id: string; names: string[] } | undefined): string[] {
    const { timeouts } = listener;
    const index = this.config.pools.findIndex((one) => one.id === listener.pool);
    const pool = this.config.pools[index]!;
    const block = new Block(notes, '        ');
    this.listenOnce(listener, block, at, sni !== undefined);
    if (sni) block.add(`server_name ${sni.names.join(' ')};`);
    if (listener.protocol === 'https') {
      const certificate = this.config.certificates.find((one) => one.id === (sni?.id ?? listener.certificates[0]))!;
      const [cert, key] = this.certificateFiles(certificate);
      const legacy = listener.tlsProfile === 'legacy';
      block.add(`ssl_certificate ${quoted(cert)};`, `ssl_certificate_key ${quoted(key)};`);
      block.add(`ssl_protocols ${legacy ? 'TLSv1 TLSv1.1 ' : ''}TLSv1.2 TLSv1.3;`, 'ssl_prefer_server_ciphers on;');
      block.add(`ssl_ciphers ${legacy ? legacySuites.join(':') : recommendedSuites.join(':')};`);
      block.add(`ssl_conf_command Ciphersuites ${tls13Suites.join(':')};`);
    }
    this.commonServer(listener, at, block);
    block.add(`limit_conn requests.${listener.id} ${Math.min(listener.maxConnections, 65535)};`, 'limit_conn_status 503;');
    if (listener.maxConnections > 65535) block.note(at('maxConnections'), 'nginx counts up to 65535 here.');
    block.add(`client_header_timeout ${time(timeouts.requestHeadMs)};`, `client_body_timeout ${time(timeouts.idleMs)};`);
    block.add(`send_timeout ${time(timeouts.idleMs)};`, `keepalive_timeout ${time(timeouts.idleMs)};`, 'keepalive_requests 1000000;');
    block.comment('One field may be as long as all of them together may be in Evenkeel.');
    block.add(`large_client_header_buffers 4 ${listener.maxHeadBytes};`);
    if (listener.maxHeaders !== 100) block.note(at('maxHeaders'), 'nginx does not limit the number of fields of a request head.');
    if (timeouts.drainMs !== 30_000)
      block.note(at('timeouts', 'drainMs'), 'nginx has one drain time for all of it: worker_shutdown_timeout, in its main part.');
    this.proxy(listener, pool, formatPath(['pools', index]), block);
    return ['', ...(listener.name === undefined ? [] : [`    # ${oneLine(listener.name)}`]), '    server {', ...block.lines, '    }'];
  }

  /** The options of an address are given once; further servers only share it. */
  private listenOnce(listener: ListenerConfig, block: Block, at: At, again: boolean): void {
    const own = new Block(again ? [] : this.notes, '        ');
    this.listen(listener, own, at);
    block.lines.push(...own.lines.map((line) => (again ? line.replace(' ipv6only=off', '') : line)));
  }

  private proxy(listener: ListenerConfig, pool: PoolConfig, at: string, block: Block): void {
    const trusted = (header: string, own: string) => (listener.trustForwarded ? `$trusted_${header}` : own);
    const behindProxy = listener.acceptProxyProtocolFrom.length > 0;
    block.add('proxy_http_version 1.1;', 'proxy_buffering off;', 'proxy_request_buffering off;', 'proxy_redirect off;');
    block.add('proxy_pass_header Server;', 'proxy_pass_header Date;', 'proxy_pass_header X-Accel-Redirect;');
    block.add('proxy_ignore_headers X-Accel-Redirect X-Accel-Buffering X-Accel-Charset X-Accel-Expires X-Accel-Limit-Rate;');
    block.add(`proxy_connect_timeout ${time(pool.timeouts.connectMs)};`, `proxy_send_timeout ${time(listener.timeouts.idleMs)};`);
    block.comment('A request that was sent is sent again only if its method may be twice.');
    if (pool.retries === 0) block.add('proxy_next_upstream off;');
    else block.add('proxy_next_upstream error timeout;', `proxy_next_upstream_tries ${pool.retries + 1};`);
    const scheme = this.nodeTls(pool, at, block);
    const headers = (connection: string, upgrade: string) => [
      'proxy_set_header Host $http_host;',
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      `proxy_set_header X-Forwarded-Proto ${trusted('proto', '$scheme')};`,
      `proxy_set_header X-Forwarded-Host ${trusted('host', '$http_host')};`,
      `proxy_set_header X-Forwarded-Port ${trusted('port', behindProxy ? '$proxy_protocol_server_port' : '$server_port')};`,
      ...(listener.trustForwarded ? [] : ['proxy_set_header Forwarded "";']),
      `proxy_set_header Upgrade ${upgrade};`,
      `proxy_set_header Connection ${connection};`,
    ];
    const location = (name: string, lines: string[]) => block.add(`location ${name} {`, ...lines.map((line) => `    ${line}`), '}');
    location('/', [
      '# An upgrade has an idle time of its own.',
      'error_page 418 = @upgrade;',
      'if ($http_upgrade) { return 418; }',
      `proxy_read_timeout ${time(pool.timeouts.responseMs)};`,
      ...headers('""', '""'),
      `proxy_pass ${scheme}://${pool.id};`,
    ]);
    location('@upgrade', [
      `proxy_read_timeout ${time(listener.timeouts.tunnelIdleMs)};`,
      `proxy_send_timeout ${time(listener.timeouts.tunnelIdleMs)};`,
      ...headers('upgrade', '$http_upgrade'),
      `proxy_pass ${scheme}://${pool.id};`,
    ]);
  }

  /** TLS to the nodes, as most of them have it. @returns the scheme. */
  private nodeTls(pool: PoolConfig, at: string, block: Block): 'http' | 'https' {
    const names = pool.nodes.map((node) => {
      const address = parseHostPort(node.address);
      return (typeof node.tls === 'object' ? node.tls.serverName : undefined) ?? (typeof address === 'string' ? '' : address.host);
    });
    const keys = pool.nodes.map((node, i) => tlsKey(node, names[i]!));
    const n = keys.findIndex((key) => key === mainKey(pool, keys));
    const node = pool.nodes[n];
    if (node === undefined || node.tls === false) return 'http';
    this.proxyTls(node, names[n]!, `${at}.nodes[${n}].tls`, pool, block);
    return 'https';
  }

  private proxyTls(node: NodeConfig, name: string, at: string, pool: PoolConfig, block: Block): void {
    const tls = node.tls === true ? { verify: true } : node.tls;
    if (tls === false) return;
    const isName = /^[A-Za-z0-9._:-]+$/.test(name);
    if (isName) block.add(`proxy_ssl_name ${name};`);
    else block.note(`${at}.serverName`, `This is no DNS name, so nginx is not told it: ${name}`);
    if (isName && ipVersion(name) === 0) block.add('proxy_ssl_server_name on;');
    if (!tls.verify) return;
    let authority = tls.caFile ?? systemAuthorities;
    if (tls.caPem !== undefined || hasVariable(authority)) {
      authority = `${pool.id}-ca.pem`;
      block.note(at, `nginx reads authorities from a file: put this node's into ${authority}.`);
    }
    if (authority === systemAuthorities) block.comment("The system's authorities, where Debian keeps them.");
    block.add('proxy_ssl_verify on;', 'proxy_ssl_verify_depth 5;', `proxy_ssl_trusted_certificate ${quoted(authority)};`);
  }

  private streamServer(listener: ListenerConfig, index: number): string[] {
    if (!listener.enabled) return this.disabled(listener, index);
    const at: At = (...rest) => formatPath(['listeners', index, ...rest]);
    const p = this.config.pools.findIndex((one) => one.id === listener.pool);
    const pool = this.config.pools[p]!;
    const block = new Block(this.notes, '        ');
    this.listen(listener, block, at);
    if (listener.connectionThrottle > 0)
      block.note(at('connectionThrottle'), 'nginx does not limit new connections a second: the throttle is left out.');
    block.add(`proxy_connect_timeout ${time(pool.timeouts.connectMs)};`, `proxy_timeout ${time(listener.timeouts.idleMs)};`);
    if (pool.retries === 0) block.add('proxy_next_upstream off;');
    else block.add('proxy_next_upstream on;', `proxy_next_upstream_tries ${pool.retries + 1};`);
    if (pool.proxyProtocol === 'v2')
      block.note(
        formatPath(['pools', p, 'proxyProtocol']),
        'nginx sends version 1 of the PROXY protocol only; most servers that read version 2 read it too.',
      );
    if (pool.proxyProtocol !== 'none') block.add('proxy_protocol on;');
    const own = new Block(this.notes, '        ');
    if (this.nodeTls(pool, formatPath(['pools', p]), own) === 'https') block.lines.push('        proxy_ssl on;', ...own.lines);
    block.note(at('maxConnections'), 'nginx does not limit the connections of a listener here: worker_connections limits them all.');
    block.add(`proxy_pass ${pool.id};`);
    return ['', ...(listener.name === undefined ? [] : [`    # ${oneLine(listener.name)}`]), '    server {', ...block.lines, '    }'];
  }
}

/** How most of the nodes that get traffic are spoken to. */
function mainKey(pool: PoolConfig, keys: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  pool.nodes.forEach((node, i) => {
    const weight = node.mode === 'accept' ? 1000 : node.mode === 'backup' ? 1 : 0;
    counts.set(keys[i]!, (counts.get(keys[i]!) ?? 0) + weight);
  });
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * The configuration as the open source edition of nginx reads it. Keys are never in it.
 * @param config with every default filled in.
 * @param names of certificates, for choosing by SNI. Default: unknown.
 */
export function exportNginx(config: Config, names: CertificateNames = () => undefined): Exported {
  return new NginxExport(config, names).export();
}
