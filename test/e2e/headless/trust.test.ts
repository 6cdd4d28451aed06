import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signLeaf } from '../../../electron/control/authority/sign.ts';
import { installedBrowser, launchBrowser } from '../../support/browser.ts';
import { freePort } from '../../support/free-port.ts';
import { startNode, type TestNode } from './nodes.ts';
import { Program } from './program.ts';

/**
 * The machine's own programs are asked whom they trust. Nothing of the machine is changed: the system's store is copied into a mount
 * namespace of its own, the browser's is in a home of its own.
 */

const cli = fileURLToPath(new URL('../../../electron/headless/cli.ts', import.meta.url));
const has = (file: string) => existsSync(file);
const systemLacks = [
  ...(process.platform === 'linux' ? [] : ['Linux']),
  ...(process.getuid?.() === 0 ? [] : ['root, for a mount namespace']),
  ...['/usr/bin/unshare', '/usr/bin/nsenter', '/usr/bin/curl', '/usr/sbin/update-ca-certificates'].filter((file) => !has(file)),
];
const browserLacks = [
  ...(process.platform === 'linux' ? [] : ['Linux']),
  ...(has('/usr/bin/certutil') ? [] : ['/usr/bin/certutil (libnss3-tools)']),
  ...(installedBrowser() === undefined ? ['an installed Chromium'] : []),
];
if (systemLacks.length > 0) console.warn(`Skipped: the system's store is not tried for real; missing: ${systemLacks.join(', ')}`);
if (browserLacks.length > 0) console.warn(`Skipped: a browser's store is not tried for real; missing: ${browserLacks.join(', ')}`);

let folder: string;
let node: TestNode;
let program: Program;
let port: number;
const at = (name: string) => join(folder, name);
const home = () => at('home');

interface Ran {
  code: number;
  out: string;
}
/** Runs a program to its end; `before`: what enters another namespace. */
const run = (file: string, args: string[], before: string[] = []): Promise<Ran> =>
  new Promise((resolve) => {
    const [program_ = file, ...rest] = [...before, file, ...args];
    // XDG folders of whoever runs the tests would win over the home.
    const { XDG_CONFIG_HOME: _config, XDG_DATA_HOME: _data, ...env } = process.env;
    execFile(program_, rest, { env: { ...env, HOME: home() }, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out: stdout + stderr });
    });
  });
