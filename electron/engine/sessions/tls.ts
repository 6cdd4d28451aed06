import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import type { CertificateConfig, ListenerConfig } from '../../../shared/model/config.ts';
import { EngineError } from '../errors.ts';

/** TLS 1.2 suites of the recommended profile: ECDHE with AEAD (Mozilla "intermediate"); 1.3 has only such. */
const recommendedCiphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** The legacy profile adds CBC suites, and lets OpenSSL speak 1.0 and 1.1 where it still can. */
const legacyCiphers = [
  ...recommendedCiphers,
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA256',
  'AES128-SHA',
  'AES256-SHA',
  '@SECLEVEL=0',
];

interface NamedContext {
  /** Lower-case names and wildcards the certificate is for. */
  names: string[];
  context: SecureContext;
}

/**
 * What terminates TLS for a listener: a server that is never bound, given connections by the listener.
 * @param certificates with their PEM text; the first answers unknown names and no name at all.
 * @throws EngineError CERTIFICATE_INVALID.
 */
export function createTlsTerminator(listener: ListenerConfig, certificates: readonly CertificateConfig[]): Server {
  const legacy = listener.tlsProfile === 'legacy';
  const protocol = {
    minVersion: legacy ? ('TLSv1' as const) : ('TLSv1.2' as const),
    ciphers: (legacy ? legacyCiphers : recommendedCiphers).join(':'),
    // A client could ask for handshake after handshake on one connection, each dearer for us than for it (CVE-2011-1473).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
  const contexts = listener.certificates.map((id): NamedContext => {
    const certificate = certificates.find((c) => c.id === id);
    try {
      if (certificate?.certPem === undefined || certificate.keyPem === undefined) throw new Error('has no certificate or key');
      return {
        names: namesOf(new X509Certificate(certificate.certPem)),
        context: createSecureContext({ cert: certificate.certPem, key: certificate.keyPem, ...protocol }),
      };
    } catch (error) {
      throw new EngineError('CERTIFICATE_INVALID', `Certificate "${id}" cannot be used: ${(error as Error).message}.`);
    }
  });
  const first = certificates.find((c) => c.id === listener.certificates[0]);
  return createServer({
    cert: first?.certPem,
    key: first?.keyPem,
    ...protocol,
    honorCipherOrder: true,
    ALPNProtocols: ['http/1.1'],
    allowHalfOpen: true,
    handshakeTimeout: listener.timeouts.requestHeadMs,
    SNICallback: (name, done) => {
      done(null, findContext(contexts, name.toLowerCase()) ?? contexts[0]!.context);
    },
  });
}

/** An exact name wins over a wildcard, which stands for one label (RFC 6125 section 6.4.3). */
function findContext(contexts: readonly NamedContext[], name: string): SecureContext | undefined {
  const exact = contexts.find((c) => c.names.includes(name));
  if (exact) return exact.context;
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : contexts.find((c) => c.names.includes(`*${name.slice(dot)}`))?.context;
}

function namesOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice(4).toLowerCase());
  if (names.length > 0) return names;
  const common = /^CN=(.+)$/m.exec(certificate.subject);
  return common ? [common[1]!.toLowerCase()] : [];
}
