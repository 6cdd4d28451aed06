import { describe, expect, it } from 'vitest';
import { named, useStage } from '../support/cleanup.ts';
import type { EngineHarness } from '../support/engine-harness.ts';
import { askOnce, get, RawClient } from '../support/raw-client.ts';
import type { RecorderNode } from '../support/recorder-node.ts';
import { values, type StrictAnswer } from '../support/strict-http.ts';
import { sleep } from '../support/wait.ts';
import type { EngineOptions } from '../../electron/engine/engine.ts';
import type { JournalFact } from '../../shared/model/journal.ts';

const stage = useStage();

/** Other addresses of the loopback network: Linux has them all, elsewhere they may have to be set up. */
const otherAddresses = await RawClient.open(1, '127.0.0.9').then(
  () => true,
  (error: NodeJS.ErrnoException) => error.code !== 'EADDRNOTAVAIL',
);

const cookieSticky = { stickiness: { type: 'http_cookie' } };

async function three(
  pool: Record<string, unknown>,
  options?: EngineOptions,
): Promise<{ harness: EngineHarness; nodes: RecorderNode[]; config: Parameters<EngineHarness['apply']>[0] }> {
  const nodes = await Promise.all(['n1', 'n2', 'n3'].map((id) => stage.node(named(id))));
  const config = { pools: [{ id: 'web', nodes: nodes.map((n) => ({ address: n.address })), ...pool }] };
  return { harness: await stage.engine(config, options), nodes, config };
}

/** The value of the cookie an answer sets, undefined if it sets none. */
function setCookie(answer: StrictAnswer, name = 'NB_SRVID'): string | undefined {
  const all = values(answer.fields, 'set-cookie').filter((v) => v.startsWith(`${name}=`));
  expect(all.length).toBeLessThanOrEqual(1);
  return all[0]?.slice(name.length + 1).split(';')[0];
}

const ask = (harness: EngineHarness, cookie?: string) =>
  askOnce(harness.port(), cookie === undefined ? get() : get('/', `Cookie: ${cookie}`));
const nodeOf = (answer: StrictAnswer) => answer.body.toString();

