import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../electron/ipc/envelope.ts';
import { createHandlers } from '../../electron/ipc/handlers/create-handlers.ts';
import { createRouter } from '../../electron/ipc/router.ts';
import type { Sender } from '../../electron/ipc/sender.ts';
import { eventChannels, requestChannels, type RequestChannel } from '../../shared/contract/channels.ts';
import { events, requests, type Handlers } from '../../shared/contract/contract.ts';
import { ContractError, contractErrorSchema } from '../../shared/contract/envelope.ts';
import { document, keptId, testPlane, type TestPlane } from './plane.ts';

const script = { kind: 'http', via: 'token' } satisfies Sender;
let it_: TestPlane;
beforeEach(async () => {
  it_ = await testPlane();
});
const ask = (channel: string, params: unknown = {}, sender: Sender = script) => it_.plane.router(sender, channel, params);

/** Params every channel answers well to. */
const good: Record<RequestChannel, unknown> = {
  'app.info': {},
  'updates.get': {},
  'updates.check': {},
  'updates.download': {},
  'updates.stop': {},
  'updates.install': {},
  'app.setPaused': { paused: false },
  'app.takeOpenings': {},
  'config.get': {},
  'config.validate': { config: document },
  'config.apply': { config: document },
  'config.export': { to: 'haproxy' },
  'config.import': { from: 'haproxy', text: 'listen web\n  bind :80\n  server a 10.0.0.1:80\n' },
  'config.reload': {},
  'backups.list': {},
  'backups.get': { id: keptId },
  'backups.restore': { id: keptId },
  'node.setMode': { pool: 'web', node: 'a', mode: 'drain' },
  'node.moveClients': { pool: 'web', node: 'a' },
  'engine.snapshot': {},
  'clients.list': { pool: 'web', limit: 1000 },
  'clients.summary': { activeMs: 5_000 },
  'clients.pin': { pool: 'web', key: '10.0.0.1', node: 'a' },
  'clients.unpin': { pool: 'web', key: '10.0.0.1' },
  'clients.release': { pool: 'web', key: '10.0.0.1' },
  'journal.list': { afterSeq: 0 },
  'requests.list': { limit: 5, filter: { status: 200 } },
  'traffic.history': { rangeMs: 60_000 },
  'history.span': {},
  'history.range': { from: 1_000, to: 2_000 },
  'runs.list': {},
  'runs.get': { id: 'kept' },
  'runs.save': { from: 1_000, to: 2_000, name: 'Last night' },
  'runs.rename': { id: 'kept', name: 'This morning' },
  'runs.remove': { id: 'kept' },
  'check.try': { node: { id: 'a', address: '127.0.0.1:9001' }, healthCheck: { type: 'http' } },
  'certificates.list': {},
  'certificates.inspect': { certificate: { id: 'c', certPem: '-----BEGIN nothing', keyPem: '-----BEGIN nothing' } },
  'certificates.generate': { hosts: ['localhost', '127.0.0.1', '::1', '*.example.test'], days: 30 },
  'authority.status': {},
  'authority.create': {},
  'authority.replace': {},
  'authority.issue': { names: ['app.localhost', '127.0.0.1'], days: 30 },
  'authority.trust': { store: 'system' },
  'authority.untrust': { store: 'system' },
  'discovery.list': {},
  'lab.get': {},
  'lab.start': {},
  'lab.end': {},
  'lab.setClients': { count: 3 },
  'lab.kill': { node: 'a' },
  'lab.revive': { node: 'a' },
  'lab.setFault': { node: 'a', fault: { type: 'errors', share: 0.5 } },
  'lab.injectFault': { pool: 'web', node: 'a', fault: null },
  'lab.endFaults': {},
  'lab.scenarios': {},
  'lab.checkScenario': { scenario: { version: 1 } },
  'lab.runScenario': { scenario: 'node-crash' },
  'lab.stopScenario': {},
  'settings.get': {},
  'settings.set': { theme: 'dark' },
};

const twoNodes = { ...document, pools: [{ id: 'web', nodes: ['a', 'b'].map((id, i) => ({ id, address: `127.0.0.1:900${i + 1}` })) }] };

