import { afterEach, expect, test } from 'vitest';
import { createControlPlane, type ControlPlane } from '../../../electron/control/control-plane.ts';
import { Lab } from '../../../electron/control/lab/lab.ts';
import { EngineHost } from '../../../electron/engine/thread/host.ts';
import { createMemoryStore } from '../../../electron/store/memory-store.ts';
import type { LabState } from '../../../shared/contract/contract.ts';
import { freePort } from '../../support/free-port.ts';
import { startNode } from '../headless/nodes.ts';
import { failure, get, until } from './support.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The whole control plane with the real engine, one node of the owner's, and a demo beginning at free ports. */
async function plane(): Promise<{ plane: ControlPlane; web: number }> {
  const own = await startNode('mine');
  ends.push(() => own.close());
  const web = await freePort();
  const first = Math.min(await freePort(), 65_000);
  const engineHost = new EngineHost({});
  const made = createControlPlane({
    host: 'headless',
    version: '0.0.0',
    store: createMemoryStore({
      version: 1,
      listeners: [{ id: 'web', port: web, protocol: 'http', pool: 'web' }],
      pools: [{ id: 'web', retries: 0, nodes: [{ id: 'a', label: 'mine-1', address: `127.0.0.1:${own.port}` }] }],
    }),
    settingsStore: createMemoryStore(),
    engineHost,
    createLab: ({ fact, log: _log, ...context }) => {
      const lab = new Lab({ ...context, firstPorts: { listener: first, nodes: first + 20 } });
      lab.onFact(fact);
      return lab;
    },
    log: () => undefined,
    validateResults: true,
  });
  ends.push(async () => {
    await made.close();
    await engineHost.destroy();
  });
  await made.start();
  return { plane: made, web };
}

const ask = async (one: ControlPlane, channel: string, params: unknown = {}): Promise<unknown> => {
  const reply = await one.router({ kind: 'http', via: 'token' }, channel, params);
  if (!reply.ok) throw Object.assign(new Error(reply.error.message), reply.error);
  return reply.value;
};
const nodeState = async (one: ControlPlane) => (await one.engine.snapshot()).pools.find((pool) => pool.id === 'web')!.nodes[0]!;

test('a fault made up for a real node is felt, tagged DEMO everywhere, and ended with all others', async () => {
  const { plane: one, web } = await plane();
  await until('the node serves', async () => (await get(web, '/')).status === 200);
  const fault = { type: 'errors', share: 1, status: 503 };
  expect(await ask(one, 'lab.injectFault', { pool: 'web', node: 'a', fault })).toMatchObject({
    running: false,
    injected: [{ pool: 'web', node: 'a', fault }],
  });
  expect((await get(web, '/')).status).toBe(503);
  expect((await nodeState(one)).fault).toMatch(/^DEMO/);
  expect(await failure(ask(one, 'lab.injectFault', { pool: 'web', node: 'z', fault }))).toBe('NODE_NOT_FOUND');
  expect(await failure(ask(one, 'lab.injectFault', { pool: 'z', node: 'a', fault }))).toBe('POOL_NOT_FOUND');
  expect(await failure(ask(one, 'lab.injectFault', { pool: 'web', node: 'a', fault: { type: 'kill' } }))).toBe('BAD_REQUEST');
  expect(await ask(one, 'lab.endFaults')).toMatchObject({ injected: [] });
  expect((await nodeState(one)).fault).toBeNull();
  await until('it serves again', async () => (await get(web, '/')).status === 200);
  const { entries } = await one.journal.list({ kinds: ['lab.fault', 'lab.healed'] });
  expect(entries).toMatchObject([
    { kind: 'lab.fault', pool: 'web', node: 'a', injected: true, fault, reason: 'DEMO: mine-1 answers every request with 503' },
    { kind: 'lab.healed', pool: 'web', node: 'a', injected: true, reason: 'DEMO: the fault of mine-1 was ended' },
  ]);
  // Never saved, and gone with its node.
  await ask(one, 'lab.injectFault', { pool: 'web', node: 'a', fault });
  expect(JSON.stringify(one.workspace.document())).not.toContain('503');
  await ask(one, 'config.apply', { config: { version: 1, listeners: [], pools: [] } });
  expect(one.lab.get().injected).toEqual([]);
});