describe('by cookie', () => {
  it('sets an opaque session cookie on the first answer and not again', async () => {
    const { harness, nodes } = await three(cookieSticky);
    const first = await ask(harness);
    const line = values(first.fields, 'set-cookie')[0]!;
    const attributes = line
      .split(';')
      .slice(1)
      .map((a) => a.trim().toLowerCase());
    expect(line.startsWith('NB_SRVID=')).toBe(true);
    expect([...attributes].sort()).toEqual(['httponly', 'path=/', 'samesite=lax']);
    const value = setCookie(first)!;
    expect(value).toMatch(/^[!#-+\--:<-[\]-~]+$/);
    for (const text of [value, Buffer.from(value, 'base64').toString('latin1'), Buffer.from(value, 'hex').toString('latin1')]) {
      expect(text).not.toContain('127.0.0.1');
      for (const node of nodes) expect(text).not.toContain(String(node.port));
      expect(text.split(/[^a-z0-9]/)).not.toContain(nodeOf(first));
    }
    const again = await ask(harness, `NB_SRVID=${value}`);
    expect(nodeOf(again)).toBe(nodeOf(first));
    expect(setCookie(again)).toBeUndefined();
  });

  it('holds over connections, among other cookies, and beside other clients', async () => {
    const { harness } = await three(cookieSticky);
    const clients = await Promise.all(Array.from({ length: 9 }, () => ask(harness)));
    expect(new Set(clients.map(nodeOf)).size).toBe(3);
    for (let round = 0; round < 3; round++) {
      for (const first of clients) {
        const answer = await ask(harness, `a=b; NB_SRVID=${setCookie(first)!}; NB_SRVID2=x`);
        expect(nodeOf(answer)).toBe(nodeOf(first));
        expect(setCookie(answer)).toBeUndefined();
      }
    }
  });

  it('keeps to the node on one connection that serves several clients', async () => {
    const { harness } = await three(cookieSticky);
    const a = await ask(harness);
    const b = await ask(harness);
    const shared = await stage.client(harness);
    for (const first of [a, b, b, a])
      expect(nodeOf(await shared.ask(get('/', `Cookie: NB_SRVID=${setCookie(first)!}`)))).toBe(nodeOf(first));
  });

  it('takes a forged, broken or unknown value as none and sets a new one', async () => {
    const { harness } = await three(cookieSticky);
    const good = setCookie(await ask(harness))!;
    const flipped = `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`;
    const flippedFirst = `${good.startsWith('A') ? 'B' : 'A'}${good.slice(1)}`;
    for (const forged of [
      '',
      'x',
      'n1',
      '127.0.0.1:80',
      `${good}x`,
      good.slice(1),
      good.slice(0, 5),
      flippedFirst,
      `"${good}`,
      good.repeat(20),
      '%00',
      '../..',
      flipped,
    ]) {
      const answer = await ask(harness, `NB_SRVID=${forged}`);
      expect(answer.status, forged).toBe(200);
      expect(setCookie(answer), `forged ${forged}`).toBeDefined();
      expect(setCookie(answer)).not.toBe(forged);
    }
  });

  it('takes a cookie made with another key as none, and one made with the same key as good', async () => {
    const key = new Uint8Array(32).fill(7);
    const one = await three(cookieSticky, { cookieKey: key });
    const first = await ask(one.harness);
    const cookie = `NB_SRVID=${setCookie(first)!}`;
    const restarted = await stage.engine(one.config, { cookieKey: key });
    const stranger = await stage.engine(one.config, { cookieKey: new Uint8Array(32).fill(8) });
    for (let i = 0; i < 4; i++) {
      const answer = await ask(restarted, cookie);
      expect(nodeOf(answer)).toBe(nodeOf(first));
    }
    expect(setCookie(await ask(stranger, cookie))).toBeDefined();
  });

  it('rewrites the cookie when the node goes away, and journals the move', async () => {
    const facts: { kind: string; from?: string | undefined; to?: string | undefined }[] = [];
    const { harness, nodes } = await three(cookieSticky, { events: { fact: (f) => facts.push(f) } });
    const first = await ask(harness);
    const was = nodeOf(first);
    await nodes[Number(was[1]) - 1]!.kill();
    const moved = await ask(harness, `NB_SRVID=${setCookie(first)!}`);
    expect(moved.status).toBe(200);
    expect(nodeOf(moved)).not.toBe(was);
    const cookie = setCookie(moved);
    expect(cookie).toBeDefined();
    for (let i = 0; i < 3; i++) expect(nodeOf(await ask(harness, `NB_SRVID=${cookie!}`))).toBe(nodeOf(moved));
    const clients = (await harness.engine.listClients({ pool: 'web' })).clients;
    expect(clients.map((c) => [c.node, c.moves])).toEqual([[nodeOf(moved), 1]]);
    expect(facts.filter((f) => f.kind === 'client.moved').map((f) => [f.from, f.to])).toEqual([[was, nodeOf(moved)]]);
  });

  it('lists, pins and releases', async () => {
    const { harness } = await three(cookieSticky);
    const first = await ask(harness);
    const cookie = `NB_SRVID=${setCookie(first)!}`;
    await ask(harness, cookie);
    const { total, clients } = await harness.engine.listClients({});
    expect(total).toBe(1);
    const client = clients[0]!;
    expect(client).toMatchObject({ pool: 'web', kind: 'cookie', node: nodeOf(first), moves: 0, pinned: false });
    expect(client.key).not.toBe(setCookie(first));
    // What can be read from the list must not be a cookie.
    expect(setCookie(await ask(harness, `NB_SRVID=${client.key}`))).toBeDefined();
    const target = nodeOf(first) === 'n3' ? 'n1' : 'n3';
    expect(await harness.engine.pinClient('web', client.key, target)).toMatchObject({ key: client.key, pinned: true });
    const pinned = await ask(harness, cookie);
    expect(nodeOf(pinned)).toBe(target);
    expect((await harness.engine.listClients({ search: client.key })).clients).toMatchObject([
      { key: client.key, node: target, pinned: true, moves: 1 },
    ]);
    const now = setCookie(pinned);
    expect(now).toBeDefined();
    for (let i = 0; i < 3; i++) expect(nodeOf(await ask(harness, `NB_SRVID=${now!}`))).toBe(target);
    await harness.engine.releaseClient('web', client.key);
    const placed = await ask(harness, `NB_SRVID=${now!}`);
    expect(setCookie(placed)).toBeDefined();
  });

  it('uses the name it is given and leaves the cookies of nodes alone', async () => {
    const node = await stage.node({
      onRequest: () => 'HTTP/1.1 200 OK\r\nSet-Cookie: app=1\r\nSet-Cookie: b=2; Path=/\r\nContent-Length: 0\r\n\r\n',
    });
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: [node.address], stickiness: { type: 'http_cookie', cookieName: 'lb' } }],
    });
    const answer = await ask(harness);
    expect(setCookie(answer, 'lb')).toBeDefined();
    expect(values(answer.fields, 'set-cookie').filter((v) => !v.startsWith('lb='))).toEqual(['app=1', 'b=2; Path=/']);
  });

  it('survives a broken Cookie field', async () => {
    const { harness } = await three(cookieSticky);
    for (const cookie of [';;;', '=', 'NB_SRVID', 'NB_SRVID=;NB_SRVID=', '\xff\xfe', 'a'.repeat(5000), `${';'.repeat(3000)}NB_SRVID=x`]) {
      expect((await ask(harness, cookie)).status).toBe(200);
    }
  });
});

