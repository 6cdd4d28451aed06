import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contestant } from '../contestant.ts';
import { startProgram } from '../program.ts';

const root = path.join(import.meta.dirname, '../../..');

/**
 * The real headless program as a user runs it, statistics and request records on.
 * @param program a build's cli.js. Default: this checkout's.
 */
export function evenkeel(name = 'Evenkeel', program = path.join(root, 'out/main/cli.js')): Contestant {
  return {
    name,
    missing: `there is no ${path.relative('.', program)}; build it first`,
    version() {
      if (!existsSync(program)) return undefined;
      return (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version;
    },
    unable: () => undefined,
    start({ row, port, origins, certificate, dir, pin }) {
      const file = path.join(dir, 'evenkeel.json');
      const config = {
        version: 1,
        listeners: [{ id: 'bench', port, protocol: row.protocol, pool: 'nodes', certificates: row.protocol === 'https' ? ['bench'] : [] }],
        certificates: row.protocol === 'https' ? [{ id: 'bench', certFile: certificate.cert, keyFile: certificate.key }] : [],
        pools: [
          {
            id: 'nodes',
            stickiness: { type: row.sticky ? 'http_cookie' : 'none' },
            nodes: origins.map((origin, i) => ({ id: `n${i}`, address: `127.0.0.1:${origin}` })),
          },
        ],
      };
      writeFileSync(file, JSON.stringify(config, null, 2));
      return startProgram(...pin(process.execPath, [program, 'serve', '--config', file, '--no-ui']), [port]);
    },
  };
}
