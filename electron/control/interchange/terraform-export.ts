import { ipVersion, parseHostPort } from '../../../shared/model/address.ts';
import type { Config, ListenerConfig, NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import { formatPath } from '../../../shared/model/validate.ts';
import { Block, type Exported, type ExportNote } from './notes.ts';

/** What the NodeBalancer API takes (seconds). */
const limits = { intervalMin: 2, intervalMax: 3600, timeoutMin: 1, timeoutMax: 30, labelMin: 3, labelMax: 32 } as const;

type Attribute = [name: string, value: string];

/** A string of HCL: nothing in it is a quote's end, a template or a directive. */
export function hclString(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, (char) => `\\${char}`)
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/\$\{/g, '$$$${')
    .replace(/%\{/g, '%%{');
  return `"${escaped}"`;
}

/** As `terraform fmt` aligns them: the equals signs of lines that follow each other stand below each other. */
function aligned(attributes: readonly Attribute[]): string[] {
  const width = Math.max(0, ...attributes.map(([name]) => name.length));
  return attributes.map(([name, value]) => `${name.padEnd(width)} = ${value}`);
}

/** Names of resources: each once, whatever the ids are. */
class Names {
  private readonly taken = new Set<string>();

  give(...parts: string[]): string {
    const joined = parts.join('_').replace(/[^A-Za-z0-9_-]/g, '_');
    const wish = /^[A-Za-z_]/.test(joined) ? joined : `_${joined}`;
    let name = wish;
    for (let n = 2; this.taken.has(name); n++) name = `${wish}_${n}`;
    this.taken.add(name);
    return name;
  }
}

/** 3–32 letters, digits, hyphens and underscores, as the API wants labels. */
function nodeLabel(node: NodeConfig): string {
  const clean = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^-+/, '')
      .slice(0, limits.labelMax)
      .replace(/-+$/, '');
  const wish = clean(node.label ?? node.id) || clean(node.id);
  return wish.length >= limits.labelMin ? wish : clean(`node-${wish}`) || 'node';
}

function fileCall(path: string): string {
  // Relative names start at the module, as they start at the configuration's folder here.
  return /^(?:[/\\]|[A-Za-z]:)/.test(path) ? `file(${hclString(path)})` : `file("\${path.module}/${hclString(path).slice(1, -1)}")`;
}

class TerraformExport {
  private readonly config: Config;
  private readonly notes: ExportNote[] = [];
  private readonly names = { config: new Names(), node: new Names() };
  private readonly out: string[] = [];

  constructor(config: Config) {
    this.config = config;
  }

  export(): Exported {
    this.head();
    const ports = new Map<number, string>();
    this.config.listeners.forEach((listener, i) => {
      const block = new Block(this.notes, '');
      const other = ports.get(listener.port);
      if (!listener.enabled) block.note(formatPath(['listeners', i, 'enabled']), `Listener "${listener.id}" is switched off and left out.`);
      else if (other !== undefined)
        block.note(
          formatPath(['listeners', i, 'port']),
          `A NodeBalancer has each port once: listener "${listener.id}" is left out, as "${other}" has port ${listener.port}, too.`,
        );
      else {
        ports.set(listener.port, listener.id);
        this.listener(listener, i);
        return;
      }
      this.out.push('', ...block.lines);
    });
    const used = new Set(this.config.listeners.filter((l) => ports.get(l.port) === l.id).map((l) => l.pool));
    const unused = new Block(this.notes, '');
    this.config.pools.forEach((pool, i) => {
      if (!used.has(pool.id)) unused.note(formatPath(['pools', i]), `Pool "${pool.id}" is left out: no listener uses it.`);
    });
    if (unused.lines.length > 0) this.out.push('', ...unused.lines);
    return { text: `${this.out.join('\n')}\n`, notes: this.notes };
  }

  private head(): void {
    const block = new Block(this.notes, '');
    block.comment('A Linode NodeBalancer. Made by Evenkeel from its configuration. The token comes from LINODE_TOKEN.');
    block.add('terraform {', '  required_providers {', '    linode = {', '      source = "linode/linode"', '    }', '  }', '}', '');
    block.add(
      'variable "region" {',
      '  description = "Where the NodeBalancer and its nodes are, such as us-east."',
      '  type        = string',
      '}',
      '',
    );
    const throttles = [...new Set(this.config.listeners.filter((l) => l.enabled).map((l) => l.connectionThrottle))];
    // 0 is no limit: whoever has none must not get one.
    const throttle = throttles.includes(0) ? 0 : Math.max(0, ...throttles);
    if (throttles.length > 1)
      block.note(
        'listeners',
        `A NodeBalancer has one throttle for all of its ports: the widest is used (${throttle === 0 ? 'none' : `${throttle} a second`}).`,
      );
    block.add('resource "linode_nodebalancer" "evenkeel" {');
    block.add(
      ...aligned([
        ['label', '"evenkeel"'],
        ['region', 'var.region'],
        ['client_conn_throttle', String(throttle)],
      ]).map((line) => `  ${line}`),
      '}',
    );
    this.out.push(...block.lines);
  }

