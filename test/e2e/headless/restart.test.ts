import { afterEach, expect, it } from 'vitest';
import { createControlPlane, type ControlPlane } from '../../../electron/control/control-plane.ts';
import { createLab } from '../../../electron/control/create-lab.ts';
import { EngineHost } from '../../../electron/engine/thread/host.ts';
import { createMemoryStore } from '../../../electron/store/memory-store.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/wait.ts';
import { startNode, type TestNode } from './nodes.ts';
import { fetchOnce } from './program.ts';

let plane: ControlPlane | undefined;
let nodes: TestNode[] = [];
afterEach(async () => {
  await plane?.close();
  await Promise.all(nodes.map((node) => node.close()));
  nodes = [];
});

it('an engine thread that dies comes back: same listeners, same modes, same cookies, next epoch', async () => {
  nodes = await Promise.all(['a', 'b', 'c'].map((name) => startNode(name)));
  const port = await freePort();
  const engineHost = new EngineHost({ workerUrl: new URL('./mortal-worker.ts', import.meta.url) });
  plane = createControlPlane({
    host: 'headless',
    version: '0.0.0',
    store: createMemoryStore({
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
      pools: [
        { id: 'web', stickiness: { type: 'http_cookie' }, nodes: nodes.map((n) => ({ id: n.name, address: `127.0.0.1:${n.port}` })) },
      ],
    }),
    settingsStore: createMemoryStore(),
    engineHost,
    createLab,
    log: () => undefined,
    validateResults: true,
  });
  await plane.start();
  const ask = async (channel: string, params: unknown = {}) => plane!.router({ kind: 'http', via: 'token' }, channel, params);
  await ask('node.setMode', { pool: 'web', node: 'a', mode: 'reject' });
  const first = await fetchOnce(port);
  const cookie = String(first.headers['set-cookie']).split(';')[0]!;

  const patches: number[] = [];
  plane.subscribe('engine.patch', (patch) => patches.push(patch.epoch));
  expect(await ask('clients.list', { search: 'die' })).toMatchObject({ ok: true });
  expect(await eventually(() => engineHost.restarts === 1, 5000)).toBe(true);
  expect(await ask('engine.snapshot')).toMatchObject({
    ok: true,
    value: { epoch: 2, listeners: [{ id: 'web', state: 'up' }], pools: [{ nodes: [{ mode: 'reject' }, {}, {}] }] },
  });
  for (let i = 0; i < 6; i++) expect((await fetchOnce(port, '/', { Cookie: cookie })).text).toBe(first.text);
  const { entries } = plane.journal.list({ limit: 1000 });
  expect(entries.find((entry) => entry.kind === 'engine.restarted')?.reason).toContain('a bug nobody knew');
  expect(await eventually(() => patches.includes(2))).toBe(true);
});
