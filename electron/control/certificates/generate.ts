import type { CertificateFacts } from '../../../shared/model/certificate.ts';
import { ipVersion } from '../../../shared/model/address.ts';
import { certificateFacts } from './facts.ts';

const dayMs = 86_400_000;
/** Clocks of other machines may be a little behind. */
const leewayMs = 3_600_000;
/** RFC 5280, appendix A.1: ub-common-name-length. */
const longestCommonName = 64;

/**
 * Makes a key (EC P-256) and a certificate for it that signs itself (SHA-256), for servers only.
 * @param hosts DNS names, wildcards and IP addresses it is valid for, at least one.
 * @param days 1–397; from an hour ago.
 */
export async function generateCertificate(
  hosts: readonly string[],
  days: number,
  now: number = Date.now(),
): Promise<{ certPem: string; keyPem: string; facts: CertificateFacts }> {
  // Only when somebody asks: reading the package takes longer than all the rest of a start.
  const { generate } = await import('selfsigned');
  const names = [...new Set(hosts)];
  const from = now - leewayMs;
  const made = await generate([{ name: 'commonName', value: names.find((name) => name.length <= longestCommonName) ?? 'Evenkeel' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: new Date(from),
    notAfterDate: new Date(from + days * dayMs),
    extensions: [
      // No authority: whoever trusts it trusts this one server, and nothing that its key could sign.
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (ipVersion(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  });
  const certPem = endLine(made.cert);
  const facts = certificateFacts(certPem);
  if (!facts) throw new Error('The certificate just made cannot be read.');
  return { certPem, keyPem: endLine(made.private), facts };
}

/** PEM with plain line ends, and one at the end. */
function endLine(pem: string): string {
  return `${pem.replaceAll('\r\n', '\n').trim()}\n`;
}
