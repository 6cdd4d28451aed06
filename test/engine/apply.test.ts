import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import { buildConfig } from '../support/engine-harness.ts';
import { askOnce, get, RawClient } from '../support/raw-client.ts';
import { okAnswer } from '../support/recorder-node.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();

describe('apply', () => {
  it('names what changed and nothing else', async () => {
    const [a, b] = await Promise.all([stage.node(named('a')), stage.node(named('b'))]);
    const pool = (weight: number) => ({
      id: 'web',
      nodes: [
        { id: 'a', address: a.address, weight },
        { id: 'b', address: b.address },
      ],
    });
    const harness = await stage.engine({ pools: [pool(1)] });
    expect((await harness.apply({ pools: [pool(1)] })).changed).toEqual([]);
    const { changed } = await harness.apply({ pools: [pool(2)] });
    expect(changed).toContain('pools.web.nodes.a');
    expect(changed.some((c) => c.includes('nodes.b') || c.startsWith('listeners'))).toBe(false);
  });

  it('disturbs neither a slow download nor a request in flight', async () => {
    const body = Buffer.alloc(40_000, 'd');
    const node = await stage.node({
      onRequest: async (request) => {
        if (request.target !== '/slow') {
          await sleep(300);
          return okAnswer;
        }
        return {
          parts: [`HTTP/1.1 200 OK\r\nContent-Length: ${body.length * 20}\r\n\r\n`, ...Array.from({ length: 20 }, () => body)],
          pause: () => sleep(40),
        };
      },
    });
    const other = await stage.node(named('other'));
    const config = (nodes: string[], more: Record<string, unknown> = {}) => ({
      listeners: [{ id: 'web', ...more }],
      pools: [{ id: 'web', nodes: nodes.map((address, i) => ({ id: `x${i}${address.slice(-5).replace(/\W/g, '')}`, address })) }],
    });
    const harness = await stage.engine(config([node.address]));
    const slow = await stage.client(harness);
    slow.write(get('/slow'));
    const quick = await stage.client(harness);
    quick.write(get('/quick'));
    expect(await eventually(() => node.requests.length === 2)).toBe(true);
    await harness.apply(config([node.address, other.address]));
    await harness.apply(config([other.address]));
    await harness.apply(config([other.address], { maxHeaders: 50 }));
    await harness.apply({
      ...config([other.address], { maxHeaders: 60 }),
      pools: [...config([other.address]).pools, { id: 'new', nodes: [] }],
    });
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('other');
    expect((await quick.answer()).body.toString()).toBe('ok');
    const answer = await slow.answer('GET', 5000);
    expect(answer.body.length).toBe(body.length * 20);
    // The connection itself lives on, under the new configuration.
    expect((await slow.ask(get())).body.toString()).toBe('other');
  });

  it('adds, disables and removes listeners while the others serve', async () => {
    const node = await stage.node();
    const pools = [{ id: 'web', nodes: [node.address] }];
    const harness = await stage.engine({ listeners: [{ id: 'one' }], pools });
    const client = await stage.client(harness, 'one');
    expect((await client.ask(get())).status).toBe(200);
    const { changed } = await harness.apply({ listeners: [{ id: 'one' }, { id: 'two' }], pools });
    expect(changed).toContain('listeners.two');
    expect(changed).not.toContain('listeners.one');
    expect((await askOnce(harness.port('two'), get())).status).toBe(200);
    await harness.apply({ listeners: [{ id: 'one' }, { id: 'two', enabled: false }], pools });
    expect((await harness.snapshot()).listeners.find((l) => l.id === 'two')!.state).toBe('disabled');
    await expect(RawClient.open(harness.port('two'))).rejects.toThrow('ECONNREFUSED');
    await harness.apply({ listeners: [{ id: 'one' }], pools });
    expect((await harness.snapshot()).listeners.map((l) => l.id)).toEqual(['one']);
    expect((await client.ask(get())).status).toBe(200);
  });

  it('moves a listener to another port and lets the old connections finish', async () => {
    const node = await stage.node({
      onRequest: async () => {
        await sleep(300);
        return okAnswer;
      },
    });
    const pools = [{ id: 'web', nodes: [node.address] }];
    const harness = await stage.engine({ listeners: [{ id: 'web' }, { id: 'spare', enabled: false }], pools });
    const client = await stage.client(harness);
    client.write(get());
    expect(await eventually(() => node.requests.length === 1)).toBe(true);
    const moved = harness.port('spare');
    await harness.apply({ listeners: [{ id: 'web', port: moved }], pools });
    expect((await client.answer()).status).toBe(200);
    expect((await askOnce(moved, get())).status).toBe(200);
    await expect(RawClient.open(harness.port())).rejects.toThrow('ECONNREFUSED');
  });

  it('changes nothing at all when a listener cannot be bound', async () => {
    const node = await stage.node(named('node'));
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    stage.also(() => holder.close());
    const taken = (holder.address() as { port: number }).port;
    const facts: string[] = [];
    const harness = await stage.engine(
      { listeners: [{ id: 'web' }], pools: [{ id: 'web', nodes: [node.address] }] },
      { events: { fact: (f) => facts.push(f.kind) } },
    );
    const client = await stage.client(harness);
    expect((await client.ask(get())).status).toBe(200);
    const before = await harness.snapshot();
    facts.length = 0;
    const next = {
      listeners: [{ id: 'web', maxHeaders: 7 }, { id: 'fine' }, { id: 'bad', port: taken }],
      pools: [
        { id: 'web', nodes: [{ id: 'other', address: '127.0.0.1:9', weight: 7 }] },
        { id: 'new', nodes: [] },
      ],
    };
    await expect(harness.apply(next)).rejects.toMatchObject({
      code: 'LISTENER_BIND_FAILED',
      message: expect.stringContaining(String(taken)) as string,
    });
    const after = await harness.snapshot();
    expect(after.listeners.map((l) => [l.id, l.state, l.address])).toEqual(before.listeners.map((l) => [l.id, l.state, l.address]));
    expect(after.pools.map((p) => [p.id, p.nodes.map((n) => [n.id, n.weight])])).toEqual(
      before.pools.map((p) => [p.id, p.nodes.map((n) => [n.id, n.weight])]),
    );
    expect(facts).not.toContain('config.applied');
    expect((await client.ask(get())).body.toString()).toBe('node');
    expect((await client.ask(get('/', ...Array.from({ length: 20 }, (_, i) => `X-${i}: 1`)))).status).toBe(200);
    await expect(RawClient.open(harness.port('fine'))).rejects.toThrow('ECONNREFUSED');
    // And it can be applied once the port is free.
    await new Promise((resolve) => holder.close(resolve));
    await harness.apply(next);
    expect((await harness.snapshot()).listeners).toHaveLength(3);
  });

  it('two listeners can swap their ports', async () => {
    const [a, b] = await Promise.all([stage.node(named('a')), stage.node(named('b'))]);
    const pools = [
      { id: 'a', nodes: [a.address] },
      { id: 'b', nodes: [b.address] },
    ];
    const harness = await stage.engine({
      listeners: [
        { id: 'x', pool: 'a' },
        { id: 'y', pool: 'b' },
      ],
      pools,
    });
    const [x, y] = [harness.port('x'), harness.port('y')];
    await harness.engine.apply(
      buildConfig(
        {
          listeners: [
            { id: 'x', pool: 'a', port: y },
            { id: 'y', pool: 'b', port: x },
          ],
          pools,
        },
        new Map(),
      ),
    );
    expect((await askOnce(y, get())).body.toString()).toBe('a');
    expect((await askOnce(x, get())).body.toString()).toBe('b');
  });

  it('a pool changed a hundred times under load loses no request', async () => {
    const nodes = await Promise.all(['a', 'b', 'c'].map((id) => stage.node(named(id))));
    const config = (round: number) => ({
      pools: [
        {
          id: 'web',
          algorithm: round % 2 === 0 ? 'roundrobin' : 'leastconn',
          nodes: nodes
            .filter((_, i) => round % 4 !== i)
            .map((n, i) => ({ id: `n${n.port}`, address: n.address, weight: 1 + ((round + i) % 5) })),
        },
      ],
    });
    const harness = await stage.engine(config(0));
    let on = true;
    const statuses = new Set<number>();
    const load = Array.from({ length: 8 }, async () => {
      const client = await stage.client(harness);
      while (on) statuses.add((await client.ask(get())).status);
    });
    for (let round = 1; round <= 100; round++) {
      await harness.apply(config(round));
      await sleep(5);
    }
    on = false;
    await Promise.all(load);
    expect([...statuses]).toEqual([200]);
  });
});
