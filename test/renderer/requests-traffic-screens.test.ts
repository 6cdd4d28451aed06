import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useScreens } from './open-screens.ts';
import { axeProblems, axeProblemsInBothThemes } from './screens-harness.ts';

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
const busy = { config: web, clients: { web: 36 }, rates: { web: 90 } };
const quiet = { config: web };

const open = useScreens();

const rows = (page: Page) => page.locator('main tbody tr:not([aria-hidden])');
const rowTexts = (page: Page) => rows(page).allTextContents();
/** All rows, and at least one, have every one of these words. */
const rowsSay = async (page: Page, ...words: string[]) => {
  const texts = await rowTexts(page);
  return texts.length > 0 && texts.every((text) => words.every((word) => text.includes(word)));
};
const hash = (page: Page) => page.evaluate(() => location.hash);
const list = (page: Page) => page.getByRole('region', { name: 'Requests, newest first' });

/** Everything a test does to the list begins with rows that stand still. */
async function still(page: Page): Promise<void> {
  await expect.poll(() => rows(page).count()).toBeGreaterThan(15);
  await page.getByRole('button', { name: 'Pause the view' }).click();
}

describe('the log of requests', () => {
  it('grows by itself, newest first, with its sampling said, and stands still while paused', async () => {
    const page = await open('#/requests', { fake: { ...busy, every: 7 } });
    await page.getByText('1 in 7 recorded').waitFor();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(5);
    const times = (await rowTexts(page)).map((text) => /^\d\d:\d\d:\d\d\.\d{3}/.exec(text)![0]);
    expect(times).toEqual([...times].sort().reverse());
    const first = times[0];
    await expect.poll(async () => (await rowTexts(page))[0]!.slice(0, 12)).not.toBe(first);

    await page.getByRole('button', { name: 'Pause the view' }).click();
    await page.getByText('View paused at').waitFor();
    const before = await rowTexts(page);
    await page.waitForTimeout(900);
    expect(await rowTexts(page)).toEqual(before);
    await page.getByRole('button', { name: 'Resume the view' }).click();
    await expect.poll(() => rowTexts(page)).not.toEqual(before);
  });

  it('is moved through with the arrow keys alone, and says why each went where it went', async () => {
    const page = await open('#/requests', { fake: busy });
    await page.getByText('every request recorded').waitFor();
    // More than the screen holds, so that its end is elsewhere.
    await expect.poll(() => list(page).evaluate((one) => one.scrollHeight - one.clientHeight)).toBeGreaterThan(200);
    await still(page);
    await list(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const third = await hash(page);
    expect(await rows(page).nth(2).getByRole('link').getAttribute('href')).toBe(third);
    await page.keyboard.press('ArrowUp');
    expect(await hash(page)).not.toBe(third);
    const inspector = page.getByRole('complementary');
    await inspector.getByRole('heading', { name: /^Why this node\?/ }).waitFor();
    const lines = await inspector.getByRole('list', { name: 'Candidates' }).getByRole('listitem').allTextContents();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^api-\d(chosen)/);
    expect(lines.slice(1).every((line) => /(passed over|tried first)/.test(line))).toBe(true);
    await page.keyboard.press('End');
    await expect.poll(() => list(page).evaluate((one) => one.scrollTop)).toBeGreaterThan(100);
    await page.keyboard.press('Escape');
    await expect.poll(() => hash(page)).toBe('#/requests');
    expect(await inspector.count()).toBe(0);
  });

  it('shows where the time went, leads to the client and back to its requests, and says what is filtered by', async () => {
    const page = await open('#/requests', { fake: busy });
    await still(page);
    await rows(page).first().getByRole('link').click();
    const inspector = page.getByRole('complementary');
    const pieces = inspector.getByRole('list', { name: 'Where the time went' }).getByRole('listitem');
    expect((await pieces.allTextContents()).join('|')).toMatch(/api-\d connect.+\|api-\d first byte[\d.,]+ ms\|Rest of answer/);
    const bars = await pieces.locator('i').evaluateAll((all) =>
      all.map((bar) => {
        const [box, track] = [bar.getBoundingClientRect(), bar.parentElement!.getBoundingClientRect()];
        return box.width >= 2 && box.left >= track.left - 1 && box.right <= track.right + 3;
      }),
    );
    expect(bars).not.toContain(false);
    const client = inspector.getByRole('link', { name: /^[0-9a-f]{8}$/ });
    const key = (await client.textContent())!;
    await client.click();
    await expect.poll(() => hash(page)).toBe(`#/clients/web/${key}`);
    await page
      .getByRole('complementary', { name: `Client ${key}` })
      .getByRole('link', { name: 'Its requests' })
      .click();
    const chips = page.getByRole('list', { name: 'Filtered by' });
    expect((await chips.getByRole('listitem').allTextContents()).slice(0, 2)).toEqual(['pool Web', `client has ${key}`]);
    await expect.poll(() => rowsSay(page, key)).toBe(true);
    await chips.getByRole('button', { name: `client has ${key}` }).click();
    await expect.poll(() => rowsSay(page, key)).toBe(false);
    await chips.getByRole('button', { name: 'Clear all' }).focus();
    await page.keyboard.press('Enter');
    await chips.waitFor({ state: 'detached' });
  });

  it('asks the engine for what is filtered, and says when nothing matches', async () => {
    const page = await open('#/requests', { fake: busy });
    await still(page);
    const status = page.getByLabel(/^Status/);
    await status.fill('5xx');
    await expect.poll(() => rowsSay(page, '502')).toBe(true);
    // Said without colour: the code itself, its class as the tooltip, a mark beside it.
    expect(await rows(page).first().locator('td').nth(3).locator('[title="server error"] svg rect').count()).toBe(1);
    await status.fill('5y');
    await page.getByText('Write 5xx, 404 or none.').waitFor();
    await status.fill('404');
    await expect.poll(() => rowsSay(page, '/missing.png404')).toBe(true);
    await status.fill('');
    await page.getByLabel('Filter by node').selectOption({ label: 'Node: api-2' });
    await page.getByLabel('Filter by method').selectOption('POST');
    await page.getByLabel('Path contains').fill('ITEMS');
    await expect.poll(() => rowsSay(page, 'POST/api/cart/items', 'api-2')).toBe(true);
    await page.getByRole('button', { name: 'Resume the view' }).click();
    // The filter holds for what comes as well.
    await page.waitForTimeout(1_200);
    expect(await rowsSay(page, 'POST/api/cart/items', 'api-2')).toBe(true);
    await page.getByLabel('Client or address contains').fill('nobody');
    await page.getByText('No recorded request matches').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(15);
  });

  it('does not move under the pointer, and shows what waits when asked', async () => {
    const page = await open('#/requests', { fake: busy });
    await expect.poll(() => rows(page).count()).toBeGreaterThan(15);
    await rows(page).nth(4).hover();
    const before = await rowTexts(page);
    const more = page.getByRole('button', { name: /^Show \d+ newer$/ });
    await more.waitFor();
    expect(await rowTexts(page)).toEqual(before);
    // On the way to the button, and on it, nothing goes on either: it would be gone before it is pressed.
    await more.hover();
    await page.waitForTimeout(1_200);
    expect(await rowTexts(page)).toEqual(before);
    await more.click();
    await expect.poll(() => rowTexts(page)).not.toEqual(before);
  });

  it('copies a request as curl, to the listener’s address', async () => {
    const page = await open('#/requests', { fake: busy });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByLabel('Path contains').fill('report');
    await expect.poll(() => rowsSay(page, '/api/report')).toBe(true);
    await rows(page).first().getByRole('link').click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      "curl -g --path-as-is 'http://127.0.0.1:8080/api/report/2026/11?group=region&limit=500'",
    );
  });

  it('is opened at a request, also one the list has not, and says so when it is kept no more', async () => {
    const page = await open('#/requests', { fake: busy });
    await still(page);
    await page.getByLabel('Client or address contains').fill('nobody');
    await page.getByText('No recorded request matches').waitFor();
    await page.evaluate(() => {
      location.hash = '#/requests/1';
    });
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: /^Why this node\?/ })
      .waitFor();
    await page.evaluate(() => {
      location.hash = '#/requests/999999';
    });
    await page.getByText('No request of this number is kept').waitFor();
  });

  it('is empty with one thing to do, and says when it cannot be read', async () => {
    const page = await open('#/requests', { fake: {} });
    await page.getByRole('link', { name: 'Start the demo in the Lab' }).waitFor();
    expect(await axeProblems(page)).toEqual([]);

    const other = await open('#/clients', { fake: quiet });
    await other.evaluate(() => {
      window.fake.handlers['requests.list'] = () => {
        throw new window.ContractError('ENGINE_UNAVAILABLE', 'The engine is being restarted. Try again in a moment.');
      };
      location.hash = '#/requests';
    });
    await other.getByText('The requests could not be read').waitFor();
    await other.getByText('The engine is being restarted.').waitFor();
    await other.getByRole('button', { name: 'Try again' }).waitFor();
  });
});

