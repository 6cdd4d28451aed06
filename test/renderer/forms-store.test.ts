import { describe, expect, it } from 'vitest';
import { createFakeMain } from '../../renderer/bridge/fake-client.ts';
import { clientHistory, pinTarget } from '../../renderer/features/clients/client-words.ts';
import { createConfigStore } from '../../renderer/stores/config-store.ts';
import { bindIssue, createDraftStore } from '../../renderer/stores/draft-store.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { Config } from '../../shared/model/config.ts';
import type { JournalEntry } from '../../shared/model/journal.ts';

const web = {
  version: 1,
  listeners: [{ id: 'web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
};

async function setUp() {
  const fake = createFakeMain({ config: web });
  const config = createConfigStore(fake.client);
  const draft = createDraftStore(fake.client, config);
  config.start();
  draft.start();
  await config.refresh();
  return { fake, config, draft, state: () => draft.store.getState() };
}

const retries = ['pools', 0, 'retries'];

describe('the draft', () => {
  it('follows the running configuration while nothing is edited', async () => {
    const { fake, config, state } = await setUp();
    await fake.handlers['node.setMode']({ pool: 'web', node: 'a', mode: 'drain' });
    await config.refresh();
    expect(state().draft.pools[0]!.nodes[0]!.mode).toBe('drain');
    expect(state()).toMatchObject({ changes: [], theirs: null });
  });

  it('keeps what is typed while an Apply is on its way', async () => {
    const { draft, state } = await setUp();
    draft.set(retries, 4);
    const applying = draft.apply();
    draft.set(['pools', 0, 'slowStartMs'], 1_000);
    expect(await applying).toBe(true);
    expect(state().base.pools[0]).toMatchObject({ retries: 4, slowStartMs: 0 });
    expect(state().changes.map((change) => change.words)).toEqual(['slow start 0 to 1 s']);
  });

  it('is done when somebody else made the same change', async () => {
    const { fake, config, draft, state } = await setUp();
    draft.set(retries, 4);
    await fake.handlers['config.apply']({ config: state().draft });
    await config.refresh();
    expect(state()).toMatchObject({ changes: [], theirs: null });
  });

  it('lets a refused Apply be tried again unchanged, and drops what was said once the field changes', async () => {
    const { fake, draft, state } = await setUp();
    const apply = fake.handlers['config.apply'];
    fake.handlers['config.apply'] = () => {
      throw new ContractError('LISTENER_BIND_FAILED', 'Port 8081 is used by another program. Use 8082?');
    };
    draft.set(['listeners', 0, 'port'], 8081);
    expect(await draft.apply()).toBe(false);
    expect(state().issues).toEqual([{ path: 'listeners[0].port', message: 'Port 8081 is used by another program. Use 8082?' }]);
    expect(state()).toMatchObject({ blocking: 0, applying: false });
    fake.handlers['config.apply'] = apply;
    expect(await draft.apply()).toBe(true);
    draft.set(['listeners', 0, 'port'], 8082);
    expect(state().issues).toEqual([]);
  });

  it('does not send what it knows to be wrong', async () => {
    const { fake, draft, state } = await setUp();
    let asked = 0;
    fake.handlers['config.apply'] = () => ({ changed: [String(asked++)] });
    draft.set(retries, 'many');
    expect(await draft.apply()).toBe(false);
    expect([asked, state().blocking]).toEqual([0, 1]);
  });
});

describe('where a listener could not be bound', () => {
  const listener = (id: string, host: string, port: number) => ({ id, host, port, enabled: true });
  const config = (...listeners: ReturnType<typeof listener>[]) => ({ listeners }) as unknown as Config;

  it('is the one whose port is named, and of two the one that moved', () => {
    const base = config(listener('a', '127.0.0.1', 80), listener('b', '::1', 81));
    expect(bindIssue(config(listener('a', '127.0.0.1', 80), listener('b', '::1', 80)), base, 'Port 80 is used.')?.path).toBe(
      'listeners[1].port',
    );
    expect(bindIssue(base, base, 'Port 81 is used by pid 4121.')?.path).toBe('listeners[1].port');
    expect(bindIssue(base, base, 'Port 99 is used.')).toBeUndefined();
  });
});

describe('what the journal says of a client', () => {
  const entry = (seq: number, fact: Partial<JournalEntry>): JournalEntry => ({
    seq,
    time: seq * 1_000,
    kind: 'node.up',
    pool: 'web',
    ...fact,
  });
  const entries = [
    entry(1, { kind: 'client.pinned', client: 'x', node: 'b' }),
    entry(2, { kind: 'node.down', node: 'a' }),
    entry(3, { kind: 'client.moved', client: 'x', from: 'a', to: 'b' }),
    entry(4, { kind: 'client.moved', client: 'x', from: 'a', to: 'b', pool: 'other' }),
  ];
  const name = (node: string) => `api-${node}`;

  it('is told newest first, with what came before a move', () => {
    const history = clientHistory(entries, 'web', 'x', name);
    expect(history.map((item) => item.title)).toEqual(['Moved from api-a to api-b', 'Pinned to api-b']);
    expect(history[0]!.detail).toMatch(/, after api-a went down$/);
  });

  it('names where a pin leads until it is released', () => {
    expect(pinTarget(entries, 'web', 'x')).toBe('b');
    expect(pinTarget([...entries, entry(5, { kind: 'client.released', client: 'x' })], 'web', 'x')).toBeUndefined();
    expect(pinTarget(entries, 'web', 'y')).toBeUndefined();
  });
});
