import { ipVersion } from '../../../shared/model/address.ts';
import type { LeftOut } from './haproxy-server.ts';
import { legacySuites, recommendedSuites, tls13Suites } from '../../engine/sessions/tls-suites.ts';

/** A `bind` line, as far as it is understood. */
export interface Bind {
  host: string;
  port: number;
  ssl: boolean;
  /** Files with certificate and key, the first one first. */
  certificates: string[];
  acceptProxy: boolean;
  legacyTls: boolean;
}

/** More addresses than these in one range are no listeners somebody would look at. */
const maxRange = 100;

/** @returns the addresses of one bind line, or why one of them cannot be taken over. */
function readAddresses(word: string): { addresses: { host: string; port: number }[]; left: LeftOut[] } {
  const addresses: { host: string; port: number }[] = [];
  const left: LeftOut[] = [];
  for (const part of word.split(',')) {
    const leave = (reason: string) => left.push({ word: part, reason });
    if (/^(?:unix|abns|abnsz|fd|sockpair|quic4|quic6|rhttp)@|^\//.test(part)) {
      leave('Evenkeel listens on TCP addresses');
      continue;
    }
    const plain = part.replace(/^(?:ipv4|ipv6|tcp|tcp4|tcp6)@/, '');
    const match = /^(.*?):?([0-9]+)(?:-([0-9]+))?$/.exec(plain);
    const split = plain.lastIndexOf(':');
    if (!match || split < 0) {
      leave(/[${}]/.test(plain) ? 'its address is a variable' : 'it names no port');
      continue;
    }
    const given = plain.slice(0, split).replace(/^\[(.*)\]$/, '$1');
    const isV6 = /^(?:ipv6|tcp6)@/.test(part);
    const host = given === '' || given === '*' ? (isV6 ? '::' : '0.0.0.0') : given;
    if (ipVersion(host) === 0 && host !== 'localhost') {
      leave(/[${}]/.test(host) ? 'its address is a variable' : `"${host}" is no IP address`);
      continue;
    }
    const low = Number(match[2]);
    const high = Number(match[3] ?? match[2]);
    if (low < 1 || high > 65_535 || high < low || high - low >= maxRange) {
      leave(`ports must be 1–65535, and at most ${maxRange} in a range`);
      continue;
    }
    for (let port = low; port <= high; port++) addresses.push({ host, port });
  }
  return { addresses, left };
}

const values: Record<string, string> = {
  name: '',
  alpn: 'Evenkeel speaks HTTP/1.1 with clients',
  npn: 'Evenkeel speaks HTTP/1.1 with clients',
  proto: 'Evenkeel speaks HTTP/1.1 with clients',
  ciphers: 'Evenkeel has two profiles of TLS suites',
  ciphersuites: 'Evenkeel has two profiles of TLS suites',
  curves: 'Evenkeel has two profiles of TLS suites',
  ecdhe: 'Evenkeel has two profiles of TLS suites',
  sigalgs: 'Evenkeel has two profiles of TLS suites',
  'client-sigalgs': 'Evenkeel has two profiles of TLS suites',
  'ssl-min-ver': '',
  'ssl-max-ver': 'Evenkeel goes up to the newest version of TLS',
  'ca-file': 'Evenkeel asks clients for no certificate',
  'ca-verify-file': 'Evenkeel asks clients for no certificate',
  'crl-file': 'Evenkeel asks clients for no certificate',
  verify: 'Evenkeel asks clients for no certificate',
  'ca-ignore-err': 'Evenkeel asks clients for no certificate',
  'crt-ignore-err': 'Evenkeel asks clients for no certificate',
  'crt-list': 'Evenkeel names certificates one by one',
  'tls-ticket-keys': 'Evenkeel keeps the keys of TLS tickets itself',
  interface: 'Evenkeel binds addresses, not interfaces',
  maxconn: "Evenkeel's limit is the listener's",
  backlog: 'Evenkeel leaves TCP as the system has it',
  mss: 'Evenkeel leaves TCP as the system has it',
  'tcp-ut': 'Evenkeel leaves TCP as the system has it',
  id: 'Evenkeel has ids of its own',
  'guid-prefix': 'Evenkeel has ids of its own',
  nice: 'Evenkeel treats all connections alike',
  process: 'Evenkeel has one engine',
  thread: 'Evenkeel has one engine',
  shards: 'Evenkeel has one engine',
  namespace: 'Evenkeel has no network namespaces',
  user: 'Evenkeel listens on TCP addresses',
  uid: 'Evenkeel listens on TCP addresses',
  group: 'Evenkeel listens on TCP addresses',
  gid: 'Evenkeel listens on TCP addresses',
  mode: 'Evenkeel listens on TCP addresses',
  level: "it is for HAProxy's own control socket",
  'severity-output': "it is for HAProxy's own control socket",
};

/** What Evenkeel has as well. */
const same = new Set(['http/1.1', tls13Suites.join(':'), recommendedSuites.join(':'), legacySuites.join(':')]);

const oldVersions = new Set(['SSLv3', 'TLSv1.0', 'TLSv1.1']);

/** Reads what stands behind `bind`. */
export function readBind(words: readonly string[], certificateFolder: string): { binds: Bind[]; left: LeftOut[] } {
  const { addresses, left } = readAddresses(words[0] ?? '');
  const common: Omit<Bind, 'host' | 'port'> = { ssl: false, certificates: [], acceptProxy: false, legacyTls: false };
  let v6only = false;
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (word === 'ssl') common.ssl = true;
    else if (word === 'accept-proxy') common.acceptProxy = true;
    else if (word === 'v6only') v6only = true;
    else if (word === 'v4v6') continue;
    else if (word === 'crt') {
      const file = words[++i] ?? '';
      if (file.endsWith('/')) left.push({ word, reason: 'Evenkeel names certificates one by one, not by their folder' });
      else common.certificates.push(file.startsWith('/') || certificateFolder === '' ? file : `${certificateFolder}/${file}`);
    } else if (Object.hasOwn(values, word)) {
      const value = words[++i] ?? '';
      const reason = values[word]!;
      if (word === 'ssl-min-ver' && oldVersions.has(value)) common.legacyTls = true;
      else if (word === 'ssl-min-ver' && value === 'TLSv1.3') left.push({ word, reason: 'Evenkeel takes TLS 1.2, too' });
      if (reason !== '' && !same.has(value)) left.push({ word, reason });
    } else left.push({ word, reason: 'Evenkeel has nothing like it' });
  }
  if (v6only && addresses.some(({ host }) => host === '::')) left.push({ word: 'v6only', reason: 'on :: Evenkeel serves IPv4, too' });
  return { binds: addresses.map((address) => ({ ...common, ...address })), left };
}
