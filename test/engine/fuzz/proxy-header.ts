import { isIP, isIPv4, isIPv6 } from 'node:net';
import {
  encodeProxyHeader,
  plainAddress,
  ProxyHeaderParser,
  type ProxyHeaderResult,
} from '../../../electron/engine/sessions/proxy-protocol.ts';
import { show } from '../../support/strict-http.ts';
import { cutAnywhere, perhapsMutated, type Case, type Pick } from './run.ts';

const ends = ['192.0.2.1', '2001:db8::1', '::ffff:10.0.0.1', '255.255.255.255', '::'].map((address, i) => ({ address, port: i * 16_000 }));
const headers = ends.flatMap((source) =>
  ends.flatMap((destination) =>
    (['v1', 'v2'] as const).map((version) => encodeProxyHeader(version, source, destination).toString('latin1')),
  ),
);
const seeds = [
  ...headers.map((header) => `${header}GET / HTTP/1.1\r\n\r\n`),
  'PROXY UNKNOWN ffff:f...f:ffff 1 2\r\nrest',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x11\x7f\0\0\x01\x7f\0\0\x02\x01\x02\x03\x04\x03\0\x02abrest',
];
const spice = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '  ',
  '0',
  '65536',
  '-1',
  'TCP4',
  'TCP6',
  'UNKNOWN',
  ':',
  '::',
  '%eth0',
  '\0',
  '\x20',
  '\x21',
  '\xff',
  '\x12',
  'PROXY ',
];

/** Version 1 lines of fields that are each good or nearly so: changes at random places seldom leave the others whole. */
function composed(pick: Pick): string {
  const one = (list: readonly string[]): string => list[pick(list.length)]!;
  const addresses = [
    '1.2.3.4',
    '255.255.255.255',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3',
    '::1',
    '2001:db8::1',
    '::ffff:1.2.3.4',
    'fe80::1%eth0',
    '[::1]',
    '',
  ];
  const ports = ['0', '1', '80', '65535', '65536', '99999', '080', '+1', '-1', '1e3', '', '123456'];
  const families = ['TCP4', 'TCP4', 'TCP6', 'TCP6', 'UNKNOWN', 'tcp4', 'UDP4', ''];
  return `PROXY ${one(families)} ${one(addresses)} ${one(addresses)} ${one(ports)} ${one(ports)}${one(['\r\n', '\r\n', '\n', ' \r\n', '\r\r\n'])}rest`;
}

function push(parts: readonly Buffer[]): { result: ProxyHeaderResult; rest: string } {
  const parser = new ProxyHeaderParser();
  for (const [i, part] of parts.entries()) {
    const result = parser.push(part);
    if (!result.done) continue;
    const after = Buffer.concat(parts.slice(i + 1)).toString('latin1');
    return { result, rest: result.ok ? result.rest.toString('latin1') + after : '' };
  }
  return { result: { done: false }, rest: '' };
}

/** A second opinion on what passes: by regular expression and by hand, from the specification alone. */
function source(text: string): string | undefined {
  const v1 = /^PROXY (?:(TCP4|TCP6) (\S+) (\S+) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4})|UNKNOWN(?: [^\r\n]*)?)\r\n/.exec(text);
  if (v1) {
    const [all, family, from = '', to = '', port] = v1;
    if (all.length > 107) return undefined;
    if (family === undefined) return `- ${text.slice(all.length)}`;
    const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
    return isAddress(from) && isAddress(to) && Number(v1[4]) < 65_536 && Number(v1[5]) < 65_536
      ? `${plainAddress(from)} ${port} ${text.slice(all.length)}`
      : undefined;
  }
  if (!text.startsWith('\r\n\r\n\0\r\nQUIT\n')) return undefined;
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 16 || bytes.length < 16 + bytes.readUInt16BE(14)) return undefined;
  const rest = bytes.toString('latin1', 16 + bytes.readUInt16BE(14));
  const [command, family] = [bytes[12]!, bytes[13]!];
  if (command !== 0x21 || (family !== 0x11 && family !== 0x21)) return command === 0x20 || command === 0x21 ? `- ${rest}` : undefined;
  const size = family === 0x11 ? 4 : 16;
  if (bytes.readUInt16BE(14) < size * 2 + 4) return undefined;
  const port = bytes.readUInt16BE(16 + 2 * size);
  if (size === 4) return `${bytes.subarray(16, 20).join('.')} ${port} ${rest}`;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(16 + 2 * i).toString(16)).join(':');
  return `${plainAddress(new URL(`http://[${groups}]/`).hostname.slice(1, -1))} ${port} ${rest}`;
}

/** The answer does not depend on the pieces, and what passes says what a second reader finds. */
export function checkProxyHeader({ pick }: Case): string | undefined {
  const text = pick(3) === 0 ? composed(pick) : perhapsMutated(seeds[pick(seeds.length)]!, seeds, spice, pick);
  const bytes = Buffer.from(text, 'latin1');
  const whole = push([bytes]);
  const parts = cutAnywhere(bytes, pick);
  const pieces = push(parts);
  const tell = (what: string): string => `${what}\n    pieces: ${parts.map((p) => show(p, 200)).join(' | ')}`;
  const word = ({ result, rest }: ReturnType<typeof push>): string => {
    if (!result.done) return 'more';
    if (!result.ok) return 'refused';
    return result.source ? `${result.source.address} ${result.source.port} ${rest}` : `- ${rest}`;
  };
  if (bytes.length > 0 && word(whole) !== word(pieces))
    return tell(`whole: ${show(word(whole), 100)}, in pieces: ${show(word(pieces), 100)}`);
  const { result } = whole;
  if (!result.done || !result.ok) return undefined;
  if (result.source && (isIP(result.source.address) === 0 || result.source.port > 65_535)) return tell(`not an endpoint: ${word(whole)}`);
  const second = source(text);
  return second === word(whole) ? undefined : tell(`says ${show(word(whole), 100)}, a second reader ${show(second ?? 'no', 100)}`);
}
