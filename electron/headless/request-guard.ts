import type { IncomingMessage } from 'node:http';
import { formatHostPort } from '../../shared/model/address.ts';

/** Loopback by number, IPv4 mapped into IPv6 included. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || plainAddress(address).startsWith('127.');
}

/** `::ffff:127.0.0.1` → `127.0.0.1`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/**
 * The names this server answers to: the address the request really came in on, `localhost` and both loopback numbers when
 * that is loopback, and the host it was told to bind. Another site's name that was made to resolve here (DNS rebinding)
 * is none of them.
 */
function ownNames(localAddress: string, boundHost: string): Set<string> {
  const names = new Set([plainAddress(localAddress), boundHost.toLowerCase()]);
  if (isLoopbackAddress(localAddress)) for (const name of ['localhost', '127.0.0.1', '::1']) names.add(name);
  return names;
}

/**
 * Why a request may not be answered at all, or undefined when it may: a foreign Host (RFC 9110 section 7.2), a foreign
 * Origin, or a target that is not a path.
 */
export function foreignProblem(request: IncomingMessage, boundHost: string): string | undefined {
  const { localAddress, localPort } = request.socket;
  if (localAddress === undefined || localPort === undefined) return 'the connection is gone';
  if (!request.url?.startsWith('/')) return 'the request target must be a path';
  const hosts = request.rawHeaders.filter((_value, i) => i % 2 === 0 && request.rawHeaders[i]?.toLowerCase() === 'host').length;
  const host = request.headers.host?.toLowerCase();
  if (hosts !== 1 || host === undefined) return 'exactly one Host header is needed';
  const allowed = new Set<string>();
  for (const name of ownNames(localAddress, boundHost)) {
    allowed.add(formatHostPort(name, localPort));
    if (localPort === 80) allowed.add(name.includes(':') ? `[${name}]` : name);
  }
  if (!allowed.has(host)) return `the Host "${host.slice(0, 100)}" is not this program's`;
  const { origin } = request.headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`)
    return `the Origin "${origin.slice(0, 100)}" is not this program's`;
  return undefined;
}

/** Whether a browser says that our own page made the request. Needed of POSTs that come with a cookie instead of a token. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  // A foreign Origin never comes this far.
  return site === 'same-origin' || request.headers.origin !== undefined;
}

/** Whether a browser says that another site, or another port of this machine, made the request. */
export function isCrossSite(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/** Whether a proxy brought the request: then the peer is this machine's, but who asks may be anybody. */
export function isForwarded(request: IncomingMessage): boolean {
  return ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'].some((name) => request.headers[name] !== undefined);
}
