import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { findServers, parseLsof, parseNetstat, parseTasklist, pickServers } from '../../../electron/control/discovery.ts';
import { shortName } from '../../../electron/control/program-name.ts';

const lsof = `p812
cnode
f23
n127.0.0.1:3000
f24
n[::1]:3000
p900
cPython
f3
n*:8000
p77
cCode\\x20Helper
f3
n127.0.0.1:49200
p55
cnginx
f6
n192.168.1.9:80
`;

// As a German Windows prints it: the column of states is not to be relied on.
const netstat = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID\r
  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         980\r
  TCP    127.0.0.1:3000         0.0.0.0:0              ABHÖREN         4121\r
  TCP    127.0.0.1:3000         127.0.0.1:50111        HERGESTELLT     4121\r
  TCP    [::1]:5173             [::]:0                 ABHÖREN         4200\r
`;
const tasks = `"svchost.exe","980","Services","0","13.440 K"\r
"node.exe","4121","Console","1","40.020 K"\r
"python3.12.exe","4200","Console","1","9.020 K"\r
`;

const own = { pid: 1, listeners: [] };

it('reads what lsof prints', () => {
  expect(pickServers(parseLsof(lsof), own)).toEqual([
    { address: '127.0.0.1:3000', program: 'node', pid: 812 },
    { address: '127.0.0.1:8000', program: 'python', pid: 900 },
  ]);
});

it('reads what netstat and tasklist print, in any language', () => {
  const sockets = parseNetstat(netstat, parseTasklist(tasks));
  expect(sockets.map(({ host, port, program }) => `${program} ${host}:${port}`)).toEqual([
    'svchost.exe 0.0.0.0:135',
    'node.exe 127.0.0.1:3000',
    'python3.12.exe ::1:5173',
  ]);
  expect(pickServers(sockets, own)).toEqual([
    { address: '127.0.0.1:3000', program: 'node', pid: 4121 },
    { address: '[::1]:5173', program: 'python', pid: 4200 },
  ]);
  expect(parseNetstat('', new Map())).toEqual([]);
});

it('leaves out what is ours, what is elsewhere, and the system’s own', () => {
  const at = (host: string, port: number, pid = 2, program = 'node') => ({ host, port, pid, program });
  const sockets = [
    at('::', 9003),
    at('::1', 9002),
    at('127.0.0.1', 9002),
    at('0.0.0.0', 9001, 1),
    at('127.0.0.1', 8080),
    at('10.0.0.5', 9004),
    at('0.0.0.0', 22, 3, 'sshd'),
  ];
  expect(pickServers(sockets, { pid: 1, listeners: [{ host: '0.0.0.0', port: 8080 }] })).toEqual([
    { address: '127.0.0.1:9002', program: 'node', pid: 2 },
    { address: '127.0.0.1:9003', program: 'node', pid: 2 },
  ]);
});

it.each([
  ['python3.11', 'python'],
  ['Python', 'python'],
  ['node.exe', 'node'],
  ['php-fpm8.3', 'php-fpm'],
  ['ruby', 'ruby'],
  ['7zip', '7zip'],
])('%s is called %s', (program, name) => {
  expect(shortName(program)).toBe(name);
});

it.runIf(process.platform === 'linux')('finds a server of another process on this machine, and none of this one', async () => {
  const script = `const s=require('net').createServer();s.listen(0,'127.0.0.1',()=>console.log(s.address().port))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const mine = createServer();
  try {
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    mine.listen(0, '127.0.0.1');
    await once(mine, 'listening');
    const servers = await findServers([]);
    expect(servers).toContainEqual({ address: `127.0.0.1:${String(text).trim()}`, program: 'node', pid: child.pid });
    expect(servers.some(({ address }) => address.endsWith(`:${(mine.address() as AddressInfo).port}`))).toBe(false);
  } finally {
    child.kill();
    mine.close();
  }
});
