import { mkdirSync } from 'node:fs';
import { startScreens, axeProblems } from '/work/main/test/renderer/screens-harness.ts';
export const web = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [
    {
      id: 'web',
      name: 'Web',
      stickiness: { type: 'http_cookie' },
      healthCheck: { type: 'http', path: '/healthz', intervalMs: 10000, timeoutMs: 3000, attempts: 3, rise: 3 },
      nodes: ['a', 'b', 'c'].map((id, i) => ({ id, label: `api-${i + 1}`, address: `127.0.0.1:900${i + 1}` })),
    },
  ],
};
const many = {
  version: 1,
  listeners: [
    { id: 'web', name: 'Web', host: '0.0.0.0', port: 8443, protocol: 'http', pool: 'web' },
    { id: 'int', name: 'Internal API', host: '::1', port: 8081, protocol: 'http', pool: 'api' },
    { id: 'db', name: 'A database with a very long name for eu-central-2', port: 5432, protocol: 'tcp', pool: 'db', enabled: false },
  ],
  pools: [
    { ...web.pools[0], algorithm: 'leastconn', stickiness: { type: 'table' } },
    {
      id: 'api',
      name: 'API',
      algorithm: 'random2',
      stickiness: { type: 'http_cookie' },
      healthCheck: { type: 'http', intervalMs: 1000, timeoutMs: 500, attempts: 2 },
      nodes: [1, 2, 3].map((n) => ({
        id: `n${n}`,
        label: n === 3 ? 'billing-worker-eu-central-2' : `api-${n}`,
        address: `[2001:db8:85a3:0:0:8a2e:370:${7330 + n}]:9001`,
        mode: n === 3 ? 'drain' : 'accept',
      })),
    },
    { id: 'db', name: 'Databases', nodes: [] },
  ],
};
const out = '/tmp/w/shots/';
mkdirSync(out, { recursive: true });
const only = process.argv.slice(2);
const s = await startScreens();
const shots: [string, string, any, ((p: any) => Promise<void>)?][] = [
  [
    'pools',
    '#/pools',
    { config: many, clients: { web: 40, api: 30 }, rates: { web: 200, api: 80 } },
    async (p) => {
      await p.evaluate(() => (window as any).fake.kill('api', 'n2'));
      await p.waitForTimeout(2600);
    },
  ],
  ['pools-empty', '#/pools', {}],
  [
    'pool',
    '#/pools/web',
    { config: web, clients: { web: 36 }, rates: { web: 142 } },
    async (p) => {
      await p.getByLabel('Interval').fill('5');
      await p.getByLabel('Failures to go down').fill('2');
      await p.getByRole('radiogroup', { name: 'Mode of api-3' }).getByRole('radio', { name: 'Backup' }).check();
      await p.getByLabel('Weight of api-2').fill('300');
      await p.locator('[data-section=health]').evaluate((e: any) => e.scrollIntoView());
      await p.getByLabel('Failures to go down').focus();
      await p.keyboard.press('End');
    },
  ],
  ['pool-top', '#/pools/api', { config: many, clients: { web: 36 }, rates: { web: 142 } }],
  [
    'pool-end',
    '#/pools/web',
    { config: web, clients: { web: 36 } },
    async (p) => {
      await p.getByRole('button', { name: 'More options of api-1' }).click();
      await p.getByLabel('TLS to the node').check();
      await p.getByRole('button', { name: 'Try a check now' }).click();
      await p.getByRole('button', { name: 'Paste several addresses' }).click();
      await p.getByLabel('Addresses').fill('3000, 3001 foo');
      await p.getByRole('button', { name: 'Nodes' }).click();
    },
  ],
  [
    'pool-safety',
    '#/pools/web',
    { config: web, clients: { web: 36 } },
    async (p) => {
      await p.getByRole('button', { name: 'Delete', exact: true }).click();
    },
  ],
  [
    'listeners',
    '#/listeners',
    { config: many, clients: { web: 40, api: 30 }, rates: { web: 200, api: 80 } },
    async (p) => {
      await p.evaluate(() => (window as any).fake.kill('api', 'n2'));
      await p.waitForTimeout(2600);
    },
  ],
  ['listeners-empty', '#/listeners', {}],
  [
    'listener',
    '#/listeners/web',
    { config: web, clients: { web: 36 } },
    async (p) => {
      await p.getByLabel('Port').fill('99999');
      await p.getByRole('radio', { name: 'HTTPS' }).check();
    },
  ],
  [
    'listener-new',
    '#/listeners/new',
    {},
    async (p) => {
      await p.getByLabel('Your servers').fill('3000, 3001, localhost:3002');
    },
  ],
  [
    'clients',
    '#/clients',
    { config: web, clients: { web: 36 }, rates: { web: 142 } },
    async (p) => {
      await p.evaluate(() => (window as any).fake.kill('web', 'b'));
      await p.waitForTimeout(600);
      await p.locator('tbody a').first().click();
      await p.waitForTimeout(900);
    },
  ],
  [
    'clients-many',
    '#/clients',
    { config: many, clients: { web: 20000, api: 300 } },
    async (p) => {
      await p.getByRole('region', { name: 'Clients' }).evaluate((e: any) => {
        e.scrollTop = 300000;
      });
      await p.waitForTimeout(1500);
    },
  ],
  ['clients-empty', '#/clients', {}],
  [
    'lab',
    '#/lab',
    {},
    async (p) => {
      await p.getByRole('button', { name: 'Start the demo' }).click();
      await p.waitForTimeout(800);
      await p.getByRole('button', { name: 'Kill demo-2' }).click();
      await p.waitForTimeout(2600);
    },
  ],
  ['lab-empty', '#/lab', {}],
  ['settings', '#/settings', { config: web }],
];
for (const [name, hash, fake, act] of shots) {
  if (only.length && !only.includes(name)) continue;
  for (const [theme, size, suffix] of [
    ['dark', { width: 1280, height: 800 }, ''],
    ['light', { width: 1280, height: 800 }, '-light'],
    ['dark', { width: 1024, height: 700 }, '-1024'],
  ] as any) {
    const { page, errors } = await s.open(hash, { fake, theme, size });
    page.setDefaultTimeout(3000);
    try {
      await page.waitForTimeout(400);
      await act?.(page);
    } catch (e) {
      console.log(name, suffix, 'ACT', String(e).slice(0, 300));
    }
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${out}${name}${suffix}.png` });
    if (suffix !== '-1024')
      for (const p of await axeProblems(page))
        if (!p.startsWith('label-content-name-mismatch: a[')) console.log(name + suffix, 'AXE', p.replaceAll('\n', ' ').slice(0, 260));
    for (const e of errors) console.log(name + suffix, 'ERR', e.slice(0, 300));
    await page.context().close();
  }
}
await s.close();
