import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { nginxArgs } from './nginx.ts';
import type { Pin } from './pin.ts';
import { freePort, startProgram, versionOf, type Program } from './program.ts';
import { answerBytes } from './rows.ts';

export interface Origin extends Program {
  /** What answers, for the report. */
  description: string;
  /** Its three nodes. */
  ports: number[];
}

/** Three nodes in Node: they read uploads to their end and echo WebSocket frames, beside what `startOrigin` has. */
export async function startScriptedOrigin(pin: Pin): Promise<Origin> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const script = path.join(import.meta.dirname, 'servers', 'origin.ts');
  const program = await startProgram(...pin(process.execPath, [script, ...ports.map(String)]), ports);
  return { ...program, ports, description: `Node ${process.versions.node}` };
}

/** Starts three nodes: nginx where it is installed, else Node. `/` answers 1 KB, `/bulk` 10 MB, `/whoami` the X-Forwarded-For it got. */
export async function startOrigin(dir: string, pin: Pin): Promise<Origin> {
  const version = versionOf('nginx', ['-v'], /nginx\/([\d.]+)/);
  if (version === undefined) {
    const origin = await startScriptedOrigin(pin);
    return { ...origin, description: `${origin.description} (nginx is not installed)` };
  }
  const ports = [await freePort(), await freePort(), await freePort()];
  const servers = ports.map(
    (port) => `
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { return 200 "${'x'.repeat(answerBytes['/'])}"; }
    location = /whoami { return 200 "$http_x_forwarded_for"; }
    location = /bulk { root ${dir}; }
  }`,
  );
  const args = nginxArgs(dir, servers.join('\n'));
  writeFileSync(path.join(dir, 'bulk'), Buffer.alloc(answerBytes['/bulk'], 'x'));
  const program = await startProgram(...pin('nginx', args), ports);
  return { ...program, ports, description: `nginx ${version}, three nodes` };
}
