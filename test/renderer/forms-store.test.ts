import { describe, expect, it } from 'vitest';
import { createFakeMain } from '../../renderer/bridge/fake-client.ts';
import { clientHistory, countdown, whyThere } from '../../renderer/features/clients/client-words.ts';
import { createConfigStore } from '../../renderer/stores/config-store.ts';
import { bindIssue, createDraftStore } from '../../renderer/stores/draft-store.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { Config } from '../../shared/model/config.ts';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { Client } from '../../shared/model/metrics.ts';

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
    entry(3, { kind: 'client.moved', client: 'x', from: 'a', to: 'b', reason: 'a is down' }),
    entry(4, { kind: 'client.moved', client: 'x', from: 'a', to: 'b', pool: 'other' }),
    entry(5, { kind: 'client.unpinned', client: 'x', node: 'b' }),
    entry(6, { kind: 'client.released', client: 'y' }),
  ];
  const name = (node: string) => `api-${node}`;

  it('is told newest first, with where from, where to and why', () => {
    const history = clientHistory(entries, 'web', 'x', name);
    expect(history.map((item) => item.title)).toEqual(['Pin taken off, stays on api-b', 'Moved from api-a to api-b', 'Pinned to api-b']);
    expect(history[1]!.detail).toMatch(/^\d\d:\d\d:\d\d, a is down$/);
  });
});

describe('why a client is where it is', () => {
  const client: Client = {
    ...{
      pool: 'web',
      key: 'x',
      kind: 'cookie',
      node: 'b',
      since: 1,
      lastSeen: 1,
      moves: 0,
      requests: 1,
      requestsPerSecond: null,
      expiresAt: null,
    },
    ...{ pinned: false, pinnedTo: null, how: 'chosen:turn', from: null, reason: null },
  };
  const name = (node: string) => `api-${node}`;

  it('is said of who has just come, who has moved, and who brought an older cookie', () => {
    expect(whyThere(client, name)).toEqual(['Its first request was sent here.', 'It was the node’s turn in the weighted rotation.']);
    expect(whyThere({ ...client, moves: 1, from: 'a', reason: 'api-a is down' }, name)[0]).toBe('It came from api-a: api-a is down.');
    expect(whyThere({ ...client, how: 'chosen:sticky-cookie' }, name)[0]).toBe('It belongs here by its cookie.');
    expect(whyThere({ ...client, moves: 2 }, name)[0]).toBe('It was placed here anew.');
  });

  it('ends in so much time, to the second', () => {
    expect([1_781_000, 59_001, 1, 0, -5, 3_729_000].map(countdown)).toEqual(['29:41', '1:00', '0:01', 'ending', 'ending', '1:02:09']);
  });
});
