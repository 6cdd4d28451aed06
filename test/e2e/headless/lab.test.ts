import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../electron/headless/cli.ts';
import { runSchema } from '../../../shared/model/run.ts';
import { eventually } from '../../support/wait.ts';
import { Program } from './program.ts';

let folder: string;
const programs: Program[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-lab-'));
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.end()));
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, scenario: object): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ version: 1, id: name, name, warmUpMs: 500, ...scenario }));
  return path;
}

function lab(...args: string[]): Program {
  const program = new Program(['lab', ...args]);
  programs.push(program);
  return program;
}

const pool = { healthCheck: { intervalMs: 500, timeoutMs: 400 } };

test('a crash that is healed: everything held, a report that tells it all, exit code 0', async () => {
  const path = await file('short-crash', {
    ...{ pool, clients: { count: 12, requestsPerSecond: 80, webSockets: 0.25, keepAlive: 0.8 }, durationMs: 4500 },
    steps: [
      { atMs: 500, do: 'fault', node: 'b', fault: { type: 'kill' } },
      { atMs: 1200, do: 'weight', node: 'a', weight: 50 },
      { atMs: 1500, do: 'heal', node: 'b' },
    ],
    expect: [
      { what: 'detect', node: 'b', maxMs: 1500 },
      { what: 'lost', max: 0 },
      { what: 'back', node: 'b', maxMs: 3000 },
    ],
  });
  const report = join(folder, 'report.json');
  const program = lab('run', path, '--no-ui', '--report', report);
  expect([await program.exited, program.stdout]).toEqual([0, expect.stringContaining('All 3 expectations held.')]);
  expect(program.stderr).toMatch(/\+\s+0\.\d s {2}api-2 was killed in the Lab\n/);
  expect(program.stderr).toMatch(/api-2 is down: /);
  const run = runSchema.parse(JSON.parse(await readFile(report, 'utf8')));
  expect(run).toMatchObject({ name: 'short-crash', source: 'scenario', scenario: { id: 'short-crash' } });
  expect(run.outcomes.map((outcome) => outcome.held)).toEqual([true, true, true]);
  const [fault] = run.entries.filter((entry) => entry.kind === 'lab.fault');
  expect(fault).toMatchObject({ node: 'b', fault: { type: 'kill' } });
  // The step is taken at its time.
  expect(Math.abs(fault!.time - run.startedAt - 500)).toBeLessThan(100);
  expect(run.entries.find((entry) => entry.kind === 'config.applied')).toMatchObject({
    changed: expect.arrayContaining(['pools.demo.nodes.a']) as unknown,
  });
  // Two observers: what the clients counted and what the listener did. One tick at either end is the difference there may be.
  expect(run.observed).toMatchObject({ failed: 0 });
  expect(run.observed!.sent).toBe(run.observed!.answered);
  expect(Math.abs(run.score.requests - run.observed!.sent)).toBeLessThan(40);
  expect(await readdir(folder)).not.toContain(expect.stringContaining('.tmp') as unknown);
});

// Two at once, as two jobs of a CI machine would be: neither takes the other's ports.
test.concurrent('a hang with an expectation that cannot hold: broken is said, exit code 1', async ({ expect }) => {
  const path = await file('short-hang', {
    ...{ pool: { ...pool, timeouts: { responseMs: 500 } }, clients: { count: 8, requestsPerSecond: 40 }, durationMs: 2500, nodes: 2 },
    steps: [{ atMs: 300, do: 'fault', node: 'a', fault: { type: 'hang' } }],
    expect: [
      { what: 'state', node: 'a', state: 'down', atMs: 300, withinMs: 2000 },
      { what: 'requests', min: 100_000 },
    ],
  });
  const program = lab('run', path, '--no-ui');
  expect(await program.exited).toBe(1);
  expect(program.stdout).toMatch(/held {4}api-1 down within 2 s/);
  expect(program.stdout).toMatch(/broken {2}at least 100,000 requests: \d+\n/);
  expect(program.stdout).toContain('1 of 2 expectations was broken.');
});

