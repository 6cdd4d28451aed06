import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FakeOptions } from '../../renderer/bridge/fake-client.ts';
import type { NodeMode } from '../../shared/model/config.ts';
import { axeProblemsInBothThemes, startScreens, type Screens } from './screens-harness.ts';
import { scenarios } from './page/scenarios.ts';

// Mode changes, drains, the palette, shortcuts and presenting, in a real browser on a control plane that lives in the page.

let screens: Screens;
let errors: string[][] = [];

beforeAll(async () => {
  screens = await startScreens();
});
afterAll(() => screens?.close());
afterEach(() => {
  expect(errors.flat()).toEqual([]);
  errors = [];
});

interface Opening {
  fake?: FakeOptions;
  theme?: 'dark' | 'light';
  size?: { width: number; height: number };
}

async function open(hash: string, opening: Opening = {}): Promise<Page> {
  const opened = await screens.open(hash, { fake: scenarios['healthy']!, ...opening });
  errors.push(opened.errors);
  return opened.page;
}

const card = (page: Page, id: string) => page.locator(`article[data-node="web/${id}"]`);
const mode = (page: Page, id: string, name: string) => card(page, id).getByRole('radio', { name });
const modeNow = (page: Page, id: string): Promise<NodeMode> =>
  page.evaluate(
    (node) => window.fake.client.request('engine.snapshot', {}).then((s) => s.pools[0]!.nodes.find((n) => n.id === node)!.mode),
    id,
  );
const untilMode = (page: Page, id: string, wanted: NodeMode) => expect.poll(() => modeNow(page, id)).toBe(wanted);
const stickyOn = (page: Page, id: string) =>
  page.evaluate((node) => window.fake.client.request('clients.list', { node, limit: 1 }).then((a) => a.total), id);
const close = (page: Page) => page.context().close();

test('a mode says what it will do before it is set, and can be taken back by its message or by keys', async () => {
  const page = await open('#/live');
  const n = await stickyOn(page, 'n2');
  await mode(page, 'n2', 'Drain').hover();
  const hint = card(page, 'n2').getByRole('tooltip');
  expect(await hint.innerText()).toBe(`${n} sticky clients stay for up to 30 s, new ones go to api-1 and api-3.`);
  await mode(page, 'n2', 'Reject').hover();
  expect(await hint.innerText()).toBe(`${n} clients move at once to api-1 and api-3. Checks stop.`);
  await mode(page, 'n1', 'Accept').focus();
  await page.keyboard.press('ArrowRight');
  const described = await mode(page, 'n1', 'Drain').getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).innerText()).toContain('sticky clients stay for up to 30 s');
  expect(await modeNow(page, 'n1')).toBe('accept');

  await mode(page, 'n2', 'Drain').click();
  await untilMode(page, 'n2', 'drain');
  await page.getByRole('button', { name: 'Undo' }).click();
  await untilMode(page, 'n2', 'accept');
  await page.getByText('api-2 is set back to accept').waitFor();

  await mode(page, 'n3', 'Backup').click();
  await page.getByText('api-3 is set to backup').waitFor();
  // In a field the keys belong to the field.
  await page.getByLabel('Find a client').focus();
  await page.keyboard.press('Control+z');
  expect(await modeNow(page, 'n3')).toBe('backup');
  await mode(page, 'n3', 'Backup').focus();
  await page.keyboard.press('Control+z');
  await untilMode(page, 'n3', 'accept');
  // Nothing is left to take back.
  await page.keyboard.press('Control+z');
  expect(await modeNow(page, 'n3')).toBe('accept');
  await close(page);
});

test('the message with Undo goes after six seconds, and with it the way back', async () => {
  const page = await open('#/live');
  await page.clock.install();
  await mode(page, 'n2', 'Drain').click();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await page.clock.runFor(5_000);
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(1);
  await page.clock.runFor(1_500);
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  await page.keyboard.press('Control+z');
  expect(await modeNow(page, 'n2')).toBe('drain');
  await close(page);
});

