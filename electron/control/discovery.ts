import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { formatHostPort, parseHostPort, reachesListener, type HostPort } from '../../shared/model/address.ts';
import type { FoundServer } from '../../shared/model/discovery.ts';
import { programName, shortName } from './program-name.ts';
import { parseSocketTable } from './proc-net.ts';

/** A listening TCP socket and the process that holds it. */
export interface ListeningSocket {
  /** As bound: "127.0.0.1", "0.0.0.0", "::", "*", or any address of this machine. */
  host: string;
  port: number;
  pid: number;
  /** As the system gives it; may be a file's name. */
  program: string;
}

/** Programs of the system and of the desk that listen, and are nobody's web server. */
const notServers = new Set([
  ...[
    'sshd',
    'systemd',
    'systemd-resolved',
    'cupsd',
    'dnsmasq',
    'rpcbind',
    'rpc.statd',
    'avahi-daemon',
    'containerd',
    'dockerd',
    'master',
    'exim4',
  ],
  ...[
    'launchd',
    'ControlCenter',
    'rapportd',
    'sharingd',
    'AirPlayXPCHelper',
    'svchost',
    'System',
    'lsass',
    'services',
    'wininit',
    'spoolsv',
  ],
  ...['chrome', 'chromium', 'msedge', 'firefox', 'Code Helper', 'code', 'adb', 'gopls', 'dbus-daemon', 'Xvnc', 'Xorg'],
]);

const most = 50;

/** The address a client on this machine uses for what is bound to `host`; undefined when it is not reached by loopback. */
function reachableHost(host: string): string | undefined {
  // A socket on "::" takes IPv4 too, unless its program says otherwise, which hardly any does.
  if (host === '0.0.0.0' || host === '::' || host === '*') return '127.0.0.1';
  return host.startsWith('127.') || host === '::1' ? host : undefined;
}

/**
 * What could be a node, one for each port, by port.
 * @param own Sockets of this process are left out, and what belongs to these listeners.
 */
export function pickServers(sockets: readonly ListeningSocket[], own: { pid: number; listeners: readonly HostPort[] }): FoundServer[] {
  const byPort = new Map<number, { server: FoundServer; host: string }>();
  for (const { host: bound, port, pid, program } of sockets) {
    const host = reachableHost(bound);
    const name = shortName(program);
    if (host === undefined || pid === own.pid || notServers.has(name)) continue;
    if (own.listeners.some((listener) => reachesListener({ host, port }, listener))) continue;
    const known = byPort.get(port);
    // The same program on both loopbacks, or in several processes: once, and rather by IPv4.
    if (known && (known.host === '127.0.0.1' || host !== '127.0.0.1')) continue;
    byPort.set(port, { host, server: { address: formatHostPort(host, port), program: name, pid } });
  }
  return [...byPort.entries()]
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, { server }]) => server);
}

async function linuxSockets(): Promise<ListeningSocket[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')));
  const rows = tables.flatMap(parseSocketTable).filter((row) => row.state === 'listen' && reachableHost(row.localAddress) !== undefined);
  const wanted = new Map(rows.map((row) => [`socket:[${row.inode}]`, row]));
  const found: ListeningSocket[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(pid) || Number(pid) === process.pid) continue;
    // Other users' processes keep theirs to themselves.
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    const held = links.flatMap((link) => wanted.get(link) ?? []);
    if (held.length === 0) continue;
    const program = await programName(pid);
    for (const row of held) found.push({ host: row.localAddress, port: row.localPort, pid: Number(pid), program });
  }
  return found;
}

/** Reads `lsof -nP -iTCP -sTCP:LISTEN -Fpcn`: a letter and its value a line; a process (p, c), then its sockets (n). */
export function parseLsof(text: string): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  let pid = 0;
  let program = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    // Blanks in a program's name are written as escapes.
    else if (line.startsWith('c')) program = value.replaceAll('\\x20', ' ');
    else if (line.startsWith('n')) {
      const at = readAddress(value);
      if (at) sockets.push({ ...at, pid, program });
    }
  }
  return sockets;
}

/**
 * Reads `netstat -ano -p TCP` of Windows. The word for "listening" is in the system's language, so a socket that listens is
 * known by its peer: none.
 * @param programs names by pid, of `parseTasklist`.
 */
export function parseNetstat(text: string, programs: ReadonlyMap<number, string>): ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*TCP\s+(\S+)\s+(?:0\.0\.0\.0:0|\[::\]:0)\s+\S+\s+(\d+)\s*$/.exec(line);
    const at = match && readAddress(match[1] ?? '');
    const pid = Number(match?.[2]);
    return at ? [{ ...at, pid, program: programs.get(pid) ?? 'a program' }] : [];
  });
}

/** Reads `tasklist /FO CSV /NH` of Windows: names by pid. */
export function parseTasklist(text: string): Map<number, string> {
  const programs = new Map<number, string>();
  for (const [, name = '', pid] of text.matchAll(/^"([^"]*)","(\d+)"/gm)) programs.set(Number(pid), name);
  return programs;
}

/** "*:3000", "127.0.0.1:3000", "[::1]:3000". */
function readAddress(text: string): HostPort | undefined {
  const any = /^\*:(\d{1,5})$/.exec(text);
  if (any) return { host: '*', port: Number(any[1]) };
  const parsed = parseHostPort(text);
  return typeof parsed === 'string' ? undefined : parsed;
}

function run(file: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    // lsof fails when it could not look at everything, which is always; what it did see it has printed.
    execFile(file, args, { timeout: 3_000, maxBuffer: 4 << 20, windowsHide: true }, (_error, stdout) => {
      resolve(stdout);
    });
  });
}

async function sockets(): Promise<ListeningSocket[]> {
  switch (process.platform) {
    case 'linux':
      return linuxSockets();
    case 'darwin':
      return parseLsof(await run('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-Fpcn']));
    case 'win32': {
      const [table4, table6, tasks] = await Promise.all([
        run('netstat', ['-ano', '-p', 'TCP']),
        run('netstat', ['-ano', '-p', 'TCPv6']),
        run('tasklist', ['/FO', 'CSV', '/NH']),
      ]);
      return parseNetstat(`${table4}\n${table6}`, parseTasklist(tasks));
    }
    default:
      return [];
  }
}

/**
 * Servers that listen on this machine, as far as this process may see them: on loopback or on every address, not its own
 * (listeners, screens and the Lab's nodes are all in this process), no services of the system.
 * @param listeners What is configured, open or not.
 * @returns nothing where it cannot be known; never rejects.
 */
export async function findServers(listeners: readonly HostPort[]): Promise<FoundServer[]> {
  try {
    return pickServers(await sockets(), { pid: process.pid, listeners });
  } catch {
    return [];
  }
}