  private listener(listener: ListenerConfig, index: number): void {
    const p = this.config.pools.findIndex((pool) => pool.id === listener.pool);
    const pool = this.config.pools[p]!;
    const at = (...rest: PropertyKey[]) => formatPath(['listeners', index, ...rest]);
    const ofPool = (...rest: PropertyKey[]) => formatPath(['pools', p, ...rest]);
    const block = new Block(this.notes, '');
    if (listener.name !== undefined) block.comment(listener.name);
    this.cannotSay(listener, pool, at, ofPool, block);
    const attributes: Attribute[] = [
      ['nodebalancer_id', 'linode_nodebalancer.evenkeel.id'],
      ['port', String(listener.port)],
      ['protocol', hclString(listener.protocol)],
      ['algorithm', hclString(pool.algorithm === 'random2' ? 'leastconn' : pool.algorithm)],
      ['stickiness', hclString(pool.stickiness.type)],
      ...this.check(pool, ofPool, block),
      ['check_passive', String(pool.passiveCheck.enabled)],
    ];
    if (listener.protocol === 'tcp') attributes.push(['proxy_protocol', hclString(pool.proxyProtocol)]);
    if (listener.protocol === 'https')
      attributes.push(['cipher_suite', hclString(listener.tlsProfile)], ...this.certificate(listener, at, block));
    const name = this.names.config.give(listener.id);
    const lines = aligned(attributes).map((line) => `  ${line}`);
    this.out.push('', ...block.lines, `resource "linode_nodebalancer_config" "${name}" {`, ...lines, '}');
    pool.nodes.forEach((node, n) => this.node(name, listener, node, ofPool('nodes', n)));
  }

  private check(pool: PoolConfig, at: (...rest: PropertyKey[]) => string, block: Block): Attribute[] {
    const { healthCheck: check } = pool;
    if (check.type === 'none') return [['check', '"none"']];
    const timeout = Math.min(limits.timeoutMax, Math.max(limits.timeoutMin, Math.ceil(check.timeoutMs / 1000)));
    const interval = Math.min(limits.intervalMax, Math.max(limits.intervalMin, timeout + 1, Math.ceil(check.intervalMs / 1000)));
    if (timeout * 1000 !== check.timeoutMs)
      block.note(
        at('healthCheck', 'timeoutMs'),
        `A NodeBalancer counts in seconds: the check's timeout is ${timeout} s instead of ${check.timeoutMs} ms.`,
      );
    if (interval * 1000 !== check.intervalMs)
      block.note(
        at('healthCheck', 'intervalMs'),
        `A NodeBalancer checks every 2 s at most and counts in seconds: every ${interval} s instead of ${check.intervalMs} ms.`,
      );
    const attributes: Attribute[] = [
      ['check', hclString(check.type)],
      ['check_interval', String(interval)],
      ['check_timeout', String(timeout)],
      ['check_attempts', String(check.attempts)],
    ];
    if (check.type === 'http' || check.type === 'http_body') attributes.push(['check_path', hclString(check.path)]);
    if (check.type === 'http_body') attributes.push(['check_body', hclString(check.bodyPattern)]);
    const isHttp = check.type !== 'connection';
    if (check.rise !== 2) block.note(at('healthCheck', 'rise'), 'A NodeBalancer does not let the number of passes be set.');
    if (check.port !== 0) block.note(at('healthCheck', 'port'), 'A NodeBalancer checks the port of the node itself.');
    if (isHttp && check.host !== '') block.note(at('healthCheck', 'host'), 'A NodeBalancer does not let the Host of a check be set.');
    if (isHttp && check.method !== 'GET') block.note(at('healthCheck', 'method'), 'A NodeBalancer checks with GET.');
    if (isHttp && check.expectStatus !== '200-399')
      block.note(at('healthCheck', 'expectStatus'), 'A NodeBalancer takes any status 2xx or 3xx for healthy.');
    return attributes;
  }

  private certificate(listener: ListenerConfig, at: (...rest: PropertyKey[]) => string, block: Block): Attribute[] {
    const [id, ...more] = listener.certificates;
    if (more.length > 0)
      block.note(
        at('certificates'),
        `A NodeBalancer's port has one certificate: only "${id}" is used, not ${more.map((one) => `"${one}"`).join(', ')}.`,
      );
    const certificate = this.config.certificates.find((one) => one.id === id)!;
    if (certificate.certPem !== undefined || certificate.keyPem !== undefined)
      block.note(
        formatPath(['certificates', this.config.certificates.indexOf(certificate)]),
        `Keys are not written here: put the PEM texts of "${certificate.id}" into ${certificate.id}.crt and ${certificate.id}.key beside this file.`,
      );
    return [
      ['ssl_cert', fileCall(certificate.certFile ?? `${certificate.id}.crt`)],
      ['ssl_key', fileCall(certificate.keyFile ?? `${certificate.id}.key`)],
    ];
  }

