import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import type { CertificateConfig, ListenerConfig } from '../../../shared/model/config.ts';
import { EngineError } from '../errors.ts';
import { legacySuites, recommendedSuites, tls13Suites } from './tls-suites.ts';

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
    ciphers: [...tls13Suites, ...(legacy ? legacySuites : recommendedSuites)].join(':'),
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
