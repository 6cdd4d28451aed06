import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { send, type Reply } from '../../contract/http-client.ts';
import { eventually } from '../../support/wait.ts';

const cli = fileURLToPath(new URL('../../../electron/headless/cli.ts', import.meta.url));

export interface Ready {
  listeners: { id: string; address: string }[];
  ui: string | null;
  token: string | null;
}

/** The real command line, from sources, in a process of its own. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly exited: Promise<number | null>;

  constructor(args: string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** The ready line's object. @throws Error with what the program said, when it ends or takes longer than 15 s. */
  async ready(): Promise<Ready> {
    const line = () => /^ready (\{.*\})\n/m.exec(this.stdout)?.[1];
    const there = await eventually(() => line() !== undefined || this.child.exitCode !== null, 15_000);
    const text = line();
    if (!there || text === undefined) throw new Error(`not ready (exit ${this.child.exitCode}):\n${this.stdout}\n${this.stderr}`);
    return JSON.parse(text) as Ready;
  }

  /** Every line of the log, as the objects they are. */
  logs(): { level: string; message: string; [field: string]: unknown }[] {
    return this.stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { level: string; message: string });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it for sure, after a test that may have failed. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}

export interface Api {
  port: number;
  /** Headers that may come in. */
  auth: Record<string, string>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a script sees: JSON it looks into
  call(channel: string, params?: unknown): Promise<{ status: number; ok: boolean; value?: any; error?: any }>;
}

export function apiOf(ready: Ready): Api {
  const port = Number(new URL(ready.ui!).port);
  const auth = { Authorization: `Bearer ${ready.token}` };
  return {
    port,
    auth,
    async call(channel, params = {}) {
      const reply = await send(port, { method: 'POST', path: `/api/request/${channel}`, headers: auth, body: JSON.stringify(params) });
      return { status: reply.status, ...(JSON.parse(reply.text) as { ok: boolean }) };
    },
  };
}

export const fetchOnce = (port: number, path = '/', headers: Record<string, string> = {}): Promise<Reply> => send(port, { path, headers });
