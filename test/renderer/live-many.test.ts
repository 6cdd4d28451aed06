import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { tellingEnds } from '../../renderer/features/live/telling-end.ts';
import { bundleEdges } from '../../renderer/map/bundle.ts';
import type { Box, Edge } from '../../renderer/map/bands.ts';
import { DotField } from '../../renderer/map/dot-field.ts';
import { twoParts } from '../../renderer/ui/two-parts.ts';
import { useScreens } from './open-screens.ts';
import { axeProblems } from './screens-harness.ts';

// More nodes than are in view: the cards between clients and nodes stay, what is beyond the edges is said, and who is not fine is found.

const names = ['api-frontend-eu-west-1-blue', 'api-frontend-eu-west-1-green', 'api-frontend-us-east-1-blue'];
const config = (n: number) => ({
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [
    {
      id: 'web',
      name: 'Web',
      stickiness: { type: 'table' },
      healthCheck: { type: 'http', path: '/healthz', intervalMs: 1_000, timeoutMs: 500, attempts: 2 },
      nodes: Array.from({ length: n }, (_, i) => ({
        id: `n${i + 1}`,
        label: names[i] ?? `web-${i + 1}`,
        address: `[2001:db8:85a3:8d3:1319:8a2e:370:${1_000 + i}]:9001`,
      })),
    },
  ],
});

const open = useScreens({
  fake: { config: config(40), clients: { web: 200 }, rates: { web: 900 }, settings: { motion: 'reduced' } },
  size: { width: 1024, height: 700 },
});

