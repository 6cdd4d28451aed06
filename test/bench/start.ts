import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchMeasuredBrowser } from '../support/browser.ts';
import { runtimes, type DesktopApp, type Runtime } from '../desktop/launch-app.ts';
import { wholeOption } from './number-option.ts';
import { freePort } from './program.ts';

const help = `How long the desktop app takes from its start to the first frame that says what is true (bar: 2 s).

  --runs N     starts of each kind, 1-50, default 7; the median is what counts
  --quiet MS   pause before each start, 0-10,000, default 500

Where Electron's binary is missing, a stand-in shows the window as a page of a Chromium. It is measured twice: with a Chromium of
its own, which it must start first, and on one that runs already. Electron is a Chromium: the truth lies between the two.
EVENKEEL_OUT says which build is measured, default out/.
`;

/** From the start of the process to the frame. Milliseconds. */
const barMs = 2_000;
/** What the frame says once the engine was asked. */
const truth = 'The only node is up';

interface Options {
  runs: number;
  quietMs: number;
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '7' },
      quiet: { type: 'string', default: '500' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return { runs: wholeOption(values.runs, 'runs', 1, 50), quietMs: wholeOption(values.quiet, 'quiet', 0, 10_000) };
}

/** What happened in one start: milliseconds since the process was asked for; what its main process has used of the processor till then. */
type Start = Map<string, { ms: number; cpuMs: number | undefined }>;
const last = 'the frame is true';

/** Waits in the page for the frame after which the words have been painted. */
async function truthInPage(app: DesktopApp): Promise<{ begun: number; painted: number; truthAt: number }> {
  for (;;) {
    try {
      return await app.inPage(
        (words) =>
          new Promise<{ begun: number; painted: number; truthAt: number }>((resolve) => {
            const look = () => {
              const [paint] = performance.getEntriesByName('first-contentful-paint');
              // The words are there before they are painted; the frame after tells that they are.
              if (!document.body?.textContent.includes(words) || !paint) {
                requestAnimationFrame(look);
                return;
              }
              requestAnimationFrame(() => {
                const { timeOrigin } = performance;
                resolve({ begun: timeOrigin, painted: timeOrigin + paint.startTime, truthAt: timeOrigin + performance.now() });
              });
            };
            look();
          }),
        truth,
      );
    } catch (error) {
      // Asked of the empty page, which went when ours came.
      if (!/context was destroyed|navigation/i.test(String(error))) throw error;
    }
  }
}

async function startOnce(runtime: Runtime, nodePort: number, quietMs: number): Promise<Start> {
  const userData = mkdtempSync(path.join(tmpdir(), 'evenkeel-start-'));
  const config = {
    version: 1,
    listeners: [{ id: 'front', port: await freePort(), protocol: 'http', pool: 'web' }],
    pools: [{ id: 'web', stickiness: { type: 'none' }, nodes: [{ id: 'one', address: `127.0.0.1:${nodePort}` }] }],
  };
  writeFileSync(path.join(userData, 'evenkeel.json'), JSON.stringify(config));
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const zero = performance.timeOrigin + performance.now();
  const app = await runtime.launch({ userData });
  try {
    const { begun, painted, truthAt } = await truthInPage(app);
    const { marks, cpuMs } = await app.inMain((electron) => {
      const { user, system } = process.cpuUsage();
      const { standIn } = electron as unknown as { standIn?: { marks: [string, number, number][] } };
      return { marks: standIn?.marks ?? [], cpuMs: (user + system) / 1_000 };
    });
    const all: [string, number, number?][] = [...marks, ['the page begins', begun], ['the page paints', painted], [last, truthAt, cpuMs]];
    return new Map(all.filter(([, at]) => at <= truthAt).map(([name, at, used]) => [name, { ms: at - zero, cpuMs: used }]));
  } finally {
    await app.end();
    rmSync(userData, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Prints what happened when. @returns the median of when the frame was true, in milliseconds. */
function print(title: string, starts: readonly Start[]): number {
  const names = new Set(starts.flatMap((start) => [...start.keys()]));
  const rows = [...names].map((name) => {
    const marks = starts.flatMap((start) => start.get(name) ?? []);
    const ms = marks.map((mark) => mark.ms);
    return { name, ms, median: median(ms), cpu: median(marks.flatMap(({ cpuMs }) => cpuMs ?? [])) };
  });
  const columns = (ms: string, cpu: string, range: string, name: string): string =>
    `  ${ms.padStart(6)}  ${cpu.padStart(6)}  ${range.padStart(13)}  ${name}`;
  const truthMs = median(starts.map((start) => start.get(last)!.ms));
  console.log(
    [
      `${title}: median of ${starts.length} starts, milliseconds`,
      columns('after', 'CPU', 'least – most', ''),
      ...rows
        .sort((a, b) => a.median - b.median)
        .map(({ name, ms, median: middle, cpu }) =>
          columns(
            middle.toFixed(0),
            Number.isNaN(cpu) ? '' : cpu.toFixed(0),
            `${Math.min(...ms).toFixed(0)} – ${Math.max(...ms).toFixed(0)}`,
            name,
          ),
        ),
      `  first truthful frame after ${truthMs.toFixed(0)} ms (bar ${barMs} ms) ${truthMs < barMs ? 'met' : 'MISSED'}`,
    ].join('\n'),
  );
  return truthMs;
}

/** Runs `work` while the stand-in finds a Chromium that runs already. */
async function withRunningChromium<T>(work: () => Promise<T>): Promise<T> {
  const { close, address } = await launchMeasuredBrowser();
  process.env['STAND_IN_BROWSER'] = address;
  try {
    return await work();
  } finally {
    delete process.env['STAND_IN_BROWSER'];
    await close();
  }
}

async function measure({ runs, quietMs }: Options): Promise<boolean> {
  const node = createServer((_request, response) => response.end('one'));
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  const { port } = node.address() as AddressInfo;
  let met = true;
  try {
    for (const runtime of runtimes) {
      if (runtime.missing !== undefined) {
        console.log(`Not on ${runtime.name}: ${runtime.missing}.`);
        continue;
      }
      const many = async (): Promise<Start[]> => {
        const starts: Start[] = [];
        // The first one fills the machine's caches, and is not counted.
        for (let i = 0; i <= runs; i++) starts.push(await startOnce(runtime, port, quietMs));
        return starts.slice(1);
      };
      met = print(`On ${runtime.name}`, await many()) < barMs && met;
      if (runtime.name === 'the stand-in') print('On the stand-in, on a Chromium that runs already', await withRunningChromium(many));
    }
  } finally {
    node.close();
    node.closeAllConnections();
  }
  return met;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(help);
    return;
  }
  if (!(await measure(options))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof RangeError || (error instanceof TypeError && 'code' in error) ? 2 : 4;
}
