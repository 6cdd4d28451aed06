import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import type { EngineHarness } from '../support/engine-harness.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

interface Modes {
  harness: EngineHarness;
  set(modes: Record<string, string>): Promise<unknown>;
  ask(): Promise<string>;
  addresses: Record<string, string>;
}

async function pool(modes: Record<string, string>, more: Record<string, unknown> = {}): Promise<Modes> {
  const addresses: Record<string, string> = {};
  for (const id of Object.keys(modes)) addresses[id] = (await stage.node(named(id))).address;
  const config = (now: Record<string, string>) => ({
    pools: [{ id: 'web', nodes: Object.entries(now).map(([id, mode]) => ({ id, mode, address: addresses[id]! })), ...more }],
  });
  const harness = await stage.engine(config(modes));
  return {
    harness,
    addresses,
    set: (now) => harness.apply(config(now)),
    ask: async () => {
      const answer = await askOnce(harness.port(), get());
      return answer.status === 200 ? answer.body.toString() : String(answer.status);
    },
  };
}

async function many(m: Modes, count = 12): Promise<string> {
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) seen.add(await m.ask());
  return [...seen].sort().join();
}

const sticky = { stickiness: { type: 'table' } };

describe('modes', () => {
  it('accept takes clients, reject and drain none', async () => {
    const m = await pool({ a: 'accept', b: 'reject', c: 'drain', d: 'accept' });
    expect(await many(m)).toBe('a,d');
    expect((await m.harness.snapshot()).pools[0]!.available).toBe(2);
  });

  it('drain keeps the clients that are stuck there and takes no other', async () => {
    const m = await pool({ a: 'accept', b: 'reject' }, sticky);
    expect(await many(m, 3)).toBe('a');
    await m.set({ a: 'drain', b: 'accept' });
    expect(await many(m, 3)).toBe('a');
    expect((await m.harness.node('a')).drain).toMatchObject({ clientsAtStart: 1 });
    await m.harness.engine.releaseClient('web', '127.0.0.1');
    expect(await many(m, 3)).toBe('b');
    await m.set({ a: 'accept', b: 'accept' });
    expect((await m.harness.node('a')).drain).toBeNull();
    expect(await many(m, 3)).toBe('b');
  });

  it('reject takes nobody, stuck or not, and lets what is in flight finish', async () => {
    const slow = await stage.node({
      onRequest: async () => {
        await sleep(300);
        return 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow';
      },
    });
    const other = await stage.node(named('b'));
    const config = (mode: string) => ({
      pools: [
        {
          id: 'web',
          nodes: [
            { id: 'a', address: slow.address, mode },
            { id: 'b', address: other.address, mode: mode === 'accept' ? 'reject' : 'accept' },
          ],
          ...sticky,
        },
      ],
    });
    const harness = await stage.engine(config('accept'));
    const inFlight = askOnce(harness.port(), get());
    expect(await eventually(() => slow.requests.length === 1)).toBe(true);
    await harness.apply(config('reject'));
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('b');
    expect((await inFlight).body.toString()).toBe('slow');
  });

  it('backup serves only while no accept node is up', async () => {
    const m = await pool({ a: 'accept', b: 'backup', c: 'backup' });
    expect(await many(m)).toBe('a');
    await m.set({ a: 'drain', b: 'backup', c: 'backup' });
    expect(await many(m)).toBe('b,c');
    await m.set({ a: 'reject', b: 'backup', c: 'backup' });
    expect(await many(m)).toBe('b,c');
    await m.set({ a: 'accept', b: 'backup', c: 'backup' });
    expect(await many(m)).toBe('a');
  });

  it('backup serves when the accept node is down by its checks, and steps back', async () => {
    const check = { healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 1, rise: 1 } };
    const a = await stage.node(named('a'));
    const b = await stage.node(named('b'));
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          nodes: [
            { id: 'a', address: a.address },
            { id: 'b', address: b.address, mode: 'backup' },
          ],
          ...check,
        },
      ],
    });
    const ask = async () => (await askOnce(harness.port(), get())).body.toString();
    expect(await ask()).toBe('a');
    await a.kill();
    expect(await eventually(async () => (await harness.node('a')).state === 'down', 3000)).toBe(true);
    expect(await ask()).toBe('b');
    await stage.node(named('a'), a.port);
    expect(await eventually(async () => (await harness.node('a')).state === 'up', 3000)).toBe(true);
    expect(await ask()).toBe('a');
  });

  it('the last accept node gone and no backup: 503', async () => {
    const m = await pool({ a: 'accept', b: 'reject' });
    await m.set({ a: 'drain', b: 'reject' });
    expect(await m.ask()).toBe('503');
  });

  it('an open keep-alive connection follows a change with its next request', async () => {
    const m = await pool({ a: 'accept', b: 'reject' });
    const client = await stage.client(m.harness);
    expect((await client.ask(get())).body.toString()).toBe('a');
    await m.set({ a: 'reject', b: 'accept' });
    expect((await client.ask(get())).body.toString()).toBe('b');
  });

  it('says why in the request record', async () => {
    const m = await pool({ a: 'accept', b: 'reject', c: 'drain', d: 'backup' });
    expect(await m.ask()).toBe('a');
    const { entries } = await m.harness.engine.listRequests({});
    const why = Object.fromEntries(entries.at(-1)!.why.map((w) => [w.node, w.verdict]));
    expect(why).toMatchObject({ b: 'rejecting', c: 'draining', d: 'backup' });
    expect(why['a']).toMatch(/^chosen:/);
  });

  it('a full node is passed over', async () => {
    const full = await stage.node({ onRequest: () => undefined });
    const free = await stage.node(named('free'));
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: [{ address: full.address, maxConnections: 1 }, { address: free.address }] }],
    });
    const stuck = await stage.client(harness);
    stuck.write(get());
    expect(await eventually(() => full.requests.length === 1)).toBe(true);
    for (let i = 0; i < 6; i++) expect((await askOnce(harness.port(), get())).body.toString()).toBe('free');
  });
});
