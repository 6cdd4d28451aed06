import { isAddressOrCidr, isDnsName, parseHostPort } from '../../../shared/model/address.ts';
import { parseStatusRanges } from '../../../shared/model/status-ranges.ts';
import { parseConfig } from '../../../shared/model/validate.ts';
import type { ImportNote } from './notes.ts';
import { directiveName, readProxy, type Proxy, type ServerLine } from './haproxy-proxy.ts';
import { otherSections, readSections, type Section } from './haproxy-sections.ts';
import { readServerAddress } from './haproxy-server.ts';
import { readNumber, readTime, type ConfigLine } from './haproxy-tokens.ts';

/** The configuration read from another program's file, as a person would write it: only what differs from Evenkeel's defaults. */
export interface Imported {
  config: { version: 1; listeners: Raw[]; pools: Raw[]; certificates: Raw[] };
  /** In the order of the file. */
  notes: ImportNote[];
  /** There was no section in it: the text is no haproxy.cfg. */
  empty: boolean;
}

type Raw = Record<string, unknown> & { id: string };

/** What HAProxy does where its file says nothing. */
const haproxyDefaults = { interMs: 2_000, fall: 3, rise: 2, retries: 3, errorLimit: 10, tableSize: 100_000 } as const;

const processReasons: [RegExp, string][] = [
  [/^(?:log|log-tag|log-send-hostname)$/, 'Evenkeel logs in its own way'],
  [/^(?:stats|expose-fd|server-state)/, 'Evenkeel has screens and a control API of its own'],
  [/^(?:ssl-|ca-base|issuers-chain|tune\.ssl)/, 'Evenkeel has two profiles of TLS versions and suites, chosen for each listener'],
];

/** A name as an id: what ids may not hold becomes a hyphen. */
function idFrom(name: string, fallback: string, taken: Set<string>): string {
  const clean =
    name
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 60) || fallback;
  let id = clean;
  for (let n = 2; taken.has(id); n++) id = `${clean}-${n}`;
  taken.add(id);
  return id;
}

class HaproxyImport {
  private readonly notes: ImportNote[] = [];
  private readonly sections: Section[];
  private readonly proxies = new Map<Section, Proxy>();
  private readonly global: Record<string, ConfigLine> = {};
  private readonly ids = { listeners: new Set<string>(), pools: new Set<string>(), certificates: new Set<string>() };
  private readonly pools = new Map<Section, { raw: Raw; proxy: Proxy }>();
  private readonly certificates = new Map<string, Raw>();
  private readonly listeners: Raw[] = [];
  /** Lines of the file, for what is found out about a thing later. */
  private readonly lineOf = new Map<unknown, { line: number; directive: string }>();

  constructor(text: string) {
    const { sections, notes } = readSections(text);
    this.sections = sections;
    this.notes.push(...notes);
  }

  import(): Imported {
    for (const section of this.sections) if (section.kind === 'global') this.readGlobal(section);
    const base = this.global['crt-base']?.words[1] ?? '';
    for (const section of this.sections) {
      if (section.kind === 'other') this.leaveSection(section);
      else if (section.kind === 'frontend' || section.kind === 'backend' || section.kind === 'listen')
        this.proxies.set(
          section,
          readProxy(section, (note) => this.note(note.line, note.directive, note.reason), base),
        );
    }
    // A defaults section nobody inherits is read all the same: what it cannot say must be told.
    const inherited = new Set([...this.proxies.keys()].flatMap((section) => section.inherited));
    for (const section of this.sections)
      if (section.kind === 'defaults' && section.own.some((line) => !inherited.has(line)))
        readProxy({ ...section, inherited: [] }, (note) => this.note(note.line, note.directive, note.reason), base);
    for (const [section, proxy] of this.proxies) if (section.kind !== 'frontend') this.addPool(section, proxy);
    for (const [section, proxy] of this.proxies) if (section.kind !== 'backend') this.addListeners(section, proxy);
    this.finish();
    const config = this.valid();
    return { config, notes: this.sorted(), empty: this.sections.length === 0 };
  }

  private note(line: number, directive: string, reason: string): void {
    if (!this.notes.some((note) => note.line === line && note.directive === directive && note.reason === reason))
      this.notes.push({ line, directive, reason });
  }

