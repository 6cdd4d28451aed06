import { z } from 'zod';
import { ipVersion, isDnsName } from './address.ts';

/** What a certificate says of itself. Never the key. */
export const certificateFactsSchema = z.object({
  /** DNS names (wildcards too) and IP addresses it is valid for; without any, its common name. */
  names: z.array(z.string()),
  /** Common name of whom it is for; the whole subject where there is none. */
  subject: z.string(),
  /** Common name of whoever signed it; the whole issuer where there is none. */
  issuer: z.string(),
  /** Milliseconds since the epoch. */
  notBefore: z.number(),
  /** Milliseconds since the epoch. */
  notAfter: z.number(),
  /** SHA-256 of the certificate: 32 pairs of hexadecimal digits with colons between. */
  fingerprint: z.string(),
  selfSigned: z.boolean(),
  /** Certificates in the chain as it is served, its own included. */
  chain: z.number(),
});
export type CertificateFacts = z.output<typeof certificateFactsSchema>;

/** A configured certificate as it is served, and what is wrong with it. */
export const certificateStatusSchema = z.object({
  id: z.string(),
  name: z.string(),
  source: z.enum(['files', 'text']),
  /** Null when there is no certificate in it that could be read. */
  facts: certificateFactsSchema.nullable(),
  /** The chain as it is served, leaf first: to give to those who are to trust it. Null as `facts`. */
  certPem: z.string().nullable(),
  /** What is wrong with it now, in words that read on after its name ("expired on …"); null when nothing is. */
  problem: z.string().nullable(),
  /** Ids of the listeners that answer with it. */
  listeners: z.array(z.string()),
});
export type CertificateStatus = z.output<typeof certificateStatusSchema>;

/** Whether a certificate can be made for `name`: an IP address, a DNS name, or one whose first label is `*`. */
export function isCertificateName(name: string): boolean {
  if (ipVersion(name) !== 0) return true;
  const rest = name.startsWith('*.') ? name.slice(2) : name;
  return isDnsName(rest) && !rest.endsWith('.') && (rest === name || rest.includes('.'));
}

/** What `certificates.generate` makes: for whom and for how long. */
export const certificateRequestSchema = z.strictObject({
  /** 1–100 DNS names, wildcards and IP addresses; the first is the common name. */
  hosts: z
    .array(
      z.string().refine(isCertificateName, {
        error: (issue) => `must be a DNS name or an IP address, got ${JSON.stringify(issue.input)}`,
      }),
    )
    .min(1)
    .max(100),
  /** Days it is valid. 1–397, default 397: browsers take no longer ones. */
  days: z.number().int().min(1).max(397).default(397),
});
