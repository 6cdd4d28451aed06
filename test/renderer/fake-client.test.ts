import { expect, test } from 'vitest';
import { eventChannels, requestChannels } from '../../shared/contract/channels.ts';
import { events } from '../../shared/contract/contract.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import { createFakeMain } from '../../renderer/bridge/fake-client.ts';
import { scenarios } from './page/scenarios.ts';

test('the fake answers every channel of the contract', () => {
  expect(Object.keys(createFakeMain().handlers).sort()).toEqual([...requestChannels].sort());
});

test('what the fake sends fits the contract, in every scenario', () => {
  for (const [name, options] of Object.entries(scenarios)) {
    const fake = createFakeMain(options);
    const heard = new Set<string>();
    for (const channel of eventChannels) {
      fake.transport.subscribe(channel, (payload) => {
        heard.add(channel);
        expect(events[channel].safeParse(payload).error, `${name} ${channel}`).toBeUndefined();
      });
    }
    for (let i = 0; i < 30; i++) fake.tick();
    expect(heard.has('traffic.tick'), name).toBe(true);
  }
});

test('errors arrive as ContractError with code and sentence', async () => {
  const { client } = createFakeMain(scenarios['one']);
  await expect(client.request('node.setMode', { pool: 'web', node: 'nobody', mode: 'drain' })).rejects.toMatchObject({
    code: 'NODE_NOT_FOUND',
    message: 'Pool "web" has no node "nobody".',
  });
  await expect(client.request('node.setMode', { pool: 'web', node: 'n1', mode: 'drain' })).rejects.toBeInstanceOf(ContractError);
  await expect(client.request('config.apply', { config: { version: 2 } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
