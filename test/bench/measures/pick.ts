import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Pin } from '../pin.ts';
import { pickReport, type PickResult, type RowReport } from '../report.ts';
import type { PickRow } from '../rows.ts';
import type { Effort } from './cpu.ts';

const script = path.join(import.meta.dirname, '../servers/pick.ts');

/** What choosing a node costs, for every algorithm, among few and among many. */
export async function measurePick(row: PickRow, pin: Pin, effort: Effort): Promise<RowReport> {
  effort.progress('all algorithms');
  const [command, args] = pin(process.execPath, [script, String(effort.rounds)]);
  const { stdout } = await promisify(execFile)(command, args, { timeout: 120_000 });
  return pickReport(row, JSON.parse(stdout) as PickResult[]);
}
