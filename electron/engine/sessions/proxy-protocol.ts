import { isIPv4, isIPv6 } from 'node:net';

/**
 * PROXY protocol, versions 1 and 2 (haproxy/doc/proxy-protocol.txt): who the client is, ahead of the first byte of the
 * connection. Written towards nodes, and read, strictly, from listed peers.
 */

/** One end of a connection. `address` is an IP literal without brackets. */
export interface Endpoint {
  address: string;
  /** 0–65535. */
  port: number;
}

const SIGNATURE_V2 = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const START_V1 = Buffer.from('PROXY ', 'latin1');
/** The longest version 1 header there can be, CRLF included. */
const MAX_V1_BYTES = 107;
const HEAD_V2_BYTES = 16;
/** Addresses take 36 bytes; the rest may be type-length-values, which are not looked at. */
const MAX_V2_PAYLOAD = 4_096;

const LOCAL = 0x20;
const PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;

/**
 * The header that tells a node who the client is.
 *
 * IPv4-mapped IPv6 addresses are written as IPv4. Where the two ends are of different families, version 1 says UNKNOWN and
 * version 2 maps the IPv4 one; an address that is not an IP address makes it UNKNOWN or LOCAL.
 */
export function encodeProxyHeader(version: 'v1' | 'v2', source: Endpoint, destination: Endpoint): Buffer {
  const from = plainAddress(source.address);
  const to = plainAddress(destination.address);
  const both4 = isIPv4(from) && isIPv4(to);
  if (version === 'v1') {
    const family = both4 ? 'TCP4' : isIPv6(from) && isIPv6(to) ? 'TCP6' : undefined;
    const line = family ? `PROXY ${family} ${from} ${to} ${source.port} ${destination.port}\r\n` : 'PROXY UNKNOWN\r\n';
    return Buffer.from(line, 'latin1');
  }
  const ends = both4 ? [bytes4(from), bytes4(to)] : [bytes6(from), bytes6(to)];
  const [sourceBytes, destinationBytes] = ends;
  if (!sourceBytes || !destinationBytes) return headV2(LOCAL, 0, 0);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const payload = Buffer.concat([sourceBytes, destinationBytes, ports]);
  return Buffer.concat([headV2(PROXY, both4 ? TCP4 : TCP6, payload.length), payload]);
}

function headV2(command: number, family: number, length: number): Buffer {
  return Buffer.concat([SIGNATURE_V2, Buffer.from([command, family, length >> 8, length & 0xff])]);
}

/**
 * An IP address as it is compared and shown: no zone (`%eth0`), and IPv4 where IPv6 only wraps it (`::ffff:10.0.0.1`),
 * as a listener on `::` sees its IPv4 clients.
 */
export function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  if (!bare.includes(':') || !isIPv6(bare)) return bare;
  const bytes = bytes6(bare)!;
  return isMapped(bytes) ? text4(bytes.subarray(12)) : bare;
}

function isMapped(bytes: Buffer): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

function bytes4(address: string): Buffer | undefined {
  return isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : undefined;
}

function bytes6(address: string): Buffer | undefined {
  const v4 = bytes4(address);
  if (v4) return Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]), v4]);
  if (!isIPv6(address)) return undefined;
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const bytes = Buffer.alloc(16);
  before.forEach((group, i) => bytes.writeUInt16BE(group, 2 * i));
  after.forEach((group, i) => bytes.writeUInt16BE(group, 16 - 2 * (after.length - i)));
  return bytes;
}

/** The 16-bit groups of one side of "::"; an IPv4 address at the end is two of them. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    const v4 = bytes4(part);
    return v4 ? [v4.readUInt16BE(0), v4.readUInt16BE(2)] : [Number.parseInt(part, 16)];
  });
}

function text4(bytes: Buffer): string {
  return bytes.join('.');
}

/** RFC 5952: no leading zeros, the longest run of two or more zero groups as "::", the first of equals. */
function text6(bytes: Buffer): string {
  if (isMapped(bytes)) return text4(bytes.subarray(12));
  const parts = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && parts[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
  }
  const hex = (some: number[]) => some.map((n) => n.toString(16)).join(':');
  return start < 0 ? hex(parts) : `${hex(parts.slice(0, start))}::${hex(parts.slice(start + length))}`;
}

/**
 * `source` (the client) and `destination` (where it connected to) are missing where the header says that there is no client to
 * name (UNKNOWN, LOCAL): the peer is the client.
 */
