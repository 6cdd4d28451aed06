import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { barTable } from './bars.ts';
import { makeCertificate } from './certificate.ts';
import { enterAll, type Stage } from './entrants.ts';
import { chooseLoad, type Load } from './load.ts';
import { toMarkdown, withFigures, type Setup } from './markdown.ts';
import { measureCpu, type Effort } from './measures/cpu.ts';
import { measureLatency } from './measures/latency.ts';
import { measureMemory } from './measures/memory.ts';
import { measurePick } from './measures/pick.ts';
import { tooFewFiles } from './open-files.ts';
import { help, readOptions, type Options } from './options.ts';
import { startOrigin, startScriptedOrigin, type Origin } from './origin.ts';
import { makePins, type Pins } from './pin.ts';
import { table, type RowReport } from './report.ts';
import { needsScriptedOrigin, type Row } from './rows.ts';

interface Bench {
  options: Options;
  pins: Pins;
  load: Load;
  stage: Omit<Stage, 'origins' | 'say'>;
  /** What answers a row, started when it is first wanted. */
  originFor(row: Row): Promise<Origin>;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @returns what the row has shown, or undefined when it could not be measured; `say` has been told why. */
async function measure(row: Options['rows'][number], bench: Bench, say: (line: string) => void): Promise<RowReport | undefined> {
  const { options, pins, load } = bench;
  const effort: Effort = {
    rounds: options.rounds,
    seconds: options.seconds,
    progress(text) {
      process.stderr.write(`  ${row.name}: ${text}\n`);
    },
  };
  if (row.measure === 'pick') return measurePick(row, pins.proxy, effort);
  const stage: Stage = { ...bench.stage, origins: (await bench.originFor(row)).ports, say };
  if (row.measure === 'memory') {
    const problem = tooFewFiles(readFileSync('/proc/self/limits', 'utf8'), row.connections);
    if (problem !== undefined) {
      say(`SKIPPED: ${problem}`);
      return undefined;
    }
    return measureMemory(row, stage, load, pins, effort);
  }
  const entrants = await enterAll(row, stage);
  try {
    return await (row.measure === 'cpu' ? measureCpu : measureLatency)(row, entrants, load, effort);
  } finally {
    await Promise.all(entrants.map(({ program }) => program.stop()));
  }
}

function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const system = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  return `${model}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GB, Linux ${system}`;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  if (!options) {
    console.log(help);
    return;
  }
  if (process.platform !== 'linux') throw new Error('The bench reads CPU time from /proc, which only Linux has.');
  const pins = makePins(options.pin);
  const load = chooseLoad(pins.others);
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-bench-'));
  process.on('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

  const origin = await startOrigin(path.join(dir, 'origin'), pins.others);
  let scripted: Origin | undefined;
  const bench: Bench = {
    options,
    pins,
    load,
    stage: { contestants: options.contestants, certificate: await makeCertificate(dir), dir, pin: pins.proxy },
    originFor: async (row) => (needsScriptedOrigin(row) ? (scripted ??= await startScriptedOrigin(pins.others)) : origin),
  };
  const [busy = 0] = loadavg();
  const setup: Setup = {
    machine: describeMachine(),
    node: process.versions.node,
    load: load.description,
    nodes: `${origin.description} (for uploads and WebSocket: Node)`,
    cores: pins.description,
    rounds: options.rounds,
    seconds: options.seconds,
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    date: new Date().toISOString().slice(0, 10),
    busy:
      busy > 0.5
        ? `The machine was BUSY with other things (load average ${busy.toFixed(1)}): figures are too high and far apart.`
        : undefined,
  };
  console.log(`Machine: ${setup.machine}; Node ${setup.node}`);
  if (setup.busy !== undefined) console.log(setup.busy);
  console.log(`Load: ${setup.load}; nodes: ${setup.nodes}; ${setup.cores}`);
  console.log(`${setup.rounds} interleaved rounds of ${setup.seconds} s a proxy. CPU time: user and system, all threads and children.`);

  const reports: RowReport[] = [];
  const skipped: string[] = [];
  try {
    for (const row of options.rows) {
      console.log(`\n${row.name}: ${row.title}`);
      try {
        const report = await measure(row, bench, (line) => {
          console.log(line);
          skipped.push(`\`${row.name}\`: ${line.replace(/^SKIPPED:? /, 'without ')}`);
        });
        if (!report) continue;
        console.log(table(report.table));
        reports.push(report);
      } catch (error) {
        // One row that fails must not lose the others' minutes.
        console.log(`FAILED: ${words(error)}`);
        skipped.push(`\`${row.name}\`: failed, ${words(error)}`);
        process.exitCode = 4;
      }
    }
  } finally {
    await origin.stop();
    await scripted?.stop();
  }
  const judged = barTable(reports);
  if (judged.length > 0) console.log(`\nAgainst the bars\n${table(judged)}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ setup, rows: reports }, null, 2)}\n`);
  if (options.markdown === undefined) return;
  const before = existsSync(options.markdown) ? readFileSync(options.markdown, 'utf8') : undefined;
  writeFileSync(options.markdown, withFigures(before, toMarkdown(setup, reports, skipped)));
}

try {
  await main();
} catch (error) {
  console.error(words(error));
  process.exitCode = error instanceof RangeError || (error instanceof TypeError && 'code' in error) ? 2 : 4;
}
