import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateCertificate } from '../../../electron/control/certificates/generate.ts';
import type { CertificateStatus } from '../../../shared/model/certificate.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/wait.ts';
import { startNode, type TestNode } from './nodes.ts';
import { apiOf, Program } from './program.ts';

let folder: string;
let node: TestNode;
let program: Program | undefined;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-tls-'));
  node = await startNode('one');
});
afterEach(async () => {
  await program?.end();
  program = undefined;
  await node.close();
  rmSync(folder, { recursive: true, force: true });
});

const pool = () => ({ id: 'web', stickiness: { type: 'http_cookie' }, nodes: [{ id: 'a', address: `127.0.0.1:${node.port}` }] });

/** A client that trusts `ca` and nothing else, for `localhost`. */
async function connectTo(port: number, ca: string): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca });
  await once(socket, 'secureConnect');
  return socket;
}

/** One request over a connection that stays open. */
async function ask(socket: TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const print = (socket: TLSSocket) => socket.getPeerCertificate().fingerprint256;

it('makes a certificate that a client verifies the https listener by', async () => {
  writeFileSync(at('web.json'), JSON.stringify({ version: 1, pools: [pool()] }));
  program = new Program(['serve', '--config', at('web.json'), '--ui', '127.0.0.1:0']);
  const { call } = apiOf(await program.ready());
  const made = (await call('certificates.generate', { hosts: ['localhost', '127.0.0.1'] })).value as { certPem: string; keyPem: string };
  const port = await freePort();
  const { value: config } = await call('config.get');
  const applied = await call('config.apply', {
    config: {
      ...(config as object),
      listeners: [{ id: 'web', port, protocol: 'https', pool: 'web', certificates: ['local'] }],
      certificates: [{ id: 'local', certPem: made.certPem, keyPem: made.keyPem }],
    },
  });
  expect(applied.error).toBeUndefined();
  const socket = await connectTo(port, made.certPem);
  expect(await ask(socket)).toContain('one');
  const { certificates } = (await call('certificates.list')).value as { certificates: CertificateStatus[] };
  expect(certificates).toMatchObject([{ id: 'local', source: 'text', problem: null, listeners: ['web'], certPem: made.certPem }]);
  expect(certificates[0]!.facts!.fingerprint).toBe(print(socket));
  socket.destroy();
  await expect(connectTo(port, (await generateCertificate(['localhost'], 30)).certPem)).rejects.toThrow(/self-signed/);
  expect((await call('certificates.generate', { hosts: ['no name'] })).error).toMatchObject({ code: 'BAD_REQUEST' });
});

it('follows the files of a certificate, and keeps connections and the old one while they are spoilt', async () => {
  const [first, second, third] = await Promise.all([1, 2, 3].map((days) => generateCertificate(['localhost'], days)));
  const put = (cert: string, key: string) => {
    for (const [name, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key })) {
      writeFileSync(at(`${name}.new`), text);
      renameSync(at(`${name}.new`), at(name));
    }
  };
  put(first!.certPem, first!.keyPem);
  const port = await freePort();
  const listener = { id: 'web', port, protocol: 'https', pool: 'web', certificates: ['local'] };
  const certificates = [{ id: 'local', certFile: 'tls.crt', keyFile: 'tls.key' }];
  writeFileSync(at('web.json'), JSON.stringify({ version: 1, listeners: [listener], pools: [pool()], certificates }));
  program = new Program(['serve', '--config', at('web.json'), '--ui', '127.0.0.1:0']);
  const { call } = apiOf(await program.ready());
  const list = async () => ((await call('certificates.list')).value as { certificates: CertificateStatus[] }).certificates[0]!;
  const kinds = async () =>
    ((await call('journal.list')).value as { entries: { kind: string; certificate?: string; reason?: string }[] }).entries.filter(
      ({ kind }) => kind.startsWith('certificate.'),
    );

  const open = await connectTo(port, first!.certPem);
  expect(await ask(open)).toContain('one');

  // Exchanged by renames, as those who renew certificates do.
  put(second!.certPem, second!.keyPem);
  expect(await eventually(async () => (await list()).facts?.fingerprint === second!.facts.fingerprint, 5_000, 50)).toBe(true);
  const fresh = await connectTo(port, second!.certPem);
  expect(print(fresh)).toBe(second!.facts.fingerprint);
  expect(await ask(fresh)).toContain('one');
  fresh.destroy();
  expect(await ask(open)).toContain('one');
  expect(await kinds()).toMatchObject([{ kind: 'certificate.reloaded', certificate: 'local' }]);

  // Half written, for longer than a renewal takes.
  writeFileSync(at('tls.crt'), third!.certPem.slice(0, 200));
  expect(await eventually(async () => (await kinds()).length === 2, 5_000, 50)).toBe(true);
  const [, problem] = await kinds();
  expect(problem).toMatchObject({ kind: 'certificate.problem', certificate: 'local' });
  expect(problem!.reason).toContain('the one from before stays in use');
  expect(await list()).toMatchObject({
    facts: { fingerprint: second!.facts.fingerprint },
    problem: expect.stringContaining('"tls.crt" is cut off') as string,
  });
  const still = await connectTo(port, second!.certPem);
  still.destroy();
  expect(program.logs().filter(({ level, message }) => level === 'error' && message.includes('was not renewed'))).toHaveLength(1);

  put(third!.certPem, third!.keyPem);
  expect(await eventually(async () => (await list()).facts?.fingerprint === third!.facts.fingerprint, 5_000, 50)).toBe(true);
  const last = await connectTo(port, third!.certPem);
  last.destroy();
  expect(await list()).toMatchObject({ problem: null });
  expect(await ask(open)).toContain('one');
  open.destroy();
});
