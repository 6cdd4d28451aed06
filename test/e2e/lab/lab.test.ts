import { createServer, type Server } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { LabFragment } from '../../../electron/control/lab/demo-config.ts';
import { Lab, type LabDeps } from '../../../electron/control/lab/lab.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { labStateSchema, type LabState } from '../../../shared/contract/contract.ts';
import { emptyConfig, type Config } from '../../../shared/model/config.ts';
import type { InjectedFault } from '../../../shared/model/fault.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import { failure, freePort, get, until } from './support.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Stands where the workspace and the engine are: whatever the overlay's listener says is bound and answers by itself. */
class FakeWorkspace {
  fragments: (LabFragment | null)[] = [];
  taken = new Set<number>();
  faults: readonly InjectedFault[] = [];
  server: Server | undefined;

  setOverlay = async (fragment: LabFragment | null): Promise<void> => {
    const port = fragment?.listeners[0]?.port;
    if (port !== undefined && this.taken.has(port)) throw new ContractError('LISTENER_BIND_FAILED', `Port ${port} is used.`);
    this.fragments.push(fragment);
    await this.close();
    if (port === undefined) return;
    const server = createServer((_, response) => response.setHeader('Set-Cookie', 'NB_SRVID=x').end('from the balancer'));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  };

  overlay = (): LabFragment | null => this.fragments.at(-1) ?? null;

  config = (): Config => ({ ...emptyConfig, ...this.overlay() });

  editOverlay = (change: (fragment: LabFragment) => unknown): Promise<void> => this.setOverlay(change(this.overlay()!) as LabFragment);

  setMode = (): Promise<never> => Promise.reject(new Error('nobody sets modes here'));

  setFaults = (faults: readonly InjectedFault[]): Promise<void> => {
    this.faults = faults;
    return Promise.resolve();
  };

  record = (): Promise<never> => Promise.reject(new Error('nothing is recorded here'));

  async close(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function makeLab(more: Partial<LabDeps> = {}): Promise<{ lab: Lab; workspace: FakeWorkspace; facts: JournalFact[]; first: number }> {
  const workspace = new FakeWorkspace();
  const first = Math.min(await freePort(), 65_000);
  const lab = new Lab({ ...workspace, firstPorts: { listener: first, nodes: first + 20 }, ...more });
  closing.push(async () => {
    await lab.close();
    await workspace.close();
  });
  const facts: JournalFact[] = [];
  lab.onFact((fact) => facts.push(fact));
  return { lab, workspace, facts, first };
}

const portOf = (state: LabState, id: string): number => Number(state.nodes.find((n) => n.id === id)?.address.split(':')[1]);

test('before it runs, it says so', async () => {
  const { lab } = await makeLab();
  // Whether addresses of one's own can be had is looked up first.
  await lab.end();
  expect(lab.get()).toEqual({
    running: false,
    nodes: [],
    injected: [],
    clients: {
      ...{ count: 24, requestsPerSecond: 40, keepAlive: 1, webSockets: 0, ownAddresses: false },
      ...{ ownAddressesPossible: process.platform === 'linux', sent: 0, answered: 0, failed: 0, byNode: [] },
      sockets: { open: 0, opened: 0, sent: 0, echoed: 0, broken: 0 },
    },
    url: null,
    tcp: null,
    run: null,
  });
  expect(await failure(lab.kill('a'))).toBe('LAB_NOT_RUNNING');
  expect(await failure(lab.revive('a'))).toBe('LAB_NOT_RUNNING');
  expect((await lab.end()).running).toBe(false);
});

test('started, three nodes answer, the overlay is laid and clients come', async () => {
  const { lab, workspace } = await makeLab();
  const [state, again] = await Promise.all([lab.start(), lab.start()]);
  expect(labStateSchema.parse(state)).toEqual(state);
  expect(again.nodes).toEqual(state.nodes);
  expect(workspace.fragments).toHaveLength(1);
  expect(state.nodes.map(({ id, label, state: s }) => [id, label, s])).toEqual([
    ['a', 'api-1', 'running'],
    ['b', 'api-2', 'running'],
    ['c', 'api-3', 'running'],
  ]);
  for (const node of state.nodes) expect((await get(portOf(state, node.id), '/healthz')).headers['x-node']).toBe(node.label);
  expect(workspace.fragments[0]?.pools[0]?.nodes.map((n) => n.address)).toEqual(state.nodes.map((n) => n.address));
  expect(state.url).toBe(`http://127.0.0.1:${workspace.fragments[0]?.listeners[0]?.port}/`);
  await until('clients answered', () => lab.get().clients.answered > 10);
  expect(lab.get().clients.failed).toBe(0);
});

test('kill is a kill, revive is at the same address, and both are facts', async () => {
  const { lab, facts } = await makeLab();
  const state = await lab.start();
  const port = portOf(state, 'b');
  const killed = await lab.kill('b');
  expect(await failure(get(port, '/'))).toBe('ECONNREFUSED');
  expect(killed.nodes.map((n) => n.state)).toEqual(['running', 'dead', 'running']);
  expect((await lab.kill('b')).nodes).toEqual(killed.nodes);
  expect(killed.nodes[1]).toMatchObject({ fault: { type: 'kill' } });
  const revived = await lab.revive('b');
  expect(revived.nodes).toEqual(state.nodes);
  expect((await lab.revive('b')).nodes).toEqual(state.nodes);
  expect((await get(port, '/')).headers['x-node']).toBe('api-2');
  expect(facts).toMatchObject([
    { kind: 'lab.fault', pool: 'demo', node: 'b', fault: { type: 'kill' }, reason: 'api-2 was killed in the Lab' },
    { kind: 'lab.healed', pool: 'demo', node: 'b', reason: 'api-2 was revived in the Lab' },
  ]);
  expect(await failure(lab.kill('z'))).toBe('NODE_NOT_FOUND');
});

test("a dead node's port taken by another program is said when it is revived", async () => {
  const { lab } = await makeLab();
  const port = portOf(await lab.start(), 'c');
  await lab.kill('c');
  const other = createNetServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => other.close(resolve)));
  expect(await failure(lab.revive('c'))).toBe('CONFLICT');
  expect(lab.get().nodes[2]?.state).toBe('dead');
});

