import type { CertificateFacts, CertificateStatus } from '../../../shared/model/certificate.ts';
import type { CertificateConfig, Config } from '../../../shared/model/config.ts';
import type { ConfigIssue } from '../../../shared/model/validate.ts';
import { certificateBlocks, certificateFacts } from './facts.ts';
import { resolveCertificate, type FileContext } from './read.ts';

const sentence = (issues: readonly ConfigIssue[]) => issues.map((issue) => issue.message).join('; ');

/**
 * Every configured certificate as it is served.
 * @param config As configured, files by name.
 * @param served The same with the text the engine has; of a file that was spoilt since, the text from before.
 */
export async function certificateStatuses(config: Config, served: Config, context: FileContext): Promise<CertificateStatus[]> {
  return Promise.all(
    config.certificates.map(async (certificate, i): Promise<CertificateStatus> => {
      const inUse = served.certificates[i];
      const now = await inspectCertificate(certificate, context);
      const facts = inUse?.certPem === undefined ? null : certificateFacts(inUse.certPem);
      const problem = now.issues.length > 0 ? sentence(now.issues) : null;
      const spoilt = problem !== null && facts !== null && now.facts?.fingerprint !== facts.fingerprint;
      return {
        id: certificate.id,
        name: certificate.name ?? certificate.id,
        source: certificate.certFile === undefined && certificate.keyFile === undefined ? 'text' : 'files',
        facts,
        certPem: facts && inUse?.certPem !== undefined ? publicPart(inUse.certPem) : null,
        problem: spoilt ? `${problem}; the one from before stays in use` : problem,
        listeners: config.listeners.filter((listener) => listener.certificates.includes(certificate.id)).map((listener) => listener.id),
      };
    }),
  );
}

/** What a certificate says of itself and what is wrong with it; issues name its fields: "certPem", "keyFile". */
export async function inspectCertificate(
  certificate: CertificateConfig,
  context: FileContext,
): Promise<{ facts: CertificateFacts | null; certPem: string | null; issues: ConfigIssue[] }> {
  const { resolved, issues } = await resolveCertificate(certificate, (field) => field, context);
  const { certPem } = resolved;
  const facts = certPem === undefined ? null : certificateFacts(certPem);
  // Whatever else may stand in the text, a key not least, stays here.
  return { facts, certPem: facts && certPem !== undefined ? publicPart(certPem) : null, issues };
}

/** The certificates of a PEM text and nothing else of it. */
function publicPart(pem: string): string {
  return certificateBlocks(pem)
    .map((block) => `${block}\n`)
    .join('');
}
