import { expect, it } from 'vitest';
import { whyAndWhatNext } from '../../renderer/app/shell/offline-banner.tsx';
import { useScreens } from './open-screens.ts';

// A screen that is opened while nobody answers says so itself, with a way to ask again, and is filled once somebody does.

const open = useScreens();

const screens: [hash: string, title: string][] = [
  ['#/live', 'The nodes and their clients could not be read'],
  ['#/timeline', 'The past could not be read'],
  ['#/pools', 'The pools could not be read'],
  ['#/pools/web', 'The pool could not be read'],
  ['#/listeners', 'The listeners could not be read'],
  ['#/listeners/web', 'The listener could not be read'],
  ['#/clients', 'The clients could not be read'],
  ['#/traffic', 'The traffic could not be read'],
  ['#/requests', 'The requests could not be read'],
  ['#/certificates', 'The certificates could not be read'],
  ['#/certificates/authority', 'The local authority could not be read'],
  ['#/lab', 'The Lab could not be read'],
];

it('every screen opened while nobody answers', { timeout: 60_000 }, async () => {
  const page = await open('#/pools', {
    isUnreached: true,
    fake: {
      config: {
        version: 1,
        listeners: [{ id: 'web', port: 8080, protocol: 'http', pool: 'web' }],
        pools: [{ id: 'web', stickiness: { type: 'table' }, nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
      },
      clients: { web: 12 },
    },
  });
  const go = (hash: string) => page.evaluate((to) => void (location.hash = to), hash);
  for (const [hash, title] of screens) {
    await go(hash);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByRole('main').getByText('Evenkeel does not answer.').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Try again' }).waitFor();
  }
  // One that still fails stays as it is; the connection's return fills the screen without being asked.
  await go('#/pools');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'The pools could not be read' }).waitFor();
  await page.evaluate(() => window.fake.setConnected(true));
  await page.getByRole('link', { name: 'web' }).first().waitFor();
  for (const [hash] of screens) {
    await go(hash);
    await page.getByRole('main').getByText('could not be read').waitFor({ state: 'detached' });
  }
});

it('an answer that is an error: said where it was asked for, and asked for again by a press', { timeout: 30_000 }, async () => {
  const page = await open('#/settings', { fake: { clients: { web: 3 } } });
  await page.evaluate(() => {
    const whole = window.fake.handlers['clients.list'];
    window.fake.handlers['clients.list'] = () => {
      window.fake.handlers['clients.list'] = whole;
      throw new window.ContractError('INTERNAL', 'The table could not be read. Details are in the log.');
    };
    location.hash = '#/clients';
  });
  await page.getByRole('heading', { name: 'The clients could not be read' }).waitFor();
  await page.getByText('The table could not be read. Details are in the log.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'The clients could not be read' }).waitFor({ state: 'detached' });
});

it('the banner says nothing twice', () => {
  expect(whyAndWhatNext('Evenkeel does not answer. Start it again; this page reconnects by itself.')).toBe(
    'Start it again; this page reconnects by itself. Numbers below are the last ones heard.',
  );
  expect(whyAndWhatNext('Evenkeel does not answer.')).toBe('Numbers below are the last ones heard. Trying again by itself.');
  expect(whyAndWhatNext('The engine is being started again.')).toBe(
    'The engine is being started again. Numbers below are the last ones heard. Trying again by itself.',
  );
  expect(whyAndWhatNext('Evenkeel does not answer.', false)).toBe('Trying again by itself.');
});
