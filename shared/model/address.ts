import { z } from 'zod';

/** A node's or listener's address taken apart. IPv6 literals carry no brackets in `host`. */
export interface HostPort {
  host: string;
  /** 1–65535. */
  port: number;
}

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();
const cidr4 = z.cidrv4();
const cidr6 = z.cidrv6();

/** The IP version of a literal, or 0 when `text` is not an IP address. */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (ipv4.safeParse(text).success) return 4;
  if (ipv6.safeParse(text).success) return 6;
  return 0;
}

/** True for `10.0.0.0/8`, `fd00::/8` and plain addresses (a network of one). */
export function isAddressOrCidr(text: string): boolean {
  return ipVersion(text) !== 0 || cidr4.safeParse(text).success || cidr6.safeParse(text).success;
}

const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/** A DNS name as RFC 1123 section 2.1 allows it (plus `_`, which container networks use); at most 253 characters. */
export function isDnsName(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  // A name of digits and dots only is a mistyped IPv4 address, never a host.
  if (/^[0-9.]+$/.test(name)) return false;
  return name.split('.').every((part) => label.test(part));
}

/** Quoted for a message: short, and on one line whatever is in it. */
const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);

/**
 * Reads `host:port`, `[ipv6]:port` or `name:port`.
 * @returns the parts, or a sentence that says what is wrong with `text`.
 */
export function parseHostPort(text: string): HostPort | string {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text);
  if (!match) {
    if (ipVersion(text) === 6) return `must have a port: write [${text}]:80`;
    if (/^[\w.-]{1,253}$/.test(text)) return `must have a port: write ${text}:80`;
    return 'must be host:port';
  }
  const port = Number(match[3]);
  if (port < 1 || port > 65535) return `must have a port from 1 to 65535, got ${port}`;
  if (match[1] !== undefined) {
    return ipVersion(match[1]) === 6 ? { host: match[1], port } : `must have an IPv6 address in the brackets, got ${quoted(match[1])}`;
  }
  const host = match[2] ?? '';
  if (ipVersion(host) === 4 || isDnsName(host)) return { host, port };
  return `must name a host or an IP address, got ${quoted(host)}`;
}

/** `host:port` with brackets where the host is an IPv6 literal. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const anyHosts = new Set(['0.0.0.0', '::', '*']);
const loopbackNames = new Set(['localhost', '::1']);

function isLoopback(host: string): boolean {
  return loopbackNames.has(host) || host.startsWith('127.');
}

/**
 * Whether traffic sent to `target` arrives at a listener bound to `listener`.
 * Decides from the literals alone; names other than `localhost` are not resolved, so a DNS name that
 * points back here is not caught by it.
 */
export function reachesListener(target: HostPort, listener: HostPort): boolean {
  if (target.port !== listener.port) return false;
  const host = target.host.toLowerCase();
  const bound = listener.host.toLowerCase();
  if (host === bound) return true;
  if (anyHosts.has(bound)) return isLoopback(host) || anyHosts.has(host);
  if (anyHosts.has(host)) return isLoopback(bound);
  if (host === 'localhost' || bound === 'localhost') return isLoopback(host) && isLoopback(bound);
  return false;
}
