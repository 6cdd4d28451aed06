import { describe, expect, it, vi } from 'vitest';
import { Workspace } from '../../../electron/control/workspace.ts';
import { EngineError } from '../../../electron/engine/errors.ts';
import { createMemoryStore } from '../../../electron/store/memory-store.ts';
import type { DocumentStore } from '../../../electron/store/store.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { parseConfig } from '../../../shared/model/validate.ts';
import { FakeEngine } from './fake-engine.ts';

const terse = {
  version: 1,
  listeners: [{ id: 'web', port: 18080, protocol: 'http', pool: 'web' }],
  pools: [
    {
      id: 'web',
      nodes: [
        { id: 'a', address: '127.0.0.1:9001' },
        { id: 'b', address: '127.0.0.1:9002' },
      ],
    },
  ],
};
const demo = parseConfig({
  version: 1,
  listeners: [{ id: 'demo', port: 18081, protocol: 'http', pool: 'demo' }],
  pools: [{ id: 'demo', nodes: [{ id: 'x', address: '127.0.0.1:9003' }] }],
}).config!;
const overlay = { listeners: demo.listeners, pools: demo.pools };

async function workspaceOf(document: unknown = terse, store: DocumentStore = createMemoryStore(structuredClone(document))) {
  const engine = new FakeEngine();
  const onApplied = vi.fn();
  const onOverlayDropped = vi.fn();
  const workspace = new Workspace({ store, engine, onApplied, onOverlayDropped });
  await workspace.load();
  return { workspace, engine, store, onApplied, onOverlayDropped };
}

async function refused(promise: Promise<unknown>): Promise<ContractError> {
  const error: unknown = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ContractError);
  return error as ContractError;
}

const withPort = (port: number) => ({ ...terse, listeners: [{ ...terse.listeners[0]!, port }] });

describe('applying', () => {
  it('runs and saves what was sent, in its own words', async () => {
    const { workspace, engine, store } = await workspaceOf();
    expect(await workspace.apply(withPort(18090))).toEqual({ changed: ['listeners.web'] });
    expect(engine.config.listeners[0]?.port).toBe(18090);
    expect(await store.load()).toEqual(withPort(18090));
    expect(workspace.get().listeners[0]?.timeouts.idleMs).toBe(60_000);
  });

  it('leaves the file in its own words when what is sent back is what runs', async () => {
    const { workspace, store } = await workspaceOf();
    expect(await workspace.apply(workspace.get())).toEqual({ changed: [] });
    expect(await store.load()).toEqual(terse);
  });

  it('changes nothing when it is not valid', async () => {
    const { workspace, engine, store } = await workspaceOf();
    const error = await refused(workspace.apply(withPort(0)));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', issues: [{ path: 'listeners[0].port', message: 'must be 1–65535, got 0' }] });
    expect(engine.applied).toBe(1);
    expect(await store.load()).toEqual(terse);
  });

  it('changes nothing when a listener cannot be bound', async () => {
    const { workspace, engine, store } = await workspaceOf();
    engine.refuse = new EngineError('LISTENER_BIND_FAILED', 'Listener "web" cannot listen on 127.0.0.1:18090: the port is in use.');
    expect((await refused(workspace.apply(withPort(18090)))).code).toBe('LISTENER_BIND_FAILED');
    expect(await store.load()).toEqual(terse);
    expect(workspace.get().listeners[0]?.port).toBe(18080);
  });

  it('goes back to what ran when the file cannot be saved', async () => {
    const memory = createMemoryStore(structuredClone(terse));
    const store: DocumentStore = {
      ...memory,
      stage: () => Promise.resolve({ commit: () => Promise.reject(new Error('the disk is on fire')), discard: () => Promise.resolve() }),
    };
    const { workspace, engine } = await workspaceOf(terse, store);
    const error = await refused(workspace.apply(withPort(18090)));
    expect(error).toMatchObject({ code: 'CONFIG_SAVE_FAILED' });
    expect(error.message).toContain('the disk is on fire');
    expect(engine.config.listeners[0]?.port).toBe(18080);
    expect(workspace.get().listeners[0]?.port).toBe(18080);
  });

  it('does not ask the engine when there is no room to save', async () => {
    const memory = createMemoryStore(structuredClone(terse));
    const { workspace, engine } = await workspaceOf(terse, { ...memory, stage: () => Promise.reject(new Error('no space')) });
    expect((await refused(workspace.apply(withPort(18090)))).code).toBe('CONFIG_SAVE_FAILED');
    expect(engine.applied).toBe(1);
  });

  it('does one thing at a time', async () => {
    const { workspace, engine } = await workspaceOf();
    let inside = 0;
    let most = 0;
    engine.during = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    };
    await Promise.all([workspace.apply(withPort(18090)), workspace.setMode('web', 'a', 'drain'), workspace.apply(withPort(18091))]);
    expect(most).toBe(1);
    expect(workspace.get().listeners[0]?.port).toBe(18091);
  });
});

describe('reading again', () => {
  it('takes what is stored now, and nothing of a file that is not valid', async () => {
    const { workspace, engine, store } = await workspaceOf();
    await (await store.stage(withPort(18090))).commit();
    expect(await workspace.load()).toEqual({ found: true, changed: ['listeners.web'] });
    await (await store.stage({ ...terse, pools: 'none' })).commit();
    expect((await refused(workspace.load())).issues).toEqual([{ path: 'pools', message: 'must be a list, got "none"' }]);
    expect(engine.config.listeners[0]?.port).toBe(18090);
  });
});

