import { clsx } from 'clsx';
import { TriangleAlert } from 'lucide-react';
import type { CertificateFacts } from '../../../shared/model/certificate.ts';
import { sayDate, sayExpiry } from './certificate-words.ts';
import styles from './certificates.module.css';

/** How long a certificate lasts, in words; the days themselves as the tooltip. */
export function Expiry({ facts, now }: { facts: CertificateFacts; now: number }) {
  const { words, kind } = sayExpiry(facts, now);
  const refused = kind === 'expired' || kind === 'early';
  return (
    <span className={clsx(styles['expiry'], refused && 'fill-down')} title={`${sayDate(facts.notBefore)} to ${sayDate(facts.notAfter)}`}>
      {kind === 'good' ? null : <TriangleAlert size={12} strokeWidth={2} aria-hidden="true" />}
      {words}
    </span>
  );
}
