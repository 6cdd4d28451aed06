import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { fakeCertificate } from '../../renderer/bridge/fake-certificates.ts';
import type { Config } from '../../shared/model/config.ts';
import { useScreens } from './open-screens.ts';
import { axeProblemsInBothThemes, type OpenOptions } from './screens-harness.ts';

const day = 86_400_000;
const now = Date.now();
const good = fakeCertificate(['localhost', '127.0.0.1', '::1']);
const old = fakeCertificate(['old.example.test'], { issuer: 'Some authority', selfSigned: false, notAfter: now - 3 * day });
const soon = fakeCertificate(
  ['a-rather-long-name-that-goes-on.of.a.service.example.test', '*.example.test', 'x.test', 'y.test', 'z.test'],
  {
    notAfter: now + 9 * day + 60_000,
  },
);

const nodes = [{ id: 'a', address: '127.0.0.1:9001' }];
const world = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8443, protocol: 'https', pool: 'web', certificates: ['local'] }],
  pools: [{ id: 'web', name: 'Web', stickiness: { type: 'http_cookie' }, nodes }],
  certificates: [
    { id: 'local', name: 'localhost', certPem: good.certPem, keyPem: good.keyPem },
    { id: 'old', certPem: old.certPem, keyPem: old.keyPem },
    { id: 'soon', certPem: soon.certPem, keyPem: soon.keyPem },
    { id: 'file', certFile: '/etc/ssl/site/fullchain.pem', keyFile: '/etc/ssl/site/privkey.pem' },
  ],
};
const servers = [
  { address: '127.0.0.1:3000', program: 'node', pid: 4121 },
  { address: '127.0.0.1:8000', program: 'python', pid: 4122 },
];
const full: OpenOptions = { fake: { config: world, servers } };
const blank: OpenOptions = { fake: { servers } };

const open = useScreens(full);
const running = (page: Page) => page.evaluate<Config>(() => window.fake.handlers['config.get']({}));