describe('modes', () => {
  it('are part of the document, of which nothing else changes', async () => {
    const { workspace, store, engine } = await workspaceOf();
    expect(await workspace.setMode('web', 'b', 'drain')).toMatchObject({ id: 'b', mode: 'drain' });
    const expected = structuredClone(terse) as { pools: { nodes: object[] }[] };
    expected.pools[0]!.nodes[1] = { id: 'b', address: '127.0.0.1:9002', mode: 'drain' };
    expect(await store.load()).toEqual(expected);
    expect(engine.config.pools[0]?.nodes[1]?.mode).toBe('drain');
  });

  it('are refused for what is not there', async () => {
    const { workspace } = await workspaceOf();
    expect((await refused(workspace.setMode('nope', 'a', 'drain'))).code).toBe('POOL_NOT_FOUND');
    expect((await refused(workspace.setMode('web', 'nope', 'drain'))).code).toBe('NODE_NOT_FOUND');
  });

  it('never take the last node out where that is guarded', async () => {
    const { workspace, engine } = await workspaceOf({ ...terse, pools: [{ ...terse.pools[0]!, keepLastNode: true }] });
    engine.states = { b: 'down' };
    const error = await refused(workspace.setMode('web', 'a', 'drain'));
    expect(error.code).toBe('LAST_NODE');
    expect(error.message).toContain('every other node that accepts clients is down');
    engine.states = {};
    await workspace.setMode('web', 'a', 'reject');
    expect((await refused(workspace.setMode('web', 'b', 'drain'))).message).toContain('no other node accepts clients');
    await workspace.setMode('web', 'b', 'backup');
    await workspace.setMode('web', 'a', 'accept');
  });

  it('take the last node out where it is not guarded', async () => {
    const { workspace } = await workspaceOf();
    await workspace.setMode('web', 'a', 'reject');
    expect(await workspace.setMode('web', 'b', 'reject')).toMatchObject({ mode: 'reject' });
  });
});

describe('the overlay', () => {
  it('runs, is shown, and is never saved', async () => {
    const { workspace, engine, store } = await workspaceOf();
    await workspace.setOverlay(overlay);
    expect(engine.config.listeners.map((l) => l.id)).toEqual(['web', 'demo']);
    expect(workspace.get().pools.map((p) => p.id)).toEqual(['web', 'demo']);
    await workspace.setMode('demo', 'x', 'drain');
    expect(engine.config.pools[1]?.nodes[0]?.mode).toBe('drain');
    expect(await store.load()).toEqual(terse);
    await workspace.setOverlay(null);
    expect(engine.config.listeners.map((l) => l.id)).toEqual(['web']);
  });

  it('may be edited by whoever applies everything, and stays unsaved', async () => {
    const { workspace, engine, store, onOverlayDropped } = await workspaceOf();
    await workspace.setOverlay(overlay);
    const all = structuredClone(workspace.get());
    all.pools[1]!.algorithm = 'leastconn';
    all.listeners[0]!.port = 18099;
    await workspace.apply({ ...all, listeners: [...all.listeners].reverse() });
    expect(engine.config.pools[1]?.algorithm).toBe('leastconn');
    const saved = (await store.load()) as typeof terse;
    expect(saved.listeners.map((l) => [l.id, l.port])).toEqual([['web', 18099]]);
    expect(saved.pools.map((p) => p.id)).toEqual(['web']);
    expect(onOverlayDropped).not.toHaveBeenCalled();
  });

  it('saves nothing when only the demo was edited', async () => {
    const stage = vi.fn();
    const { workspace } = await workspaceOf(undefined, { path: null, folder: null, load: () => Promise.resolve(undefined), stage });
    await workspace.setOverlay(overlay);
    const all = structuredClone(workspace.get());
    all.pools[0]!.algorithm = 'leastconn';
    await workspace.apply(all);
    expect(workspace.get().pools[0]?.algorithm).toBe('leastconn');
    expect(stage).not.toHaveBeenCalled();
  });

  it('is gone when whoever applies leaves it out', async () => {
    const { workspace, engine, onOverlayDropped } = await workspaceOf();
    await workspace.setOverlay(overlay);
    await workspace.apply(withPort(18090));
    expect(engine.config.listeners.map((l) => l.id)).toEqual(['web']);
    expect(onOverlayDropped).toHaveBeenCalledOnce();
  });

  it('reports mistakes where they stood in what was sent', async () => {
    const { workspace } = await workspaceOf();
    await workspace.setOverlay(overlay);
    const all = structuredClone(workspace.get());
    const sent = {
      ...all,
      pools: [
        { ...all.pools[1]!, retries: 9 },
        { ...all.pools[0]!, retries: 7 },
      ],
    };
    expect((await workspace.validate(sent)).map((issue) => issue.path).sort()).toEqual(['pools[0].retries', 'pools[1].retries']);
    const leaning = { ...all, listeners: [all.listeners[1]!, { ...all.listeners[0]!, pool: 'demo' }] };
    expect(await workspace.validate(leaning)).toEqual([{ path: 'listeners[1].pool', message: 'no pool has the id "demo"' }]);
  });
});
