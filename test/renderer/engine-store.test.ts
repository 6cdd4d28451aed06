import { afterEach, expect, test, vi } from 'vitest';
import type { RequestChannel } from '../../shared/contract/channels.ts';
import { createFakeMain, type FakeMain } from '../../renderer/bridge/fake-client.ts';
import type { Client } from '../../renderer/bridge/client.ts';
import { createEngineStore } from '../../renderer/stores/engine-store.ts';
import { scenarios } from './page/scenarios.ts';

function counting(fake: FakeMain): { client: Client; asked: RequestChannel[] } {
  const asked: RequestChannel[] = [];
  return {
    asked,
    client: {
      ...fake.client,
      request(channel, params) {
        asked.push(channel);
        return fake.client.request(channel, params);
      },
    },
  };
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function started(fake = createFakeMain(scenarios['healthy'])) {
  const { client, asked } = counting(fake);
  const engine = createEngineStore(client);
  ends.push(engine.start());
  await vi.waitFor(() => expect(engine.store.getState().connection).toBe('live'));
  return { fake, engine, asked, state: () => engine.store.getState() };
}

test('a snapshot and the patches after it make the mirror; one snapshot is enough', async () => {
  const { fake, asked, state } = await started();
  await fake.client.request('node.setMode', { pool: 'web', node: 'n2', mode: 'backup' });
  expect(state().pools[0]!.nodes.map((n) => n.mode)).toEqual(['accept', 'backup', 'accept']);
  expect(asked.filter((c) => c === 'engine.snapshot')).toHaveLength(1);
});

test('a patch that comes while the snapshot is on its way is not lost', async () => {
  const fake = createFakeMain(scenarios['healthy']);
  const { client } = counting(fake);
  let release = () => {};
  const held: Client = {
    ...client,
    async request(channel, params) {
      const answer = await client.request(channel, params);
      if (channel === 'engine.snapshot') await new Promise<void>((resolve) => (release = resolve));
      return answer;
    },
  };
  const engine = createEngineStore(held);
  ends.push(engine.start());
  await new Promise((resolve) => setTimeout(resolve, 10));
  await fake.client.request('node.setMode', { pool: 'web', node: 'n1', mode: 'drain' });
  release();
  await vi.waitFor(() => expect(engine.store.getState().pools[0]?.nodes[0]?.mode).toBe('drain'));
});

test('a gap in the sequence asks for a new snapshot', async () => {
  const { fake, asked, state } = await started();
  fake.dropNextPatch();
  await fake.client.request('node.setMode', { pool: 'web', node: 'n1', mode: 'drain' });
  expect(state().pools[0]!.nodes[0]!.mode).toBe('accept');
  await fake.client.request('node.setMode', { pool: 'web', node: 'n2', mode: 'reject' });
  await vi.waitFor(() => expect(state().pools[0]!.nodes.map((n) => n.mode)).toEqual(['drain', 'reject', 'accept']));
  expect(asked.filter((c) => c === 'engine.snapshot')).toHaveLength(2);
});

test('another epoch asks for a new snapshot', async () => {
  const { fake, state } = await started();
  const before = state().epoch;
  fake.restartEngine();
  await fake.client.request('node.setMode', { pool: 'web', node: 'n3', mode: 'backup' });
  await vi.waitFor(() => expect(state().epoch).toBe(before! + 1));
  expect(state().pools[0]!.nodes[2]!.mode).toBe('backup');
});

test('a broken connection is offline with a reason, keeps the last picture, and mends itself', async () => {
  const { fake, state } = await started();
  fake.setConnected(false);
  expect(state()).toMatchObject({ connection: 'offline', problem: 'Evenkeel does not answer.' });
  expect(state().pools).toHaveLength(1);
  fake.setConnected(true);
  await vi.waitFor(() => expect(state().connection).toBe('live'));
});

test('counters are shown twice a second, a change of state at once', async () => {
  const { fake, engine } = await started();
  let renders = 0;
  ends.push(engine.store.subscribe(() => renders++));
  for (let i = 0; i < 5; i++) fake.tick();
  expect(renders).toBe(0);
  await fake.client.request('node.setMode', { pool: 'web', node: 'n2', mode: 'drain' });
  expect(renders).toBe(1);
});
