import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contestant } from '../contestant.ts';
import { startProgram, versionOf } from '../program.ts';

/** HAProxy with one thread. */
export const haproxy: Contestant = {
  name: 'HAProxy',
  missing: 'it is not installed',
  version: () => versionOf('haproxy', ['-v'], /version ([\w.]+)/),
  unable: () => undefined,
  start({ row, port, origins, certificate, dir, pin }) {
    const file = path.join(dir, 'haproxy.cfg');
    const http = row.protocol !== 'tcp';
    const servers = origins.map((origin, i) => `  server n${i} 127.0.0.1:${origin} check inter 5s${row.sticky ? ` cookie n${i}` : ''}`);
    writeFileSync(
      file,
      `global
  nbthread 1
  maxconn ${Math.max(4000, row.connections + 500)}
defaults
  mode ${http ? 'http' : 'tcp'}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
${http ? '  option forwardfor\n  http-reuse always' : ''}
frontend bench
  bind 127.0.0.1:${port}${row.protocol === 'https' ? ` ssl crt ${certificate.both}` : ''}
  default_backend nodes
backend nodes
  balance roundrobin
${row.sticky ? '  cookie NB_SRVID insert indirect nocache httponly' : ''}
${servers.join('\n')}
`,
    );
    return startProgram(...pin('haproxy', ['-db', '-f', file]), [port]);
  },
};