  private sorted(): ImportNote[] {
    return [...this.notes].sort((a, b) => a.line - b.line);
  }

  private readGlobal(section: Section): void {
    const used = new Set(['crt-base', 'hard-stop-after', 'tune.bufsize', 'tune.http.maxhdr', 'default-path']);
    for (const line of section.own) {
      const keyword = line.words[0]!;
      this.global[keyword] = line;
      if (used.has(keyword)) continue;
      const reason = processReasons.find(([pattern]) => pattern.test(keyword))?.[1] ?? 'it concerns the process of HAProxy';
      this.note(line.line, directiveName(line.words), reason);
    }
  }

  private leaveSection(section: Section): void {
    const reason = otherSections[section.keyword]!;
    this.note(section.line, section.keyword, reason);
    // Names alone: some of these lines hold passwords.
    for (const line of section.own) this.note(line.line, line.words[0]!, reason);
  }

  private addPool(section: Section, proxy: Proxy): void {
    if (proxy.servers.length === 0) {
      if (section.kind === 'backend') this.pools.set(section, { raw: this.emptyPool(section, proxy), proxy });
      return;
    }
    if (proxy.mode === 'other') return;
    this.pools.set(section, { raw: { ...this.emptyPool(section, proxy), ...this.poolSettings(section, proxy) }, proxy });
  }

  private emptyPool(section: Section, proxy: Proxy): Raw {
    const raw: Raw = { id: idFrom(section.name, 'pool', this.ids.pools) };
    if (proxy.description !== undefined && fitsName(proxy.description)) raw['name'] = proxy.description;
    else if (raw.id !== section.name && fitsName(section.name)) raw['name'] = section.name;
    this.lineOf.set(raw, { line: section.line, directive: `${section.keyword} ${section.name}` });
    return raw;
  }

  private poolSettings(section: Section, proxy: Proxy): Record<string, unknown> {
    const { timeouts, servers } = proxy;
    const users = [...this.proxies.values()].filter((other) => other === proxy || other.defaultBackend?.name === section.name);
    const ports = new Set(users.flatMap((other) => other.binds.map((bind) => bind.port)));
    const [port] = ports;
    const nodes = this.nodes(proxy, ports.size === 1 ? port : undefined);
    const connectMs = this.clamp(section, 'timeout connect', timeouts['connect'], 10, 60_000);
    const responseMs = proxy.mode === 'http' ? this.clamp(section, 'timeout server', timeouts['server'], 10, 3_600_000) : undefined;
    if (timeouts['queue'] !== undefined && timeouts['queue'] !== timeouts['connect'])
      this.note(
        this.timeoutLine(section, 'queue'),
        'timeout queue',
        'a request waits as long for a free node as for a connection in Evenkeel',
      );
    const observed = servers.find((server) => server.options.observe)?.options;
    const slowStartMs = this.sameForAll(proxy, 'slowstart', (server) => server.options.slowStartMs ?? 0) ?? 0;
    const proxyProtocol = this.sameForAll(proxy, 'send-proxy', (server) => server.options.proxy ?? 'none') ?? 'none';
    return {
      algorithm: proxy.balance,
      stickiness: this.stickiness(proxy),
      healthCheck: this.healthCheck(section, proxy),
      passiveCheck: observed
        ? { errors: Math.min(1000, Math.max(1, observed.errorLimit ?? haproxyDefaults.errorLimit)) }
        : { enabled: false },
      ...(proxyProtocol === 'none' ? {} : { proxyProtocol }),
      retries: this.clamp(section, 'retries', proxy.retries ?? haproxyDefaults.retries, 0, 5),
      ...(slowStartMs > 0 ? { slowStartMs: this.clamp(section, 'slowstart', slowStartMs, 0, 300_000) } : {}),
      timeouts: { ...(connectMs === undefined ? {} : { connectMs }), ...(responseMs === undefined ? {} : { responseMs }) },
      nodes,
    };
  }

  private timeoutLine(section: Section, name: string): number {
    const found = [...section.inherited, ...section.own].findLast(
      (line) => line.words[0] === name || (line.words[0] === 'timeout' && line.words[1] === name),
    );
    return found?.line ?? section.line;
  }

