import type { Handlers } from '../../../shared/contract/contract.ts';
import { generateCertificate } from '../../control/certificates/generate.ts';
import type { HandlerDeps } from './deps.ts';

type CertificateChannels = 'certificates.list' | 'certificates.inspect' | 'certificates.generate';

export function certificateHandlers({ workspace }: HandlerDeps): Pick<Handlers, CertificateChannels> {
  return {
    'certificates.list': async () => ({ certificates: await workspace.certificates() }),
    'certificates.inspect': ({ certificate }) => workspace.inspectCertificate(certificate),
    'certificates.generate': ({ hosts, days }) => generateCertificate(hosts, days),
  };
}
