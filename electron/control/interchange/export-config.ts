import type { Config } from '../../../shared/model/config.ts';
import { certificateFacts } from '../certificates/facts.ts';
import { resolveCertificate, type FileContext } from '../certificates/read.ts';
import { exportHaproxy } from './haproxy-export.ts';
import { exportNginx } from './nginx-export.ts';
import type { Exported } from './notes.ts';
import { exportTerraform } from './terraform-export.ts';

export type ExportTarget = 'haproxy' | 'nginx' | 'nodebalancer-terraform';

/** Names of every certificate that can be read, for what picks among certificates by name. */
async function certificateNames(config: Config, context: FileContext): Promise<Map<string, readonly string[]>> {
  const names = new Map<string, readonly string[]>();
  for (const certificate of config.certificates) {
    const { resolved } = await resolveCertificate(certificate, (field) => field, context);
    const facts = resolved.certPem === undefined ? undefined : certificateFacts(resolved.certPem);
    if (facts) names.set(certificate.id, facts.names);
  }
  return names;
}

/**
 * The configuration for another program. Keys are never in it.
 * @param config with every default filled in, files still named.
 * @param context where its certificate files are.
 */
export async function exportConfig(config: Config, to: ExportTarget, context: FileContext): Promise<Exported> {
  switch (to) {
    case 'haproxy':
      return exportHaproxy(config);
    case 'nodebalancer-terraform':
      return exportTerraform(config);
    case 'nginx': {
      const names = await certificateNames(config, context);
      return exportNginx(config, (id) => names.get(id));
    }
  }
}
