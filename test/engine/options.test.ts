import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import type { EngineHarness } from '../support/engine-harness.ts';
import { askOnce, get } from '../support/raw-client.ts';
import type { RecorderNode } from '../support/recorder-node.ts';
import { value, values } from '../support/strict-http.ts';
import { eventually, sleep, turns } from '../support/wait.ts';

const stage = useStage();
const ids = ['a', 'b', 'c', 'd'];

async function nodesNamed(count: number): Promise<RecorderNode[]> {
  return Promise.all(ids.slice(0, count).map((id) => stage.node(named(id))));
}

const body = async (harness: EngineHarness, from?: string) => (await askOnce(harness.port(), get(), 'GET', 3000, from)).body.toString();

describe('trustForwarded', () => {
  const sent = [
    'X-Forwarded-For: 198.51.100.7',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: shop.example',
    'X-Forwarded-Port: 443',
    'Forwarded: for=198.51.100.7',
  ];

  it('off: what the client says of itself is written anew, and X-Forwarded-For appended to', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    await askOnce(harness.port(), get('/', ...sent));
    const { fields } = node.requests[0]!;
    expect(values(fields, 'x-forwarded-for')).toEqual(['198.51.100.7, 127.0.0.1']);
    expect(values(fields, 'x-forwarded-proto')).toEqual(['http']);
    expect(values(fields, 'x-forwarded-host')).toEqual(['test.example']);
    expect(values(fields, 'x-forwarded-port')).toEqual([String(harness.port())]);
    expect(values(fields, 'forwarded')).toEqual([]);
  });

  it('on: it is passed on, and what is missing added', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ listeners: [{ id: 'web', trustForwarded: true }], pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    await client.ask(get('/', ...sent));
    await client.ask(get('/bare'));
    const { fields } = node.requests[0]!;
    expect(values(fields, 'x-forwarded-for')).toEqual(['198.51.100.7, 127.0.0.1']);
    expect(values(fields, 'x-forwarded-proto')).toEqual(['https']);
    expect(values(fields, 'x-forwarded-host')).toEqual(['shop.example']);
    expect(values(fields, 'x-forwarded-port')).toEqual(['443']);
    expect(values(fields, 'forwarded')).toEqual(['for=198.51.100.7']);
    expect(value(node.requests[1]!.fields, 'x-forwarded-proto')).toBe('http');
    expect(value(node.requests[1]!.fields, 'x-forwarded-host')).toBe('test.example');
  });
});

describe('leastconn', () => {
  it('goes where the fewest requests are in flight for the weight', async () => {
    const nodes = await Promise.all([1, 2].map(() => stage.node({ onRequest: () => undefined })));
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          algorithm: 'leastconn',
          nodes: [
            { address: nodes[0]!.address, weight: 1 },
            { address: nodes[1]!.address, weight: 3 },
          ],
        },
      ],
    });
    for (let i = 0; i < 12; i++) {
      (await stage.client(harness)).write(get());
      await turns(4);
    }
    expect(await eventually(() => nodes.reduce((sum, n) => sum + n.requests.length, 0) === 12)).toBe(true);
    expect(nodes.map((n) => n.requests.length)).toEqual([3, 9]);
  });

  it('prefers the idle node to the one that hangs, and says least', async () => {
    const hung = await stage.node({
      onRequest: (request) => (request.target === '/hang' ? undefined : named('hung').onRequest!(request, null as never)),
    });
    const free = await stage.node(named('free'));
    const harness = await stage.engine({ pools: [{ id: 'web', algorithm: 'leastconn', nodes: [hung.address, free.address] }] });
    while (hung.requests.length === 0) {
      (await stage.client(harness)).write(get('/hang'));
      await turns(8);
    }
    for (let i = 0; i < 6; i++) expect(await body(harness)).toBe('free');
    const { entries } = harness.engine.listRequests({});
    const last = entries.reduce((x, y) => (x.seq > y.seq ? x : y));
    expect(last.why).toEqual([
      { node: 'n1', verdict: 'not-turn' },
      { node: 'n2', verdict: 'chosen:least' },
    ]);
  });
});

describe('random2', () => {
  it('uses every node by weight, and says random', async () => {
    const nodes = await nodesNamed(3);
    const harness = await stage.engine({
      pools: [
        { id: 'web', algorithm: 'random2', nodes: nodes.map((n, i) => ({ id: ids[i]!, address: n.address, weight: [1, 1, 2][i]! })) },
      ],
    });
    const client = await stage.client(harness);
    for (let i = 0; i < 400; i++) await client.ask(get());
    const counts = nodes.map((n) => n.requests.length);
    expect(counts.reduce((a, b) => a + b)).toBe(400);
    for (const [i, share] of [0.25, 0.25, 0.5].entries()) expect(Math.abs(counts[i]! / 400 - share)).toBeLessThan(0.15);
    expect(harness.engine.listRequests({ limit: 1 }).entries[0]!.why.some((w) => w.verdict === 'chosen:random')).toBe(true);
  });
});

