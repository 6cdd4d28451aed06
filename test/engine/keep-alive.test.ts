import { describe, expect, it } from 'vitest';
import { useStage } from '../support/cleanup.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { okAnswer } from '../support/recorder-node.ts';
import { value } from '../support/strict-http.ts';
import { eventually } from '../support/wait.ts';

const stage = useStage();
const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';

describe('connections to nodes', () => {
  it('one serves a hundred requests, whatever the client connection', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    for (let i = 0; i < 50; i++) expect((await client.ask(i % 2 === 0 ? get() : post, i % 2 === 0 ? 'GET' : 'POST')).status).toBe(200);
    for (let i = 0; i < 50; i++) expect((await askOnce(harness.port(), get())).status).toBe(200);
    expect(node.accepted).toBe(1);
    expect(node.requests).toHaveLength(100);
  });

  it('no more than there are requests side by side', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const clients = await Promise.all(Array.from({ length: 10 }, () => stage.client(harness)));
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < 20; i++) await client.ask(get());
      }),
    );
    expect(node.accepted).toBeLessThanOrEqual(10);
    for (const client of clients) client.destroy();
    expect(await harness.untilQuiet()).toBe('');
    harness.stop();
    expect(await node.untilIdle()).toBe(true);
  });

  it.each([
    ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('a node that says %s is asked over a new one each time', async (_, answer) => {
    const node = await stage.node({ onRequest: () => answer });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    for (let i = 0; i < 5; i++) {
      const got = await client.ask(get());
      expect(got.status).toBe(200);
      expect(value(got.fields, 'connection')?.toLowerCase()).not.toBe('close');
    }
    expect(node.accepted).toBe(5);
    expect(await eventually(() => node.connections.filter((c) => !c.ended).length === 0)).toBe(true);
  });

  it('a stale one costs nothing: the node closes it just as the next request comes', async () => {
    const node = await stage.node();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], retries: 2 }] });
    const client = await stage.client(harness);
    for (let i = 0; i < 40; i++) {
      expect((await client.ask(get())).status).toBe(200);
      for (const connection of node.connections) {
        if (i % 2 === 0) connection.socket.end();
        else connection.socket.resetAndDestroy();
      }
    }
  });

  it('a HEAD, a 204 and a 304 leave it in order', async () => {
    const node = await stage.node({
      onRequest: (r) =>
        r.method === 'HEAD'
          ? 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n'
          : r.target === '/204'
            ? 'HTTP/1.1 204 No\r\n\r\n'
            : r.target === '/304'
              ? 'HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n'
              : okAnswer,
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address] }] });
    const client = await stage.client(harness);
    for (let i = 0; i < 5; i++) {
      expect((await client.ask('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD')).status).toBe(200);
      expect((await client.ask(get('/204'))).status).toBe(204);
      expect((await client.ask(get('/304'))).status).toBe(304);
      expect((await client.ask(get())).body.toString()).toBe('ok');
    }
    expect(node.accepted).toBe(1);
  });

  it('1,000 clients one after the other leave nothing behind', async () => {
    const nodes = await Promise.all([stage.node(), stage.node()]);
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: nodes.map((n) => n.address) }] });
    for (let i = 0; i < 50; i++) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, k) => {
          const client = await stage.client(harness);
          if (k % 4 === 0) client.write('GET / HT');
          else await client.ask(k % 3 === 0 ? post : get(), k % 3 === 0 ? 'POST' : 'GET');
          if (k % 2 === 0) client.reset();
          else client.destroy();
        }),
      );
    }
    expect(await harness.untilQuiet()).toBe('');
    expect(nodes.reduce((sum, n) => sum + n.open, 0)).toBeLessThanOrEqual(40);
    const state = await harness.snapshot();
    expect(state.pools[0]!.nodes.reduce((sum, n) => sum + n.requests, 0)).toBe(750);
    expect(state.pools[0]!.nodes.every((n) => n.errors === 0)).toBe(true);
  });
});
