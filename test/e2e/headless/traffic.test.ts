import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RequestRecord, TrafficHistory } from '../../../shared/model/metrics.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually, sleep } from '../../support/wait.ts';
import { startNode, type TestNode } from './nodes.ts';
import { apiOf, fetchOnce, Program, type Api } from './program.ts';

const asked = 300;
/** Below the rate from which only a part is recorded. */
const pauseMs = 11;

/** What the nodes themselves saw. */
const seen = new Map<string, { requests: number; failed: number }>();
let nodes: TestNode[];
let folder: string;
let port: number;
let program: Program;
let api: Api;

beforeAll(async () => {
  nodes = await Promise.all(
    ['a', 'b', 'c'].map((name) => {
      const count = { requests: 0, failed: 0 };
      seen.set(name, count);
      return startNode(name, (request, response) => {
        count.requests++;
        // 501 is the node's word that it does not do this: an answer of class 5, but no error.
        response.statusCode = request.url === '/fails' ? 500 : request.url === '/never' ? 501 : 200;
        if (response.statusCode === 500) count.failed++;
        response.end(name);
      });
    }),
  );
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-traffic-'));
  port = await freePort();
  const file = join(folder, 'evenkeel.json');
  await writeFile(
    file,
    JSON.stringify({
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
      pools: [
        {
          id: 'web',
          stickiness: { type: 'none' },
          healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 2, rise: 1 },
          passiveCheck: { enabled: false },
          nodes: nodes.map((node) => ({ id: node.name, address: `127.0.0.1:${node.port}` })),
        },
      ],
    }),
  );
  program = new Program(['serve', '--config', file, '--ui', '127.0.0.1:0']);
  api = apiOf(await program.ready());
});
afterAll(async () => {
  await program?.end();
  await Promise.all(nodes.map((node) => node.close()));
  await rm(folder, { recursive: true, force: true });
});

const sum = (values: readonly (number | null)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);
const total = (of: (count: { requests: number; failed: number }) => number) =>
  [...seen.values()].reduce((all, count) => all + of(count), 0);

it('the log and the charts say what an outside counter saw', { timeout: 40_000 }, async () => {
  const statuses = new Map<number, number>();
  for (let i = 0; i < asked; i++) {
    const { status } = await fetchOnce(port, i % 20 === 7 ? '/fails' : i % 50 === 3 ? '/never' : `/page?${i}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await sleep(pauseMs);
  }
  expect(total((count) => count.requests)).toBe(asked);
  expect(Object.fromEntries(statuses)).toEqual({ 200: 279, 500: 15, 501: 6 });

  const history = async (rangeMs: number): Promise<TrafficHistory> => (await api.call('traffic.history', { rangeMs })).value;
  // The last tick may be a tenth of a second away.
  await eventually(async () => sum((await history(60_000)).total.requests) === asked, 3_000, 50);
  for (const rangeMs of [60_000, 3_600_000, 86_400_000]) {
    const past = await history(rangeMs);
    expect(sum(past.total.requests)).toBe(asked);
    expect(sum(past.total.errors)).toBe(15);
    expect(Object.fromEntries(past.nodes.map((node) => [node.node, { requests: sum(node.requests), failed: sum(node.errors) }]))).toEqual(
      Object.fromEntries(seen),
    );
    expect(past.total.p95.some((ms) => ms !== null && ms > 0 && ms < 1_000)).toBe(true);
  }

  const list = async (params: object): Promise<{ entries: RequestRecord[]; sampling: { every: number; seen: number; recorded: number } }> =>
    (await api.call('requests.list', params)).value;
  const { entries, sampling } = await list({ limit: 1_000 });
  expect(sampling).toEqual({ every: 1, errorsEvery: 1, seen: asked, recorded: asked });
  expect(entries).toHaveLength(asked);
  for (const [name, count] of seen) expect(entries.filter(({ node }) => node === name)).toHaveLength(count.requests);
  const failed = await list({ limit: 1_000, filter: { status: 500 } });
  expect(failed.entries).toHaveLength(15);
  expect(new Set(failed.entries.map(({ path }) => path))).toEqual(new Set(['/fails']));
  expect((await list({ limit: 1_000, filter: { statusClass: 5 } })).entries).toHaveLength(21);
  expect((await list({ limit: 1_000, filter: { statusClass: 2, node: 'a' } })).entries).toHaveLength(
    entries.filter(({ node, status }) => node === 'a' && status === 200).length,
  );
  expect((await list({ filter: { retried: true } })).entries).toEqual([]);
  // Three nodes in turn: of every three neighbours each was chosen once, and the others were passed over.
  for (const { why, node } of entries) {
    expect(why.find(({ node: id }) => id === node)?.verdict).toBe('chosen:turn');
    expect(why.filter(({ verdict }) => verdict === 'not-turn')).toHaveLength(2);
  }
  const kinds = await api.call('journal.list', { kinds: ['node.up'], limit: 10 });
  expect(kinds.value.entries.every((entry: { kind: string }) => entry.kind === 'node.up')).toBe(true);
});
