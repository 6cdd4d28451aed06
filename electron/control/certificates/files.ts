import { resolve } from 'node:path';
import type { Config, NodeConfig } from '../../../shared/model/config.ts';
import type { ConfigIssue } from '../../../shared/model/validate.ts';
import type { NamedFile } from './reload.ts';

/**
 * Every file a configuration names.
 * @param folder where relative names start; null: the working folder.
 */
export function namedFiles(config: Config, folder: string | null): NamedFile[] {
  const at = (name: string) => resolve(folder ?? '.', name);
  const files: NamedFile[] = [];
  config.certificates.forEach(({ id, certFile, keyFile }, i) => {
    for (const [field, name] of Object.entries({ certFile, keyFile }))
      if (name !== undefined) files.push({ file: at(name), path: `certificates[${i}].${field}`, of: { certificate: id } });
  });
  config.pools.forEach((pool, p) => {
    pool.nodes.forEach(({ id, tls }, n) => {
      if (typeof tls === 'object' && tls.caFile !== undefined)
        files.push({ file: at(tls.caFile), path: `pools[${p}].nodes[${n}].tls.caFile`, of: { pool: pool.id, node: id } });
    });
  });
  return files;
}

/**
 * A configuration whose files were read again, with the text from before in place of what has a problem.
 * @param fresh As just read.
 * @param before As it ran until now; the same certificates, pools and nodes in the same order.
 */
export function keepUsable(fresh: Config, before: Config, issues: readonly ConfigIssue[]): Config {
  const spoilt = (prefix: string) => issues.some(({ path }) => path.startsWith(prefix));
  return {
    ...fresh,
    certificates: fresh.certificates.map((certificate, i) =>
      spoilt(`certificates[${i}].`) ? (before.certificates[i] ?? certificate) : certificate,
    ),
    pools: fresh.pools.map((pool, p) => ({
      ...pool,
      nodes: pool.nodes.map((node, n): NodeConfig =>
        spoilt(`pools[${p}].nodes[${n}].tls.`) ? { ...node, tls: before.pools[p]?.nodes[n]?.tls ?? node.tls } : node,
      ),
    })),
  };
}