const seconds = (words: string) => {
  const [h, m, s] = words.split(':').map(Number);
  return h! * 3_600 + m! * 60 + s!;
};

describe('the charts', () => {
  it('show the past and go on; what they say now is what the ticks said', async () => {
    const page = await open('#/traffic/1min', { fake: { ...busy, history: 900_000 } });
    const charts = page.getByRole('img', { name: /:/ });
    await expect.poll(() => charts.count()).toBe(5);
    // Ticks of a known size in place of the fake's own; all alike, since how many a step holds is up to the machine's timers.
    await page.evaluate(() => {
      window.fake.tick = () => {
        window.fake.emit('traffic.tick', {
          epoch: 1,
          time: Date.now(),
          intervalMs: 100,
          listeners: [{ id: 'web', connections: 9, requests: 6, errors: 1, retried: 0, bytesIn: 100, bytesOut: 200 }],
          nodes: ['a', 'b', 'c'].map((node, n) => ({
            pool: 'web',
            node,
            state: 'up',
            connections: 3,
            requests: n + 1,
            errors: 0,
            retried: 0,
            bytesIn: 1,
            bytesOut: 1,
            stickyClients: 0,
            p50: 7,
            p95: 21,
            p99: 49,
          })),
          total: { p50: 7, p95: 21, p99: 49 },
          clients: 0,
        });
      };
    });
    await expect
      .poll(() => charts.first().getAttribute('aria-label'), { timeout: 6_000 })
      .toBe('Requests per node: api-1 10 req/s, api-2 20 req/s, api-3 30 req/s');
    expect(await charts.nth(1).getAttribute('aria-label')).toBe('Latency: p50 7 ms, p95 21 ms, p99 49 ms');
    expect(await charts.nth(2).getAttribute('aria-label')).toBe('Errors: errors 10 per second');
    expect(await charts.nth(3).getAttribute('aria-label')).toBe('Connections: at most 9 open');
    expect(await charts.nth(4).getAttribute('aria-label')).toBe('Bytes: to clients 2.0 kB/s, from clients 1.0 kB/s');
  });

  it('share one cursor, of the pointer and of the keyboard, and mark events with words', async () => {
    const page = await open('#/traffic/1min', { fake: { ...busy, history: 900_000 } });
    const cursor = page.getByRole('slider', { name: 'Time under the cursor' });
    await page.locator('.u-over').first().waitFor();
    await page.evaluate(() => window.fake.handlers['node.setMode']({ pool: 'web', node: 'b', mode: 'drain' }));
    const mark = page.getByRole('button', { name: /api-2 was set from accept to drain/ });
    await mark.waitFor();
    await mark.focus();
    await page.getByText('api-2 was set from accept to drain').first().waitFor();

    const box = (await page.locator('.u-over').nth(2).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const lines = page.locator('.u-cursor-x');
    await expect
      .poll(() => lines.evaluateAll((all) => all.map((one) => new DOMMatrix(getComputedStyle(one).transform).m41 > 20)))
      .toEqual(Array(5).fill(true));
    const said = await cursor.locator('b').first().textContent();
    expect(said).toMatch(/^\d\d:\d\d:\d\d$/);
    await page.mouse.move(5, 5);
    await expect.poll(() => cursor.locator('b').first().textContent()).toBe('Now, and the last minute');

    await page.getByRole('button', { name: 'Pause the view' }).click();
    await cursor.focus();
    await page.keyboard.press('ArrowLeft');
    const newest = await cursor.locator('b').first().textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(seconds(newest!) - seconds((await cursor.locator('b').first().textContent())!)).toBe(2);
    await expect
      .poll(() => lines.evaluateAll((all) => all.every((one) => new DOMMatrix(getComputedStyle(one).transform).m41 > 20)))
      .toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => cursor.locator('b').first().textContent()).toBe('Now, and the last minute');
  });

  it('have a gap where nothing was counted, and a dash where nothing is known', async () => {
    const page = await open('#/traffic/1h', { fake: quiet });
    await page.evaluate(() => {
      window.fake.tick = () => undefined;
      window.fake.handlers['traffic.history'] = ({ rangeMs }) => {
        const steps = Math.ceil(rangeMs / 10_000) + 1;
        const nothing = Array.from({ length: steps }, () => null);
        const total = {
          requests: nothing,
          errors: nothing,
          bytesIn: nothing,
          bytesOut: nothing,
          connections: nothing,
          p50: nothing,
          p95: nothing,
          p99: nothing,
        };
        const last = Math.floor(Date.now() / 10_000);
        return { stepMs: 10_000, start: (last - steps + 1) * 10_000, lastTick: null, countedMs: nothing.map(() => 0), total, nodes: [] };
      };
      location.hash = '#/live';
    });
    await page.getByRole('heading', { name: 'Live' }).first().waitFor();
    await page.evaluate(() => {
      location.hash = '#/traffic/1h';
    });
    await page.getByText('— nothing was answered in this range').waitFor();
    await page.getByText('— no node was there in this range').waitFor();
    expect(await page.getByRole('img', { name: /^Latency/ }).getAttribute('aria-label')).toBe('Latency: p50 — ms, p95 — ms, p99 — ms');
  });

  it('of a history that has just begun are not a short line at the edge: they begin with it and say so', async () => {
    const began = Date.now() - 180_000;
    const page = await open('#/traffic/24h', { fake: { ...busy, history: 180_000 } });
    const cursor = page.getByRole('slider', { name: 'Time under the cursor' });
    await cursor.getByText(/Nothing was counted before\. One point is 5 s\./).waitFor();
    const clock = (time: number) => new Date(time).toTimeString().slice(0, 8);
    const since = /^Now, and since (\S+)$/.exec(await cursor.locator('b').first().innerText())![1]!;
    // The step it lies in, and the second in which the page was opened.
    expect(since >= clock(began - 2_000) && since <= clock(began + 4_000)).toBe(true);
    await cursor.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const chart = page.getByRole('img', { name: /^Requests per node/ });
    expect(await chart.getAttribute('aria-label')).not.toContain('—');
    const u = await chart.locator('.u-over').boundingBox();
    const at = await chart.locator('.u-cursor-x').boundingBox();
    expect(at!.x - u!.x).toBeLessThan(0.1 * u!.width);
  });

  it('change their range by keyboard and stand in the address', async () => {
    const page = await open('#/traffic', { fake: { ...busy, history: 4_000_000 } });
    await page.getByText('One point is 5 s.').waitFor();
    await page.getByRole('radio', { name: '15 min' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('One point is 20 s.').waitFor();
    expect(await hash(page)).toBe('#/traffic/1h');
    await page.keyboard.press('ArrowRight');
    await page.getByText('One point is 5 min.').waitFor();
  });

  it('are empty with one thing to do, and say when they cannot be read', async () => {
    const page = await open('#/traffic', { fake: {} });
    await page.getByRole('link', { name: 'Start the demo in the Lab' }).waitFor();
    expect(await axeProblems(page)).toEqual([]);
    const other = await open('#/clients', { fake: quiet });
    await other.evaluate(() => {
      window.fake.handlers['traffic.history'] = () => {
        throw new window.ContractError('ENGINE_UNAVAILABLE', 'The engine is being restarted. Try again in a moment.');
      };
      location.hash = '#/traffic';
    });
    await other.getByText('The traffic could not be read').waitFor();
  });
});

describe('crowded', () => {
  const crowded = {
    version: 1,
    listeners: [
      { id: 'web', name: 'A listener with quite a long name of its own', host: '::1', port: 8080, protocol: 'http', pool: 'web' },
      { id: 'db', name: 'Database', port: 5432, protocol: 'tcp', pool: 'db' },
    ],
    pools: ['web', 'db'].map((id) => ({
      id,
      name: `${id} in the eu-central-1 region`,
      nodes: Array.from({ length: id === 'web' ? 12 : 2 }, (_, n) => ({
        id: `n${n}`,
        label: `backend-of-the-shop-in-frankfurt-${n}`,
        address: `[2001:db8::${n + 1}]:443`,
      })),
    })),
  };
  const many = { config: crowded, clients: { web: 60, db: 20 }, rates: { web: 60, db: 20 }, history: 900_000 };

  const faults = async (page: Page) => {
    const clipped = await page.evaluate(() =>
      [...document.querySelectorAll('main, main header, main footer, aside.inspector')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}`),
    );
    return [...clipped, ...(await axeProblemsInBothThemes(page))];
  };
  const small = { width: 1024, height: 700 };

  it('the log has no fault axe can find in either theme, and nothing is clipped in a small window', { timeout: 40_000 }, async () => {
    const page = await open('#/requests', { fake: many, size: small });
    await still(page);
    // A tcp session has neither path nor status, which is no error.
    await page.getByLabel('Filter by listener or pool').selectOption('listener:db');
    await expect.poll(() => rowsSay(page, 'tcpsession—')).toBe(true);
    expect(await page.locator('[title="a tcp session has no status"] svg rect').count()).toBe(0);
    await page.getByLabel('Filter by listener or pool').selectOption('');
    await expect.poll(() => rows(page).count()).toBeGreaterThan(10);
    await list(page).focus();
    await page.keyboard.press('ArrowDown');
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: /^Why this node\?/ })
      .waitFor();
    expect(await faults(page)).toEqual([]);
  });

  it('the charts have no fault axe can find in either theme, and nothing is clipped in a small window', { timeout: 40_000 }, async () => {
    const page = await open('#/traffic', { fake: many, size: small });
    await page.getByRole('img', { name: /others/ }).waitFor();
    expect(await faults(page)).toEqual([]);
  });
});
