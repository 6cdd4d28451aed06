import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { sleep } from '../../support/wait.ts';
import { startNode, type TestNode } from '../headless/nodes.ts';
import { fetchOnce } from '../headless/program.ts';
import { openWindow, type WindowStage } from './window-stage.ts';

// Numbers on the screens beside those of counters outside: the nodes' own, and the clients' own.

const clientCount = 9;
const rounds = 20;
/** Below the rate from which only a part is recorded. */
const pauseMs = 11;

interface Seen {
  /** Requests that reached the node. */
  requests: number;
  /** Of them, those it answered with 500 or not at all. */
  failed: number;
}
interface Browser {
  cookie: string;
  /** As the table of clients has it: the cookie begins with it. */
  key: string;
  node: string;
  moves: number;
  requests: number;
}

const seen = new Map<string, Seen>();
const clients: Browser[] = [];
const statuses = new Map<number, number>();
let retried = 0;
let nodes: TestNode[];
let stage: WindowStage;
let port: number;

// The screens ask once a second, and the machine may be busy.
vi.setConfig({ expect: { poll: { timeout: 8_000 } } });

beforeAll(async () => {
  nodes = await Promise.all(
    ['a', 'b', 'c'].map((name) => {
      const count: Seen = { requests: 0, failed: 0 };
      seen.set(name, count);
      return startNode(name, (request: IncomingMessage, response: ServerResponse) => {
        count.requests++;
        const status = request.url === '/fails' ? 500 : request.url === '/never' ? 501 : 200;
        const breaks = request.url === '/flaky' && name === 'a';
        if (breaks || status === 500) count.failed++;
        if (breaks) request.socket.destroy();
        // Each of its requests comes on a connection of its own: one kept open may break by chance and is asked again unseen.
        else response.writeHead(status, name === 'a' ? { Connection: 'close' } : {}).end(name);
      });
    }),
  );
  port = await freePort();
  stage = await openWindow({
    version: 1,
    listeners: [{ id: 'web', name: 'Web', port, protocol: 'http', pool: 'web' }],
    pools: [
      {
        id: 'web',
        name: 'Web',
        stickiness: { type: 'http_cookie' },
        healthCheck: { type: 'none' },
        passiveCheck: { enabled: false },
        nodes: nodes.map((node) => ({ id: node.name, address: `127.0.0.1:${node.port}` })),
      },
    ],
  });
}, 60_000);
afterAll(async () => {
  await stage?.close();
  await Promise.all(nodes.map((node) => node.close()));
});

/** One request of a client, counted from outside. */
async function ask(client: Browser, path: string): Promise<void> {
  const before = seen.get('a')!.requests;
  const reply = await fetchOnce(port, path, client.cookie === '' ? {} : { Cookie: `NB_SRVID=${client.cookie}` });
  statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
  const given = /^NB_SRVID=([^;]+)/.exec([reply.headers['set-cookie'] ?? ''].flat()[0] ?? '')?.[1];
  if (given !== undefined) {
    client.cookie = given;
    client.key = Buffer.from(given, 'base64url').toString('hex', 0, 6);
  }
  client.requests++;
  if (client.node !== '' && client.node !== reply.text) client.moves++;
  client.node = reply.text;
  if (path === '/flaky' && seen.get('a')!.requests > before) retried++;
  await sleep(pauseMs);
}