const evenkeel = (args: string[], before?: string[]) => run(process.execPath, [cli, 'cert', ...args], before);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-trust-'));
  mkdirSync(home());
  node = await startNode('one');
  port = await freePort();
  expect(await evenkeel(['issue', 'app.localhost', '--out', at('leaf')])).toMatchObject({ code: 0 });
  const authority = join(home(), '.config/evenkeel/authority');
  // What the authority's key could be misused for.
  const pair = { certPem: readFileSync(join(authority, 'ca.crt'), 'utf8'), keyPem: readFileSync(join(authority, 'ca.key'), 'utf8') };
  const public_ = await signLeaf(pair, ['example.com'], 30);
  writeFileSync(
    at('web.json'),
    JSON.stringify({
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'https', pool: 'web', certificates: ['local', 'public'] }],
      pools: [{ id: 'web', nodes: [{ id: 'a', address: `127.0.0.1:${node.port}` }] }],
      certificates: [
        { id: 'local', certFile: 'leaf/app.localhost.crt', keyFile: 'leaf/app.localhost.key' },
        { id: 'public', certPem: public_.certPem, keyPem: public_.keyPem },
      ],
    }),
  );
  program = new Program(['serve', '--config', at('web.json'), '--no-ui', '--authority', authority]);
  await program.ready();
}, 30_000);
afterAll(async () => {
  await program.end();
  await node.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(systemLacks.length > 0)('the system’s store', () => {
  const anchors = '/usr/local/share/ca-certificates';
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  let holder: ChildProcess;
  let enter: string[];
  const real = () => `${readdirSync(anchors).join()} ${createHash('sha256').update(readFileSync(bundle)).digest('hex')}`;
  let before: string;

  beforeAll(async () => {
    before = real();
    const script = `set -e; mkdir ${at('anchors')} ${at('certs')}; cp -a ${anchors}/. ${at('anchors')}; cp -a /etc/ssl/certs/. ${at('certs')}
      mount --bind ${at('anchors')} ${anchors}; mount --bind ${at('certs')} /etc/ssl/certs; echo ready; exec sleep 300`;
    holder = spawn('/usr/bin/unshare', ['-m', '--propagation', 'private', '/bin/bash', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout!, 'data');
    enter = ['/usr/bin/nsenter', '-m', '-t', String(holder.pid)];
  });
  afterAll(async () => {
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(real()).toBe(before);
  });

  const curl = (name: string) =>
    run(
      '/usr/bin/curl',
      ['-sS', '--max-time', '10', '--noproxy', '*', '--resolve', `${name}:${port}:127.0.0.1`, `https://${name}:${port}/`],
      enter,
    );

  it('is trusted by curl after `cert trust`, and for local names only; not before, and not after `cert untrust`', async () => {
    // 60: the peer's certificate cannot be authenticated with known certificates of authorities.
    expect(await curl('app.localhost')).toMatchObject({ code: 60 });
    const trusted = await evenkeel(['trust'], enter);
    expect(trusted.out).toContain(`trusts it now, ${bundle} has it`);
    expect(await curl('app.localhost')).toEqual({ code: 0, out: 'one' });
    expect(await curl('example.com')).toMatchObject({ code: 60, out: expect.stringContaining('permitted subtree violation') as string });
    const anchored = execFileSync('/usr/bin/nsenter', [...enter.slice(1), '/bin/ls', anchors]).toString();
    expect(anchored).toMatch(/^evenkeel-[0-9a-f]{16}\.crt$/m);
    // Again: nothing to do.
    expect((await evenkeel(['trust'], enter)).out).toContain('nothing to do');
    const untrusted = await evenkeel(['untrust'], enter);
    expect(untrusted.out).toContain(`no longer trusts it, ${bundle} does not have it`);
    expect(await curl('app.localhost')).toMatchObject({ code: 60 });
    expect(execFileSync('/usr/bin/nsenter', [...enter.slice(1), '/bin/ls', anchors]).toString()).not.toContain('evenkeel');
  }, 60_000);
});

describe.skipIf(browserLacks.length > 0)('the browsers’ store', () => {
  /** What a browser with this home shows: the page, or why not. */
  async function browse(name: string): Promise<string> {
    const browser = await launchBrowser({
      env: {
        HOME: home(),
        XDG_CONFIG_HOME: join(home(), '.config'),
        XDG_DATA_HOME: join(home(), '.local/share'),
      },
      args: ['--host-resolver-rules=MAP example.com 127.0.0.1', '--no-proxy-server'],
    });
    try {
      const page = await browser.newPage();
      const answer = await page.goto(`https://${name}:${port}/`, { timeout: 15_000 });
      return (await answer?.text()) ?? '';
    } catch (error) {
      return /net::(ERR_\w+)/.exec(String(error))?.[1] ?? String(error);
    } finally {
      await browser.close();
    }
  }

  it('is trusted by Chromium after `cert trust`, and for local names only; not before, and not after `cert untrust`', async () => {
    const database = join(home(), '.pki/nssdb');
    expect(await browse('app.localhost')).toBe('ERR_CERT_AUTHORITY_INVALID');
    // The system's store is left out of it: without root it says what to type, and that is exit code 1.
    const plain =
      process.getuid?.() === 0
        ? [
            '/usr/bin/unshare',
            '-m',
            '--propagation',
            'private',
            '/bin/sh',
            '-c',
            'mount -t tmpfs none /usr/local/share/ca-certificates && mount -o bind,ro /etc/ssl/certs /etc/ssl/certs && exec "$@"',
            'sh',
          ]
        : [];
    const trusted = await evenkeel(['trust'], plain);
    expect(trusted.out).toContain('the database has it, and takes it for servers');
    expect(trusted.out).not.toContain('System store (Debian, Ubuntu, Alpine): trusts it now');
    expect(existsSync(join(database, 'cert9.db'))).toBe(true);
    expect(await browse('app.localhost')).toBe('one');
    expect(await browse('example.com')).toMatch(/^ERR_CERT_/);
    expect((await evenkeel(['status'])).out).toContain('yes  Browsers’ store (NSS): the database has it');
    const untrusted = await evenkeel(['untrust'], plain);
    expect(untrusted.out).toContain('no longer trusts it, the database does not have it');
    expect(await browse('app.localhost')).toBe('ERR_CERT_AUTHORITY_INVALID');
    // Another authority takes the trusted one out first.
    expect((await evenkeel(['trust'], plain)).out).toContain('takes it for servers');
    const listed = () => execFileSync('/usr/bin/certutil', ['-L', '-d', `sql:${database}`]).toString();
    expect(listed()).toContain('Evenkeel');
    expect(await evenkeel(['replace', '--yes'], plain)).toMatchObject({ code: 0 });
    expect(listed()).not.toContain('Evenkeel');
  }, 90_000);
});