test('the last node that serves is not taken away without a question; with the guard on, the refusal is said', async () => {
  const one = scenarios['one']!;
  const config = one.config as { pools: object[] };
  const unguarded = { ...one, config: { ...config, pools: config.pools.map((pool) => ({ ...pool, keepLastNode: false })) } };
  const page = await open('#/live', { fake: unguarded });
  await mode(page, 'n1', 'Reject').click();
  const dialog = page.getByRole('dialog', { name: 'Take away the last node of Web?' });
  expect(await dialog.innerText()).toMatch(/api-1 is the only node of Web\. Every new client gets 503 at once, and so do its 12 clients\./);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it in accept');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await modeNow(page, 'n1')).toBe('accept');
  await mode(page, 'n1', 'Reject').click();
  await dialog.getByRole('button', { name: 'Set it to reject anyway' }).click();
  await untilMode(page, 'n1', 'reject');
  await page.getByRole('button', { name: 'Undo' }).click();
  await untilMode(page, 'n1', 'accept');
  await close(page);

  const guarded = await open('#/live', { fake: one });
  await mode(guarded, 'n1', 'Reject').click();
  expect(await card(guarded, 'n1').getByRole('alert').innerText()).toContain('last node that serves');
  expect(await guarded.getByRole('dialog').count()).toBe(0);
  await close(guarded);
});

test('a drain shows who is there; they can be moved now, and the drain can be cancelled', async () => {
  const page = await open('#/live/node/web/n2');
  const before = await stickyOn(page, 'n2');
  await mode(page, 'n2', 'Drain').click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByText('Still here').waitFor();
  expect(await inspector.innerText()).toMatch(/\d+\s*clients stay\s*\d+\s*have left\s*\d+ s\s*remain/);
  expect(await card(page, 'n2').innerText()).toMatch(/\d+ clients stay, \d+ have left, \d+ s remain/);
  const pinned = await page.evaluate(() =>
    window.fake.client.request('clients.list', { node: 'n2', limit: 100 }).then((a) => a.clients.filter((c) => c.pinned).length),
  );
  expect(pinned).toBe(1);
  await inspector.getByText('1 pinned client stays longer').waitFor();
  await inspector.getByRole('button', { name: /^Move \d+ clients now$/ }).click();
  const question = inspector.getByRole('group', { name: /^Move \d+ clients now\?$/ });
  expect(await question.innerText()).toContain('They go to api-1 and api-3 with their next request.');
  expect(await stickyOn(page, 'n2')).toBeGreaterThan(before - 4);
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await inspector.getByRole('button', { name: /^Move \d+ clients now$/ }).click();
  await page.keyboard.press('Enter');
  await expect.poll(() => stickyOn(page, 'n2')).toBe(pinned);
  await page.getByText(/clients taken off api-2/).waitFor();
  await inspector.getByRole('button', { name: 'Nobody left to move' }).waitFor();
  await inspector.getByRole('button', { name: 'Cancel the drain' }).click();
  await untilMode(page, 'n2', 'accept');
  await close(page);
});

test('the palette does everything by keys alone', async () => {
  const page = await open('#/live');
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  const find = palette.getByRole('combobox');
  const run = async (words: string) => {
    await page.keyboard.press('Control+k');
    await find.fill(words);
    await page.keyboard.press('Enter');
    await palette.waitFor({ state: 'detached' });
  };
  const at = (hash: string) => page.waitForFunction((wanted) => location.hash === wanted, hash);
  for (const [words, hash] of [
    ['pools', '#/pools'],
    ['settings', '#/settings'],
    ['api-3 healthy', '#/live/node/web/n3'],
    ['edit pool web', '#/pools/web'],
    ['http on 127', '#/listeners/web'],
  ] as const) {
    await run(words);
    await at(hash);
  }
  await run('live');
  await run('set api-2 drain');
  await untilMode(page, 'n2', 'drain');

  // Arrows move through the lines, and readers are told where.
  await page.keyboard.press('Control+k');
  await find.fill('set api-1');
  const chosen = async () => page.locator(`[id="${await find.getAttribute('aria-activedescendant')}"]`).innerText();
  expect(await chosen()).toContain('Set api-1 to drain');
  await page.keyboard.press('ArrowDown');
  expect(await chosen()).toContain('Set api-1 to backup');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await chosen()).toContain('Set api-1 to reject');
  await page.keyboard.press('Escape');
  expect(await modeNow(page, 'n1')).toBe('accept');

  const key = await page.evaluate(() => window.fake.client.request('clients.list', { limit: 1 }).then((a) => a.clients[0]!.key));
  await page.keyboard.press('Control+k');
  await find.fill(key.slice(0, 6));
  await palette.getByRole('option', { name: key }).waitFor();
  await page.keyboard.press('Enter');
  await at(`#/clients/web/${key}`);

  await run('pause');
  await page.getByRole('button', { name: 'Resume the view' }).waitFor();
  await run('theme light');
  await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
  await run('start demo');
  await page.waitForFunction(() => window.fake.client.request('lab.get', {}).then((lab) => lab.running));
  await run('end demo');
  await page.waitForFunction(() => window.fake.client.request('lab.get', {}).then((lab) => !lab.running));
  await page.keyboard.press('Control+k');
  await find.fill('zzz');
  await palette.getByText('Nothing is called').waitFor();
  await close(page);
});

