import { createPrivateKey, X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import { expect, it } from 'vitest';
import { certificateFacts } from '../../../electron/control/certificates/facts.ts';
import { namedFiles, keepUsable } from '../../../electron/control/certificates/files.ts';
import { generateCertificate } from '../../../electron/control/certificates/generate.ts';
import { certificateStatuses, inspectCertificate } from '../../../electron/control/certificates/status.ts';
import { isCertificateName } from '../../../shared/model/certificate.ts';
import { parseConfig } from '../../../shared/model/validate.ts';

const day = 86_400_000;
const context = { folder: null, now: Date.now() };

it('makes a server’s own certificate: EC P-256, SHA-256, its names, at most 397 days, no authority', async () => {
  const names = ['localhost', '127.0.0.1', '::1', '*.example.test'];
  const { certPem, keyPem, facts } = await generateCertificate(names, 397);
  const certificate = new X509Certificate(certPem);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.checkHost('a.example.test')).toBe('*.example.test');
  expect(certificate.checkIP('::1')).toBe('::1');
  expect(facts).toEqual({
    names,
    subject: 'localhost',
    issuer: 'localhost',
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    selfSigned: true,
    chain: 1,
  });
  expect(facts.notAfter - facts.notBefore).toBe(397 * day);
  expect(facts.notBefore).toBeLessThan(Date.now());
  expect((await generateCertificate(['x'.repeat(60) + '.example', 'b.test'], 1)).facts.names).toHaveLength(2);
});

it('reads who signed whom, and text that is no certificate', async () => {
  const authority = await generate([{ name: 'commonName', value: 'Root of all' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
  const leaf = await generate([{ name: 'commonName', value: 'leaf.test' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'extKeyUsage', serverAuth: true }],
  });
  expect(certificateFacts(`${leaf.cert}\n${authority.cert}`)).toMatchObject({
    names: ['leaf.test'],
    issuer: 'Root of all',
    selfSigned: false,
    chain: 2,
  });
  expect(certificateFacts(authority.cert)).toMatchObject({ selfSigned: true });
  expect(certificateFacts('hello')).toBeNull();
  expect(certificateFacts('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBeNull();
});

it.each([
  ['localhost', true],
  ['*.example.com', true],
  ['10.0.0.1', true],
  ['::1', true],
  ['*', false],
  ['*.com.', false],
  ['*.localhost', false],
  ['a.*.b', false],
  ['with space', false],
  ['256.1.1.1', false],
  ['CN=x, O=y', false],
  ['', false],
])('a certificate for %j: %s', (name, expected) => {
  expect(isCertificateName(name)).toBe(expected);
});

it('never hands a key out, not even one that stands beside the certificate', async () => {
  const { certPem, keyPem } = await generateCertificate(['localhost'], 30);
  const both = `${keyPem}${certPem}`;
  const seen = await inspectCertificate({ id: 'c', certPem: both, keyPem: both }, context);
  expect(seen.issues).toEqual([]);
  const config = parseConfig({
    version: 1,
    pools: [{ id: 'p', nodes: [{ id: 'a', address: '127.0.0.1:1' }] }],
    listeners: [{ id: 'web', port: 443, protocol: 'https', pool: 'p', certificates: ['c'] }],
    certificates: [{ id: 'c', name: 'Ours', certPem: both, keyPem: both }],
  }).config!;
  const [status] = await certificateStatuses(config, config, context);
  expect(status).toMatchObject({
    id: 'c',
    name: 'Ours',
    source: 'text',
    problem: null,
    listeners: ['web'],
    facts: { names: ['localhost'] },
  });
  for (const answer of [seen, status]) expect(JSON.stringify(answer)).not.toContain('PRIVATE KEY');
  expect(new X509Certificate(status!.certPem!).subject).toBe('CN=localhost');
});

it('says what is wrong by field', async () => {
  const [one, two] = [await generateCertificate(['a.test'], 30), await generateCertificate(['b.test'], 30)];
  expect((await inspectCertificate({ id: 'c', certPem: one.certPem, keyPem: two.keyPem }, context)).issues).toEqual([
    { path: 'keyPem', message: 'does not fit the certificate: they are not a pair' },
  ]);
  const later = { folder: null, now: Date.now() + 31 * day };
  expect((await inspectCertificate({ id: 'c', certPem: one.certPem, keyPem: one.keyPem }, later)).issues).toMatchObject([
    { path: 'certPem', message: expect.stringMatching(/^expired on /) as string },
  ]);
});

it('keeps what ran in place of what was spoilt, and only that', async () => {
  const { certPem, keyPem } = await generateCertificate(['localhost'], 30);
  const files = parseConfig({
    version: 1,
    pools: [{ id: 'p', nodes: [{ id: 'a', address: '127.0.0.1:1', tls: { caFile: 'ca.pem' } }] }],
    certificates: [
      { id: 'x', certFile: 'x.crt', keyFile: 'x.key' },
      { id: 'y', certFile: '/etc/y.crt', keyPem },
    ],
  }).config!;
  expect(namedFiles(files, '/srv')).toEqual([
    { file: '/srv/x.crt', path: 'certificates[0].certFile', of: { certificate: 'x' } },
    { file: '/srv/x.key', path: 'certificates[0].keyFile', of: { certificate: 'x' } },
    { file: '/etc/y.crt', path: 'certificates[1].certFile', of: { certificate: 'y' } },
    { file: '/srv/ca.pem', path: 'pools[0].nodes[0].tls.caFile', of: { pool: 'p', node: 'a' } },
  ]);
  const ran = {
    ...files,
    certificates: [
      { id: 'x', certPem: 'old', keyPem: 'old' },
      { id: 'y', certPem: 'old', keyPem },
    ],
    pools: [{ ...files.pools[0]!, nodes: [{ ...files.pools[0]!.nodes[0]!, tls: { verify: true, caPem: 'old' } }] }],
  };
  const fresh = {
    ...files,
    certificates: [
      { id: 'x', keyPem },
      { id: 'y', certPem, keyPem },
    ],
  };
  const kept = keepUsable(fresh, ran, [
    { path: 'certificates[0].certFile', message: 'is gone' },
    { path: 'pools[0].nodes[0].tls.caFile', message: 'is gone' },
  ]);
  expect(kept.certificates).toEqual([
    { id: 'x', certPem: 'old', keyPem: 'old' },
    { id: 'y', certPem, keyPem },
  ]);
  expect(kept.pools[0]!.nodes[0]!.tls).toEqual({ verify: true, caPem: 'old' });
});
