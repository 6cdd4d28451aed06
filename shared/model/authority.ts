import { z } from 'zod';
import { ipVersion } from './address.ts';
import { certificateFactsSchema, isCertificateName } from './certificate.ts';

/**
 * Domains the authority may sign for, each with everything below it. None of them can be registered: RFC 6761 (localhost, test), RFC 8375
 * (home.arpa), RFC 6762 (local), ICANN's resolution of 2024 (internal).
 */
export const permittedDomains = ['localhost', 'test', 'internal', 'home.arpa', 'local'] as const;

/**
 * Networks it may sign for: this machine, and those for private use (RFC 1918, RFC 4193), so that a phone on the same network can be
 * served. Nobody owns an address in them publicly, so no public site could be taken for.
 */
export const permittedNetworks = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] as const;

/** Days a certificate of the authority is valid, unless told otherwise; also the most it may be. */
export const leafDays = 90;

function isPermittedAddress(address: string): boolean {
  if (ipVersion(address) === 6) return /^(?:::1|f[cd][0-9a-f]{2}:.*)$/.test(new URL(`http://[${address}]/`).hostname.slice(1, -1));
  const [a = 0, b = 0] = address.split('.').map(Number);
  return a === 127 || a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
}

/**
 * Why the authority cannot sign for a name, in words that read on after it ("example.com is …"); undefined when it can.
 * @param name a DNS name, one whose first label is `*`, or an IP address.
 */
export function whyNotPermitted(name: string): string | undefined {
  const wide = permittedDomains.find((one) => name.toLowerCase() === `*.${one}`);
  // OpenSSL and Chromium take no wildcard right below a top-level domain.
  if (wide !== undefined) return `is too wide: clients take no wildcard right below ${wide}`;
  if (!isCertificateName(name)) return 'is no DNS name or IP address';
  if (ipVersion(name) !== 0)
    return isPermittedAddress(name)
      ? undefined
      : `is a public address; the authority is held to private ones (${permittedNetworks.join(', ')})`;
  const host = name.toLowerCase().replace(/^\*\./, '');
  const domain = permittedDomains.find((one) => host === one || host.endsWith(`.${one}`));
  if (domain === undefined)
    return `is a public name; the authority is held to names that end in ${permittedDomains.map((one) => (one === 'localhost' ? one : `.${one}`)).join(', ')}`;
  // Nobody can be "test"; localhost itself is somebody.
  if (host === domain && domain !== 'localhost') return `is a whole domain; name a host in it, such as app.${domain}`;
  return undefined;
}

/** What `authority.issue` makes. */
export const issueRequestSchema = z.strictObject({
  /** 1–100 DNS names, wildcards and IP addresses it may sign for (`whyNotPermitted`). */
  names: z
    .array(
      z.string().refine((name) => whyNotPermitted(name) === undefined, {
        error: (issue) => `${JSON.stringify(issue.input)} ${whyNotPermitted(String(issue.input)) ?? ''}`,
      }),
    )
    .min(1)
    .max(100),
  /** 1–90, default 90. It is renewed when a third of them is left. */
  days: z.number().int().min(1).max(leafDays).default(leafDays),
});

/** A certificate the authority signed. */
export const issuedSchema = z.object({
  facts: certificateFactsSchema,
  /** Absolute. Two listeners may answer with one file. */
  certFile: z.string(),
  /** Absolute; only its owner may read it. */
  keyFile: z.string(),
  /** Ids of the configuration's certificates that name these files; empty: nobody renews it. */
  usedBy: z.array(z.string()),
  /** When it is renewed, milliseconds since the epoch: at the last third of its life. */
  renewsAt: z.number(),
});
export type Issued = z.output<typeof issuedSchema>;

/** One place on this machine where programs look up whom to trust. */
export const trustStoreSchema = z.object({
  /** "system", "login", "nss:/home/ann/.pki/nssdb". */
  id: z.string(),
  name: z.string(),
  /** Who looks there: "curl, wget, git and most programs". */
  readers: z.string(),
  /** What the store answered when it was asked just now; null: it could not be asked. */
  trusted: z.boolean().nullable(),
  /** What it was asked and what it said, in words. */
  evidence: z.string(),
  /** Whether this program may change it as it runs now. */
  allowed: z.boolean(),
  /** Why not, or what its owner has to know, in words; null: nothing. */
  note: z.string().nullable(),
  /** To be typed where this program may not: one command a line. Empty: there is none. */
  trustCommands: z.array(z.string()),
  untrustCommands: z.array(z.string()),
});
export type TrustStore = z.output<typeof trustStoreSchema>;

/** The authority and what hangs on it. Never a key. */
export const authorityStatusSchema = z.object({
  /** Where it is kept; null: this program keeps none (the demo). */
  folder: z.string().nullable(),
  /** Null: not made yet. */
  authority: z
    .object({
      facts: certificateFactsSchema,
      /** To give to phones and other machines. */
      certPem: z.string(),
      certFile: z.string(),
      key: z.object({
        /** keychain: encrypted with a secret the system's keychain holds; file: readable by whoever may read the file. */
        protection: z.enum(['keychain', 'file']),
        /** Where and how, in words. */
        words: z.string(),
        /** Why nothing can be signed with it now; null when it can. */
        problem: z.string().nullable(),
      }),
    })
    .nullable(),
  issued: z.array(issuedSchema),
  stores: z.array(trustStoreSchema),
});
export type AuthorityStatus = z.output<typeof authorityStatusSchema>;