describe('the contract', () => {
  it('names every channel once, and only those', () => {
    expect(Object.keys(requests)).toEqual([...requestChannels]);
    expect(Object.keys(events).sort()).toEqual([...eventChannels].sort());
    const handlers = createHandlers({} as Parameters<typeof createHandlers>[0]);
    expect(Object.keys(handlers).sort()).toEqual([...requestChannels].sort());
  });

  it.each([...requestChannels])('%s answers as promised, and refuses what it was not promised', async (channel) => {
    it_.engine.clients = [
      {
        pool: 'web',
        key: '10.0.0.1',
        kind: 'address',
        node: 'a',
        since: 1,
        lastSeen: 1,
        moves: 0,
        requests: 1,
        requestsPerSecond: 0.5,
        pinned: false,
        pinnedTo: null,
        how: 'chosen:turn',
        from: null,
        reason: null,
        expiresAt: null,
      },
    ];
    // There has to be a node to move clients to.
    if (channel === 'node.moveClients') await ask('config.apply', { config: twoNodes });
    // There has to be an authority to trust.
    if (channel === 'authority.trust' || channel === 'authority.untrust') await ask('authority.create', {});
    // The router of the test plane holds every answer against the contract.
    const params = good[channel] as Record<string, unknown>;
    // A run's id is given by whoever keeps it.
    if (params['id'] === 'kept') params['id'] = ((await ask('runs.save', good['runs.save'])) as { value: { id: string } }).value.id;
    expect(await ask(channel, params)).toMatchObject({ ok: true });
    for (const params of [null, [], 'text', 7, { ...(good[channel] as object), surprise: 1 }]) {
      const reply = await ask(channel, params);
      expect(reply).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
      if (!reply.ok) contractErrorSchema.parse(reply.error);
    }
  });

  it('names what is wrong with params', async () => {
    expect(await ask('node.setMode', { pool: 'web', node: 'a', mode: 'off' })).toEqual({
      ok: false,
      error: {
        code: 'BAD_REQUEST',
        message: 'The params of "node.setMode" are not valid: mode: must be one of accept, drain, backup, reject, got "off"',
        issues: [{ path: 'mode', message: 'must be one of accept, drain, backup, reject, got "off"' }],
      },
    });
    expect(await ask('journal.list', { limit: 1001 })).toMatchObject({ error: { issues: [{ path: 'limit' }] } });
    expect(await ask('config.apply', {})).toMatchObject({ error: { issues: [{ path: 'config' }] } });
  });

  it('knows no other channels', async () => {
    for (const channel of ['nope', '', 'constructor', '__proto__', 'toString']) {
      expect(await ask(channel)).toMatchObject({ ok: false, error: { code: 'UNKNOWN_CHANNEL' } });
    }
  });

  it('says what the engine has not got', async () => {
    expect(await ask('clients.pin', { pool: 'web', key: 'k', node: 'nope' })).toMatchObject({ error: { code: 'NODE_NOT_FOUND' } });
    expect(await ask('clients.pin', { pool: 'nope', key: 'k', node: 'a' })).toMatchObject({ error: { code: 'POOL_NOT_FOUND' } });
    expect(await ask('clients.release', { pool: 'web', key: 'nope' })).toMatchObject({ error: { code: 'CLIENT_NOT_FOUND' } });
  });
});

describe('moving the clients of a node', () => {
  it('counts those it moves, names what is not there, and refuses when nobody else would take them', async () => {
    const how = { how: 'chosen:turn' as const, from: null, reason: null, pinnedTo: null };
    const client = {
      pool: 'web',
      kind: 'address' as const,
      since: 1,
      lastSeen: 1,
      moves: 0,
      requests: 1,
      requestsPerSecond: null,
      ...how,
      expiresAt: null,
    };
    it_.engine.clients = [
      { ...client, key: '10.0.0.1', node: 'a', pinned: false },
      { ...client, key: '10.0.0.2', node: 'a', pinned: true, pinnedTo: 'a' },
      { ...client, key: '10.0.0.3', node: 'b', pinned: false },
    ];
    const params = { pool: 'web', node: 'a' };
    expect(await ask('node.moveClients', params)).toMatchObject({ ok: false, error: { code: 'LAST_NODE' } });
    await ask('config.apply', { config: twoNodes });
    expect(await ask('node.moveClients', params)).toEqual({ ok: true, value: { moved: 1 } });
    it_.engine.states['b'] = 'down';
    expect(await ask('node.moveClients', params)).toMatchObject({ error: { code: 'LAST_NODE' } });
    expect(await ask('node.moveClients', { ...params, node: 'nope' })).toMatchObject({ error: { code: 'NODE_NOT_FOUND' } });
    expect(await ask('node.moveClients', { ...params, pool: 'nope' })).toMatchObject({ error: { code: 'POOL_NOT_FOUND' } });
  });
});