test.concurrent('stopped by a signal, it ends cleanly and the report says so', async ({ expect }) => {
  const path = await file('stopped', {
    clients: { count: 4, requestsPerSecond: 20 },
    durationMs: 60_000,
    steps: [],
    expect: [{ what: 'lost', max: 0 }],
  });
  const report = join(folder, 'stopped-report.json');
  const program = lab('run', path, '--ui', '127.0.0.1:0', '--report', report);
  expect(await eventually(() => program.stderr.includes('The clock runs'), 15_000)).toBe(true);
  expect(program.stderr).toMatch(/Watch it at http:\/\/127\.0\.0\.1:\d+\/\?token=/);
  program.signal('SIGINT');
  expect(await program.exited).toBe(1);
  expect(program.stdout).toMatch(/Stopped after .*: SIGINT came\. Expectations were not judged\./);
  expect(runSchema.parse(JSON.parse(await readFile(report, 'utf8')))).toMatchObject({ stopped: 'SIGINT came', outcomes: [] });
});

async function inProcess(...args: string[]): Promise<{ code: number; out: string }> {
  const original = process.stdout.write.bind(process.stdout);
  let out = '';
  process.stdout.write = (text: string | Uint8Array): boolean => {
    out += String(text);
    return true;
  };
  try {
    return { code: await main(['lab', ...args]), out };
  } finally {
    process.stdout.write = original;
  }
}

test('list names what comes with it; check says every problem; neither runs anything', async () => {
  const list = await inProcess('list');
  expect([list.code, list.out.split('\n').filter(Boolean).length]).toEqual([0, 6]);
  expect(await inProcess('check', 'node-crash')).toEqual({ code: 0, out: '' });
  const bad = await file('bad', { durationMs: 5000, steps: [{ atMs: 1, do: 'heal', nod: 'a' }] });
  expect(await inProcess('check', bad)).toEqual({
    code: 1,
    out: `${bad}: steps[0].node: is required\n${bad}: steps[0].nod: unknown key, did you mean "node"?\n`,
  });
  expect(await inProcess('check', 'node-crsh')).toMatchObject({
    code: 1,
    out: expect.stringContaining('no scenario of that name comes with Evenkeel') as unknown,
  });
  expect(await inProcess('run', bad)).toMatchObject({ code: 1, out: expect.stringContaining('did you mean "node"?') as unknown });
  expect(await inProcess('run', 'node-crash', '--report', join(bad, 'report.json'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('The report cannot be written') as unknown,
  });
  expect(await inProcess('run', 'node-crash', '--report', folder)).toEqual({
    code: 1,
    out: `The report cannot be written to ${folder}: it is a folder; name a file in it.\n`,
  });
  if (process.platform !== 'linux') return;
  expect(await inProcess('run', 'node-crash', '--report', '/proc/evenkeel/report.json')).toEqual({
    code: 1,
    out: 'The report cannot be written to /proc/evenkeel/report.json: no folder can be made in /proc.\n',
  });
  expect(await inProcess('run', 'node-crash', '--report', '/dev/null')).toEqual({
    code: 1,
    out: 'The report cannot be written to /dev/null: it is no ordinary file.\n',
  });
});

test('wrong usage says what is right', async () => {
  const said: string[] = [];
  const original = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array): boolean => said.push(String(text).split('\n')[0] ?? '') > 0;
  try {
    const wrong = [
      [],
      ['fly'],
      ['run'],
      ['list', 'more'],
      ['check', 'a', 'b'],
      ['check', 'a', '--report', 'x'],
      ['run', 'a', '--ui', 'x', '--no-ui'],
    ];
    for (const args of wrong) expect([args, (await inProcess(...args)).code]).toEqual([args, 2]);
  } finally {
    process.stderr.write = original;
  }
  expect(said[0]).toBe('evenkeel: lab needs list, check or run');
  expect(said[2]).toBe('evenkeel: lab run needs a scenario: a FILE, or the NAME of one that lab list names');
});