test('shortcuts lead everywhere, ? lists them all, and nothing fires while typing', async () => {
  const page = await open('#/live');
  const at = (hash: string) => page.waitForFunction((wanted) => location.hash === wanted, hash);
  // Keys are heard once the window stands.
  await page.locator('[data-client]').first().waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  const words = await help.innerText();
  for (const name of await page.getByRole('navigation').getByRole('link').allInnerTexts()) expect(words).toContain(name.split('\n')[0]);
  for (const phrase of ['Command palette', 'Pause', 'Present', 'Undo', 'Find']) expect(words).toContain(phrase);
  expect(await help.evaluate((e) => e.scrollHeight <= e.clientHeight + 1)).toBe(true);
  // A question holds the keys.
  await page.keyboard.press('p');
  expect(await page.getByRole('button', { name: 'Pause the view' }).count()).toBe(1);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });

  for (const [key, hash] of [
    ['p', '#/pools'],
    ['c', '#/clients'],
    ['s', '#/settings'],
    ['l', '#/live'],
  ] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await at(hash);
  }
  await page.locator('[data-client]').first().waitFor();
  await page.keyboard.press('/');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('placeholder'))).toBe('Find a client');
  await page.keyboard.type('gp?pf/');
  expect(await page.getByLabel('Find a client').inputValue()).toBe('gp?pf/');
  expect(await page.evaluate(() => location.hash)).toBe('#/live');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.locator('body').click({ position: { x: 640, y: 120 } });
  await page.keyboard.press('p');
  await page.getByText('View paused at').waitFor();
  await page.keyboard.press('p');
  await page.keyboard.press('f');
  await at('#/present');
  await page.locator('main[data-density]').waitFor();
  await page.keyboard.press('Escape');
  await at('#/live');
  await close(page);
});

test('presenting can be read from the last row, and as a picture a quarter of the size', async () => {
  const page = await open('#/present');
  await page.evaluate(() => window.fake.kill('web', 'n2'));
  await page.getByRole('heading', { name: 'api-2 is down' }).waitFor();
  await page.getByText(/^api-2 down \d\d:\d\d:\d\d: 2 of 2 checks timed out\. \d+ clients moved\.$/).waitFor();
  const sizes = () =>
    page.evaluate(() => {
      const out: { text: string; size: number; over: boolean }[] = [];
      const walker = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement!;
        const box = element.getBoundingClientRect();
        if (!walker.currentNode.textContent?.trim() || box.width === 0 || box.height === 0) continue;
        const style = getComputedStyle(element);
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        const text = range.getBoundingClientRect();
        const over = text.right > innerWidth + 1 || text.bottom > innerHeight + 1 || text.left < -1 || text.top < -1;
        out.push({ text: walker.currentNode.textContent.trim(), size: Number.parseFloat(style.fontSize), over });
      }
      return out;
    });
  const large = await sizes();
  expect(large.filter((t) => t.over)).toEqual([]);
  expect(large.filter((t) => t.size < 26).map((t) => t.text)).toEqual(['Esc ends presenting']);
  const size = (list: typeof large, text: string) => list.find((t) => t.text === text)!.size;
  for (const word of ['Healthy', 'Down']) expect(size(large, word)).toBeGreaterThanOrEqual(36);
  expect(
    await page
      .locator('[data-count]')
      .first()
      .evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize)),
  ).toBeGreaterThan(100);

  await page.setViewportSize({ width: 320, height: 200 });
  const small = await sizes();
  expect(small.filter((t) => t.over || t.size < 11)).toEqual([]);
  for (const word of ['Healthy', 'Down']) expect(size(small, word)).toBeGreaterThanOrEqual(12);
  for (const tile of await page.locator('article').all()) {
    const fits = await tile.evaluate((e) => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1);
    expect(fits).toBe(true);
  }
  await close(page);
});

