import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/wait.ts';

/** What docs/docker.md copies into an image: the build alone, with nothing installed beside it. */

const root = path.resolve(import.meta.dirname, '../../..');
let folder: string;
beforeEach(() => {
  if (!existsSync(path.join(root, 'out/main/cli.js'))) throw new Error('out/ is missing: run "npm run build" first.');
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-bundle-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('the build runs in an empty folder: engine, demo, control API and screens', async () => {
  cpSync(path.join(root, 'out'), path.join(folder, 'out'), { recursive: true });
  // As the image has it: without it Node would have to guess that these are modules.
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['out/main/cli.js', 'demo', '--ui', '127.0.0.1:0'], {
    cwd: folder,
    env: { PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'exit');
  try {
    await eventually(() => stdout.includes('ready ') || child.exitCode !== null, 15_000);
    const line = /^ready (.*)$/m.exec(stdout)?.[1];
    if (line === undefined) throw new Error(`not ready: ${stdout}${stderr}`);
    const { ui, token, listeners } = JSON.parse(line) as { ui: string; token: string; listeners: { address: string }[] };
    expect((await fetch(`http://${listeners[0]!.address}/`)).headers.get('x-node')).toBeTruthy();
    // As the image's HEALTHCHECK asks.
    const reply = await fetch(`${ui}api/request/engine.snapshot`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{}',
    });
    expect(await reply.json()).toMatchObject({ ok: true });
    const page = await fetch(`${ui}?token=${token}`);
    expect([page.status, (await page.text()).includes('<div id="root"')]).toEqual([200, true]);
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
  }
}, 30_000);

it("the engine's thread starts without the schema library, which it has no use for", () => {
  const seen = new Map<string, string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    const source = readFileSync(file, 'utf8');
    seen.set(file, source);
    for (const [, next = ''] of source.matchAll(/^import .*?"(\.[^"]+)";$/gm)) follow(path.resolve(path.dirname(file), next));
  };
  follow(path.join(root, 'out/main/engine-worker.js'));
  expect(seen.size).toBeGreaterThan(1);
  expect([...seen].filter(([, source]) => source.includes('ZodType')).map(([file]) => path.basename(file))).toEqual([]);
  // The control plane's own program does hold it: what is looked for is there to be found.
  const chunks = readdirSync(path.join(root, 'out/main/chunks')).map((name) =>
    readFileSync(path.join(root, 'out/main/chunks', name), 'utf8'),
  );
  expect(chunks.some((source) => source.includes('ZodType'))).toBe(true);
});

/** The words of an instruction of the Dockerfile in docs/docker.md, with the image's paths and port made this test's. */
function imageWords(instruction: string, uiPort: number): string[] {
  const text = readFileSync(path.join(root, 'docs/docker.md'), 'utf8');
  const list = new RegExp(`^${instruction}[^[\\n]*(\\[.*\\])$`, 'm').exec(text)?.[1];
  if (list === undefined) throw new Error(`docs/docker.md has no ${instruction} with a list`);
  return (JSON.parse(list) as string[]).map((word) =>
    word
      .replaceAll('/var/lib/evenkeel', path.join(folder, 'state'))
      .replaceAll('/etc/evenkeel', folder)
      .replaceAll('127.0.0.1:7070', `127.0.0.1:${uiPort}`),
  );
}

it('the image of docs/docker.md: its command serves, its health check sees that it does and that it does not', async () => {
  cpSync(path.join(root, 'out'), path.join(folder, 'out'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(path.join(folder, 'state'), { mode: 0o700 });
  writeFileSync(
    path.join(folder, 'evenkeel.json'),
    JSON.stringify({
      version: 1,
      listeners: [{ id: 'web', port: await freePort(), protocol: 'http', pool: 'web' }],
      pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9' }] }],
    }),
  );
  const uiPort = await freePort();
  const [, ...entry] = imageWords('ENTRYPOINT', uiPort);
  const args = [...entry, ...imageWords('CMD', uiPort), '--ui', `127.0.0.1:${uiPort}`];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const exited = once(child, 'exit');
  const [, ...check] = imageWords('HEALTHCHECK', uiPort);
  const healthy = () => spawnSync(process.execPath, check, { cwd: folder }).status;
  try {
    await eventually(() => stdout.includes('ready ') || child.exitCode !== null, 15_000);
    expect(healthy()).toBe(0);
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    expect(healthy()).toBe(1);
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
    await exited;
  }
}, 30_000);