describe('certificates', () => {
  it('says of each what it is for, how long, for whom, and what is wrong', async () => {
    const page = await open('#/certificates');
    const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name }) });
    await expect.poll(() => row('localhost').textContent()).toContain('396 days left');
    expect(await row('localhost').textContent()).toContain('localhost, 127.0.0.1, ::1itself');
    expect(await row('localhost').textContent()).toMatch(/Web$/);
    expect(await row('old').textContent()).toContain('Some authorityexpired 3 days ago');
    expect(await row('soon').textContent()).toContain('and 3 more');
    expect(await row('soon').textContent()).toContain('9 days left');
    expect(await row('file').textContent()).toContain('Not usablecannot read "/etc/ssl/site/fullchain.pem"');
    await row('localhost').getByRole('link').click();
    const inspector = page.getByRole('complementary', { name: 'Certificate localhost' });
    await inspector.getByText(good.facts.fingerprint).waitFor();
    await inspector.getByText('curl --cacert local.crt https://localhost:8443/').waitFor();
    expect(await page.locator('body').textContent()).not.toContain('PRIVATE KEY');
    // In use: it stays. The others may go.
    expect(await inspector.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
    await inspector.getByText('Listener Web answers with it. Give it another one first.').waitFor();
    await row('old').getByRole('link').click();
    await page.getByRole('complementary', { name: 'Certificate old' }).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Certificate old removed').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await row('old').waitFor();
  });

  it('are made for names, and anew', async () => {
    const page = await open('#/certificates', blank);
    await page.getByRole('link', { name: 'Make one for localhost' }).click();
    const names = page.getByLabel('Names');
    expect(await names.inputValue()).toBe('localhost\n127.0.0.1\n::1');
    await names.fill('not a name!, localhost');
    await page.getByText('“name!” is no DNS name or IP address.').waitFor();
    await names.fill('shop.test, *.shop.test');
    await page.getByRole('button', { name: 'Make the certificate' }).click();
    await page.getByRole('complementary', { name: 'Certificate shop.test' }).waitFor();
    await page.getByRole('button', { name: 'Apply 1 change' }).click();
    await page.getByText('1 change applied').waitFor();
    const [made] = (await running(page)).certificates;
    expect(made).toMatchObject({ id: 'shop-test', name: 'shop.test' });
    expect(made!.certPem).toContain('BEGIN CERTIFICATE');
    await page.getByRole('button', { name: 'Make anew' }).click();
    await page.getByText('It is in use once you apply.').waitFor();
  });

  it('are imported once they are whole, a pair and in date', async () => {
    const page = await open('#/certificates/import', blank);
    const cert = page.getByLabel('Certificate (PEM)');
    const key = page.getByLabel('Key (PEM)');
    const add = page.getByRole('button', { name: 'Add the certificate' });
    await add.click();
    await page.getByText('Paste the certificate as PEM text, or choose its file.').waitFor();
    await cert.fill(good.certPem);
    await key.fill(old.keyPem);
    await add.click();
    await page.getByText('Does not fit the certificate: they are not a pair.').waitFor();
    await cert.fill(old.certPem);
    await add.click();
    await page.getByText(/^Expired on .*; renew it\.$/).waitFor();
    const file = (name: string, text: string) => ({ name, mimeType: 'application/x-pem-file', buffer: Buffer.from(text) });
    await page.locator('input[type=file]').first().setInputFiles(file('site.crt', good.certPem));
    await page.locator('input[type=file]').last().setInputFiles(file('site.key', good.keyPem));
    await expect.poll(() => key.inputValue()).toBe(good.keyPem);
    await add.click();
    await page.getByRole('complementary', { name: 'Certificate localhost' }).waitFor();
    await page.getByRole('link', { name: 'Import' }).click();
    await page.getByRole('radio', { name: 'Files to follow' }).check();
    await page.getByLabel('Certificate file').fill('/etc/ssl/a.pem');
    await page.getByLabel('Key file').fill('/etc/ssl/a.key');
    await add.click();
    await page.getByText('Cannot read "/etc/ssl/a.pem": there is no such file.').waitFor();
  });

  it('are made for a listener where it is edited', async () => {
    const config = { ...world, certificates: [], listeners: [{ ...world.listeners[0], protocol: 'http', certificates: [] }] };
    const page = await open('#/listeners/web', { fake: { config } });
    await page.getByRole('radio', { name: 'HTTPS' }).check();
    await page.getByText('must name at least one certificate').waitFor();
    await page.getByRole('button', { name: 'Make one for localhost' }).click();
    await page.getByText(/localhost, 127.0.0.1, ::1, 39[67] days left/).waitFor();
    await page.getByRole('button', { name: /^Apply/ }).click();
    await page.getByText('changes applied').waitFor();
    expect((await running(page)).listeners[0]).toMatchObject({ protocol: 'https', certificates: ['localhost'] });
  });
});

