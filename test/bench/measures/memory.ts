import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { enter, type Stage } from '../entrants.ts';
import type { Load } from '../load.ts';
import type { Pin } from '../pin.ts';
import { residentMb } from '../proc.ts';
import { watched } from '../program.ts';
import { memoryReport, type MemoryResult, type MemorySample, type RowReport } from '../report.ts';
import type { Row } from '../rows.ts';
import type { Effort } from './cpu.ts';

const script = path.join(import.meta.dirname, '../servers/hold.ts');
const settleMs = 2000;
const openLimitMs = 60_000;
/** A used allocator gives nothing back, so each sample needs a program of its own; more than three say nothing new. */
const maxRounds = 3;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The next line of a program that says how many connections it holds. */
function openCount(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), openLimitMs);
    const settle = (act: () => void): void => {
      clearTimeout(limit);
      act();
    };
    child.stdout!.once('data', (chunk: Buffer) => {
      settle(() => {
        resolve((JSON.parse(chunk.toString()) as { open: number }).open);
      });
    });
    child.once('exit', () => {
      settle(() => {
        reject(new Error(`the connections were not open within ${openLimitMs / 1000} s`));
      });
    });
  });
}

/** @returns the growth while `row.connections` are open, and how many were not there to the end. */
async function grow(pid: number, port: number, row: Row, pin: Pin): Promise<MemorySample> {
  const beforeMb = residentMb(pid);
  const child = watched(
    spawn(...pin(process.execPath, [script, String(port), String(row.connections)]), { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  try {
    await openCount(child);
    await pause(settleMs);
    const afterMb = residentMb(pid);
    child.kill('SIGTERM');
    const open = await openCount(child);
    return { kbPerConnection: ((afterMb - beforeMb) * 1024) / row.connections, beforeMb, afterMb, lost: row.connections - open };
  } finally {
    child.kill('SIGKILL');
  }
}

/** What memory an idle keep-alive connection costs: each proxy fresh, warm, and then with all the connections open. */
export async function measureMemory(row: Row, stage: Stage, load: Load, pins: { others: Pin }, effort: Effort): Promise<RowReport> {
  const rounds = Math.min(maxRounds, effort.rounds);
  const results = new Map<string, MemoryResult>();
  for (let round = 0; round < rounds; round++) {
    effort.progress(`round ${round + 1} of ${rounds}`);
    for (const contestant of stage.contestants) {
      if (round > 0 && !results.has(contestant.name)) continue;
      const entrant = await enter(contestant, row, stage);
      if (!entrant) continue;
      const { name, version, program, port } = entrant;
      try {
        await load.run({ port, row: { ...row, connections: 64 }, seconds: 1, cookies: [] });
        await pause(settleMs / 2);
        const result = results.get(name) ?? { name, version, samples: [] };
        results.set(name, result);
        result.samples.push(await grow(program.pid, port, row, pins.others));
      } finally {
        await program.stop();
      }
    }
  }
  return memoryReport(row, [...results.values()]);
}
