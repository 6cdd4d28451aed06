import type { CertificateFacts } from '../../../shared/model/certificate.ts';

const dayMs = 86_400_000;
/** From so many days before its end on, a certificate asks to be renewed. */
const soonDays = 30;

/** Names a certificate for this machine is made for. */
export const localNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];

export interface ExpiryWords {
  words: string;
  /** expired and early: no client takes it. */
  kind: 'good' | 'soon' | 'expired' | 'early';
}

const days = (count: number) => (count === 1 ? '1 day' : `${count.toLocaleString('en-US')} days`);

/** "396 days left", "expires today", "expired 3 days ago", "valid from tomorrow". */
export function sayExpiry({ notBefore, notAfter }: Pick<CertificateFacts, 'notBefore' | 'notAfter'>, now: number): ExpiryWords {
  if (now < notBefore) {
    const wait = Math.ceil((notBefore - now) / dayMs);
    return { words: wait === 1 ? 'valid from tomorrow' : `valid in ${days(wait)}`, kind: 'early' };
  }
  const left = Math.floor((notAfter - now) / dayMs);
  if (now > notAfter) return { words: left === -1 ? 'expired today' : `expired ${days(-left - 1)} ago`, kind: 'expired' };
  if (left === 0) return { words: 'expires within a day', kind: 'soon' };
  return { words: `${days(left)} left`, kind: left < soonDays ? 'soon' : 'good' };
}

/** "2027-12-24" */
export function sayDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The first names and how many more: "localhost, 127.0.0.1 and 3 more". */
export function sayNames(names: readonly string[], most = 3): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

/** Who signed it. */
export function sayIssuer(facts: CertificateFacts): string {
  return facts.selfSigned ? 'itself' : facts.issuer;
}

/** Names as people type them: one a line, with commas or blanks; each once. */
export function readNames(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((name) => name !== ''))];
}

/** A problem of a field in words for beside it. */
export function sayProblem(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.?!]$/.test(message) ? '' : '.');
}