describe('source', () => {
  it('a client always meets the same node; when one leaves only its own clients move', async () => {
    const nodes = await nodesNamed(4);
    const config = (without = '') => ({
      pools: [
        {
          id: 'web',
          algorithm: 'source',
          nodes: nodes.map((n, i) => ({ id: ids[i]!, address: n.address })).filter((n) => n.id !== without),
        },
      ],
    });
    const harness = await stage.engine(config());
    const clients = Array.from({ length: 40 }, (_, i) => `127.0.1.${i + 1}`);
    const place = async () => {
      const placed: Record<string, string> = {};
      for (const client of clients) placed[client] = await body(harness, client);
      return placed;
    };
    let before: Record<string, string>;
    try {
      before = await place();
    } catch {
      // Only one loopback address on this system.
      return;
    }
    expect(new Set(Object.values(before)).size).toBe(4);
    expect(await place()).toEqual(before);
    await harness.apply(config('b'));
    const without = await place();
    for (const client of clients) {
      if (before[client] === 'b') expect(without[client]).not.toBe('b');
      else expect([client, without[client]]).toEqual([client, before[client]]);
    }
    await harness.apply(config());
    expect(await place()).toEqual(before);
    expect(harness.engine.listRequests({ limit: 1 }).entries[0]!.why.some((w) => w.verdict === 'chosen:hash')).toBe(true);
  });

  it('tcp sessions too', async () => {
    const nodes = await Promise.all(
      ids.map((id) =>
        stage.node({
          onBytes: () => undefined,
          onConnection: (c) => {
            c.send(id);
          },
        }),
      ),
    );
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', algorithm: 'source', nodes: nodes.map((n) => n.address) }],
    });
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const client = await stage.client(harness);
      expect(await client.until(() => client.size === 1)).toBe(true);
      seen.add(client.received.toString());
    }
    expect(seen.size).toBe(1);
  });
});

describe('slow start', () => {
  it('a node that comes back gets little at first and its full share after its time', { timeout: 15_000 }, async () => {
    const [a, b] = (await nodesNamed(2)) as [RecorderNode, RecorderNode];
    const { port } = b;
    const harness = await stage.engine({
      pools: [
        {
          id: 'web',
          slowStartMs: 2_000,
          nodes: [
            { id: 'a', address: a.address },
            { id: 'b', address: b.address },
          ],
          healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 200, attempts: 1, rise: 1 },
        },
      ],
    });
    expect(await eventually(async () => (await harness.node('b')).state === 'up')).toBe(true);
    await b.kill();
    expect(await eventually(async () => (await harness.node('b')).state === 'down', 2000)).toBe(true);
    const back = await stage.node(named('b'), port);
    expect(await eventually(async () => (await harness.node('b')).state === 'up', 2000)).toBe(true);
    const client = await stage.client(harness);
    const shareOfB = async () => {
      back.clear();
      let count = 0;
      for (let i = 0; i < 100; i++) if ((await client.ask(get())).body.toString() === 'b') count++;
      return count;
    };
    const atFirst = await shareOfB();
    expect(atFirst).toBeGreaterThan(2);
    expect(atFirst).toBeLessThan(40);
    // It is the weight that ramps, not what the snapshot says the owner wants.
    expect((await harness.node('b')).weight).toBe(100);
    await sleep(3_100);
    expect(await shareOfB()).toBe(50);
  });
});

describe('what the records say of a choice', () => {
  it('turn, only, retry and tried', async () => {
    const [a, b] = (await nodesNamed(2)) as [RecorderNode, RecorderNode];
    const pool = (nodes: string[]) => ({ pools: [{ id: 'web', nodes }] });
    const harness = await stage.engine(pool([a.address, b.address]));
    const verdicts = async () => {
      await askOnce(harness.port(), get());
      const { entries } = harness.engine.listRequests({ limit: 1000 });
      return entries.reduce((x, y) => (x.seq > y.seq ? x : y)).why.map((w) => w.verdict);
    };
    expect((await verdicts()).sort()).toEqual(['chosen:turn', 'not-turn']);
    await b.kill();
    const two = [await verdicts(), await verdicts()].map((v) => v.join());
    expect(two).toContain('chosen:retry,tried');
    await harness.apply(pool([a.address]));
    expect(await verdicts()).toEqual(['chosen:only']);
  });
});
