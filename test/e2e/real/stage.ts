import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { nginxArgs } from '../../bench/nginx.ts';
import { startProgram } from '../../bench/program.ts';
import { freePort } from '../../support/free-port.ts';
import { apiOf, Program, type Api } from '../headless/program.ts';

/** A server of somebody else's, in a process of its own. */
export interface RealServer {
  name: string;
  port: number;
  pid: number;
  /** Ends it and waits for that. @param signal default SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

export interface Served {
  /** Ports of the listeners, by id. */
  ports: Record<string, number>;
  api: Api;
  /** Time of the first journal entry of a kind, of a node if given, after another time (milliseconds since the epoch). */
  when(kind: string, node: string | undefined, after: number): Promise<number | undefined>;
}

export interface RealStage {
  /** A folder that goes with the test. */
  folder: string;
  /** @param single one process without a worker, so that a signal to it meets the whole server. */
  nginx(name: string, options?: { single?: boolean }): Promise<RealServer>;
  /** @param sections what stands behind `defaults`. @param port one that it binds. */
  haproxy(sections: string, port: number): Promise<RealServer>;
  /** The real program, from sources; `port` of each listener is filled in where it is not given. */
  evenkeel(config: { listeners: Record<string, unknown>[]; [key: string]: unknown }): Promise<Served>;
  also(stop: () => unknown): void;
}

/**
 * Call once at the top of a test file: what is started is ended, by its pid.
 * @param per after each test (the default), or once for the whole file.
 */
export function useRealServers(per: 'test' | 'file' = 'test'): RealStage {
  const stops: (() => unknown)[] = [];
  let folder: string | undefined;
  let count = 0;
  const own = (): string => (folder ??= mkdtempSync(path.join(tmpdir(), 'evenkeel-real-')));
  (per === 'test' ? afterEach : afterAll)(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  });

  async function server(name: string, command: string, args: string[], port: number): Promise<RealServer> {
    let program = await startProgram(command, args, [port]);
    const real: RealServer = {
      name,
      port,
      pid: program.pid,
      async stop(signal) {
        if (signal !== undefined) process.kill(program.pid, signal);
        await program.stop();
      },
      async start() {
        program = await startProgram(command, args, [port]);
        real.pid = program.pid;
      },
    };
    stops.push(() => program.stop());
    return real;
  }

  return {
    get folder() {
      return own();
    },
    async nginx(name, { single = false } = {}) {
      const port = await freePort();
      const http = `  server {\n    listen 127.0.0.1:${port};\n    location / { return 200 "${name}"; }\n  }`;
      const args = nginxArgs(path.join(own(), `nginx-${++count}`), http);
      return server(name, 'nginx', single ? [...args, '-g', 'master_process off;'] : args, port);
    },
    async haproxy(sections, port) {
      const file = path.join(own(), `haproxy-${++count}.cfg`);
      const defaults = ['mode http', 'timeout connect 2s', 'timeout client 5s', 'timeout server 5s'].map((line) => `  ${line}`).join('\n');
      writeFileSync(file, `global\n  maxconn 200\ndefaults\n${defaults}\n${sections}\n`);
      return server('haproxy', 'haproxy', ['-db', '-f', file], port);
    },
    async evenkeel(config) {
      const ports: Record<string, number> = {};
      for (const listener of config.listeners) ports[String(listener['id'])] = Number(listener['port'] ?? (await freePort()));
      const dir = path.join(own(), `evenkeel-${++count}`);
      mkdirSync(dir);
      const file = path.join(dir, 'evenkeel.json');
      const listeners = config.listeners.map((listener) => ({ ...listener, port: ports[String(listener['id'])] }));
      writeFileSync(file, JSON.stringify({ version: 1, ...config, listeners }));
      const program = new Program(['serve', '--config', file, '--ui', '127.0.0.1:0']);
      stops.push(() => program.end());
      const api = apiOf(await program.ready());
      return {
        ports,
        api,
        async when(kind, node, after) {
          const { entries } = (await api.call('journal.list', { limit: 1000 })).value as {
            entries: { kind: string; node?: string; time: number }[];
          };
          const times = entries
            .filter((e) => e.kind === kind && (node === undefined || e.node === node) && e.time >= after)
            .map((e) => e.time);
          return times.length === 0 ? undefined : Math.min(...times);
        },
      };
    },
    also(stop) {
      stops.push(stop);
    },
  };
}
