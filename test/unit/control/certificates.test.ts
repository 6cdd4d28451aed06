import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveFiles } from '../../../electron/control/certificates/read.ts';
import { parseConfig } from '../../../shared/model/validate.ts';

let folder: string;
const day = 86_400_000;
const pems: Record<string, { cert: string; key: string }> = {};

async function make(name: string, from: number, to: number) {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: new Date(Date.now() + from * day),
    notAfterDate: new Date(Date.now() + to * day),
  });
  pems[name] = { cert: made.cert, key: made.private };
  await writeFile(join(folder, `${name}.crt`), made.cert);
  await writeFile(join(folder, `${name}.key`), made.private);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-certs-'));
  await make('good', -1, 30);
  await make('other', -1, 30);
  await make('old', -30, -1);
  await make('early', 1, 30);
  await writeFile(join(folder, 'damaged.crt'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  await writeFile(join(folder, 'text.crt'), 'hello');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(folder, 'locked.key'), privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function look(certificate: Record<string, string>, nodeTls?: object) {
  const { config } = parseConfig({
    version: 1,
    certificates: [{ id: 'c', ...certificate }],
    pools: [{ id: 'p', nodes: [{ id: 'a', address: '127.0.0.1:1', ...(nodeTls ? { tls: nodeTls } : {}) }] }],
  });
  return resolveFiles(config!, { folder, now: Date.now() });
}

it('gives the engine text in place of files', async () => {
  const { config, issues } = await look({ certFile: 'good.crt', keyFile: 'good.key' }, { caFile: 'other.crt' });
  expect(issues).toEqual([]);
  expect(config.certificates).toEqual([{ id: 'c', certPem: pems['good']!.cert, keyPem: pems['good']!.key }]);
  expect(config.pools[0]?.nodes[0]?.tls).toEqual({ verify: true, caPem: pems['other']!.cert });
});

it('takes text as it is', async () => {
  expect((await look({ certPem: pems['good']!.cert, keyPem: pems['good']!.key })).issues).toEqual([]);
});

it.each([
  ['none.crt', 'good.key', 'certificates[0].certFile', 'cannot read "none.crt": there is no such file'],
  ['good.crt', '.', 'certificates[0].keyFile', 'cannot read ".": it is a folder'],
  ['text.crt', 'good.key', 'certificates[0].certFile', '"text.crt" holds no PEM certificate ("-----BEGIN CERTIFICATE-----")'],
  ['damaged.crt', 'good.key', 'certificates[0].certFile', '"damaged.crt" certificate 1 of 1 in it is damaged'],
  ['good.crt', 'good.crt', 'certificates[0].keyFile', '"good.crt" holds no PEM private key ("-----BEGIN PRIVATE KEY-----")'],
  ['good.crt', 'other.key', 'certificates[0].keyFile', 'does not fit the certificate: they are not a pair'],
])('%s with %s is a problem of %s', async (certFile, keyFile, path, message) => {
  expect((await look({ certFile, keyFile })).issues).toEqual([{ path, message }]);
});

it('knows what day it is, and locked keys', async () => {
  const old = (await look({ certFile: 'old.crt', keyFile: 'old.key' })).issues;
  expect(old).toMatchObject([{ path: 'certificates[0].certFile' }]);
  expect(old[0]?.message).toMatch(/^expired on \d{4}-\d\d-\d\dT.*Z; renew it$/);
  expect((await look({ certFile: 'early.crt', keyFile: 'early.key' })).issues[0]?.message).toMatch(/^is not valid before \d{4}-/);
  expect((await look({ certFile: 'good.crt', keyFile: 'locked.key' })).issues[0]?.message).toContain('encrypted with a passphrase');
});

it("reports a node's authority", async () => {
  const good = { certFile: 'good.crt', keyFile: 'good.key' };
  expect((await look(good, { caFile: 'none.pem' })).issues).toEqual([
    { path: 'pools[0].nodes[0].tls.caFile', message: 'cannot read "none.pem": there is no such file' },
  ]);
  expect((await look(good, { caPem: '-----BEGIN nothing' })).issues).toMatchObject([{ path: 'pools[0].nodes[0].tls.caPem' }]);
});
