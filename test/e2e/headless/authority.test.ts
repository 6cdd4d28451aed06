import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Authority } from '../../../electron/control/authority/authority.ts';
import { fileVault } from '../../../electron/control/authority/key-vault.ts';
import type { AuthorityStatus } from '../../../shared/model/authority.ts';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/wait.ts';
import { startNode, type TestNode } from './nodes.ts';
import { apiOf, Program, type Api } from './program.ts';

const dayMs = 86_400_000;
let folder: string;
let node: TestNode;
let program: Program | undefined;
const at = (name: string) => join(folder, name);
/** The authority as it signs when it is so many days ago. */
const daysAgo = (days: number) => new Authority({ folder: at('authority'), vault: fileVault(), now: () => Date.now() - days * dayMs });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-authority-'));
  node = await startNode('one');
});
afterEach(async () => {
  await program?.end();
  program = undefined;
  await node.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Serves with the authority's certificate. @returns its API, and the https port. */
async function serve({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<{ api: Api; port: number }> {
  const port = await freePort();
  writeFileSync(
    at('web.json'),
    JSON.stringify({
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'https', pool: 'web', certificates: ['local'] }],
      pools: [{ id: 'web', nodes: [{ id: 'a', address: `127.0.0.1:${node.port}` }] }],
      certificates: [{ id: 'local', certFile, keyFile }],
    }),
  );
  program = new Program(['serve', '--config', at('web.json'), '--ui', '127.0.0.1:0', '--authority', at('authority')]);
  return { api: apiOf(await program.ready()), port };
}

async function open(port: number): Promise<TLSSocket> {
  const ca = readFileSync(at('authority/ca.crt'), 'utf8');
  const socket = connect({ host: '127.0.0.1', port, servername: 'app.localhost', ca });
  await once(socket, 'secureConnect');
  return socket;
}

async function ask(socket: TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const status = async ({ call }: Api) => (await call('authority.status')).value as AuthorityStatus;
const entries = async ({ call }: Api) =>
  ((await call('journal.list')).value as { entries: JournalEntry[] }).entries.filter(({ kind }) => kind.startsWith('certificate.'));

it('starts with a certificate that ran out while the program did not run, renewed', async () => {
  const old = await daysAgo(120).issue(['app.localhost']);
  expect(old.facts.notAfter).toBeLessThan(Date.now());
  const { api, port } = await serve(old);
  const socket = await open(port);
  expect(await ask(socket)).toContain('one');
  expect(socket.getPeerCertificate().fingerprint256).not.toBe(old.facts.fingerprint);
  socket.destroy();
  expect(await entries(api)).toMatchObject([{ kind: 'certificate.renewed', certificate: 'local' }]);
  const { issued, authority } = await status(api);
  expect(issued).toMatchObject([{ certFile: old.certFile, usedBy: ['local'], facts: { names: ['app.localhost'] } }]);
  // As many days as before, and the authority is the same.
  const { notBefore, notAfter } = issued[0]!.facts;
  expect(Math.round((notAfter - notBefore) / dayMs)).toBe(90);
  expect(authority!.key).toMatchObject({ protection: 'file', problem: null });
  // Nothing the API gives holds a private key.
  expect(JSON.stringify(await api.call('authority.status'))).not.toContain('PRIVATE KEY');
  expect(program!.stderr).not.toContain('PRIVATE KEY');
});

it('renews while connections are open, and none is dropped', async () => {
  const leaf = await daysAgo(0).issue(['app.localhost', '127.0.0.1']);
  const { api, port } = await serve(leaf);
  const socket = await open(port);
  expect(await ask(socket)).toContain('one');
  // In the last third of its life, but valid: 90 days, signed 70 days ago, into the same files.
  const due = await daysAgo(70).issue(['app.localhost', '127.0.0.1']);
  expect(due.certFile).toBe(leaf.certFile);
  program!.signal('SIGHUP');
  const served = async () => {
    const fresh = await open(port);
    const print = fresh.getPeerCertificate().fingerprint256;
    fresh.destroy();
    return print;
  };
  let seen = leaf.facts.fingerprint;
  expect(
    await eventually(
      async () => {
        seen = await served();
        return seen !== leaf.facts.fingerprint && seen !== due.facts.fingerprint;
      },
      8_000,
      50,
    ),
  ).toBe(true);
  expect((await status(api)).issued[0]!.facts.fingerprint).toBe(seen);
  expect((await entries(api)).filter(({ kind }) => kind === 'certificate.renewed')).toHaveLength(1);
  expect(await ask(socket)).toContain('one');
  socket.destroy();
});

it('repairs a pair that a crash left half written', async () => {
  const leaf = await daysAgo(0).issue(['app.localhost']);
  const other = await daysAgo(0).issue(['other.localhost']);
  writeFileSync(leaf.keyFile, readFileSync(other.keyFile));
  const { api, port } = await serve(leaf);
  const socket = await open(port);
  expect(await ask(socket)).toContain('one');
  socket.destroy();
  expect(await entries(api)).toMatchObject([{ kind: 'certificate.renewed' }]);
});

it('leaves alone what another authority signed', async () => {
  const foreign = new Authority({ folder: at('foreign'), vault: fileVault(), now: () => Date.now() - 70 * dayMs });
  const leaf = await foreign.issue(['app.localhost']);
  await daysAgo(0).ensure();
  const before = readFileSync(leaf.certFile, 'utf8');
  const { api } = await serve(leaf);
  expect((await status(api)).issued).toEqual([]);
  expect(readFileSync(leaf.certFile, 'utf8')).toBe(before);
});

it('issues over the API into files that a configuration may name, and for local names only', async () => {
  const { api } = await serve(await daysAgo(0).issue(['app.localhost']));
  const reply = await api.call('authority.issue', { names: ['shop.test', '192.168.1.20'], days: 7 });
  expect(reply).toMatchObject({ ok: true, value: { facts: { names: ['shop.test', '192.168.1.20'], selfSigned: false }, usedBy: [] } });
  expect(await api.call('authority.issue', { names: ['example.com'] })).toMatchObject({
    ok: false,
    error: { code: 'BAD_REQUEST', message: expect.stringContaining('is a public name') as string },
  });
  expect(await api.call('authority.issue', { names: ['../../etc/x'] })).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
});

it('is replaced: what runs is signed anew wherever it lies, and no connection is dropped', async () => {
  const leaf = await daysAgo(0).issue(['app.localhost'], { folder: at('elsewhere') });
  const { api, port } = await serve(leaf);
  const socket = await open(port);
  const before = (await status(api)).authority!.facts.fingerprint;
  const reply = await api.call('authority.replace', { untrust: true });
  expect(reply).toMatchObject({ ok: true, value: { issued: [{ certFile: leaf.certFile, usedBy: ['local'] }] } });
  expect((reply.value as AuthorityStatus).authority!.facts.fingerprint).not.toBe(before);
  // With the new authority alone in the list of the trusted.
  const served = async () => {
    try {
      const fresh = await open(port);
      fresh.destroy();
      return true;
    } catch {
      return false;
    }
  };
  expect(await eventually(served, 8_000, 50)).toBe(true);
  expect(await ask(socket)).toContain('one');
  socket.destroy();
});

it('is replaced from the command line once that is said twice', async () => {
  const home = { HOME: at('home'), XDG_CONFIG_HOME: at('home/.config'), XDG_DATA_HOME: at('home/.local') };
  const cert = async (...args: string[]) => {
    const ran = new Program(['cert', ...args, '--authority', at('authority')], home);
    return { code: await ran.exited, out: ran.stdout, err: ran.stderr };
  };
  expect(await cert('replace', '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('There is no authority') as string });
  const leaf = await daysAgo(0).issue(['app.localhost']);
  const { certPem } = await daysAgo(0).ensure();
  const said = await cert('replace');
  expect(said).toMatchObject({ code: 1, err: '' });
  expect(said.out).toContain('signed anew   app.localhost');
  expect(said.out).toContain('Nothing was changed.');
  expect(readFileSync(at('authority/ca.crt'), 'utf8')).toBe(certPem);
  const done = await cert('replace', '--yes');
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(done.out).toContain('No store trusts it yet: evenkeel cert trust');
  expect(readFileSync(at('authority/ca.crt'), 'utf8')).not.toBe(certPem);
  expect(await daysAgo(0).look(leaf)).toMatchObject({ due: false, facts: { names: ['app.localhost'] } });
});
