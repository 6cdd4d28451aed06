import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createControlPlane, type LabContext } from '../../../../electron/control/control-plane.ts';
import { EngineHost } from '../../../../electron/engine/thread/host.ts';
import { startHttpTransport } from '../../../../electron/headless/http-transport.ts';
import { createMemoryStore } from '../../../../electron/store/memory-store.ts';
import type { Run } from '../../../../shared/model/run.ts';
import { freePort } from '../../../support/free-port.ts';
import { eventually, sleep } from '../../../support/wait.ts';
import { createFakeLab } from '../../../unit/control/fake-lab.ts';
import type { Observation, ObserverTask } from './observation.ts';

export interface CrashOptions {
  clients: number;
  requestsPerSecond: number;
  /** Traffic before the crash, and how long the node is gone. Milliseconds. */
  warmUpMs: number;
  goneMs: number;
  check: { intervalMs: number; timeoutMs: number; attempts: number; rise: number };
}

const token = 'a-token-of-a-test-that-is-long';

/** A program of this folder. Ends when its input does, or when it is killed. */
class Program {
  readonly #child: ChildProcess;
  #text = '';

  constructor(file: string, args: string[]) {
    this.#child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (this.#text += chunk));
  }

  /** The first whole line it says. */
  async says(ms = 10_000): Promise<unknown> {
    if (!(await eventually(() => this.#text.includes('\n'), ms))) throw new Error('a program of the test said nothing');
    return JSON.parse(this.#text.slice(0, this.#text.indexOf('\n')));
  }

  kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGKILL');
    return ended;
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

/** Kills node b under traffic and starts it again, seen from inside (the run) and from outside. */
export async function crash(options: CrashOptions): Promise<{ run: Run; seen: Observation }> {
  const programs: Program[] = [];
  const start = (file: string, args: string[]): Program => {
    const program = new Program(file, args);
    programs.push(program);
    return program;
  };
  let lab: LabContext | undefined;
  const steady = start('./node.ts', ['a:0', 'c:0']);
  const broken = start('./node.ts', ['b:0']);
  const [portA, portC] = ((await steady.says()) as { ports: number[] }).ports;
  const [portB] = ((await broken.says()) as { ports: number[] }).ports;
  const port = await freePort();
  const plane = createControlPlane({
    host: 'headless',
    version: '0.0.0',
    store: createMemoryStore({
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
      pools: [
        {
          id: 'web',
          stickiness: { type: 'http_cookie' },
          healthCheck: { type: 'http', path: '/healthz', ...options.check },
          // Checks alone decide, so that there is one way to notice and its bound holds.
          passiveCheck: { enabled: false },
          nodes: Object.entries({ a: portA, b: portB, c: portC }).map(([id, at]) => ({ id, address: `127.0.0.1:${at}` })),
        },
      ],
    }),
    settingsStore: createMemoryStore(),
    engineHost: new EngineHost(),
    createLab(context) {
      lab = context;
      return createFakeLab(
        () => Promise.resolve(),
        () => Promise.resolve(),
      );
    },
    log: () => undefined,
  });
  const transport = await startHttpTransport({ plane, token, host: '127.0.0.1', port: 0, log: () => undefined });
  try {
    await plane.start();
    const stateOf = async () => (await plane.engine.snapshot()).pools[0]!.nodes.find((node) => node.id === 'b')!.state;
    await eventually(async () => (await stateOf()) === 'up');
    const recording = await lab!.record({ name: 'Crash', scenario: null });
    const task: ObserverTask = { port, nodePort: portB!, node: 'b', api: transport.url, token, ...options };
    const observer = start('./observer.ts', [JSON.stringify(task)]);
    await sleep(options.warmUpMs);

    const about = { pool: 'web', node: 'b' };
    lab!.fact({ ...about, time: Date.now(), kind: 'lab.fault', fault: { type: 'kill' } });
    await broken.kill();
    await sleep(options.goneMs);
    const revived = (await start('./node.ts', [`b:${portB}`]).says()) as { at: number };
    lab!.fact({ ...about, time: revived.at, kind: 'lab.healed' });
    await eventually(async () => (await stateOf()) === 'up', 10_000, 20);
    await sleep(500);

    observer.end();
    const seen = (await observer.says()) as Observation;
    // Counters of the last requests come with the next tick.
    await sleep(250);
    return { run: await recording.finish({ outcomes: [], observed: null }), seen };
  } finally {
    await Promise.all(programs.map((program) => program.kill()));
    await transport.close();
    await plane.close();
  }
}