describe('by address', () => {
  const table = (more: Record<string, unknown> = {}) => ({ stickiness: { type: 'table', ...more } });

  it('holds over connections, under the bare address', async () => {
    const { harness } = await three(table());
    const first = nodeOf(await ask(harness));
    for (let i = 0; i < 6; i++) expect(nodeOf(await ask(harness))).toBe(first);
    const { total, clients } = await harness.engine.listClients({ pool: 'web' });
    expect(total).toBe(1);
    expect(clients[0]).toMatchObject({ key: '127.0.0.1', kind: 'address', node: first, requests: 7 });
    expect((await harness.node(first)).stickyClients).toBe(1);
  });

  it.runIf(otherAddresses)('places different addresses on different nodes', async () => {
    const { harness } = await three(table());
    const addresses = Array.from({ length: 6 }, (_, i) => `127.0.0.${i + 10}`);
    const placed: string[] = [];
    for (const address of addresses) placed.push(nodeOf(await askOnce(harness.port(), get(), 'GET', 3000, address)));
    expect([...placed].sort()).toEqual(['n1', 'n1', 'n2', 'n2', 'n3', 'n3']);
    for (const [i, address] of addresses.entries())
      expect(nodeOf(await askOnce(harness.port(), get(), 'GET', 3000, address))).toBe(placed[i]);
    expect((await harness.engine.listClients({ node: 'n1' })).total).toBe(2);
    expect((await harness.engine.listClients({ search: '0.12' })).clients.map((c) => c.key)).toEqual(['127.0.0.12']);
    expect((await harness.engine.listClients({ limit: 2, offset: 5 })).clients).toHaveLength(1);
    expect((await harness.engine.listClients({ limit: 2 })).total).toBe(6);
  });

  it('forgets an entry its time after it was added, however busy the client is', async () => {
    const { harness } = await three(table({ ttlMs: 1000 }));
    const start = performance.now();
    const first = nodeOf(await ask(harness));
    while (performance.now() - start < 800) {
      expect(nodeOf(await ask(harness))).toBe(first);
      await sleep(100);
    }
    await sleep(400);
    expect(nodeOf(await ask(harness))).not.toBe(first);
  });

  it('the log of requests names the client as the table does, also with its very first request', async () => {
    for (const sticky of [cookieSticky, table()]) {
      const { harness } = await three(sticky);
      await ask(harness);
      const { clients } = await harness.engine.listClients({});
      const { entries } = await harness.engine.listRequests({});
      expect(entries.map(({ key }) => key)).toEqual([clients[0]!.key]);
    }
  });

  it('places a released client afresh and a pinned one where it is told', async () => {
    const { harness } = await three(table());
    const first = nodeOf(await ask(harness));
    await harness.engine.releaseClient('web', '127.0.0.1');
    expect((await harness.engine.listClients({})).total).toBe(0);
    expect(nodeOf(await ask(harness))).not.toBe(first);
    await harness.engine.pinClient('web', '127.0.0.1', 'n1');
    expect(nodeOf(await ask(harness))).toBe('n1');
    await harness.engine.pinClient('web', '127.0.0.1', 'n3');
    expect(nodeOf(await ask(harness))).toBe('n3');
  });

  it('says what it does not know', async () => {
    const { harness } = await three(table());
    await ask(harness);
    const code = async (call: () => unknown) => {
      try {
        await call();
        return 'none';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(await code(() => harness.engine.pinClient('web', '127.0.0.1', 'nope'))).toBe('NODE_NOT_FOUND');
    expect(await code(() => harness.engine.pinClient('nope', '127.0.0.1', 'n1'))).toBe('POOL_NOT_FOUND');
    expect(await code(() => harness.engine.releaseClient('web', '9.9.9.9'))).toBe('CLIENT_NOT_FOUND');
    expect(await code(() => harness.engine.releaseClient('nope', '127.0.0.1'))).toBe('POOL_NOT_FOUND');
  });

  it('moves a client whose node goes away', async () => {
    const { harness, nodes } = await three(table());
    const first = nodeOf(await ask(harness));
    await nodes[Number(first[1]) - 1]!.kill();
    const moved = await ask(harness);
    expect(moved.status).toBe(200);
    expect(nodeOf(moved)).not.toBe(first);
    for (let i = 0; i < 3; i++) expect(nodeOf(await ask(harness))).toBe(nodeOf(moved));
    expect((await harness.engine.listClients({})).clients[0]).toMatchObject({ node: nodeOf(moved), moves: 1 });
  });

  it('holds for tcp sessions', async () => {
    const nodes = await Promise.all(
      ['a', 'b'].map((id) =>
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
      pools: [{ id: 'web', nodes: nodes.map((n) => n.address), stickiness: { type: 'table' } }],
    });
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const client = await stage.client(harness);
      await client.until(() => client.size > 0);
      seen.add(client.received.toString());
    }
    expect(seen.size).toBe(1);
  });
});

describe('moving the clients of a node now', () => {
  it('by cookie: each goes elsewhere with its next request, the pinned one stays, what is in flight finishes there', async () => {
    const facts: JournalFact[] = [];
    const { harness, nodes, config } = await three(cookieSticky, { events: { fact: (fact) => facts.push(fact) } });
    const cookies = (await Promise.all(Array.from({ length: 9 }, () => ask(harness)))).map((answer) => setCookie(answer)!);
    const before = await harness.engine.listClients({ node: 'n1' });
    expect(before.total).toBe(3);
    const pinned = before.clients[0]!;
    await harness.engine.pinClient('web', pinned.key, 'n1');
    const drained = {
      pools: [{ ...config.pools[0]!, nodes: nodes.map((n, i) => ({ address: n.address, mode: i === 0 ? 'drain' : 'accept' })) }],
    };
    await harness.apply(drained);
    // Draining keeps them: a request that is still at the node when they are moved.
    const homes = await Promise.all(cookies.map(async (cookie) => ({ cookie, node: nodeOf(await ask(harness, `NB_SRVID=${cookie}`)) })));
    const atFirst = homes.filter((home) => home.node === 'n1').map((home) => home.cookie);
    expect(atFirst).toHaveLength(3);
    const answerNow = nodes[0]!.handlers.onRequest!;
    nodes[0]!.handlers.onRequest = async (request, connection) => {
      await sleep(150);
      return answerNow(request, connection);
    };
    const inFlight = ask(harness, `NB_SRVID=${atFirst[1]!}`);
    await sleep(40);

    expect(await harness.engine.moveClients('web', 'n1')).toEqual({ moved: 2 });
    expect((await harness.engine.listClients({ node: 'n1' })).clients.map((c) => c.key)).toEqual([pinned.key]);
    expect((await inFlight).status).toBe(200);
    const after = await Promise.all(atFirst.map((cookie) => ask(harness, `NB_SRVID=${cookie}`)));
    expect(after.filter((answer) => nodeOf(answer) === 'n1')).toHaveLength(1);
    expect(after.filter((answer) => setCookie(answer) !== undefined)).toHaveLength(2);
    const moves = facts.filter((fact) => fact.kind === 'client.moved');
    expect(moves.map((fact) => [fact.from, fact.reason])).toEqual([
      ['n1', 'n1 was drained'],
      ['n1', 'n1 was drained'],
    ]);
    // Nobody is left to be moved but the pinned one.
    expect(await harness.engine.moveClients('web', 'n1')).toEqual({ moved: 0 });
  });

  it('by table: the address is placed afresh, and unknown pools and nodes are named', async () => {
    const facts: JournalFact[] = [];
    const { harness, nodes, config } = await three({ stickiness: { type: 'table' } }, { events: { fact: (fact) => facts.push(fact) } });
    const home = nodeOf(await ask(harness));
    expect(nodeOf(await ask(harness))).toBe(home);
    await harness.apply({
      pools: [
        { ...config.pools[0]!, nodes: nodes.map((n, i) => ({ address: n.address, mode: `n${i + 1}` === home ? 'drain' : 'accept' })) },
      ],
    });
    expect(nodeOf(await ask(harness))).toBe(home);
    expect(await harness.engine.moveClients('web', home)).toEqual({ moved: 1 });
    const next = nodeOf(await ask(harness));
    expect(next).not.toBe(home);
    expect(facts.filter((fact) => fact.kind === 'client.moved')).toMatchObject([{ client: '127.0.0.1', from: home, to: next }]);
    await expect(async () => harness.engine.moveClients('web', 'nope')).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
    await expect(async () => harness.engine.moveClients('nope', home)).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' });
  });
});
