import { expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import { get } from '../support/raw-client.ts';

const stage = useStage();

async function weighted(weights: Record<string, number>, requests: number, clients: number): Promise<string[]> {
  const nodes = await Promise.all(
    Object.entries(weights).map(async ([id, weight]) => ({ id, weight, address: (await stage.node(named(id))).address })),
  );
  const harness = await stage.engine({ pools: [{ id: 'web', nodes }] });
  const open = await Promise.all(Array.from({ length: clients }, () => stage.client(harness)));
  const order: string[] = [];
  for (let i = 0; i < requests; i++) order.push((await open[i % clients]!.ask(get())).body.toString());
  return order;
}

function count(order: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of order) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

it('600 requests over weights 1:2:3 land 100/200/300, interleaved', async () => {
  const order = await weighted({ a: 1, b: 2, c: 3 }, 600, 7);
  expect(count(order)).toEqual({ a: 100, b: 200, c: 300 });
  for (let at = 0; at + 6 <= order.length; at += 6) expect(count(order.slice(at, at + 6))).toEqual({ a: 1, b: 2, c: 3 });
  expect(order.join('')).not.toMatch(/ccc|bb|aa/);
});

it('is the same when every request comes over a connection of its own', async () => {
  const order = await weighted({ a: 1, b: 2, c: 3 }, 60, 60);
  expect(count(order)).toEqual({ a: 10, b: 20, c: 30 });
});

it('holds for 600 requests that come side by side', async () => {
  const ids = ['a', 'b', 'c'];
  const nodes = await Promise.all(ids.map(async (id, i) => ({ id, weight: i + 1, address: (await stage.node(named(id))).address })));
  const harness = await stage.engine({ pools: [{ id: 'web', nodes }] });
  const clients = await Promise.all(Array.from({ length: 30 }, () => stage.client(harness)));
  const order: string[] = [];
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < 20; i++) order.push((await client.ask(get())).body.toString());
    }),
  );
  expect(count(order)).toEqual({ a: 100, b: 200, c: 300 });
});

it('spreads tcp sessions by weight too', async () => {
  const ids = ['a', 'b'];
  const nodes = await Promise.all(
    ids.map(async (id, i) => ({
      id,
      weight: i + 1,
      address: (
        await stage.node({
          onBytes: () => undefined,
          onConnection: (c) => {
            c.send(id);
          },
        })
      ).address,
    })),
  );
  const harness = await stage.engine({ listeners: [{ id: 'web', protocol: 'tcp' }], pools: [{ id: 'web', nodes }] });
  const order: string[] = [];
  for (let i = 0; i < 30; i++) {
    const client = await stage.client(harness);
    await client.until(() => client.size > 0);
    order.push(client.received.toString());
  }
  expect(count(order)).toEqual({ a: 10, b: 20 });
});
