import { describe, expect, it } from 'vitest';
import { Openings } from '../../../electron/control/openings.ts';
import { Workspace } from '../../../electron/control/workspace.ts';
import { EngineError } from '../../../electron/engine/errors.ts';
import { createMemoryStore } from '../../../electron/store/memory-store.ts';
import { FakeEngine } from './fake-engine.ts';

const document = {
  version: 1,
  listeners: [
    { id: 'web', port: 18080, protocol: 'http', pool: 'web' },
    { id: 'off', port: 18081, protocol: 'http', pool: 'web', enabled: false },
  ],
  pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
};

async function running() {
  const engine = new FakeEngine();
  const store = createMemoryStore(structuredClone(document));
  const workspace = new Workspace({ store, engine });
  await workspace.load();
  const open = () => engine.config.listeners.filter((listener) => listener.enabled).map(({ id }) => id);
  return { engine, store, workspace, open };
}

describe('pausing', () => {
  it('closes every listener and opens those again that the configuration wants open', async () => {
    const { engine, store, workspace, open } = await running();
    expect(open()).toEqual(['web']);
    expect(await workspace.setPaused(true)).toBe(true);
    expect([workspace.paused, open()]).toEqual([true, []]);
    // Checks need their pools.
    expect(engine.config.pools).toHaveLength(1);
    // What is configured is not touched by it, and nothing of it is saved.
    expect(workspace.get().listeners.map((listener) => listener.enabled)).toEqual([true, false]);
    expect(await store.load()).toEqual(document);
    expect(await workspace.setPaused(false)).toBe(true);
    expect([workspace.paused, open()]).toEqual([false, ['web']]);
  });

  it('outlives every change of the configuration', async () => {
    const { workspace, open } = await running();
    await workspace.setPaused(true);
    const more = { id: 'more', port: 18082, protocol: 'http', pool: 'web' };
    await workspace.apply({ ...document, listeners: [...document.listeners, more] });
    await workspace.setMode('web', 'a', 'backup');
    expect(open()).toEqual([]);
    await workspace.setPaused(false);
    expect(open()).toEqual(['web', 'more']);
  });

  it('is nothing new when asked for twice', async () => {
    const { engine, workspace } = await running();
    const { applied } = engine;
    expect(await workspace.setPaused(false)).toBe(false);
    expect(engine.applied).toBe(applied);
  });

  it('has not happened when the engine does not answer', async () => {
    const { engine, workspace } = await running();
    engine.refuse = new EngineError('ENGINE_CLOSED', 'The engine has been stopped.');
    await expect(workspace.setPaused(true)).rejects.toThrow();
    expect(workspace.paused).toBe(false);
  });
});

describe('what the window is to open', () => {
  it('waits until it is taken, and is handed over once', () => {
    const told: number[] = [];
    const openings = new Openings((waiting) => told.push(waiting));
    openings.add({ kind: 'screen', hash: '#/lab' });
    openings.add({ kind: 'notice', title: 'One', text: '' });
    expect(told).toEqual([1, 2]);
    expect(openings.take().map(({ kind }) => kind)).toEqual(['screen', 'notice']);
    expect(openings.take()).toEqual([]);
  });

  it('does not grow without end', () => {
    const openings = new Openings(() => undefined);
    for (let i = 0; i < 100; i++) openings.add({ kind: 'screen', hash: `#/pools/${i}` });
    const taken = openings.take();
    expect(taken).toHaveLength(20);
    expect(taken.at(-1)).toEqual({ kind: 'screen', hash: '#/pools/99' });
  });
});
