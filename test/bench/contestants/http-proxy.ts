import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Contestant } from '../contestant.ts';
import { startProgram } from '../program.ts';

const manifest = path.join(import.meta.dirname, '../../../node_modules/http-proxy/package.json');

/** The npm package most Node programs proxy with. */
export const httpProxy: Contestant = {
  name: 'http-proxy',
  missing: 'it is not installed',
  version() {
    if (!existsSync(manifest)) return undefined;
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  },
  unable(row) {
    if (row.protocol === 'tcp') return 'it proxies HTTP only';
    if (row.sticky) return 'it has no stickiness';
    return undefined;
  },
  start({ row, port, origins, certificate, pin }) {
    const script = path.join(import.meta.dirname, '../servers/http-proxy.mjs');
    const setup = { port, origins, ...(row.protocol === 'https' ? { certificate } : {}) };
    return startProgram(...pin(process.execPath, ['--no-deprecation', script, JSON.stringify(setup)]), [port]);
  },
};
