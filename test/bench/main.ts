import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificate, type Certificate } from './certificate.ts';
import type { Contestant } from './contestant.ts';
import { evenkeel } from './contestants/evenkeel.ts';
import { haproxy } from './contestants/haproxy.ts';
import { httpProxy } from './contestants/http-proxy.ts';
import { nginx } from './contestants/nginx.ts';
import { chooseLoad, type Load } from './load.ts';
import { startOrigin, type Origin } from './origin.ts';
import { cpuSeconds, residentMb } from './proc.ts';
import { freePort, versionOf, type Program } from './program.ts';
import { rowTable, summarise, type Result, type Sample, type Summary } from './report.ts';
import { answerBytes, rows, type Row } from './rows.ts';

/** Everything is compared with it, as its figures are the ones known in the field. */
const reference = 'HAProxy';

const help = `CPU time per request of Evenkeel, HAProxy (one thread), nginx (one worker) and http-proxy, in interleaved rounds.

  --rows LIST     of ${rows.map((row) => row.name).join(', ')}; or all. Default http
  --rounds N      1–100, default 5
  --seconds N     of load a turn, whole, 1–60, default 3
  --quick         three rounds of one second
  --build N=FILE  another build's cli.js as a contestant called N, to compare two; may be repeated
  --only LIST     of the contestants' names
  --no-pin        do not keep the proxy on one core and load and nodes off it
  --json FILE     write every sample and the summary there
`;

interface Options {
  rows: Row[];
  rounds: number;
  seconds: number;
  contestants: Contestant[];
  pin: boolean;
  json: string | undefined;
}

function whole(text: string, name: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw new RangeError(`--${name} must be 1–${max}, got "${text}".`);
  return value;
}

function pick<T extends { name: string }>(list: string, from: readonly T[], what: string): T[] {
  return list.split(',').map((name) => {
    const found = from.find((item) => item.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new RangeError(`There is no ${what} "${name}". There are ${from.map((item) => item.name).join(', ')}.`);
    return found;
  });
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: 'http' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      build: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      'no-pin': { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const builds = values.build.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new RangeError(`--build must be NAME=FILE, got "${text}".`);
    return evenkeel(text.slice(0, equals), path.resolve(text.slice(equals + 1)));
  });
  const contestants = [evenkeel(), ...builds, haproxy, nginx, httpProxy];
  return {
    rows: values.rows === 'all' ? [...rows] : pick(values.rows, rows, 'row'),
    rounds: whole(values.rounds ?? (values.quick ? '3' : '5'), 'rounds', 100),
    seconds: whole(values.seconds ?? (values.quick ? '1' : '3'), 'seconds', 60),
    contestants: values.only === undefined ? contestants : pick(values.only, contestants, 'contestant'),
    pin: !values['no-pin'],
    json: values.json,
  };
}

type Pin = (command: string, args: readonly string[]) => [string, string[]];

/** The proxy on the first core, load and nodes on the others, where there are two and taskset is installed. */
function makePins(wanted: boolean): { description: string; proxy: Pin; others: Pin } {
  const plain: Pin = (command, args) => [command, [...args]];
  const cores = availableParallelism();
  if (!wanted || cores < 2 || versionOf('taskset', ['--version'], /([\d.]+)/) === undefined)
    return { description: 'no cores set aside', proxy: plain, others: plain };
  const on =
    (list: string): Pin =>
    (command, args) => ['taskset', ['-c', list, command, ...args]];
  return { description: 'the proxy on core 0, load and nodes on the others', proxy: on('0'), others: on(`1-${cores - 1}`) };
}

function get(port: number, row: Row, target = row.path): Promise<{ status: number; body: string; cookie: string | undefined }> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port, path: target, agent: false, timeout: 5000 } as const;
    const ask = row.protocol === 'https' ? requestTls({ ...to, rejectUnauthorized: false }) : request(to);
    ask.on('response', (answer) => {
      let body = '';
      answer.setEncoding('latin1');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] });
      });
    });
    ask.on('timeout', () => ask.destroy(new Error('no answer within 5 s')));
    ask.on('error', reject);
    ask.end();
  });
}

/** A proxy that answers wrongly would be fast for nothing. @returns the cookies its clients got. */
async function prove(port: number, row: Row): Promise<string[]> {
  const { status, body } = await get(port, row);
  const expected = row.path === '/bulk' ? answerBytes['/bulk'] : answerBytes['/'];
  if (status !== 200 || body.length !== expected)
    throw new Error(`it answered ${status} with ${body.length} bytes, not 200 with ${expected}`);
  if (row.protocol !== 'tcp') {
    const who = await get(port, row, '/whoami');
    if (who.body !== '127.0.0.1') throw new Error(`the node saw X-Forwarded-For "${who.body}", not "127.0.0.1"`);
  }
  const cookies: string[] = [];
  for (let i = 0; row.sticky && i < row.connections; i++) {
    const { cookie } = await get(port, row);
    if (cookie === undefined) throw new Error('it gave a new client no cookie');
    cookies.push(cookie);
  }
  return cookies;
}