test('the demo’s listener moved by its owner: the address said and the clients follow', async () => {
  const { plane: one } = await plane();
  await one.lab.start({ nodes: 2, tcp: true });
  await until('traffic', () => one.lab.get().clients.answered > 20);
  const port = await freePort();
  const running = one.workspace.get();
  const config = {
    ...running,
    listeners: running.listeners.map((listener) => (listener.id === 'demo' ? { ...listener, port } : listener)),
  };
  await ask(one, 'config.apply', { config });
  expect(one.lab.get().url).toBe(`http://127.0.0.1:${port}/`);
  // Counts come four times a second: what failed while the port was changed may be told after it.
  const moved = one.lab.get().clients;
  await until('traffic there', () => one.lab.get().clients.answered > moved.answered + 10);
  const before = one.lab.get().clients;
  await until('more of it', () => one.lab.get().clients.answered > before.answered + 20);
  const { clients, tcp, nodes } = one.lab.get();
  expect(clients.failed).toBeLessThanOrEqual(before.failed + 2);
  expect([clients.byNode.map(({ node }) => node).sort(), nodes.length]).toEqual([['a', 'b'], 2]);
  expect(tcp).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('while a scenario runs its demo is not to be meddled with; stopped, all is well and it is among the runs', async () => {
  const { plane: one } = await plane();
  await one.lab.start();
  await ask(one, 'lab.setClients', { count: 5, requestsPerSecond: 30 });
  const scenario = {
    ...{ version: 1, id: 'mine', name: 'Mine', nodes: 2, warmUpMs: 300, durationMs: 20_000 },
    ...{ clients: { count: 8, requestsPerSecond: 50 }, modes: { b: 'backup' } },
    steps: [{ atMs: 100, do: 'fault', node: 'a', fault: { type: 'kill' } }],
  };
  expect(await failure(ask(one, 'lab.runScenario', { scenario: 'no-such' }))).toBe('BAD_REQUEST');
  expect(await ask(one, 'lab.checkScenario', { scenario: { ...scenario, nods: 1 } })).toEqual({
    issues: [{ path: 'nods', message: 'unknown key, did you mean "nodes"?' }],
  });
  expect(await ask(one, 'lab.runScenario', { scenario })).toMatchObject({
    run: { id: 'mine', phase: 'warm-up' },
    clients: { count: 8, requestsPerSecond: 50 },
  });
  for (const [channel, params] of [
    ['lab.runScenario', { scenario }],
    ['lab.setFault', { node: 'b', fault: { type: 'hang' } }],
    ['lab.setClients', { count: 1 }],
  ] as const) {
    expect([channel, await failure(ask(one, channel, params))]).toEqual([channel, 'CONFLICT']);
  }
  await until('the node is dead', () => one.lab.get().nodes[0]?.state === 'dead');
  expect(one.lab.get().run).toMatchObject({ phase: 'running', steps: [{ words: 'api-1 is killed', done: true }] });
  const stopped = (await ask(one, 'lab.stopScenario')) as LabState;
  expect(stopped).toMatchObject({
    running: true,
    run: { phase: 'done', stopped: 'it was stopped by hand', outcomes: [], held: null },
    clients: { count: 5, requestsPerSecond: 30 },
    nodes: [
      { state: 'running', fault: null },
      { state: 'running', fault: null },
    ],
  });
  const { runs } = (await ask(one, 'runs.list')) as { runs: { id: string; scenario: string }[] };
  expect(runs).toMatchObject([{ id: stopped.run?.runId, scenario: 'mine' }]);
  const kinds = (await one.journal.list({ limit: 1000 })).entries.map((entry) => entry.kind);
  expect(kinds.filter((kind) => kind.startsWith('scenario.'))).toEqual(['scenario.started', 'scenario.ended']);
  // Ended in its warm-up it leaves no run.
  await ask(one, 'lab.runScenario', { scenario: { ...scenario, warmUpMs: 30_000 } });
  expect(await ask(one, 'lab.end')).toMatchObject({ running: false, run: { phase: 'done', stopped: 'the demo was ended', runId: null } });
});
