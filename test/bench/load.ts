import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Pin } from './pin.ts';
import { versionOf, watched } from './program.ts';
import type { Row } from './rows.ts';
import type { LoadTask } from './servers/count.ts';

export interface LoadResult {
  requests: number;
  bytes: number;
  /** Broken connections, timeouts and answers other than 2xx and 3xx. */
  errors: number;
  /** Milliseconds to an answer; there when the connections paused between requests. */
  p50Ms?: number;
  p99Ms?: number;
}

/** One turn of load. */
export interface Turn {
  port: number;
  row: Row;
  /** May be a fraction for Node but is whole for wrk. */
  seconds: number;
  cookies: readonly string[];
  /** Mean pause of a connection between an answer and its next request, ms. Default 0: none. */
  thinkMs?: number;
}

export interface Load {
  /** What makes it, for the report. */
  description: string;
  run(turn: Turn): Promise<LoadResult>;
}

/** Who makes which traffic; wrk makes only requests, and better. */
const scripts: Record<Row['traffic'], string> = {
  requests: 'load.ts',
  uploads: 'load-uploads.ts',
  frames: 'load-frames.ts',
  handshakes: 'load-handshakes.ts',
  resumed: 'load-handshakes.ts',
};

/** wrk for requests where it is installed; else, and for everything else, load generators of our own. */
export function chooseLoad(pin: Pin): Load {
  const own = ({ port, row, seconds, cookies, thinkMs = 0 }: Turn): Promise<LoadResult> => {
    const task: LoadTask = {
      port,
      tls: row.protocol === 'https',
      path: row.path,
      connections: row.connections,
      seconds,
      cookies: [...cookies],
      thinkMs,
      resume: row.traffic === 'resumed',
    };
    return runLoad(
      ...pin(process.execPath, [path.join(import.meta.dirname, 'servers', scripts[row.traffic]), JSON.stringify(task)]),
      seconds,
    );
  };
  const version = versionOf('wrk', ['-v'], /wrk (?:debian\/)?([\d.]+)/);
  if (version === undefined) return { description: `Node ${process.versions.node} (wrk is not installed)`, run: own };
  return {
    description: `wrk ${version}; Node ${process.versions.node} for what is not plain requests`,
    run(turn) {
      const { port, row, seconds, cookies, thinkMs = 0 } = turn;
      if (row.traffic !== 'requests') return own(turn);
      const url = `${row.protocol === 'https' ? 'https' : 'http'}://127.0.0.1:${port}${row.path}`;
      // wrk's own two seconds are too few for 10 MB on a busy machine.
      const args = ['-t', '1', '-c', String(row.connections), '-d', `${seconds}s`, '--timeout', '10s'];
      const toScript = [String(thinkMs), ...cookies];
      return runLoad(...pin('wrk', [...args, '-s', path.join(import.meta.dirname, 'wrk.lua'), url, '--', ...toScript]), seconds);
    },
  };
}

function runLoad(command: string, args: readonly string[], seconds: number): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = watched(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
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