interface Entrant extends Result {
  program: Program;
  port: number;
  cookies: string[];
}

async function enter(
  contestants: readonly Contestant[],
  row: Row,
  origin: Origin,
  certificate: Certificate,
  dir: string,
  pin: Pin,
): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const contestant of contestants) {
    const { name } = contestant;
    const version = contestant.version();
    const reason = version === undefined ? contestant.missing : contestant.unable(row);
    if (version === undefined || reason !== undefined) {
      console.log(`SKIPPED ${name}: ${reason}`);
      continue;
    }
    const own = path.join(dir, `${row.name}-${name.replace(/\W/g, '_')}`);
    mkdirSync(own);
    const port = await freePort();
    let program: Program | undefined;
    try {
      program = await contestant.start({ row, port, origins: origin.ports, certificate, dir: own, pin });
      entrants.push({ name, version, samples: [], residentMb: 0, program, port, cookies: await prove(port, row) });
    } catch (error) {
      console.log(`SKIPPED ${name}: ${error instanceof Error ? error.message : String(error)}`);
      await program?.stop();
    }
  }
  return entrants;
}

async function turn({ program, port, cookies }: Entrant, row: Row, load: Load, seconds: number): Promise<Sample> {
  const before = cpuSeconds(program.pid);
  const beganAt = performance.now();
  const { requests, bytes, errors } = await load.run(port, row, seconds, cookies);
  const took = (performance.now() - beganAt) / 1000;
  const cpu = cpuSeconds(program.pid) - before;
  const mb = bytes / 1024 / 1024;
  return {
    cost: row.unit === 'MB' ? (cpu * 1e3) / mb : (cpu * 1e6) / requests,
    requestsPerSecond: requests / seconds,
    mbPerSecond: mb / seconds,
    cores: cpu / took,
    errors,
  };
}

async function runRow(row: Row, entrants: readonly Entrant[], load: Load, { rounds, seconds }: Options): Promise<Summary[]> {
  // Compilers, caches and connection pools get warm outside of what is counted.
  for (const entrant of entrants) await load.run(entrant.port, row, Math.max(2, seconds), entrant.cookies);
  for (let round = 0; round < rounds; round++) {
    for (const entrant of entrants) entrant.samples.push(await turn(entrant, row, load, seconds));
    process.stderr.write(
      `  round ${round + 1} of ${rounds}: ${entrants.map((e) => `${e.name} ${e.samples.at(-1)?.cost.toFixed(2)}`).join(', ')}\n`,
    );
  }
  for (const entrant of entrants) entrant.residentMb = residentMb(entrant.program.pid);
  return summarise(entrants, reference);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    console.log(help);
    return;
  }
  if (process.platform !== 'linux') throw new Error('CPU time is read from /proc: the bench runs on Linux only.');
  const pins = makePins(options.pin);
  const load = chooseLoad(pins.others);
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-bench-'));
  process.on('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

  const certificate = await makeCertificate(dir);
  const origin = await startOrigin(path.join(dir, 'origin'), pins.others);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Linux ${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()}`;
  console.log(`Machine: ${machine}; Node ${process.versions.node}`);
  const busy = loadavg()[0] ?? 0;
  if (busy > 0.5)
    console.log(`The machine is BUSY with other things (load average ${busy.toFixed(1)}): figures will be too high and far apart.`);
  console.log(`Load: ${load.description}; nodes: ${origin.description}; ${pins.description}`);
  console.log(`${options.rounds} interleaved rounds of ${options.seconds} s a proxy. CPU time: user and system, all threads and children.`);

  const report: { row: string; results: Result[]; summary: Summary[] }[] = [];
  try {
    for (const row of options.rows) {
      console.log(`\n${row.name}: ${row.title}`);
      const entrants = await enter(options.contestants, row, origin, certificate, dir, pins.proxy);
      try {
        const summary = await runRow(row, entrants, load, options);
        console.log(rowTable(row, summary, reference));
        report.push({
          row: row.name,
          results: entrants.map(({ name, version, samples, residentMb: mb }) => ({ name, version, samples, residentMb: mb })),
          summary,
        });
      } finally {
        await Promise.all(entrants.map(({ program }) => program.stop()));
      }
    }
  } finally {
    await origin.stop();
  }
  if (options.json === undefined) return;
  const { rounds, seconds } = options;
  const setup = {
    machine,
    node: process.versions.node,
    load: load.description,
    nodes: origin.description,
    cores: pins.description,
    rounds,
    seconds,
  };
  writeFileSync(options.json, `${JSON.stringify({ setup, rows: report }, null, 2)}\n`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof RangeError || (error instanceof TypeError && 'code' in error) ? 2 : 4;
}
