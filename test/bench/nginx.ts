import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What every nginx here has: one worker in the foreground, everything it writes below `dir`, no logs, connections kept. */
export function nginxConfig(dir: string, http: string): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${path.join(dir, 'nginx.pid')};
error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 3600s;
  keepalive_requests 1000000000;
  default_type text/plain;
${temp.map((name) => `  ${name}_temp_path ${path.join(dir, name)};`).join('\n')}
${http}
}
`;
}

/** Writes the configuration. @returns nginx's arguments to run with it. */
export function nginxArgs(dir: string, http: string): string[] {
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'nginx.conf');
  writeFileSync(file, nginxConfig(dir, http));
  return ['-p', dir, '-e', 'stderr', '-c', file];
}
