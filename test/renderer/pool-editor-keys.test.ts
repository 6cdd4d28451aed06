import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Config } from '../../shared/model/config.ts';
import { useScreens } from './open-screens.ts';

// Every field of the pool editor, and a mode change taken back, with keys alone: no pointer, no focus given by the test.

const authority = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

const open = useScreens({
  fake: {
    config: {
      version: 1,
      listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
      pools: [{ id: 'web', name: 'Web', stickiness: { type: 'table' }, nodes: [{ id: 'a', label: 'api-1', address: '127.0.0.1:9001' }] }],
    },
    clients: { web: 12 },
  },
});

const running = (page: Page) => page.evaluate<Config>(() => window.fake.handlers['config.get']({}));

/** What the thing with the focus is called: its group's name for a radio button, else its own. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement)) return '';
    const group = at.matches('[type=radio], [role=radio]') ? at.closest('[role=radiogroup]')?.getAttribute('aria-label') : undefined;
    const labels =
      at instanceof HTMLInputElement || at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement ? at.labels : undefined;
    return group ?? at.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? at.textContent ?? '';
  });

/** What a hand does with the keyboard alone. */
function keysOf(page: Page) {
  const { keyboard } = page;
  const tabTo = async (name: string, back = false) => {
    const seen: string[] = [];
    for (let i = 0; i < 160; i++) {
      const at = await focused(page);
      if (at === name) return;
      seen.push(at);
      await keyboard.press(back ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`Tab never came to "${name}", but to: ${seen.slice(0, 60).join(' | ')}`);
  };
  const type = async (name: string, text: string) => {
    await tabTo(name);
    await keyboard.press('Control+a');
    await keyboard.type(text);
  };
  const press = async (name: string, key = 'Enter') => {
    await tabTo(name);
    await keyboard.press(key);
  };
  /** Opens a list and goes through it until the choice has the focus. */
  const choose = async (name: string, choice: string) => {
    await press(name, 'Space');
    await keyboard.press('Home');
    for (let i = 0; i < 10 && (await focused(page)) !== choice; i++) await keyboard.press('ArrowDown');
    expect(await focused(page)).toBe(choice);
    await keyboard.press('Enter');
  };
  const right = async (name: string, times: number) => {
    await tabTo(name);
    for (let i = 0; i < times; i++) await keyboard.press('ArrowRight');
  };
  /** All changes at once, by the bar's button. */
  const apply = async () => {
    for (let i = 0; i < 160 && !(await focused(page)).startsWith('Apply '); i++) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.getByText(/\d+ changes? applied$/).waitFor();
  };
  return { tabTo, type, press, choose, right, apply };
}

it('every field, all nodes, Apply, and then a mode change taken back', { timeout: 90_000 }, async () => {
  const page = await open('#/pools/web');
  const { keyboard } = page;
  await page.getByLabel('Interval').waitFor();
  const before = await running(page);
  const { tabTo, type, press, choose, right, apply } = keysOf(page);

  // A preset is where one begins; each of its fields is then set by itself.
  await press('Preset of the health check', 'Space');
  await right('Preset of the health check', 1);
  await page.getByText('A dead node is noticed within about 2.5 s').waitFor();

  await type('Name', 'Shop');
  await choose('Algorithm', 'Least connections');

  // By address and its fields, then by cookie and its own.
  await type('An entry lasts', '45');
  await type('Remember at most', '5000');
  await tabTo('A client comes back to its node', true);
  await keyboard.press('ArrowRight');
  await type('Cookie name', 'SHOP_ID');

  await choose('Check', 'HTTP and body');
  await choose('Method', 'HEAD');
  await type('Path', '/ready');
  await type('Interval', '4');
  await type('Timeout', '1.5');
  await type('Failures to go down', '4');
  await type('Passes to come back', '5');
  await page.getByText('A dead node is noticed within about 17.5 s').waitFor();
  await type('Healthy statuses', '200,204');
  await type('Host', 'shop.test');
  await type('Port', '9100');
  await type('Body must match', '^ok');

  // The first node, all of it.
  await type('Name of a', 'shop-1');
  await type('Address of shop-1', '10.0.0.1:9001');
  await type('Weight of shop-1', '50');
  await right('Mode of shop-1', 2);
  await press('More options of shop-1');
  await type('Connections at most', '200');
  await press('TLS to the node', 'Space');
  await press('Verify the certificate', 'Space');
  await type('Server name', 'shop-1.test');
  await type('Authority file', 'ca.pem');

  // One more, and two pasted.
  await press('Add a node');
  await expect.poll(() => focused(page)).toBe('Address of node-2');
  await keyboard.type('10.0.0.2:9001');
  await press('More options of node-2');
  await press('TLS to the node', 'Space');
  await type('Authority (PEM)', authority);
  await press('Paste several addresses');
  await type('Addresses', '10.0.0.3:9001, https://10.0.0.4:9443, 10.0.0.5:1');
  await press('Add 3 nodes');
  await press('Remove node-5');

  await type('Retries', '3');
  await type('Connect', '2');
  await type('Answer', '30');
  await press('Keep the last node', 'Space');
  await type('Errors to go down', '7');
  await type('Within', '20');
  await type('Slow start', '15');
  // Nothing for a pool of an HTTP listener: said by its field, and taken back.
  await choose('PROXY protocol to nodes', 'Version 2 (binary)');
  await page.getByRole('button', { name: '1 field to fix first' }).waitFor();
  await choose('PROXY protocol to nodes', 'Off');

  expect(await running(page)).toEqual(before);
  await apply();
  const tls = { verify: true };
  const node = { weight: 100, mode: 'accept', tls: false, maxConnections: 0 };
  expect(await running(page)).toEqual({
    ...before,
    pools: [
      {
        id: 'web',
        name: 'Shop',
        algorithm: 'leastconn',
        stickiness: { type: 'http_cookie', ttlMs: 2_700_000, maxEntries: 5_000, cookieName: 'SHOP_ID' },
        healthCheck: {
          ...{ type: 'http_body', path: '/ready', host: 'shop.test', port: 9_100, method: 'HEAD', intervalMs: 4_000, timeoutMs: 1_500 },
          ...{ attempts: 4, rise: 5, expectStatus: '200,204', bodyPattern: '^ok' },
        },
        passiveCheck: { enabled: true, errors: 7, windowMs: 20_000 },
        proxyProtocol: 'none',
        retries: 3,
        slowStartMs: 15_000,
        keepLastNode: true,
        timeouts: { connectMs: 2_000, responseMs: 30_000 },
        nodes: [
          {
            ...{ id: 'a', label: 'shop-1', address: '10.0.0.1:9001', weight: 50, mode: 'backup', maxConnections: 200 },
            tls: { verify: false, serverName: 'shop-1.test', caFile: 'ca.pem' },
          },
          { ...node, id: 'node-2', address: '10.0.0.2:9001', tls: { ...tls, caPem: authority } },
          { ...node, id: 'node-3', address: '10.0.0.3:9001' },
          { ...node, id: 'node-4', address: '10.0.0.4:9443', tls: true },
        ],
      },
    ],
  });

  // To the map, a node drained and taken back.
  await keyboard.press('g');
  await keyboard.press('l');
  await page.locator('article[data-node="web/node-3"]').waitFor();
  const mode = async () => (await running(page)).pools[0]!.nodes[2]!.mode;
  for (let i = 0; i < 160 && !/^Mode of node-3/.test(await focused(page)); i++) await keyboard.press('Tab');
  await keyboard.press('ArrowRight');
  expect(await mode()).toBe('accept');
  await keyboard.press('Space');
  await expect.poll(mode).toBe('drain');
  await keyboard.press('Control+z');
  await expect.poll(mode).toBe('accept');
});

it('PROXY protocol to the nodes of a tcp pool', { timeout: 30_000 }, async () => {
  const page = await open('#/pools/mail', {
    fake: {
      config: {
        version: 1,
        listeners: [{ id: 'mail', port: 2525, protocol: 'tcp', pool: 'mail' }],
        pools: [{ id: 'mail', nodes: [{ id: 'a', address: '127.0.0.1:9025' }] }],
      },
    },
  });
  await page.getByLabel('Interval').waitFor();
  const before = await running(page);
  const { choose, apply } = keysOf(page);
  await choose('PROXY protocol to nodes', 'Version 1 (text)');
  await apply();
  expect(await running(page)).toEqual({ ...before, pools: [{ ...before.pools[0], proxyProtocol: 'v1' }] });
  await choose('PROXY protocol to nodes', 'Version 2 (binary)');
  await apply();
  expect(await running(page)).toEqual({ ...before, pools: [{ ...before.pools[0], proxyProtocol: 'v2' }] });
});
