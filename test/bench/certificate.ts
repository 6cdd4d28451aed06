import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';

/** Files of one certificate for localhost, EC P-256. */
export interface Certificate {
  cert: string;
  key: string;
  /** Both in one, as HAProxy reads them. */
  both: string;
}

export async function makeCertificate(dir: string): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' });
  const files = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem'), both: path.join(dir, 'both.pem') };
  writeFileSync(files.cert, pems.cert);
  writeFileSync(files.key, pems.private);
  writeFileSync(files.both, `${pems.cert}\n${pems.private}`);
  return files;
}