describe('senders', () => {
  const window: Sender = { kind: 'window', isMainFrame: true, origin: 'app://evenkeel', ownOrigin: 'app://evenkeel' };
  it.each<[string, Sender, string | undefined]>([
    ['our own main frame', window, undefined],
    ['a frame inside it', { ...window, isMainFrame: false }, 'FORBIDDEN'],
    ['a foreign page', { ...window, origin: 'https://example.com' }, 'FORBIDDEN'],
    ['a page without an origin', { ...window, origin: '' }, 'FORBIDDEN'],
    ['a script with the token', { kind: 'http', via: 'token' }, undefined],
    ['the screens', { kind: 'http', via: 'session' }, undefined],
    ['anybody', { kind: 'http', via: null }, 'UNAUTHORIZED'],
  ])('%s', async (_who, sender, code) => {
    const reply = await ask('app.info', {}, sender);
    if (code === undefined) expect(reply.ok).toBe(true);
    else expect(reply).toMatchObject({ ok: false, error: { code } });
  });

  it('learn nothing of channels before they are known', async () => {
    expect(await ask('nope', {}, { kind: 'http', via: null })).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
  });
});

describe('failures', () => {
  const secret = 'ENOENT /home/somebody/.ssh/id_ed25519';
  const logged: string[] = [];
  const failing = (error: unknown) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- code throws all sorts of things; none may leak
    const handlers = new Proxy({}, { get: () => () => Promise.reject(error) }) as Handlers;
    return createRouter({ handlers, log: (_level, _message, fields) => logged.push(JSON.stringify(fields)) });
  };

  it.each([new Error(secret), secret, { message: secret }, new TypeError(secret), undefined, null])('%s stays inside', async (error) => {
    const reply = await failing(error)(script, 'app.info', {});
    expect(reply).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(JSON.stringify(reply)).not.toContain('somebody');
  });

  it('have their detail in the log', () => {
    expect(logged.join()).toContain('somebody');
  });

  it('meant for whoever asked reach him whole', async () => {
    const issues = [{ path: 'pools[0]', message: 'is odd' }];
    expect(await failing(new ContractError('CONFLICT', 'It is busy.', issues))(script, 'app.info', {})).toEqual({
      ok: false,
      error: { code: 'CONFLICT', message: 'It is busy.', issues },
    });
    expect(failure(new ContractError('CONFLICT', 'It is busy.'), 'x', () => undefined)).toEqual({
      ok: false,
      error: { code: 'CONFLICT', message: 'It is busy.' },
    });
  });

  it('of an answer that breaks the contract are our own', async () => {
    const handlers = { 'app.info': () => ({ version: 1 }) } as unknown as Handlers;
    const router = createRouter({ handlers, log: () => undefined, validateResults: true });
    expect(await router(script, 'app.info', {})).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
  });
});

describe('events', () => {
  it('come from the engine and from the control plane itself, as the contract has them', async () => {
    const seen: [string, unknown][] = [];
    for (const channel of eventChannels) {
      it_.plane.subscribe(channel, (payload) => {
        events[channel].parse(payload);
        seen.push([channel, payload]);
      });
    }
    it_.engine.emit('fact', { time: 1, kind: 'node.down', pool: 'web', node: 'a', reason: 'connection refused' });
    it_.engine.emit('patch', { epoch: 1, seq: 1 });
    await ask('settings.set', { theme: 'light' });
    await ask('config.apply', { config: { ...document, pools: [{ ...document.pools[0], retries: 3 }] } });
    await ask('node.setMode', { pool: 'web', node: 'a', mode: 'drain' });
    expect(seen.map(([channel]) => channel)).toEqual([
      'journal.entry',
      'engine.patch',
      'settings.changed',
      'journal.entry',
      'config.changed',
      'config.changed',
    ]);
    expect(seen[3]![1]).toMatchObject({ kind: 'config.applied', changed: ['pools.web'] });
    expect(await ask('journal.list', { limit: 2 })).toMatchObject({
      value: { entries: [{ kind: 'node.down' }, { kind: 'config.applied' }] },
    });
  });

  it('the lab ends when its listener and pool are taken out by whoever applies', async () => {
    await ask('lab.start');
    expect(await ask('config.get')).toMatchObject({ value: { listeners: [{ id: 'web' }, { id: 'demo' }] } });
    await ask('config.apply', { config: document });
    expect(await ask('lab.get')).toMatchObject({ value: { running: false } });
  });
});
