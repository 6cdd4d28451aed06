import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** sysconf(_SC_CLK_TCK); Linux shows 100 to programs on every common platform. */
const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout ?? '100');

interface Stat {
  parent: number;
  /** User and system time of all its threads, ended ones included. */
  cpuSeconds: number;
}

/** proc(5), /proc/pid/stat. The name in brackets may itself hold brackets and spaces. */
function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond };
  } catch {
    return undefined;
  }
}

/** A process and everything below it. */
function family(root: number): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (stat) stats.set(pid, stat);
  }
  const members = new Map<number, Stat>();
  const belongs = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = stats.get(pid)?.parent;
    return parent !== undefined && parent > 1 && belongs(parent);
  };
  for (const [pid, stat] of stats) if (belongs(pid)) members.set(pid, stat);
  return members;
}

/** User and system time a process, its threads and its children have used so far. Seconds, to one clock tick. */
export function cpuSeconds(pid: number): number {
  let sum = 0;
  for (const stat of family(pid).values()) sum += stat.cpuSeconds;
  return sum;
}

/** Resident memory of a process and its children now, MB. Pages they share are counted for each. */
export function residentMb(pid: number): number {
  let kb = 0;
  for (const member of family(pid).keys()) {
    try {
      kb += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended since it was listed.
    }
  }
  return kb / 1024;
}
