import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LabState } from '../../shared/contract/contract.ts';
import { axeProblems, axeProblemsInBothThemes, startScreens, type OpenOptions, type Screens } from './screens-harness.ts';

let screens: Screens;
const pages: Page[] = [];
const allErrors: string[][] = [];
beforeAll(async () => {
  screens = await startScreens();
}, 120_000);
afterAll(() => screens.close());
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()));
  expect(allErrors.splice(0).flat()).toEqual([]);
});

async function open(options: OpenOptions = {}): Promise<Page> {
  const { page, errors } = await screens.open('#/lab', options);
  page.setDefaultTimeout(5_000);
  pages.push(page);
  allErrors.push(errors);
  return page;
}

const lab = (page: Page): Promise<LabState> => page.evaluate(async () => window.fake.handlers['lab.get']({}));
const own = {
  config: {
    version: 1,
    listeners: [{ id: 'web', port: 8443, protocol: 'http', pool: 'web' }],
    pools: [
      { id: 'web', name: 'Web', nodes: ['a', 'b'].map((id, i) => ({ id, label: `web-${i + 1}`, address: `127.0.0.1:900${i + 1}` })) },
    ],
  },
};

/** Runs the fake's time on, as the demo page does ten times a second. */
const tick = (page: Page) => page.evaluate(() => window.fake.tick());

