import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * `node scripts/smoke.mjs PROGRAM [ARGUMENT…]`: starts a packed program in a folder of its own, sees that it balances and that its window's
 * page asks and is answered, ends it, and sees that it does not start to be looked into. Exit code 1 with the reason when one of them does not
 * come to pass within SMOKE_SECONDS (default 60).
 */

const [program, ...args] = process.argv.slice(2);
const limitMs = Number(process.env.SMOKE_SECONDS ?? 60) * 1_000;
const host = '127.0.0.1';

/** @returns {Promise<number>} a port nobody listens at. */
async function freePort() {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

/** Asks until the answer is as wanted. An attempt that fails is one more reason to ask again. */
async function until(what, ask, holds, hasEnded) {
  const deadline = Date.now() + limitMs;
  let last = 'nothing yet';
  while (Date.now() < deadline) {
    if (hasEnded()) throw new Error(`The program ended before ${what}.`);
    try {
      last = await ask();
      if (holds(last)) return;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Not within ${limitMs / 1_000} s: ${what}. Last: ${last}`);
}

/** What the program's log says once its page has come from app://, has run, and was answered over the bridge. */
const windowIsOpen = 'The window is open: its page asked, and was answered.';

/** Everything the program has logged so far: on stderr, and, where a system gives a program with windows none, in its file. */
function logOf(folder, { log }) {
  const file = path.join(folder, 'logs', 'main.log');
  return existsSync(file) ? log + readFileSync(file, 'utf8') : log;
}

/** Starts the program, and gathers what it says on stderr. */
function start(folder, ...more) {
  const child = spawn(program, [...args, `--user-data-dir=${folder}`, ...more], { stdio: ['ignore', 'inherit', 'pipe'] });
  const started = { child, ended: false, log: '', closed: new Promise((resolve) => child.once('close', resolve)) };
  child.stderr.on('data', (chunk) => {
    started.log += chunk;
    process.stderr.write(chunk);
  });
  child.once('error', (error) => {
    started.ended = true;
    console.error(error.message);
  });
  child.once('exit', () => (started.ended = true));
  return started;
}

/** @returns {Promise<void>} when the program has ended; by force where a program cannot be asked, or does not listen. */
async function end(child) {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const tooLate = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const [, signal] = await gone;
  clearTimeout(tooLate);
  if (signal === 'SIGKILL') throw new Error('The program did not end when it was asked to.');
}

async function smoke(folder) {
  const words = 'the node behind it';
  const node = createServer((_request, response) => response.end(words)).listen(0, host);
  await once(node, 'listening');
  const front = await freePort();
  const config = {
    version: 1,
    listeners: [{ id: 'front', port: front, protocol: 'http', pool: 'web' }],
    pools: [{ id: 'web', healthCheck: { type: 'none' }, nodes: [{ id: 'smoke-node', address: `${host}:${node.address().port}` }] }],
  };
  writeFileSync(path.join(folder, 'evenkeel.json'), JSON.stringify(config));
  const started = start(folder);
  const hasEnded = () => started.ended;
  const answer = async () => (await fetch(`http://${host}:${front}/`, { signal: AbortSignal.timeout(5_000) })).text();
  try {
    await until('it balances', answer, (text) => text === words, hasEnded);
    await until(
      'its window is open',
      () => (logOf(folder, started).includes(windowIsOpen) ? windowIsOpen : 'no word of it in its log'),
      (last) => last === windowIsOpen,
      hasEnded,
    );
    await end(started.child);
  } finally {
    if (!started.ended) started.child.kill('SIGKILL');
    node.close();
    node.closeAllConnections();
  }
  await seeRefusal(folder);
}

/** Whoever could look into the window from outside could do all it may: a packed program ends rather than let anybody. */
async function seeRefusal(folder) {
  const port = await freePort();
  const started = start(folder, `--remote-debugging-port=${port}`);
  try {
    await until(
      'it ends when it is to be looked into',
      () => {
        if (started.ended) return 'ended';
        return fetch(`http://${host}:${port}/json/version`, { signal: AbortSignal.timeout(1_000) }).then(
          () => 'it lets anybody look into its window',
          () => 'it goes on',
        );
      },
      (last) => last === 'ended',
      () => false,
    );
    // The last of its log may come after its end.
    await started.closed;
    const { exitCode } = started.child;
    if (exitCode !== 1 || !logOf(folder, started).includes('does not start with --remote-debugging-port'))
      throw new Error(`The program ended with ${exitCode}, and without a word, when it was to be looked into.`);
  } finally {
    if (!started.ended) started.child.kill('SIGKILL');
  }
}

if (program === undefined) {
  console.error('Name the program to start: node scripts/smoke.mjs PROGRAM [ARGUMENT…]');
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-smoke-'));
try {
  await smoke(folder);
  console.log(`${path.basename(program)} starts, opens its window, balances, ends, and lets nobody look into it.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  // Windows lets go of a program's files a little after its end.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