test('a dead node’s port is left alone by another Lab of this machine, and is anybody’s after the end', async () => {
  const { lab, first } = await makeLab();
  const state = await lab.start({ nodes: 2 });
  await lab.kill('b');
  const { lab: other } = await makeLab({ firstPorts: { listener: first + 1, nodes: first + 20 } });
  const its = await other.start({ nodes: 2 });
  expect(new Set([...state.nodes, ...its.nodes].map((node) => node.address)).size).toBe(4);
  expect((await lab.revive('b')).nodes).toEqual(state.nodes);
  await lab.end();
  expect((await other.end()).running).toBe(false);
  expect((await other.start({ nodes: 2 })).nodes.map((node) => node.address)).toEqual(state.nodes.map((node) => node.address));
});

test('clients can be changed, before and while it runs, and everybody is told', async () => {
  const { lab } = await makeLab();
  const seen: LabState[] = [];
  const end = lab.onChange((state) => seen.push(state));
  expect((await lab.setClients({ count: 5 })).clients).toMatchObject({ count: 5, requestsPerSecond: 40 });
  await lab.start();
  expect((await lab.setClients({ requestsPerSecond: 300 })).clients).toMatchObject({ count: 5, requestsPerSecond: 300 });
  await until('traffic', () => lab.get().clients.answered > 100);
  await lab.setClients({ count: 0 });
  expect(seen.some((s) => s.running && s.clients.answered > 0)).toBe(true);
  end();
  const count = seen.length;
  await lab.setClients({ count: 1 });
  expect(seen).toHaveLength(count);
});

test('ports in use or reserved are passed over, and one lost between look and bind is no failure', async () => {
  const busy = new Set<number>();
  const reserved: number[] = [];
  const { lab, workspace, first } = await makeLab({ isPortFree: async (port) => !busy.has(port), reservedPorts: () => reserved });
  reserved.push(first + 21);
  busy.add(first + 20);
  workspace.taken = new Set([first, first + 1]);
  const state = await lab.start();
  expect(state.url).toBe(`http://127.0.0.1:${first + 2}/`);
  expect(portOf(state, 'a')).toBeGreaterThanOrEqual(first + 22);
});

test('an overlay refused for another reason leaves nothing running', async () => {
  const { lab, workspace } = await makeLab({ setOverlay: () => Promise.reject(new ContractError('ENGINE_UNAVAILABLE', 'No engine.')) });
  const tried: LabState[] = [];
  lab.onChange((state) => tried.push(state));
  expect(await failure(lab.start())).toBe('ENGINE_UNAVAILABLE');
  expect(lab.get()).toMatchObject({ running: false, nodes: [], url: null });
  expect(workspace.fragments).toEqual([]);
});

test('ended, nothing is left: ports refuse, the overlay is taken away, a new start works', async () => {
  const { lab, workspace } = await makeLab();
  const state = await lab.start();
  await until('traffic', () => lab.get().clients.answered > 5);
  const ended = await lab.end();
  expect(ended).toMatchObject({ running: false, nodes: [], url: null });
  expect(ended.clients.failed).toBe(0);
  expect(workspace.fragments.at(-1)).toBeNull();
  for (const node of state.nodes) expect(await failure(get(portOf(state, node.id), '/'))).toBe('ECONNREFUSED');
  expect((await lab.start()).running).toBe(true);
});

test('closed, nothing is left and nothing starts again', async () => {
  const { lab, workspace } = await makeLab();
  const state = await lab.start();
  const overlays = workspace.fragments.length;
  await lab.close();
  for (const node of state.nodes) expect(await failure(get(portOf(state, node.id), '/'))).toBe('ECONNREFUSED');
  const server = workspace.server;
  await until('no client connection', () => new Promise((resolve) => server?.getConnections((_, n) => resolve(n === 0))));
  expect(workspace.fragments).toHaveLength(overlays);
  expect(await failure(lab.start())).toBe('CONFLICT');
});