describe('servers of this machine', () => {
  it('and one HTTPS address with stickiness in front of them take four clicks', async () => {
    const page = await open('#/live', blank);
    await page.getByText('Already listening here:').waitFor();
    await page.getByRole('link', { name: 'Put one address in front of them' }).click();
    expect(await page.getByLabel('Your servers').inputValue()).toBe('127.0.0.1:3000\n127.0.0.1:8000');
    // Those that are taken stay where they are: a second press gives one back, a third takes it again.
    const offer = page.getByRole('group', { name: 'Found on this machine' });
    const taken = () => offer.getByRole('button', { pressed: true }).allInnerTexts();
    expect(await taken()).toEqual(['node :3000', 'python :8000']);
    await offer.getByRole('button', { name: 'Use node :3000' }).click();
    expect(await page.getByLabel('Your servers').inputValue()).toBe('127.0.0.1:8000');
    expect(await taken()).toEqual(['python :8000']);
    await page.getByLabel('Your servers').fill('8000, http://localhost:3000');
    expect(await taken()).toEqual(['node :3000', 'python :8000']);
    await page.getByLabel('Your servers').fill('3000, 8000');
    await page.getByRole('switch', { name: 'HTTPS' }).check();
    expect(await page.getByLabel('Port of the address').inputValue()).toBe('8443');
    await page.getByRole('button', { name: 'Open the address' }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/live');
    await page.getByText('https://127.0.0.1:8443/ is open').waitFor();
    await page.getByText('Requests to it go to your 2 servers. Browsers warn until its certificate is trusted.').waitFor();
    const config = await running(page);
    expect(config.listeners).toMatchObject([{ port: 8443, protocol: 'https', pool: 'web', certificates: ['localhost'] }]);
    expect(config.pools[0]).toMatchObject({ stickiness: { type: 'http_cookie' }, nodes: servers.map(({ address }) => ({ address })) });
    expect(config.certificates[0]!.certPem).toContain('BEGIN CERTIFICATE');

    // The next one answers with the same certificate, at the next port.
    await page.evaluate(() => (location.hash = '#/listeners/new'));
    await page.getByLabel('Your servers').fill('4000');
    await page.getByRole('switch', { name: 'HTTPS' }).check();
    await page.getByRole('switch', { name: 'Stickiness' }).uncheck();
    await page.getByRole('button', { name: 'Open the address' }).click();
    await expect.poll(async () => (await running(page)).listeners.length).toBe(2);
    const next = await running(page);
    expect(next.listeners[1]).toMatchObject({ port: 8444, certificates: ['localhost'] });
    expect([next.certificates.length, next.pools[1]!.stickiness.type]).toEqual([1, 'none']);
  });

  it('keep their ports: the form proposes one that nobody has, and begins where one types', async () => {
    const server = (port: number) => ({ ...servers[0]!, address: `127.0.0.1:${port}` });
    const page = await open('#/listeners/new', { fake: { servers: [server(8080), server(8081)] } });
    await expect.poll(() => page.getByLabel('Port of the address').inputValue()).toBe('8082');
    await page.keyboard.type('8080, 8081');
    expect(await page.getByRole('group', { name: 'Found on this machine' }).getByRole('button', { pressed: true }).count()).toBe(2);
  });

  it('are offered in the pool editor, but for those it has', async () => {
    const page = await open('#/pools/web');
    const offer = page.getByRole('group', { name: 'Found on this machine' });
    await offer.getByRole('button', { name: 'Add node :3000' }).click();
    await expect.poll(() => offer.textContent()).toBe('Found on this machine:python :8000');
    await page.getByRole('button', { name: 'Discard' }).click();
    await offer.getByRole('button', { name: 'Add both' }).click();
    await page.getByText('node-2 added, node-3 added').waitFor();
    expect(await offer.count()).toBe(0);
  });
});

describe('in both themes', () => {
  it('axe finds nothing wrong and nothing is cut off in a small window', async () => {
    const problems: string[] = [];
    const look = async (page: Page, hash: string, act?: () => Promise<void>) => {
      await page.evaluate((next) => (location.hash = next), hash);
      await page.locator('main h1').waitFor();
      await page.waitForTimeout(150);
      await act?.();
      problems.push(...(await axeProblemsInBothThemes(page)).map((problem) => `${hash}: ${problem}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) problems.push(`${hash}: ${wide} px too wide`);
    };
    const size = { width: 1024, height: 700 };
    const page = await open('#/settings', { ...full, size });
    await look(page, '#/certificates');
    await look(page, '#/certificates/old');
    await look(page, '#/certificates/file');
    await look(page, '#/certificates/new', () => page.getByLabel('Names').fill('a b'));
    await look(page, '#/certificates/import', () => page.getByRole('button', { name: 'Add the certificate' }).click());
    await look(page, '#/pools/web', () => page.getByRole('group', { name: 'Found on this machine' }).scrollIntoViewIfNeeded());
    await look(page, '#/listeners/new', () => page.getByRole('switch', { name: 'HTTPS' }).check());
    await page.context().close();
    const empty = await open('#/settings', { ...blank, size });
    await look(empty, '#/certificates');
    await look(empty, '#/live', () => empty.getByText('Already listening here:').waitFor());
    expect(problems).toEqual([]);
  }, 40_000);
});
