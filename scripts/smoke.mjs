import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';

/**
 * `node scripts/smoke.mjs PROGRAM [ARGUMENT…]`: starts a packed program in a folder of its own, sees that it balances and that its window
 * says so, and ends it. Exit code 1 with the reason when one of them does not come to pass within SMOKE_SECONDS (default 60).
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

/** @returns {Promise<string>} what the window shows, asked of the program's own inspector. */
async function textOfWindow(inspector) {
  const pages = await (await fetch(`http://${host}:${inspector}/json/list`, { signal: AbortSignal.timeout(5_000) })).json();
  const page = pages.find(({ url }) => url.startsWith('app://evenkeel/index.html'));
  if (!page) return `no page of ours among: ${pages.map(({ url }) => url).join(' ')}`;
  const socket = new WebSocket(page.webSocketDebuggerUrl, { handshakeTimeout: 5_000 });
  try {
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'document.body.innerText' } }));
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(5_000) });
    return String(JSON.parse(answer).result?.result?.value);
  } finally {
    socket.close();
  }
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
  const [front, inspector] = [await freePort(), await freePort()];
  const config = {
    version: 1,
    listeners: [{ id: 'front', port: front, protocol: 'http', pool: 'web' }],
    pools: [{ id: 'web', healthCheck: { type: 'none' }, nodes: [{ id: 'smoke-node', address: `${host}:${node.address().port}` }] }],
  };
  writeFileSync(path.join(folder, 'evenkeel.json'), JSON.stringify(config));
  const child = spawn(program, [...args, `--user-data-dir=${folder}`, `--remote-debugging-port=${inspector}`], { stdio: 'inherit' });
  let ended = false;
  child.once('error', (error) => {
    ended = true;
    console.error(error.message);
  });
  child.once('exit', () => (ended = true));
  const hasEnded = () => ended;
  const answer = async () => (await fetch(`http://${host}:${front}/`, { signal: AbortSignal.timeout(5_000) })).text();
  try {
    await until('it balances', answer, (text) => text === words, hasEnded);
    await until(
      'its window shows the node',
      () => textOfWindow(inspector),
      (text) => text.includes('smoke-node'),
      hasEnded,
    );
    await end(child);
  } finally {
    if (!ended) child.kill('SIGKILL');
    node.close();
    node.closeAllConnections();
  }
}

if (program === undefined) {
  console.error('Name the program to start: node scripts/smoke.mjs PROGRAM [ARGUMENT…]');
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-smoke-'));
try {
  await smoke(folder);
  console.log(`${path.basename(program)} starts, shows its window, balances and ends.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  // Windows lets go of a program's files a little after its end.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