describe('the lab', () => {
  it('does not say that a node runs well for which Evenkeel makes up a fault', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Start the demo' }).click();
    const node = page.getByRole('listitem').filter({ hasText: 'demo-2' }).first();
    await node.getByText('runs well').waitFor();
    const { id } = (await lab(page)).nodes[1]!;
    await page.evaluate((one) => window.fake.client.request('lab.injectFault', { pool: 'demo', node: one, fault: { type: 'refuse' } }), id);
    await node.getByText('DEMO: refuses new connections').waitFor();
    expect(await node.getByText('runs well').count()).toBe(0);
    await page.getByRole('button', { name: 'End all faults' }).click();
    await node.getByText('runs well').waitFor();
  });

  it('sets a fault with its parameters by keyboard alone, says what it does, and ends all faults', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Start the demo' }).click();
    await page.getByRole('button', { name: 'Fault of demo-2…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'What goes wrong with demo-2?' });
    await dialog.waitFor();
    await dialog.getByLabel('What goes wrong', { exact: true }).selectOption('Answer with errors');
    await dialog.getByText('A share of requests, checks’ too, is answered with a 5xx.').waitFor();
    await dialog.getByLabel('Share of requests').fill('250');
    await page.keyboard.press('Enter');
    await dialog.getByText('1 to 100 %.').waitFor();
    await dialog.getByLabel('Share of requests').fill('25');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect((await lab(page)).nodes[1]?.fault).toEqual({ type: 'errors', share: 0.25, status: 503 });
    await page.getByText('answers 25 % of requests with 503').waitFor();
    await page.getByRole('button', { name: 'Kill demo-1' }).click();
    await page.getByText('was killed: its port refuses, its connections broke').waitFor();
    await page.getByRole('button', { name: 'End all faults' }).click();
    await page.getByRole('button', { name: 'End all faults' }).waitFor({ state: 'hidden' });
    expect((await lab(page)).nodes.map((node) => node.fault)).toEqual([null, null, null]);
  });

  it('makes a fault up for a node of the owner’s, with its tag, and keeps the way out in view', async () => {
    const page = await open({ fake: own });
    await page.getByLabel('Node', { exact: true }).selectOption('web-2 in Web');
    await page.getByRole('region', { name: 'Faults on your own nodes' }).getByRole('button', { name: 'Fault…' }).click();
    const dialog = page.getByRole('dialog', { name: 'DEMO: what is made up for web-2 in Web?' });
    expect(await dialog.getByLabel('What goes wrong', { exact: true }).locator('option').allTextContents()).toEqual([
      'Refuse connections',
      'Slow down',
      'Answer with errors',
    ]);
    await dialog.getByLabel('What goes wrong', { exact: true }).selectOption('Slow down');
    await dialog.getByRole('button', { name: 'Begin' }).click();
    const item = page.getByRole('listitem').filter({ hasText: 'web-2 in Web' });
    await item.getByText('DEMO').waitFor();
    expect((await lab(page)).injected).toEqual([{ pool: 'web', node: 'b', fault: { type: 'slow', medianMs: 300, p95Ms: 1200 } }]);
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'End all faults' }).click();
    await item.waitFor({ state: 'hidden' });
    expect((await lab(page)).injected).toEqual([]);
  });

  it('changes what the clients do', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Start the demo' }).click();
    await page.getByRole('textbox', { name: 'With a WebSocket' }).fill('40');
    await expect.poll(async () => (await lab(page)).clients.webSockets).toBe(0.4);
    await page.getByRole('textbox', { name: 'Keep-alive requests' }).fill('75');
    await expect.poll(async () => (await lab(page)).clients.keepAlive).toBe(0.75);
    await page.getByRole('switch', { name: 'An address of its own for each' }).check();
    await expect.poll(async () => (await lab(page)).clients.ownAddresses).toBe(true);
    await page.getByText('Each waits 400 ms between two requests, on average.').waitFor();
  });

  it('says where addresses cannot be had', async () => {
    const page = await open({
      fake: { lab: { running: true, clients: { ownAddressesPossible: false, count: 3, requestsPerSecond: 0 } as LabState['clients'] } },
    });
    expect(await page.getByRole('switch', { name: 'An address of its own for each' }).isDisabled()).toBe(true);
    await page.getByText('All come from 127.0.0.1.').waitFor();
    await page.getByText('They ask nothing.').waitFor();
  });

  it('runs a scenario: steps to come, what came of it, the way to the timeline', async () => {
    const page = await open({ isTimeHeld: true });
    await page.getByRole('button', { name: 'Run “A node crashes”' }).click();
    const card = page.getByRole('region', { name: 'A node crashes' });
    const steps = card.getByRole('list', { name: 'Steps' }).getByRole('listitem');
    await card.waitFor();
    await page.clock.runFor(1_000);
    // The page's clock goes on by itself besides: how far depends on the machine.
    await card
      .getByText(/^in \d s$/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Run “A node hangs”' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /Kill demo-1/ }).isDisabled()).toBe(true);
    await page.clock.runFor(5_000);
    await tick(page);
    await expect.poll(() => steps.first().textContent()).toContain('done');
    await page.clock.runFor(15_000);
    await tick(page);
    await card.getByText('Over: all 6 expectations held').waitFor();
    expect(await card.getByRole('list', { name: 'Expectations' }).getByRole('listitem').count()).toBe(6);
    expect(await card.getByRole('link', { name: 'Show in Timeline' }).getAttribute('href')).toBe('#/timeline?run=fake');
    expect(await axeProblems(page)).toEqual([]);
  });

  it('stops a scenario, and says what is wrong with a file', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Run “A node hangs”' }).click();
    await page.getByRole('button', { name: 'Stop the scenario' }).click();
    await page.getByText('Stopped: it was stopped by hand').waitFor();
    const chooser = page.getByLabel('A scenario of your own, a JSON file');
    await chooser.setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from('{"version": 1,') });
    await page.getByText('mine.json was not run: one problem.').waitFor();
    await page.getByText('is not JSON').waitFor();
    await chooser.setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from('{"version": 1}') });
    await page.getByText(/mine\.json was not run: \d problems\./).waitFor();
    const good = { version: 1, id: 'mine', name: 'My own', durationMs: 5000, steps: [] };
    await chooser.setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(good)) });
    await page.getByRole('region', { name: 'My own' }).waitFor();
  });
});

describe('in both themes', () => {
  it('axe finds nothing wrong with nodes that suffer, and the dialog; nothing is wider than a small window', async () => {
    const page = await open({ size: { width: 1024, height: 700 } });
    await page.getByRole('button', { name: 'Start the demo' }).click();
    await page.getByRole('button', { name: 'Kill demo-3' }).click();
    await page.getByRole('button', { name: 'Revive demo-3' }).waitFor();
    expect(await axeProblemsInBothThemes(page)).toEqual([]);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.className),
    );
    expect(wide).toEqual([]);
    await page.getByRole('button', { name: 'Fault of demo-1…' }).click();
    await page.getByLabel('What goes wrong', { exact: true }).selectOption('Flap');
    expect(await axeProblemsInBothThemes(page)).toEqual([]);
  });
});
