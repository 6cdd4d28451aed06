import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../../shared/model/certificate.ts';

const blockPattern = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, each as its own; whatever stands between them is left out. */
export function certificateBlocks(pem: string): string[] {
  return pem.match(blockPattern) ?? [];
}

/** `CN=localhost` of a name that Node prints one attribute a line; the whole of it in one line where there is none. */
function commonName(name: string): string {
  return /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');
}

/** Node prints IPv6 addresses as eight groups in capitals; people write them as RFC 5952 has it. */
function shortIp(ip: string): string {
  return ip.includes(':') ? new URL(`http://[${ip}]/`).hostname.slice(1, -1) : ip;
}

/** Names that hold commas or quotes are printed as JSON strings (Node, since 2021); such cannot be served by name anyway. */
function namesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? '').split(', ').flatMap((entry) => {
    if (entry.startsWith('DNS:')) return [entry.slice(4)];
    return entry.startsWith('IP Address:') ? [shortIp(entry.slice(11))] : [];
  });
  return names.length > 0 ? names : [commonName(certificate.subject)];
}

/** What the first certificate of a chain says of itself; null when there is none that can be read. */
export function certificateFacts(pem: string): CertificateFacts | null {
  const blocks = certificateBlocks(pem);
  try {
    const leaf = new X509Certificate(blocks[0] ?? '');
    return {
      names: namesOf(leaf),
      subject: commonName(leaf.subject),
      issuer: commonName(leaf.issuer),
      notBefore: Date.parse(leaf.validFrom),
      notAfter: Date.parse(leaf.validTo),
      fingerprint: leaf.fingerprint256,
      // checkIssued() would ask for an authority's key usage, which a server's own certificate has no need of.
      selfSigned: leaf.subject === leaf.issuer && leaf.verify(leaf.publicKey),
      chain: blocks.length,
    };
  } catch {
    return null;
  }
}