  /** A number within Evenkeel's range, with a note where it was not. */
  private clamp<T extends number | undefined>(section: Section, what: string, value: T, low: number, high: number): T {
    if (value === undefined || (value >= low && value <= high)) return value;
    const to = Math.min(high, Math.max(low, value));
    this.note(this.timeoutLine(section, what.replace('timeout ', '')), what, `Evenkeel takes ${low} to ${high}, so ${value} became ${to}`);
    return to as T;
  }

  /** What servers say one by one and Evenkeel for all: the first's; the others' differences are told. */
  private sameForAll<T>(proxy: Proxy, word: string, of: (server: ServerLine) => T): T | undefined {
    const first = proxy.servers[0];
    if (!first) return undefined;
    const value = of(first);
    for (const server of proxy.servers)
      if (of(server) !== value)
        this.note(server.line, `server ${server.name} ${word}`, `Evenkeel has one for all nodes of a pool: that of ${first.name} is used`);
    return value;
  }

  private stickiness(proxy: Proxy): Record<string, unknown> {
    const hasValues = proxy.servers.some((server) => server.options.cookie !== undefined);
    if (proxy.mode === 'http' && proxy.cookie !== undefined && hasValues) {
      const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/.test(proxy.cookie) ? { cookieName: proxy.cookie } : {};
      return { type: 'http_cookie', ...name };
    }
    if (!proxy.table.sticks) return { type: 'none' };
    const { expireMs, sizes } = proxy.table;
    return {
      type: 'table',
      ...(expireMs === undefined ? {} : { ttlMs: Math.min(604_800_000, Math.max(1000, expireMs)) }),
      maxEntries: Math.min(1_000_000, Math.max(100, sizes ?? haproxyDefaults.tableSize)),
    };
  }

  private healthCheck(section: Section, proxy: Proxy): Record<string, unknown> {
    const checked = proxy.servers.filter((server) => server.options.check);
    const first = checked[0];
    if (!first) return { type: 'none' };
    for (const server of proxy.servers)
      if (!server.options.check)
        this.note(server.line, `server ${server.name}`, 'Evenkeel checks all nodes of a pool or none: it is checked like the others');
    const one = <T>(word: string, of: (server: ServerLine) => T): T => {
      const value = of(first);
      for (const server of checked)
        if (of(server) !== value)
          this.note(server.line, `server ${server.name} ${word}`, `Evenkeel checks all nodes of a pool alike: ${first.name}'s is used`);
      return value;
    };
    const intervalMs = this.clamp(
      section,
      'inter',
      one('inter', (s) => s.options.interMs ?? haproxyDefaults.interMs),
      500,
      3_600_000,
    );
    // HAProxy gives a check the whole interval where no timeout is set.
    const asked = proxy.timeouts['check'] ?? intervalMs - 100;
    const timeoutMs = Math.max(100, Math.min(30_000, asked, intervalMs - 1));
    if (proxy.timeouts['check'] !== undefined && timeoutMs !== asked)
      this.note(
        this.timeoutLine(section, 'check'),
        'timeout check',
        `it must be below the interval in Evenkeel: ${asked} ms became ${timeoutMs} ms`,
      );
    const port = one('port', (s) => s.options.port ?? 0) || (proxy.check.port ?? 0);
    const times = {
      intervalMs,
      timeoutMs,
      attempts: this.clamp(
        section,
        'fall',
        one('fall', (s) => s.options.fall ?? haproxyDefaults.fall),
        1,
        30,
      ),
      rise: this.clamp(
        section,
        'rise',
        one('rise', (s) => s.options.rise ?? haproxyDefaults.rise),
        1,
        30,
      ),
      ...(port > 0 && port <= 65_535 ? { port } : {}),
    };
    if (!proxy.check.http) return { type: 'connection', ...times };
    return { ...this.httpCheck(section, proxy), ...times };
  }

