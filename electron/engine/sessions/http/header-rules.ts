import { isIPv6 } from 'node:net';

/**
 * Rules about single fields that both parsers share. Everything here errs on the side of refusing: what two parsers
 * could read two ways must not pass (RFC 9112 section 11.2).
 */

/**
 * Without the white space HTTP knows around a value: spaces and tabs (RFC 9110 section 5.6.3). Not `trim`, which also takes
 * a no-break space (0xA0) away and so would read "\xa0chunked" as "chunked".
 */
export function trimWhiteSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && (text.charCodeAt(from) === 32 || text.charCodeAt(from) === 9)) from++;
  while (to > from && (text.charCodeAt(to - 1) === 32 || text.charCodeAt(to - 1) === 9)) to--;
  return text.slice(from, to);
}

/** What a `Connection` field asks for. */
export interface ConnectionOptions {
  close: boolean;
  keepAlive: boolean;
  upgrade: boolean;
  /** Lower-case names of other fields that are meant for this hop only; undefined when there are none. */
  names: string[] | undefined;
  /** It names a field that frames or routes the message, which would change what the message is once removed. */
  bad: boolean;
}

/** Fields that frame or route a message; naming one in Connection is an attempt to have it removed (RFC 9110 section 7.6.1). */
const neverNominated = new Set(['host', 'content-length', 'transfer-encoding', 'trailer', 'expect', 'content-range']);

/** Removed anyway, or ours: nominating them changes nothing. */
const alreadyHandled = new Set(['keep-alive', 'proxy-connection', 'te', 'connection']);

/** Reads a `Connection` value into `options` (RFC 9110 section 7.6.1); several fields add up. */
export function readConnection(value: string, options: ConnectionOptions): void {
  // The two values nearly every message has, without splitting.
  if (value === 'keep-alive') {
    options.keepAlive = true;
    return;
  }
  if (value === 'close') {
    options.close = true;
    return;
  }
  for (const part of value.toLowerCase().split(',')) {
    const name = trimWhiteSpace(part);
    if (name === 'close') options.close = true;
    else if (name === 'keep-alive') options.keepAlive = true;
    else if (name === 'upgrade') options.upgrade = true;
    else if (neverNominated.has(name)) options.bad = true;
    else if (name !== '' && !alreadyHandled.has(name)) (options.names ??= []).push(name);
  }
}

/** Drops the lines of `fields` (each `Name: value\r\n`) whose name is in `names`. Rare, so it may split. */
export function withoutFields(fields: string, names: readonly string[]): string {
  const drop = new Set(names);
  let out = '';
  for (const line of fields.split('\r\n')) {
    if (line === '') continue;
    if (!drop.has(line.slice(0, line.indexOf(':')).toLowerCase())) out += `${line}\r\n`;
  }
  return out;
}

/**
 * A `Content-Length` value: digits only, at most 20 of them, at most 2^53 − 1 (RFC 9112 section 6.3).
 * @returns −1 for anything else: a sign, a list, spaces, hexadecimal, an empty value.
 */
export function readContentLength(value: string): number {
  const length = value.length;
  if (length === 0 || length > 20) return -1;
  let n = 0;
  for (let i = 0; i < length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    n = n * 10 + digit;
  }
  return n <= Number.MAX_SAFE_INTEGER ? n : -1;
}

const hostShape = /^(?:\[([0-9A-Fa-f:.]+)\]|[A-Za-z0-9._~-]+)(?::([0-9]{0,5}))?$/;

/**
 * A `Host` value (RFC 9112 section 3.2, RFC 3986 section 3.2.2) as far as names and addresses are used in HTTP:
 * no user information, no path, no list, brackets only around a true IPv6 address, a port up to 65535.
 */
export function isValidHost(value: string): boolean {
  const match = hostShape.exec(value);
  if (!match) return false;
  if (match[1] !== undefined && !isIPv6(match[1])) return false;
  return match[2] === undefined || match[2] === '' || Number(match[2]) <= 65535;
}

/** Fields that must not come in a trailer section: framing, routing, authentication, controls (RFC 9110 section 6.5.1). */
const notInTrailers = new Set([
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);

/** Whether a trailer of this lower-case name may be passed on. */
export function mayBeTrailer(name: string): boolean {
  return !notInTrailers.has(name) && !name.startsWith('x-forwarded-') && !name.startsWith('if-');
}

/** Authentication that is bound to the connection: the connection must not serve anybody else afterwards. */
export function bindsConnection(credentials: string): boolean {
  return /^(?:ntlm|negotiate|kerberos)\b/i.test(credentials);
}

/**
 * The value of one cookie in a `Cookie` field (RFC 6265 section 4.2.1).
 * @returns undefined when it is not there.
 */
export function readCookie(field: string, name: string): string | undefined {
  let at = 0;
  for (;;) {
    at = field.indexOf(name, at);
    if (at < 0) return undefined;
    const end = at + name.length;
    const before = at === 0 ? 59 : field.charCodeAt(at - 1);
    if (field.charCodeAt(end) === 61 && (before === 59 || before === 32 || before === 9)) {
      const stop = field.indexOf(';', end);
      const value = trimWhiteSpace(stop < 0 ? field.slice(end + 1) : field.slice(end + 1, stop));
      return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    }
    at = end;
  }
}
