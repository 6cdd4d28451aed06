import type { CertificateStatus } from '../../shared/model/certificate.ts';

const dayMs = 86_400_000;

/** Told when so many days are left, or fewer; 0: it has expired. */
const stages = [14, 3, 0] as const;
export type Stage = (typeof stages)[number];

/** A certificate that is about to end, told once a stage. */
export interface Expiring {
  /** One key a certificate: a renewed one begins anew. */
  key: string;
  stage: Stage;
  title: string;
  body: string;
}

/**
 * Which certificates are to be told of now.
 * @param told the last stage told, by `Expiring.key`.
 * @param now milliseconds since the epoch.
 */
export function expiringCertificates(
  certificates: readonly Pick<CertificateStatus, 'id' | 'name' | 'facts' | 'listeners'>[],
  told: Readonly<Record<string, number>>,
  now: number,
): Expiring[] {
  return certificates.flatMap(({ id, name, facts, listeners }) => {
    // One that nobody is answered with can wait for its owner.
    if (!facts || listeners.length === 0) return [];
    const left = facts.notAfter - now;
    const stage = stages.findLast((days) => left <= days * dayMs);
    const key = `${id} ${facts.fingerprint}`;
    if (stage === undefined || (told[key] ?? Number.POSITIVE_INFINITY) <= stage) return [];
    const days = Math.ceil(left / dayMs);
    const when = left <= 0 ? 'has expired' : days === 1 ? 'expires within a day' : `expires in ${days} days`;
    const where = listeners.length === 1 ? `Listener ${listeners[0]!} answers` : `${listeners.length} listeners answer`;
    return [{ key, stage, title: `Certificate ${name} ${when}`, body: `${where} with it. Renew it on the Certificates screen.` }];
  });
}
