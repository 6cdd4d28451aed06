import type { Contestant } from '../contestant.ts';
import { nginxArgs } from '../nginx.ts';
import { startProgram, versionOf } from '../program.ts';

/** nginx with one worker. */
export const nginx: Contestant = {
  name: 'nginx',
  missing: 'it is not installed',
  version: () => versionOf('nginx', ['-v'], /nginx\/([\d.]+)/),
  unable(row) {
    if (row.protocol === 'tcp') return 'its stream module is a package of its own';
    if (row.sticky) return 'cookie stickiness is not in the open source edition';
    return undefined;
  },
  start({ row, port, origins, certificate, dir, pin }) {
    const upgrades = row.traffic === 'frames';
    const args = nginxArgs(
      dir,
      `
${upgrades ? '  map $http_upgrade $connection_upgrade { default upgrade; "" ""; }' : ''}
  upstream nodes {
${origins.map((origin) => `    server 127.0.0.1:${origin};`).join('\n')}
    keepalive 128;
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
  }
  server {
    listen 127.0.0.1:${port}${row.protocol === 'https' ? ' ssl' : ''};
${
  row.protocol === 'https'
    ? `    ssl_certificate ${certificate.cert};
    ssl_certificate_key ${certificate.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:bench:10m;`
    : ''
}
    client_max_body_size 0;
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
${
  upgrades
    ? '      proxy_set_header Upgrade $http_upgrade;\n      proxy_set_header Connection $connection_upgrade;'
    : '      proxy_set_header Connection "";'
}
      proxy_request_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_max_temp_file_size 0;
    }
  }`,
    );
    return startProgram(...pin('nginx', args), [port]);
  },
};