  private httpCheck(section: Section, { check }: Proxy): Record<string, unknown> {
    const line = this.lineWith(section, 'httpchk');
    const method = (check.method ?? 'GET').toUpperCase();
    const knownMethod = ['GET', 'HEAD', 'OPTIONS', 'POST'].includes(method);
    if (!knownMethod) this.note(line, 'option httpchk', `Evenkeel checks with GET, HEAD, OPTIONS or POST: ${method} became GET`);
    const path = check.path ?? '/';
    const knownPath = /^\/[\x21-\x7e]{0,2047}$/.test(path);
    if (!knownPath) this.note(line, 'option httpchk', 'Evenkeel checks a path that begins with "/": it became "/"');
    const host = check.host ?? '';
    const knownHost = host === '' || /^[A-Za-z0-9._:[\]-]{1,255}$/.test(host);
    if (!knownHost) this.note(line, 'http-check send', 'its Host is no name, so the node is asked by its address');
    const body = check.body !== undefined && check.body.length <= 1000 ? check.body : undefined;
    // A check that looks at the body alone takes any status.
    const status = check.status ?? (body === undefined ? undefined : '100-599');
    return {
      type: body === undefined ? 'http' : 'http_body',
      path: knownPath ? path : '/',
      method: knownMethod ? method : 'GET',
      ...(knownHost && host !== '' ? { host } : {}),
      ...(status !== undefined && parseStatusRanges(status) ? { expectStatus: status } : {}),
      ...(body === undefined ? {} : { bodyPattern: body }),
    };
  }

  private lineWith(section: Section, word: string): number {
    return [...section.inherited, ...section.own].findLast((line) => line.words.includes(word))?.line ?? section.line;
  }

  private nodes(proxy: Proxy, port: number | undefined): Raw[] {
    const taken = new Set<string>();
    const weighted = proxy.servers.some((server) => server.options.weight !== undefined);
    const backups = proxy.servers.filter((server) => server.options.backup);
    if (backups.length > 1 && !this.says(proxy.section, 'option allbackups'))
      this.note(
        backups[1]!.line,
        `server ${backups[1]!.name} backup`,
        'Evenkeel spreads over all backups; HAProxy would use them one after the other',
      );
    return proxy.servers.flatMap((server): Raw[] => {
      const read = readServerAddress(server.address, port);
      if ('problem' in read) {
        this.note(server.line, `server ${server.name}`, read.problem);
        return [];
      }
      const { options } = server;
      const id = idFrom(server.name, 'node', taken);
      const node: Raw = { id, ...(id !== server.name && fitsName(server.name) ? { label: server.name } : {}), address: read.address };
      this.lineOf.set(node, { line: server.line, directive: `server ${server.name}` });
      const weight = options.weight ?? 1;
      // HAProxy's own default is 1 for all, which is the same as any other for all.
      if (weighted && weight > 0) node['weight'] = Math.min(255, weight);
      if (weight > 255) this.note(server.line, `server ${server.name} weight`, 'Evenkeel takes weights up to 255');
      const mode = options.disabled || proxy.disabled ? 'reject' : weight === 0 ? 'drain' : options.backup ? 'backup' : 'accept';
      if (mode !== 'accept') node['mode'] = mode;
      if (options.maxconn !== undefined && options.maxconn > 0) node['maxConnections'] = Math.min(1_000_000, options.maxconn);
      if (options.ssl) node['tls'] = this.nodeTls(server, read.address);
      return [node];
    });
  }

  private says(section: Section, text: string): boolean {
    return [...section.inherited, ...section.own].some((line) => line.words.join(' ') === text);
  }

  private nodeTls({ options, line, name }: ServerLine, address: string): unknown {
    const given = options.verifyHost ?? options.sni;
    const host = parseHostPort(address);
    const serverName =
      given !== undefined && given !== (typeof host === 'string' ? '' : host.host) && isDnsName(given) ? { serverName: given } : {};
    if (options.verify === false) return { verify: false, ...serverName };
    const caFile = options.caFile === undefined || options.caFile === '@system-ca' ? {} : { caFile: options.caFile };
    if (given === undefined) this.note(line, `server ${name} ssl`, "Evenkeel also verifies that the node's certificate is for its address");
    return { verify: true, ...serverName, ...caFile };
  }

