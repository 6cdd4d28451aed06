import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../shared/model/config.ts';
import { useScreens } from './open-screens.ts';
import { axeProblemsInBothThemes, type OpenOptions } from './screens-harness.ts';

const web = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [
    {
      id: 'web',
      name: 'Web',
      stickiness: { type: 'http_cookie' },
      healthCheck: { type: 'http', path: '/healthz', intervalMs: 10_000, timeoutMs: 3_000, attempts: 3, rise: 3 },
      nodes: ['a', 'b', 'c'].map((id, i) => ({ id, label: `api-${i + 1}`, address: `127.0.0.1:900${i + 1}` })),
    },
  ],
};
const world = { fake: { config: web, clients: { web: 36 }, rates: { web: 142 } } } satisfies OpenOptions;

const open = useScreens(world);

const running = (page: Page) => page.evaluate<Config>(() => window.fake.handlers['config.get']({}));
const applyButton = (page: Page) => page.getByRole('button', { name: /^Apply/ });

/** Presses Tab until the thing with this accessible name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const focused = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement)) return '';
      const group =
        at instanceof HTMLInputElement && at.type === 'radio' ? at.closest('[role=radiogroup]')?.getAttribute('aria-label') : undefined;
      const label = at instanceof HTMLInputElement || at instanceof HTMLSelectElement ? at.labels?.[0]?.textContent : undefined;
      return group ?? at.getAttribute('aria-label') ?? label ?? at.textContent ?? '';
    });
    if (focused === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to "${name}".`);
}

describe('the pool editor', () => {
  it('is worked with the keyboard alone, and Apply sends the whole configuration', async () => {
    const page = await open('#/pools/web');
    await page.getByLabel('Interval').waitFor();
    await tabTo(page, 'Interval');
    await page.keyboard.type('5');
    await tabTo(page, 'Failures to go down');
    await page.keyboard.type('2');
    await page.getByText('A dead node is noticed within about 13 s').waitFor();
    await tabTo(page, 'Mode of api-3');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByText('Interval 10 to 5 s, failures 3 to 2, api-3 to Backup').waitFor();
    await tabTo(page, 'Apply 3 changes');
    await page.keyboard.press('Enter');
    await page.getByText('3 changes applied').waitFor();
    const config = await running(page);
    expect(config.pools[0]!.healthCheck).toMatchObject({ intervalMs: 5_000, timeoutMs: 3_000, attempts: 2 });
    expect(config.pools[0]!.nodes.map((node) => node.mode)).toEqual(['accept', 'accept', 'backup']);
    expect(config.listeners).toHaveLength(1);
  });

  it('says a mistake beside its field and holds Apply back until it is mended', async () => {
    const page = await open('#/pools/web');
    const weight = page.getByLabel('Weight of api-2');
    await weight.fill('300');
    await expect.poll(() => weight.getAttribute('aria-invalid')).toBe('true');
    const noteId = await weight.getAttribute('aria-describedby');
    const note = page.locator(`[id="${noteId}"]`);
    expect(await note.textContent()).toBe('Weight must be 1 to 255. 300 is too high.');
    const [field, words] = [await weight.boundingBox(), await note.boundingBox()];
    expect(Math.abs(words!.x - field!.x)).toBeLessThan(12);
    expect(words!.y - (field!.y + field!.height)).toBeLessThan(16);
    expect(await applyButton(page).isDisabled()).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Sections' }).textContent()).toContain('1 to fix');

    await page.getByLabel('Interval').focus();
    await page.getByRole('button', { name: '1 field to fix first' }).click();
    await expect.poll(() => weight.evaluate((one) => one === document.activeElement)).toBe(true);
    await weight.fill('200');
    await applyButton(page).click();
    await page.getByText('1 change applied').waitFor();
    expect((await running(page)).pools[0]!.nodes[1]!.weight).toBe(200);
  });

  it('keeps what was typed over a switch of screens, also what is no number, until Discard', async () => {
    const page = await open('#/pools/web');
    await page.getByLabel('Interval').fill('abc');
    await page.getByRole('link', { name: 'Lab' }).click();
    await page.getByRole('heading', { name: 'Lab', exact: true }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Interval').inputValue()).toBe('abc');
    await page.getByText('“abc” is not a number.').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await page.getByLabel('Interval').inputValue()).toBe('10');
    expect(await page.getByRole('region', { name: 'Changes' }).count()).toBe(0);
    expect((await running(page)).pools[0]!.healthCheck.intervalMs).toBe(10_000);
  });

  it('puts its changes on top of those made elsewhere', async () => {
    const page = await open('#/pools/web');
    await page.getByLabel('Interval').fill('5');
    await page.evaluate(async () => {
      await window.fake.handlers['node.setMode']({ pool: 'web', node: 'b', mode: 'drain' });
      window.fake.emit('config.changed', { changed: ['pools.web.nodes.b'] });
    });
    const alert = page.getByRole('alert');
    await alert.getByText('api-2 to Drain').waitFor();
    expect(await applyButton(page).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Keep my changes on top' }).click();
    await applyButton(page).click();
    await page.getByText('1 change applied').waitFor();
    const pool = (await running(page)).pools[0]!;
    expect([pool.healthCheck.intervalMs, pool.nodes[1]!.mode]).toEqual([5_000, 'drain']);
  });

  it('never applies over a change it was not told of', async () => {
    const page = await open('#/pools/web');
    await page.getByLabel('Interval').fill('5');
    await page.evaluate(() => window.fake.handlers['node.setMode']({ pool: 'web', node: 'b', mode: 'drain' }));
    await applyButton(page).click();
    await page.getByRole('alert').getByText('api-2 to Drain').waitFor();
    expect((await running(page)).pools[0]!.healthCheck.intervalMs).toBe(10_000);
  });

  it('shows what the control plane finds wrong by its field until the field changes', async () => {
    const page = await open('#/pools/web');
    await page.evaluate(() => {
      window.fake.handlers['config.apply'] = () => {
        throw new window.ContractError('CONFIG_INVALID', 'The configuration has a mistake.', [
          { path: 'pools[0].nodes[0].address', message: 'leads nowhere' },
        ]);
      };
    });
    await page.getByLabel('Interval').fill('5');
    await applyButton(page).click();
    await page.getByText('Address leads nowhere.').waitFor();
    expect(await page.getByLabel('Address of api-1').getAttribute('aria-invalid')).toBe('true');
    await page.getByText('Nothing was applied.').waitFor();
    await page.getByLabel('Address of api-1').fill('127.0.0.1:9009');
    expect(await page.getByText('Address leads nowhere.').count()).toBe(0);
    expect(await applyButton(page).isDisabled()).toBe(false);
  });

  it('adds and removes nodes, one by one and pasted', async () => {
    const page = await open('#/pools/web');
    await page.getByRole('button', { name: 'Add a node' }).click();
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).labels?.[0]?.textContent))
      .toBe('Address of node-4');
    await page.keyboard.type('10.0.0.4:80');
    await page.getByRole('button', { name: 'Paste several addresses' }).click();
    await page.getByLabel('Addresses').fill('3000, https://b.test');
    await page.getByRole('button', { name: 'Add 2 nodes' }).click();
    await page.getByRole('button', { name: 'Remove api-1' }).click();
    await applyButton(page).click();
    await page.getByText(/changes applied/).waitFor();
    const nodes = (await running(page)).pools[0]!.nodes;
    expect(nodes.map((node) => [node.address, node.tls])).toEqual([
      ['127.0.0.1:9002', false],
      ['127.0.0.1:9003', false],
      ['10.0.0.4:80', false],
      ['127.0.0.1:3000', false],
      ['b.test:443', true],
    ]);
  });

  it('tries a check of the form as it stands and sets a preset', async () => {
    const page = await open('#/pools/web');
    await page.getByRole('radio', { name: 'Demo fast' }).check();
    await page.getByText('A dead node is noticed within about 2.5 s').waitFor();
    await page.getByLabel('Address of api-1').fill('10.9.9.9:1');
    await page.getByRole('button', { name: 'Test api-1' }).click();
    await page.getByText('Passed: HTTP 200 from 10.9.9.9:1 in 4 ms').first().waitFor();
    expect((await running(page)).pools[0]!.nodes[0]!.address).toBe('127.0.0.1:9001');
  });

  it('does not delete a pool a listener uses, and adds and deletes another', async () => {
    const page = await open('#/pools/web');
    expect(await page.getByRole('button', { name: 'Delete this pool' }).isDisabled()).toBe(true);
    await page.getByText('Listener Web uses it.').waitFor();
    await page.goto(`${page.url().split('#')[0]}#/pools`);
    await page.getByRole('button', { name: 'Add a pool' }).click();
    await page.keyboard.press('Enter');
    await page.getByText('Give it a name').waitFor();
    await page.getByLabel('Name').fill('Second one');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Second one' }).waitFor();
    await page.getByRole('button', { name: 'Delete this pool' }).click();
    expect(await page.getByRole('region', { name: 'Changes' }).count()).toBe(0);
  });
});

describe('listeners', () => {
  it('puts one address in front of servers: a pool and a listener in one go', async () => {
    const page = await open('#/listeners/new', {});
    await page.getByRole('button', { name: 'Open the address' }).click();
    await page.getByText('Name at least one server').waitFor();
    await page.getByLabel('Your servers').fill('3000, 3001\nlocalhost:3002');
    await page.getByRole('button', { name: 'Open the address' }).click();
    await expect.poll(async () => (await running(page)).listeners.length).toBe(1);
    const config = await running(page);
    expect(config.listeners[0]).toMatchObject({ id: 'web', port: 8080, protocol: 'http', pool: 'web', host: '127.0.0.1' });
    expect(config.pools[0]!.nodes.map((node) => node.address)).toEqual(['127.0.0.1:3000', '127.0.0.1:3001', 'localhost:3002']);
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/live');
  });

  it('says that a port is taken at the port', async () => {
    const page = await open('#/listeners/web');
    await page.evaluate(() => {
      window.fake.handlers['config.apply'] = () => {
        throw new window.ContractError('LISTENER_BIND_FAILED', 'Port 8081 is used by another program (node, pid 4121). Use 8082?');
      };
    });
    await page.getByLabel('Port').fill('8081');
    await applyButton(page).click();
    const port = page.getByLabel('Port');
    await expect.poll(() => port.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(`[id="${await port.getAttribute('aria-describedby')}"]`).textContent()).toContain('node, pid 4121');
    expect((await running(page)).listeners[0]!.port).toBe(8080);
  });
});

describe('clients', () => {
  it('pins one to a node, shows its history and unsticks it', async () => {
    const page = await open('#/clients');
    const first = page.getByRole('row').nth(1).getByRole('link');
    const key = (await first.textContent())!;
    await first.click();
    const inspector = page.getByRole('complementary', { name: `Client ${key}` });
    await inspector.getByRole('radio', { name: 'api-3' }).click();
    await inspector.getByText('Pinned to api-3').waitFor();
    await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('pinned');
    // Without its pin it stays where it is.
    await inspector.getByRole('radio', { name: 'Not pinned' }).click();
    await inspector.getByText('Pin taken off, stays on api-3').waitFor();
    await expect.poll(() => page.getByRole('row').nth(1).textContent()).not.toContain('pinned');
    expect(await page.getByRole('row').nth(1).textContent()).toContain('api-3');
    await inspector.getByRole('button', { name: 'Unstick' }).click();
    await inspector.getByText('not in the table now').waitFor();
    await page.getByText('35 sticky').waitFor();
  });

  it('finds and filters on the other side', async () => {
    const page = await open('#/clients');
    await page.getByLabel('Filter by node').selectOption({ label: 'Node: api-2' });
    await page.getByText(/found/).waitFor();
    const cells = page.locator('tbody tr td:nth-child(3)');
    await expect.poll(async () => [...new Set(await cells.allTextContents())]).toEqual(['api-2']);
    await page.getByLabel('Search by cookie client or address').fill('zzz');
    await page.getByText('No client matches').waitFor();
  });

  it('is pinned by keys alone: passing a node pins nothing', async () => {
    const page = await open('#/clients');
    await page.getByRole('row').nth(1).waitFor();
    await page.getByRole('region', { name: 'Clients' }).focus();
    await page.keyboard.press('ArrowDown');
    const inspector = page.getByRole('complementary');
    await inspector.getByRole('radio', { name: 'api-3' }).waitFor();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Not pinned');
    const key = (await page.evaluate(() => location.hash)).split('/').at(-1)!;
    const pinnedTo = () =>
      page.evaluate((one) => window.fake.client.request('clients.list', { key: one }).then((a) => a.clients[0]!.pinnedTo), key);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('api-3');
    expect(await pinnedTo()).toBe(null);
    await page.keyboard.press('Space');
    await expect.poll(pinnedTo).toBe('c');
    await inspector.getByText('Pinned to api-3').waitFor();
  });

  it('sorts and filters in the engine, says why a client is where it is, and finds it on the map', async () => {
    const page = await open('#/clients');
    await page.getByRole('row').nth(1).waitFor();
    const column = async (n: number) => (await page.locator(`tbody tr td:nth-child(${n})`).allTextContents()).filter((text) => text !== '');
    // By their keys, and so they stay: the engine's own order changes with each request.
    const keys = await column(1);
    expect(keys).toEqual(keys.toSorted());
    expect(await page.getByRole('columnheader', { name: 'Client' }).getAttribute('aria-sort')).toBe('ascending');
    const head = page.getByRole('columnheader', { name: 'Requests' });
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const numbers = async () => (await column(7)).map((text) => Number(text.replaceAll(',', '')));
    const isSorted = async (sign: number) => {
      const all = await numbers();
      return all.length > 10 && all.every((n, i) => i === 0 || sign * (n - all[i - 1]!) >= 0);
    };
    await expect.poll(() => isSorted(-1)).toBe(true);
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => isSorted(1)).toBe(true);
    expect(await head.getAttribute('aria-sort')).toBe('ascending');

    await page.getByRole('button', { name: 'Moved only' }).click();
    await page.getByText('No client matches').waitFor();
    await page.evaluate(() => window.fake.client.request('node.setMode', { pool: 'web', node: 'a', mode: 'reject' }));
    await expect.poll(() => page.locator('tbody tr').count(), { timeout: 5_000 }).toBeGreaterThan(3);
    const row = page.getByRole('row').nth(1).getByRole('link');
    const key = (await row.textContent())!;
    await row.click();
    const inspector = page.getByRole('complementary', { name: `Client ${key}` });
    await inspector.getByText('It came from api-1: api-1 rejects.').waitFor();
    await inspector.getByText('Moved from api-1 to').waitFor();
    await inspector.getByRole('link', { name: 'Find on the map' }).click();
    await page.locator(`[data-client="web/${key}"]`).waitFor();
    expect(await page.locator(`[data-client="web/${key}"]`).getAttribute('aria-current')).toBe('true');
    expect(await page.locator('[aria-current=true][data-client]').count()).toBe(1);
  });

  it('fits a small window with a client open', async () => {
    const page = await open('#/clients', { ...world, size: { width: 1024, height: 700 } });
    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.getByRole('complementary').getByText('Why it is on').waitFor();
    const table = page.getByRole('region', { name: 'Clients' });
    expect(await table.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
    for (const head of await page.getByRole('columnheader').all())
      expect(await head.evaluate((one) => one.scrollWidth <= one.clientWidth), await head.innerText()).toBe(true);
  });

  it('shows the clients of one node when it is asked for them', async () => {
    const page = await open('#/clients/on/web/b');
    await page.getByText(/found/).waitFor();
    await expect.poll(async () => [...new Set(await page.locator('tbody tr td:nth-child(3)').allTextContents())]).toEqual(['api-2']);
  });

  it('stays small in the page with a hundred thousand', async () => {
    const page = await open('#/clients');
    await page.evaluate(() => {
      window.fake.handlers['clients.list'] = ({ offset = 0, limit = 100 }) => ({
        total: 100_000,
        clients: Array.from({ length: Math.min(limit, 100_000 - offset) }, (_, i) => ({
          pool: 'web',
          key: `client-${offset + i}`,
          kind: 'cookie' as const,
          node: 'a',
          since: Date.now(),
          lastSeen: Date.now(),
          moves: 0,
          requests: 1,
          requestsPerSecond: 0,
          pinned: false,
          pinnedTo: null,
          how: 'chosen:turn' as const,
          from: null,
          reason: null,
          expiresAt: null,
        })),
      });
    });
    await page.getByText('100,000 sticky').waitFor();
    const table = page.getByRole('region', { name: 'Clients' });
    await table.evaluate((one) => one.scrollTo({ top: one.scrollHeight }));
    await page.getByText('client-99999', { exact: true }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(80);
    await table.evaluate((one) => one.scrollTo({ top: 0 }));
    await page.getByText('client-0', { exact: true }).waitFor();
    await table.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/clients/web/client-1');
  });
});

describe('lab and settings', () => {
  it('starts the demo, pulls a plug, sets clients and ends it', async () => {
    const page = await open('#/lab', {});
    await page.getByRole('button', { name: 'Start the demo' }).click();
    await page.getByRole('button', { name: 'Kill demo-2' }).click();
    await page.getByRole('button', { name: 'Revive demo-2' }).waitFor();
    await page.getByRole('textbox', { name: 'Clients' }).fill('40');
    await expect.poll(() => page.evaluate(async () => (await window.fake.handlers['lab.get']({})).clients.count)).toBe(40);
    await page.getByRole('textbox', { name: 'Clients' }).fill('4000');
    await page.getByText('0 to 1,000.').waitFor();
    await page.getByRole('button', { name: 'End the demo' }).click();
    await page.getByText('The demo is not running').waitFor();
  });

  it('changes the theme at once', async () => {
    const page = await open('#/settings');
    await page.getByRole('radio', { name: 'Light' }).check();
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
    await page.getByText('Evenkeel 0.1.0').waitFor();
  });
});

type View = [name: string, hash: string, act?: (page: Page) => Promise<void>];

describe('in both themes', () => {
  /** One page for all views of one world: a page load costs more than all that is looked at in it. */
  async function look(options: OpenOptions, views: View[]): Promise<void> {
    const page = await open('#/settings', options);
    const problems: string[] = [];
    for (const [name, hash, act] of views) {
      await page.evaluate((next) => {
        location.hash = next;
      }, hash);
      await page.locator('main h1').waitFor();
      await page.waitForTimeout(250);
      await act?.(page);
      problems.push(...(await axeProblemsInBothThemes(page)).map((problem) => `${name}: ${problem}`));
    }
    expect(problems).toEqual([]);
  }

  it(
    'axe finds nothing wrong with screens that have something to show',
    () =>
      look(world, [
        ['settings', '#/settings'],
        ['pools', '#/pools'],
        ['listeners', '#/listeners'],
        [
          'clients',
          '#/clients',
          async (page) => {
            await page.getByRole('row').nth(2).getByRole('link').click();
            await page.getByRole('complementary').waitFor();
          },
        ],
        [
          'a pool with an error and options open',
          '#/pools/web',
          async (page) => {
            await page.getByLabel('Weight of api-2').fill('300');
            await page.getByRole('button', { name: 'More options of api-1' }).click();
            await page.getByRole('switch', { name: 'TLS to the node' }).check();
            await page.getByRole('button', { name: 'Paste several addresses' }).click();
          },
        ],
        [
          'a listener with errors',
          '#/listeners/web',
          async (page) => {
            await page.getByRole('radio', { name: 'HTTPS' }).check();
            await page.getByRole('button', { name: 'Add a certificate' }).click();
            await page.getByRole('button', { name: 'Add the certificate' }).click();
          },
        ],
      ]),
    40_000,
  );

  it(
    'axe finds nothing wrong with screens that are empty',
    () =>
      look({}, [
        ['no pools', '#/pools'],
        ['no listeners', '#/listeners'],
        ['the guided form', '#/listeners/new'],
        ['no clients', '#/clients'],
        ['the lab at rest', '#/lab'],
        [
          'the lab running',
          '#/lab',
          async (page) => {
            await page.getByRole('button', { name: 'Start the demo' }).click();
            await page.getByRole('button', { name: 'Kill demo-2' }).waitFor();
          },
        ],
      ]),
    40_000,
  );
});
