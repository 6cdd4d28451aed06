import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { parseSocketTable } from './proc-net.ts';
import { programName } from './program-name.ts';

/** The program that listens on a port, as far as this process may know it. */
export interface PortHolder {
  pid: number;
  /** Its name as the system gives it: "nginx". */
  command: string;
}

const sameOrAny = (bound: string, wanted: string) =>
  bound === wanted || bound === '0.0.0.0' || bound === '::' || wanted === '0.0.0.0' || wanted === '::';

async function readTable(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

async function linuxHolder(host: string, port: number): Promise<PortHolder | undefined> {
  const wanted = host === 'localhost' ? '127.0.0.1' : host;
  const rows = [...parseSocketTable(await readTable('/proc/net/tcp')), ...parseSocketTable(await readTable('/proc/net/tcp6'))];
  const listening = rows.filter((row) => row.state === 'listen' && row.localPort === port);
  const row = listening.find((r) => r.localAddress === wanted) ?? listening.find((r) => sameOrAny(r.localAddress, wanted)) ?? listening[0];
  if (!row) return undefined;
  const socket = `socket:[${row.inode}]`;
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  for (const pid of pids) {
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const fd of fds) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')) !== socket) continue;
      return { pid: Number(pid), command: await programName(pid) };
    }
  }
  return undefined;
}

/** macOS and the BSDs have no /proc; lsof comes with macOS. */
function lsofHolder(port: number): Promise<PortHolder | undefined> {
  return new Promise((resolve) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 1_500 }, (_error, stdout) => {
      const pid = /^p([0-9]+)$/m.exec(stdout)?.[1];
      const command = /^c(.+)$/m.exec(stdout)?.[1];
      resolve(pid && command ? { pid: Number(pid), command } : undefined);
    });
  });
}

/** @returns who listens on `host:port`, or undefined when nobody does or it cannot be known (other users' programs, Windows). */
export async function findPortHolder(host: string, port: number): Promise<PortHolder | undefined> {
  try {
    if (process.platform === 'linux') return await linuxHolder(host, port);
    return process.platform === 'win32' ? undefined : await lsofHolder(port);
  } catch {
    // Knowing the holder is a courtesy; a failure to find it must not hide the failure it belongs to.
    return undefined;
  }
}

/** "nginx (pid 4711)". */
export function holderName({ pid, command }: PortHolder): string {
  return `${pid === process.pid ? 'Evenkeel itself' : command} (pid ${pid})`;
}