  private node(config: string, listener: ListenerConfig, node: NodeConfig, path: string): void {
    const block = new Block(this.notes, '');
    const address = parseHostPort(node.address);
    const host = typeof address === 'string' ? '' : address.host;
    if (!isPrivate(host))
      block.note(`${path}.address`, `A NodeBalancer reaches nodes by private addresses of its region or VPC: ${host} must become one.`);
    if (node.tls !== false) block.note(`${path}.tls`, `A NodeBalancer speaks plainly to its nodes: TLS to ${node.id} is left out.`);
    if (node.maxConnections > 0) block.note(`${path}.maxConnections`, `A NodeBalancer does not limit the connections to ${node.id}.`);
    const lines = aligned([
      ['nodebalancer_id', 'linode_nodebalancer.evenkeel.id'],
      ['config_id', `linode_nodebalancer_config.${config}.id`],
      ['label', hclString(nodeLabel(node))],
      ['address', hclString(node.address)],
      ['weight', String(node.weight)],
      ['mode', hclString(node.mode)],
    ]).map((line) => `  ${line}`);
    this.out.push(
      '',
      ...block.lines,
      `resource "linode_nodebalancer_node" "${this.names.node.give(listener.id, node.id)}" {`,
      ...lines,
      '}',
    );
  }

  private cannotSay(
    listener: ListenerConfig,
    pool: PoolConfig,
    at: (...rest: PropertyKey[]) => string,
    ofPool: (...rest: PropertyKey[]) => string,
    block: Block,
  ): void {
    const { timeouts } = listener;
    const usual = timeouts.requestHeadMs === 10_000 && timeouts.idleMs === 60_000 && timeouts.tunnelIdleMs === 3_600_000;
    if (!usual || timeouts.drainMs !== 30_000) block.note(at('timeouts'), 'A NodeBalancer has timeouts of its own, which cannot be set.');
    if (listener.maxConnections !== 10_000)
      block.note(at('maxConnections'), 'A NodeBalancer has a limit of connections of its own, which cannot be set.');
    if (listener.protocol !== 'tcp' && (listener.maxHeadBytes !== 32_768 || listener.maxHeaders !== 100))
      block.note(at('maxHeadBytes'), 'A NodeBalancer has limits of request heads of its own, which cannot be set.');
    if (listener.acceptProxyProtocolFrom.length > 0) block.note(at('acceptProxyProtocolFrom'), 'A NodeBalancer accepts no PROXY header.');
    if (listener.trustForwarded) block.note(at('trustForwarded'), 'A NodeBalancer writes the X-Forwarded fields itself.');
    if (pool.algorithm === 'random2')
      block.note(ofPool('algorithm'), 'A NodeBalancer does not balance by power of two choices: leastconn is nearest.');
    const { type, ttlMs, cookieName } = pool.stickiness;
    if (type === 'table' && ttlMs !== 1_800_000)
      block.note(ofPool('stickiness', 'ttlMs'), "A NodeBalancer's table keeps clients for 30 minutes.");
    if (type === 'http_cookie' && cookieName !== 'NB_SRVID')
      block.note(ofPool('stickiness', 'cookieName'), 'The cookie of a NodeBalancer is called NB_SRVID.');
    if (pool.passiveCheck.enabled)
      block.note(
        ofPool('passiveCheck'),
        'A NodeBalancer takes a node out at its first answer 5xx: the number of errors and the window cannot be set.',
      );
    if (pool.slowStartMs > 0) block.note(ofPool('slowStartMs'), 'A NodeBalancer has no slow start.');
    if (pool.keepLastNode) block.note(ofPool('keepLastNode'), 'A NodeBalancer does not guard the last node.');
    if (pool.retries !== 2 || pool.timeouts.connectMs !== 5_000 || pool.timeouts.responseMs !== 60_000)
      block.note(ofPool('timeouts'), 'A NodeBalancer has retries and timeouts of its own, which cannot be set.');
  }
}

/** RFC 1918 and unique local addresses: what a NodeBalancer may reach. */
function isPrivate(host: string): boolean {
  if (ipVersion(host) === 4) return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.)/.test(host);
  return ipVersion(host) === 6 && /^f[cd]/i.test(host);
}

/**
 * The configuration as Terraform's Linode provider reads it: one `linode_nodebalancer_config` a listener, its nodes as
 * `linode_nodebalancer_node`. Keys are never in it.
 * @param config with every default filled in.
 */
export function exportTerraform(config: Config): Exported {
  return new TerraformExport(config).export();
}
