import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Sees to it that a child does not outlive this process. @returns the child. */
export function watched<C extends ChildProcess>(child: C): C {
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** A program that was started here and is ended here, by its pid. */
export interface Program {
  pid: number;
  stop(): Promise<void>;
}

/** Where an installed program is and what it says its version is, or undefined when it is not installed. */
export function versionOf(command: string, args: readonly string[], pattern: RegExp): string | undefined {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) return undefined;
  return pattern.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown version';
}

/** A loopback port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/**
 * Starts a program and waits until it accepts on every port.
 * @throws Error with what it wrote when it ends before that or takes longer than ten seconds.
 */
export async function startProgram(command: string, args: readonly string[], ports: readonly number[]): Promise<Program> {
  const child = watched(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  let output = '';
  const listen = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  let ended = false;
  const end = new Promise<void>((resolve) => {
    const done = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', done);
    child.once('error', (error) => {
      output += error.message;
      done();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), 2000);
    await end;
    clearTimeout(force);
  };
  const deadline = performance.now() + 10_000;
  for (const port of ports) {
    while (!(await accepts(port))) {
      if (ended) throw new Error(`${command} ended at once: ${output.trim()}`);
      if (performance.now() > deadline) {
        await stop();
        throw new Error(`${command} did not listen on port ${port} within 10 s: ${output.trim()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return { pid: child.pid ?? 0, stop };
}
