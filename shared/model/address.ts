/** A node's or listener's address taken apart. IPv6 literals carry no brackets in `host`. */
export interface HostPort {
  host: string;
  /** 1–65535. */
  port: number;
}

// By hand and not by the schema library: the engine's thread reads addresses too, and starts without it.
const ipv4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const group = /^[0-9a-fA-F]{1,4}$/;

/** RFC 4291 section 2.2, without zones. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  // The last four bytes may be written as an IPv4 address, at the end of the text alone.
  const dotted = last.includes('.') && !text.endsWith('::');
  if (dotted && !ipv4.test(last)) return false;
  const plain = dotted ? groups.slice(0, -1) : groups;
  const length = plain.length + (dotted ? 2 : 0);
  return (halves.length === 2 ? length <= 7 : length === 8) && plain.every((one) => group.test(one));
}

/** The IP version of a literal, or 0 when `text` is not an IP address. */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (ipv4.test(text)) return 4;
  return isIpv6(text) ? 6 : 0;
}

/** True for `10.0.0.0/8`, `fd00::/8` and plain addresses (a network of one). */
export function isAddressOrCidr(text: string): boolean {
  const [, address = text, bits = '0'] = /^([^/]*)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  const version = ipVersion(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
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

/** One text for all that mean the same address: IPv6 as RFC 5952 has it, IPv4 in IPv6 (RFC 4291 section 2.5.5.2) as the IPv4 it is. */
export function plainHost(host: string): string {
  if (!isIpv6(host)) return host.toLowerCase();
  const plain = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(plain) ?? [];
  if (high === undefined || low === undefined) return plain;
  return [parseInt(high, 16), parseInt(low, 16)].flatMap((pair) => [pair >> 8, pair & 0xff]).join('.');
}

/** What a listener is bound to that takes connections to every address of the machine. */
export const anyHosts: ReadonlySet<string> = new Set(['0.0.0.0', '::', '*']);
const loopbackNames = new Set(['localhost', '::1']);

function isLoopback(host: string): boolean {
  return loopbackNames.has(host) || host.startsWith('127.');
}

/**
 * Whether traffic sent to `target` arrives at a listener bound to `listener`.
 * Decides from the literals alone; names other than `localhost` are not resolved, and which addresses the machine has is
 * not known here. What leads back all the same is found when it is dialled.
 */
export function reachesListener(target: HostPort, listener: HostPort): boolean {
  if (target.port !== listener.port) return false;
  const host = plainHost(target.host);
  const bound = plainHost(listener.host);
  if (host === bound) return true;
  if (anyHosts.has(bound)) return isLoopback(host) || anyHosts.has(host);
  if (anyHosts.has(host)) return isLoopback(bound);
  if (host === 'localhost' || bound === 'localhost') return isLoopback(host) && isLoopback(bound);
  return false;
}
