import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Config } from '../../shared/model/config.ts';
import { useScreens } from './open-screens.ts';
import { axeProblems } from './screens-harness.ts';

const nodes = [{ id: 'a', address: '127.0.0.1:9001' }];
const config = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', name: 'Web', nodes }],
};

const open = useScreens({ fake: { config } });
const running = (page: Page) => page.evaluate<Config>(() => window.fake.handlers['config.get']({}));
const store = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
const shots = process.env['SHOTS'];
const shoot = async (page: Page, name: string) => {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
};

it.each(['dark', 'light'] as const)('makes the authority, shows who trusts it and how its key is kept (%s)', async (theme) => {
  const size = theme === 'dark' ? { width: 1280, height: 800 } : { width: 1024, height: 700 };
  const page = await open('#/certificates/authority', { fake: { config, settings: { theme } }, theme, size });
  await page.getByText('Nobody trusts it until you say so.').waitFor();
  await shoot(page, `authority-none-${theme}`);
  await page.getByRole('button', { name: 'Make the authority' }).click();
  await page.getByText('Evenkeel Local Authority E99E0C').waitFor();
  await page.getByText(/authority\/ca\.key\.sealed, encrypted with a secret/).waitFor();
  // The system's is not this user's: the commands stand there instead of a button.
  const system = store(page, 'System store (Debian, Ubuntu, Alpine)');
  expect(await system.getByText('sudo /usr/sbin/update-ca-certificates').count()).toBe(1);
  expect(await system.getByRole('button', { name: /rust/ }).count()).toBe(0);
  await shoot(page, `authority-${theme}`);
  expect(await axeProblems(page)).toEqual([]);

  const browsers = store(page, 'Browsers’ store (NSS)');
  await browsers.getByText('not trusted', { exact: true }).waitFor();
  await browsers.getByRole('button', { name: 'Trust…' }).press('Enter');
  const question = page.getByRole('dialog');
  await question.getByText('/usr/bin/certutil -A').waitFor();
  await shoot(page, `authority-question-${theme}`);
  expect(await axeProblems(page)).toEqual([]);
  // The safe answer has the focus.
  await page.keyboard.press('Enter');
  await browsers.getByText('not trusted', { exact: true }).waitFor();
  await browsers.getByRole('button', { name: 'Trust…' }).press('Enter');
  await question.getByRole('button', { name: 'Trust it' }).press('Enter');
  await browsers.getByText('trusted', { exact: true }).waitFor();
  await browsers.getByText('the database has it, and takes it for servers').waitFor();
  await browsers.getByRole('button', { name: 'Stop trusting…' }).click();
  await question.getByRole('button', { name: 'Take it out' }).click();
  await browsers.getByText('not trusted', { exact: true }).waitFor();
});

it('signs for local names only, and what it signed can be applied', async () => {
  const page = await open('#/certificates/authority');
  await page.getByRole('button', { name: 'Make the authority' }).click();
  await page.getByRole('link', { name: 'Sign for names' }).click();
  const form = page.getByRole('group', { name: 'Make a certificate' });
  await form.getByText('No store of this machine trusts it yet.').waitFor();
  await form.getByLabel('Names').fill('shop.example.com');
  await form.getByText('“shop.example.com” is a public name').waitFor();
  await form.getByLabel('Names').fill('shop.test, 192.168.1.20');
  await shoot(page, 'authority-make');
  expect(await axeProblems(page)).toEqual([]);
  await form.getByRole('button', { name: 'Make the certificate' }).click();
  await page.getByRole('complementary', { name: 'Certificate shop.test' }).getByText('Evenkeel Local Authority E99E0C').waitFor();
  await shoot(page, 'authority-inspector');
  await page.getByRole('button', { name: /^Apply/ }).click();
  await expect
    .poll(async () => (await running(page)).certificates)
    .toMatchObject([{ name: 'shop.test', certFile: expect.stringMatching(/shop\.test\.crt$/) as string }]);
  await page.goto(`${page.url().split('#')[0]!}#/certificates/authority`);
  await page
    .getByRole('row', { name: /shop\.test, 192\.168\.1\.20/ })
    .getByText('89 days left')
    .waitFor();
  await shoot(page, 'authority-signed');
  // The certificate alone, for phones.
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the certificate' }).click()]);
  expect(saved.suggestedFilename()).toBe('evenkeel-authority.crt');
});

it('replaces the authority after a question that says what that does', async () => {
  const page = await open('#/certificates/authority');
  await page.getByRole('button', { name: 'Make the authority' }).click();
  const browsers = store(page, 'Browsers’ store (NSS)');
  await browsers.getByRole('button', { name: 'Trust…' }).click();
  const question = page.getByRole('dialog');
  await question.getByRole('button', { name: 'Trust it' }).click();
  await browsers.getByText('trusted', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Replace the authority…' }).click();
  await question.getByText('It is taken out of: Browsers’ store (NSS).').waitFor();
  await shoot(page, 'authority-replace');
  expect(await axeProblems(page)).toEqual([]);
  // The safe answer has the focus.
  await page.keyboard.press('Enter');
  await browsers.getByText('trusted', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Replace the authority…' }).click();
  await question.getByRole('button', { name: 'Replace it' }).click();
  await browsers.getByText('not trusted', { exact: true }).waitFor();
  await question.waitFor({ state: 'detached' });
});

it('lets the guided form answer with it: three clicks as before', async () => {
  const page = await open('#/certificates/authority', { fake: {} });
  await page.getByRole('button', { name: 'Make the authority' }).click();
  await page.getByText('Evenkeel Local Authority E99E0C').waitFor();
  await page.goto(`${page.url().split('#')[0]!}#/listeners/new`);
  await page.getByLabel('Your servers').fill('3000');
  await page.getByLabel('HTTPS').click();
  expect(await page.getByLabel('Certificate').inputValue()).toBe(':authority');
  await page.getByText('No store of this machine trusts it yet.').waitFor();
  await shoot(page, 'authority-guided');
  await page.getByRole('button', { name: 'Open the address' }).click();
  await expect.poll(async () => (await running(page)).listeners).toMatchObject([{ protocol: 'https', certificates: ['localhost'] }]);
  expect((await running(page)).certificates).toMatchObject([{ id: 'localhost', certFile: expect.stringContaining('/issued/') as string }]);
  // Signed is not yet trusted: that is said, and the way there is a press.
  await page.getByText('Browsers warn until the local authority is trusted.').waitFor();
  await page.getByRole('button', { name: 'Have it trusted' }).click();
  await store(page, 'Browsers’ store (NSS)').getByRole('button', { name: 'Trust…' }).waitFor();
});

it('says that the demo keeps none, and offers it nowhere', async () => {
  const page = await open('#/certificates/authority', { fake: { config, authority: { folder: null } } });
  await page.getByText('The demo keeps no authority').waitFor();
  await page.goto(`${page.url().split('#')[0]!}#/certificates/new`);
  await page.getByText('It signs itself and is valid for 397 days').waitFor();
  expect(await page.getByRole('radiogroup', { name: 'Signed by' }).count()).toBe(0);
});