it('Live, Traffic, Requests and Clients say what was seen outside, to the last request', { timeout: 90_000 }, async () => {
  const { page, go } = stage;
  for (let i = 0; i < clientCount; i++) clients.push({ cookie: '', key: '', node: '', moves: 0, requests: 0 });
  for (let round = 0; round < rounds; round++)
    for (const [i, client] of clients.entries()) {
      const at = (round * clientCount + i) % 20;
      // Who is on the node that breaks is sent elsewhere; one of them stays away from it, so that it has one left.
      await ask(client, at === 7 ? '/fails' : at === 13 ? '/never' : round === 12 && i > 3 ? '/flaky' : `/page?${round}`);
    }
  const asked = clientCount * rounds;
  const count = (status: number) => statuses.get(status) ?? 0;
  expect(count(200) + count(500) + count(501)).toBe(asked);
  expect(retried).toBeGreaterThan(0);
  expect([...seen.values()].reduce((sum, one) => sum + one.requests, 0)).toBe(asked + retried);
  expect(clients.reduce((sum, client) => sum + client.moves, 0)).toBe(retried);

  // Live: what is counted of the listener and each node, and who is where.
  const fact = (name: string) =>
    page.locator('aside.inspector dt').getByText(name, { exact: true }).locator('xpath=following-sibling::dd[1]');
  await go('#/live/listener/web');
  await expect.poll(() => fact('Requests').innerText()).toBe(String(asked));
  expect(await fact('Errors').innerText()).toBe(`${count(500)} seen by clients`);
  expect(await fact('Retried').innerText()).toBe(`${retried} on another node`);
  for (const [name, one] of seen) {
    await go(`#/live/node/web/${name}`);
    await expect.poll(() => fact('Errors').innerText()).toBe(`${one.failed} of ${one.requests} requests`);
    const here = clients.filter((client) => client.node === name).length;
    const group = page.locator(`[data-group="web/${name}"]`);
    await expect.poll(() => group.getAttribute('aria-label')).toBe(`${here} clients on ${name}`);
    await expect.poll(() => group.locator('[data-client]').count()).toBe(here);
    expect(await page.locator(`article[data-node="web/${name}"]`).innerText()).toContain(`${here} sticky`);
  }

  // Traffic: sums of all steps, whichever.
  const sums = page.getByText(/ in all$/);
  for (const range of ['1h', '15min', '24h']) {
    await go(`#/traffic/${range}`);
    await expect.poll(() => sums.innerText()).toBe(`${asked} requests, ${count(500)} errors in all`);
  }

  // Requests: all of them, by status, node and retry.
  await go('#/requests');
  await page.getByText('every request recorded').waitFor();
  const foot = page.getByText(/Since the engine started/);
  await expect.poll(() => foot.innerText()).toBe(`Newest ${asked}. Since the engine started ${asked} requests`);
  const matching = async () => Number(/^Newest (\d+) that match/.exec(await foot.innerText())?.[1] ?? '-1');
  const status = page.getByLabel(/^Status/);
  for (const code of [500, 501]) {
    await status.fill(String(code));
    await expect.poll(matching).toBe(count(code));
  }
  await status.fill('2xx');
  await expect.poll(matching).toBe(count(200));
  await status.fill('');
  await page.getByRole('button', { name: 'Retried only' }).click();
  await expect.poll(matching).toBe(retried);
  expect(await page.getByText('retried 1×').count()).toBe(retried);
  await page.getByRole('button', { name: 'Retried only' }).click();
  for (const [name, one] of seen) {
    await page.getByLabel('Filter by node').selectOption({ label: `Node: ${name}` });
    // A node's own count has those it failed and another made good.
    await expect.poll(matching).toBe(one.requests - (name === 'a' ? retried : 0));
  }

  // Clients: each by its key, on its node, with its moves and requests.
  await go('#/clients');
  await page.getByText(`${clientCount} sticky`).waitFor();
  for (const client of clients) {
    const cells = page.getByRole('row').filter({ hasText: client.key }).getByRole('cell');
    const texts = await cells.allInnerTexts();
    expect([texts[0], texts[2], Number(texts[4]), Number(texts[6])]).toEqual([client.key, client.node, client.moves, client.requests]);
  }
  await page.getByRole('button', { name: 'Moved only' }).click();
  await page.getByText(`${clients.filter((client) => client.moves > 0).length} found`).waitFor();
  expect(stage.errors).toEqual([]);
});
