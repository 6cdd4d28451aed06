import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { eventually, sleep } from '../../support/wait.ts';
import { startNode, type TestNode } from '../headless/nodes.ts';
import { fetchOnce } from '../headless/program.ts';
import { openWindow, type WindowStage } from './window-stage.ts';

// One sitting of a new user, on the real program with real servers and clients: set up from nothing, see traffic, lose a
// server, drain, undo, pin; then the same kind of things with keys alone.

let nodes: TestNode[];
let stage: WindowStage;
let port: number;

/** Browsers that ask again and again, each with its own cookie, until they are stopped. */
class Crowd {
  readonly cookies: (string | undefined)[];
  readonly nodes: string[];
  failed = 0;
  answered = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(size: number) {
    this.cookies = Array.from({ length: size }, () => undefined);
    this.nodes = Array.from({ length: size }, () => '');
  }

  start(): void {
    this.#running = Promise.all(this.cookies.map((_, i) => this.#browse(i)));
  }

  async #browse(i: number): Promise<void> {
    while (!this.#stopped) {
      const cookie = this.cookies[i];
      const reply = await fetchOnce(port, '/', cookie === undefined ? {} : { Cookie: cookie });
      this.cookies[i] = [reply.headers['set-cookie'] ?? []].flat()[0]?.split(';')[0] ?? cookie;
      this.nodes[i] = reply.text;
      if (reply.status === 200) this.answered++;
      else this.failed++;
      await sleep(150);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}

// The screens ask once a second, and the machine may be busy.
vi.setConfig({ expect: { poll: { timeout: 8_000 } } });

beforeAll(async () => {
  nodes = await Promise.all(['s1', 's2', 's3'].map((name) => startNode(name)));
  port = await freePort();
  stage = await openWindow({ version: 1 });
}, 60_000);
afterAll(async () => {
  await stage?.close();
  await Promise.all(nodes.map((node) => node.close()));
});

const hash = (page: Page) => page.evaluate(() => location.hash);

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 150; i++) {
    const focused = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement)) return '';
      const group = at.closest('[role=radiogroup]')?.getAttribute('aria-label');
      const label =
        at instanceof HTMLInputElement || at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement ? at.labels?.[0] : null;
      return group ?? at.getAttribute('aria-label') ?? label?.textContent ?? at.textContent ?? '';
    });
    if (name.test(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${String(name)}.`);
}

it('from nothing to a pinned client: configure, traffic, a dead server, drain, undo, pin', { timeout: 120_000 }, async () => {
  const { page, go, api } = stage;

  // From nothing: one address in front of three servers, by the form the first screen leads to.
  await page.getByRole('heading', { name: 'No listeners yet' }).waitFor();
  await page.getByRole('link', { name: 'Add a listener' }).click();
  await page.getByLabel('Your servers').fill(nodes.map((node) => `127.0.0.1:${node.port}`).join('\n'));
  await page.getByLabel('Port of the address').fill(String(port));
  await page.getByRole('button', { name: 'Open the address' }).click();
  await expect.poll(() => hash(page)).toBe('#/live');
  const cards = page.locator('article[data-node]');
  await expect.poll(() => cards.count()).toBe(3);
  for (const card of await cards.all()) await card.getByText('Healthy', { exact: true }).waitFor();
  const ids = await cards.evaluateAll((all) => all.map((card) => card.getAttribute('data-node')!));
  const config = (await api.call('config.get')).value;
  const pool = config.pools[0];
  const idOf = (name: string): string =>
    pool.nodes.find((node: { address: string }) => node.address === `127.0.0.1:${nodes.find((n) => n.name === name)!.port}`).id;
  expect(ids).toEqual(['s1', 's2', 's3'].map((name) => `${pool.id}/${idOf(name)}`));
  const card = (name: string) => page.locator(`article[data-node="${pool.id}/${idOf(name)}"]`);
  const chips = (name: string) => page.locator(`[data-group="${pool.id}/${idOf(name)}"] [data-client]`);

  // A dead server is to be noticed soon: the pool editor, by keys alone.
  await go(`#/pools/${pool.id}`);
  await page.getByLabel('Interval').waitFor();
  const setNumber = async (name: RegExp, text: string) => {
    await tabTo(page, name);
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
  };
  await setNumber(/^Interval$/, '0.5');
  await setNumber(/^Timeout$/, '0.3');
  await setNumber(/^Failures to go down$/, '2');
  await setNumber(/^Passes to come back$/, '1');
  await tabTo(page, /^Apply \d/);
  await page.keyboard.press('Enter');
  await page.getByText(/changes? applied$/).waitFor();
  const applied = (await api.call('config.get')).value.pools[0];
  expect(applied.healthCheck).toMatchObject({ intervalMs: 500, timeoutMs: 300, attempts: 2, rise: 1 });

  // Traffic: the chips on the map are the clients there are, each in the lane of the node that answers it.
  const crowd = new Crowd(9);
  crowd.start();
  try {
    await go('#/live');
    const drawn = async () => Promise.all(['s1', 's2', 's3'].map((name) => chips(name).count()));
    const outside = () => ['s1', 's2', 's3'].map((name) => crowd.nodes.filter((node) => node === name).length);
    const agrees = () => eventually(async () => JSON.stringify(await drawn()) === JSON.stringify(outside()), 8_000, 100);
    await expect.poll(async () => (await drawn()).reduce((a, b) => a + b, 0)).toBe(9);
    expect(await agrees()).toBe(true);
    await expect.poll(async () => Number(/([\d.]+)\s*req\/s/.exec(await card('s1').innerText())?.[1] ?? '0')).toBeGreaterThan(1);

    // A server dies: said with its reason, its clients end in the other lanes, nobody saw an error.
    const there = outside()[1]!;
    expect(there).toBeGreaterThan(0);
    await nodes[1]!.close();
    await card('s2').getByText('Down', { exact: true }).waitFor();
    expect(await card('s2').innerText()).toMatch(/refused|reset|closed/i);
    const strip = page.getByRole('region', { name: /^Failover of / });
    await strip.getByText(`${there} clients`).waitFor();
    await expect.poll(() => chips('s2').count()).toBe(0);
    expect(await agrees()).toBe(true);
    expect(crowd.failed).toBe(0);
    await expect.poll(async () => /Lost\s*(\d+)/.exec(await strip.innerText())?.[1]).toBe('0');

    // Drain, and take it back.
    const staying = await chips('s1').count();
    await card('s1').getByRole('radio', { name: 'Drain' }).click();
    await card('s1').getByText('Draining', { exact: true }).waitFor();
    expect(await card('s1').innerText()).toMatch(new RegExp(`${staying} clients? stays?, 0 have left, \\d+ s remain`));
    expect((await api.call('engine.snapshot')).value.pools[0].nodes[0].mode).toBe('drain');
    await page.getByRole('button', { name: 'Undo' }).click();
    await card('s1').getByText('Healthy', { exact: true }).waitFor();
    expect((await api.call('engine.snapshot')).value.pools[0].nodes[0].mode).toBe('accept');

    // The same with keys alone: arrows pass the modes, Space sets one, Ctrl+Z takes it back.
    await page.locator('body').press('Escape');
    await tabTo(page, new RegExp(`^Mode of ${idOf('s3')}|^Mode of .*${nodes[2]!.port}`));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await card('s3').getByText('Draining', { exact: true }).waitFor();
    await page.keyboard.press('Control+z');
    await card('s3').getByText('Healthy', { exact: true }).waitFor();

    // Pin: the client goes where it was told with its next request, and is marked there.
    const who = crowd.nodes.findIndex((node) => node === 's1');
    const key = Buffer.from(crowd.cookies[who]!.split('=')[1]!, 'base64url').toString('hex', 0, 6);
    await go(`#/clients/${pool.id}/${key}`);
    const inspector = page.getByRole('complementary', { name: `Client ${key}` });
    await inspector.getByRole('radio').nth(3).click();
    expect(await eventually(() => crowd.nodes[who] === 's3', 5_000, 50)).toBe(true);
    await inspector
      .getByText(/^Moved from /)
      .first()
      .waitFor();
    await inspector.getByRole('link', { name: 'Find on the map' }).click();
    const chip = chips('s3').and(page.locator(`[data-client="${pool.id}/${key}"]`));
    await chip.waitFor();
    expect(await chip.getAttribute('aria-current')).toBe('true');
    expect(await chip.getAttribute('title')).toContain('pinned');
    expect(crowd.failed).toBe(0);
  } finally {
    await crowd.stop();
  }
  expect(stage.errors).toEqual([]);
});