  private addListeners(section: Section, proxy: Proxy): void {
    const at = (reason: string) => this.note(section.line, `${section.keyword} ${section.name}`, reason);
    if (proxy.mode === 'other') return at('Evenkeel balances TCP and HTTP: the section is left out');
    const pool = this.poolOf(section, proxy);
    if (!pool) {
      const target = proxy.defaultBackend;
      if (target)
        this.note(target.line, `default_backend ${target.name}`, 'there is no such backend in this file: the frontend is left out');
      else
        at(
          section.kind === 'listen' ? 'it has no servers: it is left out' : 'it sends nothing anywhere without a condition: it is left out',
        );
      return;
    }
    if (proxy.binds.length === 0) at('it has no address Evenkeel could listen on: its listener is left out');
    const several = proxy.binds.length > 1;
    for (const bind of proxy.binds) {
      const leave = (reason: string) => this.note(bind.line, `bind ${bind.host}:${bind.port}`, reason);
      if (bind.ssl && proxy.mode === 'tcp') {
        leave('Evenkeel terminates TLS for HTTP only: this address is left out');
        continue;
      }
      const certificates = bind.ssl ? bind.certificates.map((file) => this.certificate(file, bind.line)) : [];
      if (bind.ssl && certificates.length === 0) {
        leave('it names no certificate file: this address is left out');
        continue;
      }
      const id = idFrom(
        several && this.ids.listeners.has(section.name) ? `${section.name}-${bind.port}` : section.name,
        'listener',
        this.ids.listeners,
      );
      const name = proxy.description ?? (id === section.name || several ? undefined : section.name);
      const listener: Raw = {
        id,
        ...(name !== undefined && fitsName(name) ? { name } : {}),
        ...(proxy.disabled ? { enabled: false } : {}),
        host: bind.host,
        port: bind.port,
        protocol: proxy.mode === 'tcp' ? 'tcp' : bind.ssl ? 'https' : 'http',
        pool: pool.raw.id,
        ...(certificates.length > 0 ? { certificates } : {}),
        ...(bind.legacyTls ? { tlsProfile: 'legacy' } : {}),
        ...this.listenerSettings(section, proxy, pool.proxy, bind.acceptProxy),
      };
      this.lineOf.set(listener, { line: bind.line, directive: `bind ${bind.host}:${bind.port}` });
      this.listeners.push(listener);
    }
  }

  private poolOf(section: Section, proxy: Proxy): { raw: Raw; proxy: Proxy } | undefined {
    const own = this.pools.get(section);
    if (own) return own;
    const name = proxy.defaultBackend?.name;
    if (name === undefined) return undefined;
    for (const [other, pool] of this.pools) if (other.name === name) return pool;
    return undefined;
  }

  private listenerSettings(section: Section, proxy: Proxy, pool: Proxy, acceptProxy: boolean): Record<string, unknown> {
    const { timeouts } = proxy;
    const http = proxy.mode === 'http';
    const idleMs = this.clamp(section, 'timeout client', timeouts['client'], 100, 86_400_000);
    const keepAlive = timeouts['http-keep-alive'];
    if (keepAlive !== undefined && keepAlive !== timeouts['client'])
      this.note(
        this.timeoutLine(section, 'http-keep-alive'),
        'timeout http-keep-alive',
        'Evenkeel has one idle time: that of the client is used',
      );
    const requestHeadMs = http ? this.clamp(section, 'timeout http-request', timeouts['http-request'], 100, 600_000) : undefined;
    const tunnel = timeouts['tunnel'] ?? pool.timeouts['tunnel'];
    const tunnelIdleMs = http ? this.clamp(pool.section, 'timeout tunnel', tunnel, 100, 604_800_000) : undefined;
    const drain = readTime(this.global['hard-stop-after']?.words[1]);
    const drainMs = drain === undefined ? undefined : Math.min(3_600_000, drain);
    const all = { requestHeadMs, idleMs, tunnelIdleMs, drainMs };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const bufsize = readNumber(this.global['tune.bufsize']?.words[1]);
    const maxhdr = readNumber(this.global['tune.http.maxhdr']?.words[1]);
    const peers = acceptProxy ? ['0.0.0.0/0', '::/0'] : proxy.peers;
    for (const peer of peers)
      if (!isAddressOrCidr(peer)) this.note(section.line, 'tcp-request connection', `"${peer}" is neither an address nor a network`);
    const throttle = this.throttle(section, proxy);
    return {
      ...(peers.length > 0 ? { acceptProxyProtocolFrom: peers.filter(isAddressOrCidr) } : {}),
      ...(proxy.trustForwarded ? { trustForwarded: true } : {}),
      ...(throttle > 0 ? { connectionThrottle: throttle } : {}),
      ...(proxy.maxconn === undefined || proxy.maxconn === 0
        ? {}
        : { maxConnections: this.clamp(section, 'maxconn', proxy.maxconn, 1, 1_000_000) }),
      ...(http && bufsize !== undefined ? { maxHeadBytes: Math.min(1_048_576, Math.max(1024, bufsize - 1024)) } : {}),
      ...(http && maxhdr !== undefined ? { maxHeaders: Math.min(1000, Math.max(1, maxhdr - 1)) } : {}),
      ...(Object.keys(given).length > 0 ? { timeouts: given } : {}),
    };
  }