const card = (page: Page, id: string) => page.locator(`article[data-node="web/${id}"]`);
const scrollTo = (page: Page, share: number) =>
  page.evaluate(async (at) => {
    const scroller = document.querySelector('[data-map]')!.parentElement!;
    scroller.scrollTop = at * (scroller.scrollHeight - scroller.clientHeight);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, share);

describe('of 40 nodes', { timeout: 60_000 }, () => {
  it('the listener and the pool stay in view, and what is beyond the edges is counted', async () => {
    const page = await open('#/live');
    const beyond = page.getByRole('button', { name: /more (nodes? )?(above|below)/ });
    await beyond.first().waitFor();
    const places: number[] = [];
    for (const share of [0, 0.5, 1]) {
      await scrollTo(page, share);
      const [map, listener, pool] = await page.evaluate(() =>
        ['[data-map]', '[data-card="listener:web"]', '[data-card="pool:web"]'].map((one, i) => {
          const element = document.querySelector(one)!;
          return (i === 0 ? element.parentElement! : element).getBoundingClientRect().toJSON() as DOMRect;
        }),
      );
      for (const hub of [listener!, pool!]) {
        expect(hub.top).toBeGreaterThan(map!.top);
        expect(hub.bottom).toBeLessThan(map!.bottom);
      }
      places.push(listener!.top);
      const seen = await page.evaluate(() => {
        const box = document.querySelector('[data-map]')!.parentElement!.getBoundingClientRect();
        const at = (card: Element) => (card.getBoundingClientRect().top + card.getBoundingClientRect().bottom) / 2;
        const edge = (side: string) =>
          [...document.querySelectorAll('button')]
            .find((one) => one.textContent.includes(` ${side}`))
            ?.parentElement?.getBoundingClientRect();
        const top = edge('above')?.bottom ?? box.top;
        const bottom = edge('below')?.top ?? box.bottom;
        return [...document.querySelectorAll('[data-node]')].filter((one) => at(one) >= top && at(one) <= bottom).length;
      });
      const words = await beyond.allInnerTexts();
      const hidden = words.reduce((sum, text) => sum + Number(/^[\d,]+/.exec(text.trim())![0]), 0);
      expect(hidden + seen).toBe(40);
      expect(words).toHaveLength(share === 0.5 ? 2 : 1);
    }
    expect(Math.max(...places) - Math.min(...places)).toBeLessThan(12);
  });

  it('one that fails out of view is named in the pool’s card and at the edge, and both lead to it', async () => {
    const page = await open('#/live');
    await card(page, 'n1').waitFor();
    await page.evaluate(() => window.fake.kill('web', 'n33'));
    const below = page.getByRole('button', { name: /more below 1 down ?, go to web-33/ });
    await below.waitFor({ timeout: 10_000 });
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to web-33, down', exact: true }).click();
    const inView = () =>
      card(page, 'n33').evaluate((one) => {
        const map = document.querySelector('[data-map]')!.parentElement!.getBoundingClientRect();
        const { top, bottom } = one.getBoundingClientRect();
        return top > map.top && bottom < map.bottom;
      });
    await expect.poll(inView).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('web-33');
    await scrollTo(page, 0);
    expect(await inView()).toBe(false);
    await below.focus();
    await page.keyboard.press('Enter');
    await expect.poll(inView).toBe(true);
  });

  it('the smallest card sets a mode by keys, says before what each would do, and it can be taken back', async () => {
    const page = await open('#/live');
    expect(await card(page, 'n2').getAttribute('data-size')).toBe('row');
    const button = card(page, 'n2').getByRole('button', { name: 'Mode of api-frontend-eu-west-1-green: Accept' });
    await button.focus();
    await page.keyboard.press('Enter');
    const list = page.getByRole('menu', { name: 'Mode of api-frontend-eu-west-1-green' });
    const item = (name: string) => list.getByRole('menuitemradio', { name });
    expect(await item('Drain').innerText()).toMatch(/stays? for up to 30 s, new ones go to api-frontend-eu-west-1-blue, /);
    expect(await axeProblems(page)).toEqual([]);
    // Passing a mode sets nothing, Escape neither, and the focus is where it was.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('b');
    await page.keyboard.press('Enter');
    await card(page, 'n2')
      .getByRole('button', { name: /: Backup$/ })
      .waitFor();
    await page.getByText('api-frontend-eu-west-1-green is set to backup').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await button.waitFor();
    // What is pressed elsewhere, and a map that is scrolled, close it.
    await button.click();
    await scrollTo(page, 0.3);
    await list.waitFor({ state: 'detached' });
    await scrollTo(page, 0);
    await button.click();
    await button.click();
    await list.waitFor({ state: 'detached' });
  });

  it('names and addresses are told apart without a tooltip', async () => {
    const page = await open('#/live');
    await card(page, 'n3').waitFor();
    const shown = await page.evaluate(() =>
      ['n1', 'n2', 'n3', 'n4'].map((id) => {
        const card = document.querySelector(`article[data-node="web/${id}"]`)!;
        const isWhole = (one: Element) => one.scrollWidth <= one.clientWidth + 1;
        const tails = [...card.querySelectorAll('[title] > :last-child')];
        return { whole: [...card.querySelector('a')!.querySelectorAll('span')].every(isWhole), tails: tails.every(isWhole) };
      }),
    );
    expect(shown).toEqual(Array.from({ length: 4 }, () => ({ whole: true, tails: true })));
    expect(await card(page, 'n2').innerText()).toContain('01]:9001');
  });
});

describe('what is kept of names', () => {
  it('of texts that end alike so much stays that they differ', () => {
    const ends = tellingEnds([...names, 'db1', 'web-1-eu-central', 'web-2-eu-central'], 4, 20);
    expect(ends.get(names[0]!)).toBe('west-1-blue'.length);
    expect(names[0]!.slice(-ends.get(names[0]!)!)).not.toBe(names[2]!.slice(-ends.get(names[2]!)!));
    expect(ends.get('db1')).toBe(4);
    expect('web-2-eu-central'.slice(-ends.get('web-2-eu-central')!)).toBe('-2-eu-central');
    // Told apart at their beginning: that is what needs the room.
    expect(tellingEnds(['mail-1.internal.example.test', 'mail-2.internal.example.test'], 4, 12).get('mail-1.internal.example.test')).toBe(
      4,
    );
  });

  it('a long one is parted at a seam, its second line no longer than it may be', () => {
    expect(twoParts('api-frontend-eu-west-1-blue', 14)).toEqual(['api-frontend-', 'eu-west-1-blue']);
    expect(twoParts('api-frontend-eu-west-1-blue', 12)).toEqual(['api-frontend-eu-', 'west-1-blue']);
    expect(twoParts('127.0.0.1:10025', 13, 'address')).toEqual(['127.0.0.1:', '10025']);
    expect(twoParts('x'.repeat(30), 14)).toEqual(['x'.repeat(16), 'x'.repeat(14)]);
    expect(twoParts('web', 14).join('')).toBe('web');
    expect(twoParts('', 14)).toEqual(['', '']);
  });
});

describe('edges out of view', () => {
  const edge = (id: string, from: string, to: string, rate: number, more: Partial<Edge> = {}): Edge => ({
    ...{ id, from, to, rate, latency: 10, look: 'plain', chosen: false },
    ...more,
  });
  const box = (left: number, y: number): Box => ({ left, right: left + 100, y });
  const boxes = new Map([
    ['pool:p', box(300, 500)],
    ...[0, 1, 2, 3, 4].map((i): [string, Box] => [`node:p/${i}`, box(600, 100 + i * 200)]),
  ]);
  const edges = [0, 1, 2, 3, 4].map((i) => edge(`e${i}`, 'pool:p', `node:p/${i}`, 10 * i, { latency: 10 * i }));

  it('are one bundle a side, with all that flows there; who is in view keeps its own', () => {
    const { edges: drawn, boxes: placed, within } = bundleEdges(edges, boxes, { top: 400, bottom: 600 });
    expect(drawn.map(({ id, rate }) => [id, rate])).toEqual([
      ['node:above:pool:p', 10],
      ['e2', 20],
      ['node:below:pool:p', 70],
    ]);
    expect(placed.get('node:below')).toMatchObject({ left: 600, y: 614 });
    expect(within.get('e4')).toBe('node:below:pool:p');
    // The latency of a bundle is that of its requests.
    expect(drawn[2]!.latency).toBeCloseTo((30 * 30 + 40 * 40) / 70);
    expect(edges[3]!.rate).toBe(30);
  });

  it('nothing is bundled while all is in view, and nothing drawn of a pool that is out of view itself', () => {
    expect(bundleEdges(edges, boxes, null).edges).toEqual(edges);
    expect(bundleEdges(edges, boxes, { top: 2_000, bottom: 3_000 }).edges).toEqual([]);
  });

  it('dots of an edge that stays are left alone when others come and go', () => {
    const field = new DotField();
    const stream = { rate: 20, seconds: 1 };
    field.fill([stream, stream], 1);
    const before = [...field.way].slice(20, 40);
    field.refit(['a', 'b'], ['c', 'b'], [stream, stream], 1);
    expect(field.count).toBe(40);
    expect([...field.way].slice(0, 20)).toEqual(before);
    expect([...field.stream].slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 1));
  });
});
