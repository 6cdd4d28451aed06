import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { ipVersion } from '../../../shared/model/address.ts';
import { permittedDomains, permittedNetworks } from '../../../shared/model/authority.ts';
import { nameConstraints } from './name-constraints.ts';

/** A certificate and its key, both PEM. */
export interface Pair {
  certPem: string;
  keyPem: string;
}

const dayMs = 86_400_000;
/** Clocks of phones and other machines may be a little behind. */
const leewayMs = 3_600_000;
const authorityDays = 3_650;
/** RFC 5280, appendix A.1: ub-common-name-length. */
const longestCommonName = 64;
const nameConstraintsOid = '2.5.29.30';
const keyKind = { name: 'ECDSA', namedCurve: 'P-256' };
const signature = { name: 'ECDSA', hash: 'SHA-256' };

/** 128 bits, positive and never shorter (RFC 5280, section 4.1.2.2: at most 20 octets). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

const seconds = (time: number) => new Date(Math.floor(time / 1_000) * 1_000);
const endLine = (pem: string) => `${pem.replaceAll('\r\n', '\n').trim()}\n`;
const newKeys = () => crypto.subtle.generateKey(keyKind, true, ['sign', 'verify']);

async function keyPemOf({ privateKey }: CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  return createPrivateKey({ key: der, type: 'pkcs8', format: 'der' }).export({ type: 'pkcs8', format: 'pem' }).toString();
}

// Only when somebody asks: reading the package takes longer than all the rest of a start. (selfsigned, which stands on it, can add neither
// name constraints nor key identifiers.)
const x509 = () => import('@peculiar/x509');

/**
 * Makes an authority: EC P-256, SHA-256, for ten years, without authorities below it, and held by a critical extension to names and
 * addresses that nobody owns publicly (`permittedDomains`, `permittedNetworks`).
 */
export async function makeAuthority(now: number = Date.now()): Promise<Pair> {
  const { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, Extension, KeyUsageFlags, KeyUsagesExtension, ...lib } =
    await x509();
  const keys = await newKeys();
  // Stores know authorities by their names: two of them must never have the same.
  const name = `Evenkeel Local Authority ${randomBytes(3).toString('hex').toUpperCase()}`;
  const certificate = await lib.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ O: ['Evenkeel'] }, { CN: [name] }],
      notBefore: seconds(now - leewayMs),
      notAfter: seconds(now + authorityDays * dayMs),
      keys,
      signingAlgorithm: signature,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth], false),
        new Extension(nameConstraintsOid, true, new Uint8Array(nameConstraints(permittedDomains, permittedNetworks))),
        await lib.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { certPem: endLine(certificate.toString('pem')), keyPem: await keyPemOf(keys) };
}

/**
 * Has an authority sign for names: a new key (EC P-256), for servers only, from an hour ago.
 * @param names 1–100 DNS names, wildcards and IP addresses. Whether the authority may sign for them is not asked here: clients ask it.
 * @param days how long from now on; never longer than the authority itself.
 */
export async function signLeaf(authority: Pair, names: readonly string[], days: number, now: number = Date.now()): Promise<Pair> {
  const lib = await x509();
  const issuer = new lib.X509Certificate(authority.certPem);
  const der = createPrivateKey(authority.keyPem).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), keyKind, false, ['sign']);
  const keys = await newKeys();
  const all = [...new Set(names)];
  const called = all.find((name) => ipVersion(name) === 0 && name.length <= longestCommonName) ?? 'Evenkeel';
  const end = Math.min(now + days * dayMs, Date.parse(new X509Certificate(authority.certPem).validTo));
  const certificate = await lib.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ CN: [called] }],
      issuer: issuer.subjectName,
      notBefore: seconds(now - leewayMs),
      notAfter: seconds(end),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: signature,
      extensions: [
        new lib.BasicConstraintsExtension(false, undefined, true),
        new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
        new lib.ExtendedKeyUsageExtension([lib.ExtendedKeyUsage.serverAuth], false),
        new lib.SubjectAlternativeNameExtension(
          all.map((value) => ({ type: ipVersion(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
        await lib.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await lib.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { certPem: endLine(certificate.toString('pem')), keyPem: await keyPemOf(keys) };
}