  private throttle(section: Section, { throttle: { perSecond, windowMs } }: Proxy): number {
    if (perSecond === undefined || windowMs === undefined || windowMs === 0) return 0;
    const rate = Math.round((perSecond * 1000) / windowMs);
    const to = Math.min(20, Math.max(1, rate));
    if (windowMs !== 1000 || to !== rate)
      this.note(
        this.lineWith(section, 'reject'),
        'tcp-request',
        `Evenkeel counts connections a second, 1 to 20: ${perSecond} in ${windowMs} ms became ${to}`,
      );
    return to;
  }

  private certificate(file: string, line: number): string {
    const known = this.certificates.get(file);
    if (known) return known.id;
    const name = /([^/\\]+?)(?:\.haproxy)?(?:\.[A-Za-z0-9]+)?$/.exec(file)?.[1] ?? 'certificate';
    const raw: Raw = { id: idFrom(name, 'certificate', this.ids.certificates), certFile: file, keyFile: file };
    this.certificates.set(file, raw);
    this.lineOf.set(raw, { line, directive: 'bind crt' });
    return raw.id;
  }

  /** What one side decides about the other. */
  private finish(): void {
    for (const { raw, proxy } of this.pools.values()) {
      const users = this.listeners.filter((listener) => listener['pool'] === raw.id);
      if (users.length === 0 || raw['proxyProtocol'] === undefined || users.every((listener) => listener['protocol'] === 'tcp')) continue;
      // PROXY to nodes of http listeners: theirs is X-Forwarded-For.
      delete raw['proxyProtocol'];
      this.note(
        proxy.servers[0]?.line ?? proxy.section.line,
        'server send-proxy',
        'Evenkeel tells nodes of http listeners of clients by X-Forwarded-For, not by the PROXY protocol',
      );
    }
  }

  /** Takes out what Evenkeel refuses, with the reason, until nothing is left to refuse. */
  private valid(): Imported['config'] {
    const config = {
      version: 1 as const,
      listeners: this.listeners,
      pools: [...this.pools.values()].map(({ raw }) => raw),
      certificates: [...this.certificates.values()],
    };
    for (;;) {
      const [issue] = parseConfig(config).issues;
      if (!issue) return config;
      const [, list = '', index = '', node] = /^(listeners|pools|certificates)\[(\d+)\](?:\.nodes\[(\d+)\])?/.exec(issue.path) ?? [];
      const holder = config[list as 'listeners' | 'pools' | 'certificates'] as Raw[] | undefined;
      const thing = holder?.[Number(index)];
      // Every issue of a configuration made here is about one of the things in it.
      if (!holder || !thing) throw new Error(`${issue.path}: ${issue.message}`);
      const items = node === undefined ? holder : (thing['nodes'] as Raw[]);
      const at = node === undefined ? Number(index) : Number(node);
      const where = this.lineOf.get(items[at]);
      const field = issue.path.split('.').at(-1) ?? '';
      this.note(
        where?.line ?? 1,
        where?.directive ?? list,
        `it is left out: its ${field} ${issue.message.replace(/listeners\[\d+\] \((.*)\)/, 'listener $1')}`,
      );
      items.splice(at, 1);
    }
  }
}

function fitsName(text: string): boolean {
  return text.length >= 1 && text.length <= 100 && !/[\u0000-\u001f\u007f]/.test(text);
}

/**
 * Reads haproxy.cfg. Never throws: what cannot be taken over is in the notes, and the configuration is always one that
 * `parseConfig` takes (its certificate files may be missing where it is used).
 */
export function importHaproxy(text: string): Imported {
  return new HaproxyImport(text).import();
}
