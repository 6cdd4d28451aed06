import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

/** Does what a packed program does that the smoke test looks at; a word says what of it goes wrong. */
const fake = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const option = (name) => process.argv.find((one) => one.startsWith(name + '='))?.slice(name.length + 1);
const wrong = process.argv[2];
if (wrong === 'ends') process.exit(1);
const inspector = option('--remote-debugging-port');
if (inspector && wrong === 'inspected') createServer((_request, response) => response.end()).listen(Number(inspector), '127.0.0.1');
else if (inspector && wrong === 'silent') process.exit(1);
else if (inspector) {
  process.stderr.write('Evenkeel does not start with --remote-debugging-port: …');
  process.exit(1);
}
const { listeners, pools } = JSON.parse(readFileSync(option('--user-data-dir') + '/evenkeel.json', 'utf8'));
createServer(async (_request, response) => {
  response.end(wrong === 'balances' ? 'no node' : await (await fetch('http://' + pools[0].nodes[0].address)).text());
}).listen(listeners[0].port, '127.0.0.1');
if (wrong !== 'page') process.stderr.write('The window is open: its page asked, and was answered.');
process.on('SIGTERM', () => wrong === 'deaf' || process.exit(0));
`;

describe.concurrent('the smoke test of what was packed', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-fake-'));
    writeFileSync(path.join(folder, 'fake.mjs'), fake);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const smoke = async (...args: string[]) => {
    const child = spawn(process.execPath, [path.join(root, 'scripts/smoke.mjs'), ...args], { env: { ...process.env, SMOKE_SECONDS: '2' } });
    let says = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (says += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, says: says.trim() };
  };
  const smokeOf = (wrong: string) => smoke(process.execPath, path.join(folder, 'fake.mjs'), wrong);

  it('passes a program that starts, opens its window, balances, ends, and lets nobody look into it', async () => {
    expect(await smokeOf('nothing')).toEqual({
      status: 0,
      says: expect.stringMatching(/starts, opens its window, balances, ends, and lets nobody look into it\.$/) as string,
    });
  });

  it.each([
    ['electron/main/app.ts', 'The window is open: its page asked, and was answered.'],
    ['electron/main/refused-switches.ts', 'does not start with '],
  ])('waits for words that are those of %s', (file, words) => {
    for (const one of [file, 'scripts/smoke.mjs']) expect(readFileSync(path.join(root, one), 'utf8')).toContain(words);
  });

  it.each([
    ['ends', 'ended before it balances'],
    ['balances', 'Not within 2 s: it balances'],
    ['page', 'Not within 2 s: its window is open. Last: no word of it in its log'],
    ['inspected', 'Not within 2 s: it ends when it is to be looked into. Last: it lets anybody look into its window'],
    ['silent', 'ended with 1, and without a word, when it was to be looked into'],
  ])('fails one that is wrong: %s', async (wrong, words) => {
    expect(await smokeOf(wrong)).toEqual({ status: 1, says: expect.stringContaining(words) as string });
  });

  // Windows asks no program: it is ended.
  it.skipIf(process.platform === 'win32')('fails one that does not end', async () => {
    expect(await smokeOf('deaf')).toEqual({
      status: 1,
      says: expect.stringMatching(/The program did not end when it was asked to\.$/) as string,
    });
  });

  it('fails a program that is not there, and a call that names none', async () => {
    expect(await smoke(path.join(folder, 'none'))).toMatchObject({ status: 1 });
    expect(await smoke()).toMatchObject({ status: 2 });
  });
});
