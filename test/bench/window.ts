import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { launchMeasuredBrowser, newContext } from '../support/browser.ts';
import { chooseLoad } from './load.ts';
import { numberOption } from './number-option.ts';
import { startOrigin } from './origin.ts';
import { cpuSeconds } from './proc.ts';
import { freePort, startProgram } from './program.ts';
import { prove } from './prove.ts';
import { proxyRows, type Row } from './rows.ts';

const help = `What the screens cost: a headless Chromium without a GPU shows one of them while requests go through.

  --rate N       requests a second, 1–100,000, default 20000
  --clients N    sticky clients, each with its cookie and connection, 1–5,000, default 1000
  --minutes N    how long it is measured, 0.2–60, default 10
  --screen NAME  live, clients, traffic, requests or pools. Default live
`;

/** Share of one core, longest task in ms, growth of the heap in MB between the first and the last look. */
const bars = { core: 0.15, taskMs: 50, heapMb: 2 };
/** After the page has opened: fonts, first frames and the growth of caches are not what is asked about. */
const settleMs = 10_000;
const screens = ['live', 'clients', 'traffic', 'requests', 'pools'];

interface Options {
  rate: number;
  clients: number;
  minutes: number;
  screen: string;
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '20000' },
      clients: { type: 'string', default: '1000' },
      minutes: { type: 'string', default: '10' },
      screen: { type: 'string', default: 'live' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (!screens.includes(values.screen)) throw new RangeError(`--screen must be one of ${screens.join(', ')}, got "${values.screen}".`);
  return {
    rate: numberOption(values.rate, 'rate', 1, 100_000),
    clients: Math.round(numberOption(values.clients, 'clients', 1, 5_000)),
    minutes: numberOption(values.minutes, 'minutes', 0.2, 60),
    screen: values.screen,
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Main-thread tasks over 50 ms since the page was told to watch; the browser reports no shorter ones. */
async function watchTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { longTasks: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  return () => page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1024 ** 2;
}

async function measure({ rate, clients, minutes, screen }: Options, dir: string): Promise<boolean> {
  const plain = (command: string, args: readonly string[]): [string, string[]] => [command, [...args]];
  const load = chooseLoad(plain);
  const origin = await startOrigin(path.join(dir, 'origin'), plain);
  const port = await freePort();
  const ui = await freePort();
  const file = path.join(dir, 'evenkeel.json');
  const config = {
    version: 1,
    listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
    pools: [
      {
        id: 'web',
        stickiness: { type: 'http_cookie' },
        nodes: origin.ports.map((node, i) => ({ id: `n${i}`, label: `api-${i + 1}`, address: `127.0.0.1:${node}` })),
      },
    ],
  };
  writeFileSync(file, JSON.stringify(config));
  const program = path.join(import.meta.dirname, '../../out/main/cli.js');
  const engine = await startProgram(process.execPath, [program, 'serve', '--config', file, '--ui', `127.0.0.1:${ui}`], [port, ui]);
  const window = await launchMeasuredBrowser();
  try {
    const sticky = proxyRows.find(({ name }) => name === 'http-sticky');
    const row: Row = { ...sticky!, connections: clients };
    const cookies = await prove(port, row);
    const seconds = Math.ceil(minutes * 60 + settleMs / 1000 + 5);
    const traffic = load.run({ port, row, seconds, cookies, thinkMs: (clients * 1000) / rate });
    const context = await newContext(window.browser);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${ui}/#/${screen}`);
    await page.getByRole('main').waitFor();
    await sleep(settleMs);

    const session = await context.newCDPSession(page);
    const longTasks = await watchTasks(page);
    const heaps = [await heapMb(session)];
    // Collecting garbage is the measurement's own work: a task of its own, and time that is not the window's.
    const start = { cpu: cpuSeconds(window.pid), at: performance.now(), tasks: (await longTasks()).length };
    let last = start;
    const shares: number[] = [];
    const slice = Math.min(30_000, (minutes * 60_000) / 4);
    // Of the page itself, without those of taking its garbage away.
    let ownTasks = 0;
    while (performance.now() - start.at < minutes * 60_000) {
      await sleep(slice);
      const now = { cpu: cpuSeconds(window.pid), at: performance.now(), tasks: (await longTasks()).length };
      shares.push((now.cpu - last.cpu) / ((now.at - last.at) / 1000));
      process.stderr.write(
        `  ${Math.round((now.at - start.at) / 1000)} s: ${((shares.at(-1) ?? 0) * 100).toFixed(1)} % of a core, ${now.tasks} long tasks\n`,
      );
      ownTasks += now.tasks - last.tasks;
      heaps.push(await heapMb(session));
      await sleep(250);
      last = { cpu: cpuSeconds(window.pid), at: performance.now(), tasks: (await longTasks()).length };
    }
    const { requests, errors } = await traffic;
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const growth = heaps.at(-1)! - heaps[0]!;
    const worst = Math.max(0, ...(await longTasks()));
    console.log(
      [
        `screen ${screen}, 1280×800, Chromium ${window.browser.version()} without a GPU; ${load.description}`,
        `traffic: ${Math.round(requests / seconds).toLocaleString('en-US')} requests/s of ${rate.toLocaleString('en-US')} wanted, ${clients.toLocaleString('en-US')} sticky clients, ${errors} errors`,
        `cost: ${(mean * 100).toFixed(1)} % of one core, worst slice ${(Math.max(...shares) * 100).toFixed(1)} % (bar ${bars.core * 100} %) ${mean <= bars.core ? 'met' : 'MISSED'}`,
        `tasks over ${bars.taskMs} ms: ${ownTasks}${ownTasks > 0 ? `, the longest ${worst.toFixed(0)} ms` : ''} (bar 0) ${ownTasks === 0 ? 'met' : 'MISSED'}`,
        `heap: ${heaps[0]!.toFixed(1)} MB at first, ${heaps.at(-1)!.toFixed(1)} MB after ${minutes} min, most ${Math.max(...heaps).toFixed(1)} MB (bar +${bars.heapMb} MB) ${growth <= bars.heapMb ? 'met' : 'MISSED'}`,
      ].join('\n'),
    );
    return mean <= bars.core && ownTasks === 0 && growth <= bars.heapMb;
  } finally {
    await window.close();
    await engine.stop();
    await origin.stop();
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(help);
    return;
  }
  if (process.platform !== 'linux') throw new Error('The bench reads CPU time from /proc, which only Linux has.');
  const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-bench-'));
  process.on('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  if (!(await measure(options, dir))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof RangeError || (error instanceof TypeError && 'code' in error) ? 2 : 4;
}
