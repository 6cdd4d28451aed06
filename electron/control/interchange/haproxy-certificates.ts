import type { CertificateConfig, Config } from '../../../shared/model/config.ts';
import { formatPath } from '../../../shared/model/validate.ts';
import type { Block } from './notes.ts';

/** The file HAProxy reads a certificate and its key from. */
export function pemFile(certificate: CertificateConfig): string {
  const { certFile, keyFile } = certificate;
  return certFile !== undefined && certFile === keyFile ? certFile : `${certificate.id}.haproxy.pem`;
}

/** A word for a POSIX shell. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** How the files come to be that HAProxy reads: certificate and key in one. */
export function certificateSteps(config: Config, block: Block): void {
  const used = new Set(config.listeners.flatMap((listener) => (listener.protocol === 'https' ? listener.certificates : [])));
  config.certificates.forEach((certificate, i) => {
    const path = formatPath(['certificates', i]);
    if (!used.has(certificate.id)) {
      block.note(path, `Certificate "${certificate.id}" is left out: no https listener uses it.`);
      return;
    }
    const { certFile, keyFile } = certificate;
    const file = pemFile(certificate);
    if (certFile !== undefined && certFile === keyFile) return;
    if (certFile !== undefined && keyFile !== undefined)
      block.note(
        path,
        `HAProxy reads certificate and key from one file: (umask 077; { cat ${shellWord(certFile)}; echo; cat ${shellWord(keyFile)}; } > ${shellWord(file)})`,
      );
    else
      block.note(
        path,
        `HAProxy reads certificate and key from one file: write the PEM texts of "${certificate.id}", certificate and key, into ${file}.`,
      );
  });
}
