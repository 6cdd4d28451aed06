import type { Handlers } from '../../shared/contract/contract.ts';
import type { CertificateFacts, CertificateStatus } from '../../shared/model/certificate.ts';
import type { CertificateConfig, Config } from '../../shared/model/config.ts';

const dayMs = 86_400_000;

/** Text in the shape of PEM that carries its facts, so that no cryptography is needed to read it. */
function block(kind: string, content: unknown): string {
  return `-----BEGIN ${kind}-----\n${btoa(JSON.stringify(content))}\n-----END ${kind}-----\n`;
}

function open<T>(kind: string, pem: string | undefined): T | null {
  const text = new RegExp(`-----BEGIN ${kind}-----\\s*([A-Za-z0-9+/=\\s]+?)\\s*-----END ${kind}-----`).exec(pem ?? '')?.[1];
  try {
    return text === undefined ? null : (JSON.parse(atob(text)) as T);
  } catch {
    return null;
  }
}

/** A certificate and its key as the fake understands them. `facts` change what the certificate says of itself. */
export function fakeCertificate(
  names: string[],
  facts: Partial<CertificateFacts> = {},
  now = Date.now(),
): { certPem: string; keyPem: string; facts: CertificateFacts } {
  const seed = [...names.join()].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 0xffff, 7);
  const all: CertificateFacts = {
    names,
    subject: names[0] ?? '',
    issuer: names[0] ?? '',
    notBefore: now,
    notAfter: now + 397 * dayMs,
    fingerprint: Array.from({ length: 32 }, (_, i) => ((seed * (i + 3)) % 256).toString(16).padStart(2, '0').toUpperCase()).join(':'),
    selfSigned: true,
    chain: 1,
    ...facts,
  };
  return { certPem: block('CERTIFICATE', all), keyPem: block('PRIVATE KEY', { fits: all.fingerprint }), facts: all };
}

type Inspection = Awaited<ReturnType<Handlers['certificates.inspect']>>;

/** Gives the text of a file, where there is one. */
export type FileText = (file: string) => string | undefined;

function inspect(certificate: CertificateConfig, now: number, read: FileText): Inspection {
  const issues: Inspection['issues'] = [];
  const { certFile, keyFile } = certificate;
  const certPem = certFile === undefined ? certificate.certPem : read(certFile);
  const keyPem = keyFile === undefined ? certificate.keyPem : read(keyFile);
  if (certFile !== undefined && certPem === undefined)
    return { facts: null, certPem: null, issues: [{ path: 'certFile', message: `cannot read "${certFile}": there is no such file` }] };
  const facts = open<CertificateFacts>('CERTIFICATE', certPem);
  const key = open<{ fits: string }>('PRIVATE KEY', keyPem);
  if (!facts) issues.push({ path: 'certPem', message: 'certificate 1 of 1 in it is damaged' });
  if (!key) issues.push({ path: 'keyPem', message: 'holds a damaged private key' });
  if (facts && facts.notAfter < now)
    issues.push({ path: 'certPem', message: `expired on ${new Date(facts.notAfter).toISOString().slice(0, 10)}; renew it` });
  if (facts && key && key.fits !== facts.fingerprint)
    issues.push({ path: 'keyPem', message: 'does not fit the certificate: they are not a pair' });
  return { facts, certPem: facts && certPem !== undefined ? certPem : null, issues };
}

/** The fake's certificates: what `fakeCertificate` made it can read, of files those the fake authority signed. */
export function fakeCertificateHandlers(
  config: () => Config,
  now: () => number,
  read: FileText = () => undefined,
): Pick<Handlers, 'certificates.list' | 'certificates.inspect' | 'certificates.generate'> {
  return {
    'certificates.list': () => ({
      certificates: config().certificates.map((certificate): CertificateStatus => {
        const { facts, certPem, issues } = inspect(certificate, now(), read);
        return {
          id: certificate.id,
          name: certificate.name ?? certificate.id,
          source: certificate.certFile === undefined ? 'text' : 'files',
          facts,
          certPem,
          problem: issues[0]?.message ?? null,
          listeners: config()
            .listeners.filter((listener) => listener.certificates.includes(certificate.id))
            .map((listener) => listener.id),
        };
      }),
    }),
    'certificates.inspect': ({ certificate }) => inspect(certificate, now(), read),
    'certificates.generate': ({ hosts, days }) => fakeCertificate(hosts, { notAfter: now() + days * dayMs }, now()),
  };
}
