import { generate } from 'selfsigned';

/** A certificate as the engine takes it. */
export interface TestCertificate {
  id: string;
  certPem: string;
  keyPem: string;
}

/** A self-signed certificate, EC P-256, for `names` (the first is its common name too). */
export async function makeCertificate(id: string, names: readonly string[]): Promise<TestCertificate> {
  const pems = await generate([{ name: 'commonName', value: names[0]! }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: names.map((value) => (/^[0-9.]+$/.test(value) ? { type: 7 as const, ip: value } : { type: 2 as const, value })),
      },
    ],
  });
  return { id, certPem: pems.cert, keyPem: pems.private };
}