export type ProxyHeaderResult =
  | { done: false }
  | { done: true; ok: true; source?: Endpoint; destination?: Endpoint; rest: Buffer }
  | { done: true; ok: false; reason: string };

const more: ProxyHeaderResult = { done: false };

function fail(reason: string): ProxyHeaderResult {
  return { done: true, ok: false, reason };
}

/**
 * Reads the PROXY header a connection starts with, of either version, in pieces of any size. Give it what arrives until
 * it is done; `rest` is what came after the header. It holds at most a header's worth of bytes, and says no as soon as they
 * cannot become a header. How long a peer may take is the caller's to limit.
 */
export class ProxyHeaderParser {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): ProxyHeaderResult {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const bytes = this.#bytes;
    if (bytes.length === 0) return more;
    if (startsLike(bytes, SIGNATURE_V2)) return bytes.length < HEAD_V2_BYTES ? more : readV2(bytes);
    if (startsLike(bytes, START_V1)) return readV1(bytes);
    return fail('the connection does not start with a PROXY header');
  }
}

/** Whether `bytes` begin with `start`, or are the beginning of it. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readV1(bytes: Buffer): ProxyHeaderResult {
  const end = bytes.subarray(0, MAX_V1_BYTES).indexOf('\n', 0, 'latin1');
  if (end < 0) return bytes.length < MAX_V1_BYTES ? more : fail('the PROXY v1 header is longer than 107 bytes');
  const line = bytes.toString('latin1', 0, end);
  if (!line.endsWith('\r') || line.indexOf('\r') !== line.length - 1) return fail('the PROXY v1 header does not end in CRLF');
  const rest = bytes.subarray(end + 1);
  const fields = line.slice(0, -1).split(' ');
  // Whatever stands after UNKNOWN is to be ignored.
  if (fields[1] === 'UNKNOWN') return { done: true, ok: true, rest };
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = ''] = fields;
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : undefined;
  if (!isAddress) return fail('the PROXY v1 header names a protocol other than TCP4, TCP6 and UNKNOWN');
  if (fields.length !== 6) return fail('the PROXY v1 header does not have six fields');
  if (!isAddress(source) || !isAddress(destination)) return fail(`the PROXY v1 header has an address that is not ${family}`);
  if (!isPort(sourcePort) || !isPort(destinationPort)) return fail('the PROXY v1 header has a bad port');
  return {
    done: true,
    ok: true,
    source: { address: plainAddress(source), port: Number(sourcePort) },
    destination: { address: plainAddress(destination), port: Number(destinationPort) },
    rest,
  };
}

function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readV2(bytes: Buffer): ProxyHeaderResult {
  const command = bytes[12]!;
  const family = bytes[13]!;
  const length = bytes.readUInt16BE(14);
  if (command >> 4 !== 2) return fail(`the PROXY header has version ${command >> 4}, which is not known`);
  if (command !== LOCAL && command !== PROXY) return fail(`the PROXY v2 header has command ${command & 0xf}, which is not known`);
  if (family >> 4 > 3 || (family & 0xf) > 2) return fail('the PROXY v2 header has an address family or protocol that is not known');
  if (length > MAX_V2_PAYLOAD) return fail('the PROXY v2 header is longer than 4,096 bytes');
  const needed = command === LOCAL ? 0 : family === TCP4 ? 12 : family === TCP6 ? 36 : 0;
  if (length < needed) return fail('the PROXY v2 header is too short for its addresses');
  const end = HEAD_V2_BYTES + length;
  if (bytes.length < end) return more;
  const rest = bytes.subarray(end);
  const at = HEAD_V2_BYTES;
  // LOCAL is the peer itself (its health check); unspecified, UNIX and datagram addresses name no TCP client.
  if (needed === 12) {
    return {
      done: true,
      ok: true,
      source: { address: text4(bytes.subarray(at, at + 4)), port: bytes.readUInt16BE(at + 8) },
      destination: { address: text4(bytes.subarray(at + 4, at + 8)), port: bytes.readUInt16BE(at + 10) },
      rest,
    };
  }
  if (needed === 36) {
    return {
      done: true,
      ok: true,
      source: { address: text6(bytes.subarray(at, at + 16)), port: bytes.readUInt16BE(at + 32) },
      destination: { address: text6(bytes.subarray(at + 16, at + 32)), port: bytes.readUInt16BE(at + 34) },
      rest,
    };
  }
  return { done: true, ok: true, rest };
}
