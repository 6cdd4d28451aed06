import { ensureBuilt } from './lib/build.mjs';
import { findElectron } from './lib/electron.mjs';
import { runInForeground } from './lib/foreground.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { chooseNode } from './lib/node.mjs';
import { at } from './lib/paths.mjs';
import { environmentFor } from './lib/run.mjs';

/**
 * `npm start`: the desktop app, or, where it cannot be had, the same engine and the same screens headless.
 * Arguments are passed on. `--headless` asks for the latter.
 */

/** An Electron that ends with a failure this soon never showed a window: a missing library, a sandbox that is not allowed. */
const neverStartedMs = 5_000;

const wanted = process.argv.slice(2);
const args = wanted.filter((arg) => arg !== '--headless');

async function build(node) {
  const { code, output } = await ensureBuilt(node);
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

async function startDesktop(binary) {
  const flags = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log('Running as root: Chromium allows that only without its sandbox. Run as an ordinary user to have it.');
    flags.push('--no-sandbox');
  }
  return runInForeground(binary, [...flags, at('.'), ...args]);
}

async function startHeadless(node) {
  const lifeline = new URL('./lib/lifeline.mjs', import.meta.url).href;
  const { code } = await runInForeground(node, ['--import', lifeline, at('out', 'main', 'cli.js'), 'start', ...args], {
    lifeline: true,
    env: environmentFor(node),
  });
  return code;
}

async function start() {
  await ensureInstalled();
  const node = chooseNode();
  await build(node);

  if (wanted.includes('--headless')) return startHeadless(node);
  const electron = await findElectron();
  if ('reason' in electron) {
    console.log(`No window: ${electron.reason}. Starting headless, with the same screens in a browser.`);
    return startHeadless(node);
  }
  const { code, tookMs, signalled } = await startDesktop(electron.binary);
  if (code === 0 || signalled || tookMs > neverStartedMs) return code;
  console.log(
    `No window: Electron ended with ${code} at once (its lines are above). Starting headless, with the same screens in a browser.`,
  );
  return startHeadless(node);
}

try {
  process.exitCode = await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 4;
}