test('a failover leaves its numbers, each with what it counts, until it is closed', async () => {
  const page = await open('#/live');
  await page.locator('[data-client]').first().waitFor();
  const before = await stickyOn(page, 'n2');
  await page.evaluate(() => window.fake.kill('web', 'n2'));
  const strip = page.getByRole('region', { name: 'Failover of api-2' });
  await strip.waitFor();
  const left = await stickyOn(page, 'n2');
  await strip.getByText(`${before - left} clients`).waitFor();
  const words = await strip.innerText();
  expect(words).toMatch(/Detected in\s*\d\.\d s\s*from 1st failed (check|request)/);
  expect(words).toMatch(/Lost\s*0 requests/);
  // The numbers say what they count.
  await strip.locator('dl > div').last().focus();
  await strip.getByRole('tooltip').filter({ hasText: 'whose client got 5xx' }).waitFor();
  const failed = await page.evaluate(() =>
    window.fake.client.request('engine.snapshot', {}).then((s) => s.pools[0]!.nodes.find((n) => n.id === 'n2')!.errors),
  );
  await expect.poll(async () => /Failed there\s*(\d+)/.exec(await strip.innerText())?.[1]).toBe(String(failed));
  await page.evaluate(() => window.fake.revive('web', 'n2'));
  await strip.getByText('Was down').waitFor();
  await strip.getByRole('button', { name: 'Close the failover of api-2' }).click();
  await strip.waitFor({ state: 'detached' });
  await close(page);
});

test('reduced motion: the strip and the hints are there at once', async () => {
  const page = await open('#/live', { fake: { ...scenarios['healthy']!, settings: { theme: 'dark', motion: 'reduced' } } });
  await page.locator('[data-client]').first().waitFor();
  await page.evaluate(() => window.fake.kill('web', 'n2'));
  await page.locator('[data-strip]').waitFor();
  await mode(page, 'n1', 'Drain').hover();
  const running = await page.evaluate(() =>
    [...document.querySelectorAll('[data-strip], [role=tooltip], [data-node]')]
      .flatMap((element) => element.getAnimations({ subtree: true }))
      .filter((animation) => Number(animation.effect?.getComputedTiming().activeDuration ?? 0) > 1)
      .map((animation) => (animation as CSSAnimation).animationName),
  );
  expect(running).toEqual([]);
  await close(page);
});

test('axe finds nothing on what is new, in both themes', async () => {
  const page = await open('#/live/node/web/n2');
  const calm = async (where: string, parts?: string[]) => {
    // What fades in has another contrast on its way.
    await page.waitForTimeout(300);
    expect(await axeProblemsInBothThemes(page, parts), where).toEqual([]);
  };
  await mode(page, 'n2', 'Drain').click();
  await page.getByText('Still here').waitFor();
  await mode(page, 'n1', 'Drain').hover();
  await page.evaluate(() => window.fake.kill('web', 'n3'));
  await page.locator('[data-strip]').waitFor();
  await page.getByRole('button', { name: /^Move \d+ clients now$/ }).click();
  // Not the map: what a move leaves behind there fades, and has less contrast every moment.
  await calm('drain and strip', ['[data-strip]', 'aside.inspector']);
  await mode(page, 'n1', 'Reject').click();
  await page.getByRole('dialog').waitFor();
  await calm('last node', ['dialog']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('a');
  await calm('palette', ['dialog']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await calm('help', ['dialog']);
  await page.keyboard.press('Escape');
  await page.evaluate(() => (location.hash = '#/present'));
  await page.getByText('Esc ends presenting').waitFor();
  await calm('present');
  await close(page);
}, 60_000);
