import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser, newContext } from '../support/browser.ts';
import { type ServedPage, servePage } from './page/serve-page.ts';

// The screens as they are built, in a real browser, on a control plane that lives in the page.

let served: ServedPage;
let browser: Browser;
let errors: string[] = [];

beforeAll(async () => {
  [served, browser] = await Promise.all([servePage(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

afterEach(() => {
  expect(errors).toEqual([]);
  errors = [];
});

async function open(query: string, hash = '#/live', size = { width: 1280, height: 800 }): Promise<Page> {
  const context = await newContext(browser, { viewport: size });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${served.url}?${query}${hash}`);
  return page;
}

const node = (page: Page, id: string) => page.locator(`[data-node="web/${id}"]`);
const group = (page: Page, id: string) => page.locator(`[data-group="web/${id}"]`);
const chips = (page: Page, id: string) => group(page, id).locator('[data-client]');

test('every client is a chip in the lane of its node', async () => {
  const page = await open('scenario=healthy');
  await page.waitForSelector('[data-client]');
  const where = await page.evaluate(() =>
    window.fake.client
      .request('clients.list', { limit: 1_000 })
      .then(({ clients }) => clients.map((c) => ({ id: `${c.pool}/${c.key}`, lane: `${c.pool}/${c.node}` }))),
  );
  expect(where).toHaveLength(36);
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll('[data-client]')].map((chip) => ({
      id: chip.getAttribute('data-client'),
      lane: chip.closest('[data-group]')!.getAttribute('data-group'),
    })),
  );
  const sorted = <T extends { id: string | null }>(list: T[]) => list.sort((a, b) => (a.id! < b.id! ? -1 : 1));
  expect(sorted(shown)).toEqual(sorted(where));
  // Position alone says where a client is: a group shares its node's lane.
  for (const id of ['n1', 'n2', 'n3']) {
    const a = (await node(page, id).boundingBox())!;
    const b = (await group(page, id).boundingBox())!;
    expect(Math.abs(a.y + a.height / 2 - (b.y + b.height / 2))).toBeLessThan(2);
  }
  expect(await page.locator('header').innerText()).toContain('All 3 nodes up');
  await page.context().close();
});

test('a mode is set by keyboard: arrows move, Space sets, and passing a mode sets nothing', async () => {
  const page = await open('scenario=healthy');
  const modes = node(page, 'n2').getByRole('radiogroup', { name: 'Mode of api-2' });
  await modes.getByRole('radio', { name: 'Accept' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const modeNow = () =>
    page.evaluate(() => window.fake.client.request('engine.snapshot', {}).then((s) => s.pools[0]!.nodes.find((n) => n.id === 'n2')!.mode));
  expect(await modeNow()).toBe('accept');
  await page.keyboard.press('Space');
  await page.waitForSelector('[data-node="web/n2"][data-state="backup"]');
  expect(await modeNow()).toBe('backup');
  expect(await modes.getByRole('radio', { name: 'Backup' }).getAttribute('aria-checked')).toBe('true');
  await page.context().close();
});

test('a refused mode change says why in the card and changes nothing', async () => {
  const page = await open('scenario=one');
  await node(page, 'n1').getByRole('radio', { name: 'Reject' }).click();
  await node(page, 'n1').getByRole('alert').waitFor();
  expect(await node(page, 'n1').getByRole('alert').innerText()).toContain('last node that serves');
  expect(await node(page, 'n1').getByRole('radio', { name: 'Accept' }).getAttribute('aria-checked')).toBe('true');
  await page.context().close();
});

test('failover: the node says why, its clients travel, and end in the lanes of the others', async () => {
  const page = await open('scenario=healthy');
  await page.waitForSelector('[data-client]');
  const before = await chips(page, 'n2').count();
  const all = await page.locator('[data-client]').count();
  expect(before).toBeGreaterThan(5);
  await page.evaluate(() => window.fake.kill('web', 'n2'));
  await page.waitForSelector('[data-flying]');
  const card = node(page, 'n2');
  expect(await card.getAttribute('data-state')).toBe('down');
  expect(await card.innerText()).toMatch(/Down[\s\S]*2 of 2 checks timed out \(last \d\d:\d\d:\d\d\)/);
  expect(await page.locator('header').innerText()).toContain('1 of 3 nodes down');
  await page.waitForFunction(() => document.querySelectorAll('[data-flying]').length === 0);
  // One is pinned to the node and stays.
  const pinned = await page.evaluate(() =>
    window.fake.client.request('clients.list', { node: 'n2', limit: 100 }).then((answer) => answer.total),
  );
  expect(await chips(page, 'n2').count()).toBe(pinned);
  expect(await page.locator('[data-client]').count()).toBe(all);
  expect(await group(page, 'n2').innerText()).toContain(`−${before - pinned}`);
  expect(await page.locator('[aria-live=polite]').last().innerText()).toMatch(
    /api-2 is down[\s\S]*clients moved: \d+ to api-1, \d+ to api-3/,
  );
  await page.context().close();
});

test('reduced motion: nothing travels, the count still says what happened', async () => {
  const page = await open('scenario=healthy&motion=reduced');
  await page.waitForSelector('[data-client]');
  let flew = false;
  await page.exposeFunction('flew', () => (flew = true));
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('[data-flying]')) void (window as unknown as { flew: () => void }).flew();
    }).observe(document.body, { subtree: true, attributes: true, childList: true });
    window.fake.kill('web', 'n2');
  });
  await group(page, 'n2')
    .getByText(/^−\d+$/)
    .waitFor();
  expect(flew).toBe(false);
  await page.context().close();
});

test('paused: the map stands still and says so, the bar above stays live', async () => {
  const page = await open('scenario=healthy');
  await page.waitForSelector('[data-client]');
  await page.getByRole('button', { name: 'Pause the view' }).click();
  await page.getByText('View paused at').waitFor();
  await page.evaluate(() => window.fake.kill('web', 'n2'));
  await page.getByText('1 of 3 nodes down').waitFor();
  expect(await node(page, 'n2').getAttribute('data-state')).toBe('healthy');
  await page.getByRole('button', { name: 'Resume the view' }).click();
  await page.waitForSelector('[data-node="web/n2"][data-state="down"]');
  await page.context().close();
});

test('an empty balancer offers the demo; the demo says what it is and ends', async () => {
  const page = await open('scenario=empty');
  await page.getByRole('button', { name: 'Start the demo' }).click();
  await page.waitForSelector('[data-client]');
  await page.getByRole('button', { name: 'Balance my own servers' }).click();
  await page.waitForFunction(() => location.hash === '#/listeners/new');
  await page.context().close();
});

test('1,000 clients are squares, found ones are named, and the table mirrors the map', async () => {
  const page = await open('scenario=thousand');
  await page.waitForSelector('[data-group] svg path');
  expect(await page.locator('[data-client]').count()).toBeLessThan(20);
  const key = await page.evaluate(() => window.fake.client.request('clients.list', { limit: 300 }).then((a) => a.clients[250]!.key));
  await page.getByLabel('Find a client').fill(key);
  await page.locator(`[data-client$="/${key}"]`).waitFor();
  const table = page.getByRole('region', { name: 'The map as a table' });
  await table.focus();
  expect(await table.locator('tbody tr').count()).toBe(8);
  // Keys come to each client there.
  const link = table.getByRole('link', { name: new RegExp(`^${key},`) });
  await link.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Inspector' }).getByText(key, { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  // The pointer finds the one it is over: the first of a node's second row of squares is its 37th client.
  const squares = page.locator('[data-group="api/api-1"] [data-squares]');
  const box = (await squares.locator('svg').boundingBox())!;
  const scale = box.width / 180;
  await page.mouse.move(box.x + 1 * scale, box.y + 6 * scale);
  const words = await squares.locator('> span').innerText();
  expect(words).toMatch(/^[0-9a-f]{8}(, pinned)?, [\d,]+ requests, last \d\d:\d\d:\d\d$/);
  await page.mouse.click(box.x + 1 * scale, box.y + 6 * scale);
  await page.waitForFunction((hash) => location.hash === hash, `#/live/client/api/${words.slice(0, 8)}`);
  await page.locator(`[data-client="api/${words.slice(0, 8)}"][aria-current]`).waitFor();
  await page.context().close();
});

test('the ground of the map is the page’s, whoever switches the theme', async () => {
  const page = await open('scenario=healthy&theme=dark');
  await page.waitForSelector('[data-client]');
  const corner = () =>
    page.evaluate(() => {
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(document.querySelector('canvas')!, 0, 0);
      return copy.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
    });
  await expect.poll(corner).toBe('14,19,24');
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'));
  await expect.poll(corner).toBe('246,248,250');
  await page.context().close();
});

test('clients just too many to be known one by one are a square each all the same', async () => {
  const page = await open('scenario=counted');
  await page.waitForSelector('[data-squares]');
  await page.getByText('1 square = 1 client, active or idle').waitFor();
  const drawn = () =>
    page.locator('[data-squares] path').evaluateAll((all) => all.reduce((sum, p) => sum + p.getAttribute('d')!.split('M').length - 1, 0));
  await expect.poll(drawn).toBe(1_020);
  await page.locator('[data-group="web/n2"] [data-squares] svg').hover({ position: { x: 8, y: 3 } });
  await page.getByText(/^\d+ clients, \d+ of them active; a square is one$/).waitFor();
  await page.context().close();
});

test('6,000 clients are counted, so many to a square, and still found, chosen and moved truthfully', async () => {
  const page = await open('scenario=many');
  await page.waitForSelector('[data-squares]');
  await page.getByText('1 square = 10 clients, active or idle').waitFor();
  const counts = async () => {
    const labels = await page.locator('[data-group]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')!));
    return labels.map((label) => Number(/^[\d,]+/.exec(label)![0].replaceAll(',', '')));
  };
  const sum = async () => (await counts()).reduce((a, b) => a + b, 0);
  expect(await sum()).toBe(6_000);
  const drawn = () =>
    page
      .locator('[data-squares] svg')
      .evaluateAll((all) => all.map((svg) => [...svg.querySelectorAll('path')].map((p) => p.getAttribute('d')!.split('M').length - 1)));
  for (const [i, [active, idle]] of (await drawn()).entries()) {
    expect(active! + idle!).toBe(Math.ceil((await counts())[i]! / 10));
    expect(active).toBeGreaterThan(idle!);
  }
  // One is pinned, and keeps its name.
  await expect.poll(() => page.locator('[data-client]').count()).toBe(1);
  const far = await page.evaluate(() => window.fake.client.request('clients.list', { offset: 4_500, limit: 1 }).then((a) => a.clients[0]!));
  await page.getByLabel('Find a client').fill(far.key);
  await page.getByText('1 found').waitFor();
  await page.locator(`[data-client="web/${far.key}"]`).click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByText(far.key, { exact: true }).waitFor();
  await page.getByLabel('Find a client').fill('');
  await expect.poll(() => page.locator(`[data-client="web/${far.key}"][aria-current]`).count()).toBe(1);

  // A square of many leads to its node, which says why they are there.
  await page.locator('[data-group="web/n2"] [data-squares] svg').click({ position: { x: 8, y: 3 } });
  await inspector.getByText('How they came').waitFor();
  expect(await inspector.innerText()).toMatch(/By its turn\s*[\d,]+/);
  const before = (await counts())[2]!;
  await page.evaluate(() => window.fake.kill('web', 'n3'));
  await page
    .getByText(`−${before.toLocaleString('en-US')}`)
    .first()
    .waitFor({ timeout: 10_000 });
  await expect.poll(counts, { timeout: 5_000 }).toContain(0);
  await expect.poll(sum, { timeout: 5_000 }).toBe(6_000);
  await page.locator('article[data-node="web/n1"] a').first().click();
  await inspector.getByText('Moved: api-3 is down').waitFor();
  await page.context().close();
});

test('a fault that Evenkeel makes up is written over the card, and cannot pass for the node’s own', async () => {
  const page = await open('scenario=healthy');
  await node(page, 'n1').waitFor();
  await page.evaluate(() =>
    window.fake.client
      .request('engine.snapshot', {})
      .then(({ epoch, seq }) =>
        window.fake.emit('engine.patch', { epoch, seq: seq + 1, nodes: { 'web/n1': { fault: 'DEMO: answers 30 % with 503' } } }),
      ),
  );
  const tag = node(page, 'n1').getByText('DEMO: answers 30 % with 503');
  await tag.waitFor();
  const [box, card] = [(await tag.boundingBox())!, (await node(page, 'n1').boundingBox())!];
  expect(box.x).toBeGreaterThan(card.x);
  expect(box.x + box.width).toBeLessThanOrEqual(card.x + card.width);
  await page.context().close();
});

test('nothing reaches beyond its edge at 1024 × 700, with and without the inspector', async () => {
  for (const hash of ['#/live', '#/live/node/web/n1']) {
    const page = await open('scenario=healthy', hash, { width: 1024, height: 700 });
    await page.waitForSelector('[data-client]');
    await page.waitForTimeout(700);
    const clipped = await page.evaluate(() => {
      const out: string[] = [];
      // The badge of a pinned client stands over its chip's corner.
      const pinBadge = 6;
      const content = document.querySelector('[data-map]')!;
      const scroller = content.parentElement!;
      if (scroller.scrollWidth > scroller.clientWidth || scroller.scrollHeight > scroller.clientHeight + 1) out.push('the map scrolls');
      if (document.documentElement.scrollWidth > innerWidth) out.push('the page scrolls sideways');
      for (const card of document.querySelectorAll<HTMLElement>('[data-card], header > *, aside'))
        if (card.scrollWidth > card.clientWidth + (card.dataset['card']?.startsWith('group:') ? pinBadge : 1))
          out.push(card.dataset['card'] ?? card.tagName);
      return out;
    });
    expect(clipped, hash).toEqual([]);
    await page.context().close();
  }
});

test('a lost connection is said above everything and mends itself', async () => {
  const page = await open('scenario=healthy');
  await page.waitForSelector('[data-client]');
  await page.evaluate(() => window.fake.setConnected(false));
  await page.getByText('The engine does not answer.').waitFor();
  await page.evaluate(() => window.fake.setConnected(true));
  await page.getByText('The engine does not answer.').waitFor({ state: 'detached' });
  await page.context().close();
});
