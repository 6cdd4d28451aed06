import { spawn } from 'node:child_process';
import path from 'node:path';
import { versionOf } from './program.ts';
import type { Row } from './rows.ts';

export interface LoadResult {
  requests: number;
  bytes: number;
  /** Broken connections, timeouts and answers other than 2xx and 3xx. */
  errors: number;
}

export interface Load {
  /** What makes it, for the report. */
  description: string;
  /** Loads a port for so many seconds, which may be a fraction for Node but is whole for wrk. */
  run(port: number, row: Row, seconds: number, cookies: readonly string[]): Promise<LoadResult>;
}

/** wrk where it is installed, else a load generator of our own. */
export function chooseLoad(pin: (command: string, args: readonly string[]) => [string, string[]]): Load {
  const version = versionOf('wrk', ['-v'], /wrk (?:debian\/)?([\d.]+)/);
  if (version === undefined) {
    const script = path.join(import.meta.dirname, 'servers', 'load.ts');
    return {
      description: `Node ${process.versions.node} (wrk is not installed)`,
      run: (port, { protocol, path: target, connections }, seconds, cookies) =>
        runLoad(
          ...pin(process.execPath, [
            script,
            JSON.stringify({ port, tls: protocol === 'https', path: target, connections, seconds, cookies }),
          ]),
          seconds,
        ),
    };
  }
  return {
    description: `wrk ${version}`,
    run(port, row, seconds, cookies) {
      const script = path.join(import.meta.dirname, 'wrk.lua');
      const url = `${row.protocol === 'https' ? 'https' : 'http'}://127.0.0.1:${port}${row.path}`;
      // wrk's own two seconds are too few for 10 MB on a busy machine.
      const args = ['-t', '1', '-c', String(row.connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', script, url];
      return runLoad(...pin('wrk', cookies.length > 0 ? [...args, '--', ...cookies] : args), seconds);
    },
  };
}

function runLoad(command: string, args: readonly string[], seconds: number): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const limit = setTimeout(() => child.kill('SIGKILL'), (seconds + 15) * 1000);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(limit);
      const line = /^\{"requests".*\}$/m.exec(output)?.[0];
      if (line === undefined) reject(new Error(`The load generator gave no counts: ${output.trim()}`));
      else resolve(JSON.parse(line) as LoadResult);
    });
  });
}
