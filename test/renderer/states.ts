import type { Page } from 'playwright-core';
import type { FakeOptions } from '../../renderer/bridge/fake-client.ts';
import { scenarios } from './page/scenarios.ts';

/** A world the window may find itself in. */
export interface State {
  fake: FakeOptions;
  /** Nobody answers from the start. */
  isUnreached?: boolean;
  /** What happens once the window is open. */
  act?: (page: Page) => Promise<void>;
}

const check = { type: 'http', path: '/healthz', intervalMs: 1_000, timeoutMs: 500, attempts: 2 };
const long = (what: string) => `${what} of the department for billing, invoices and reminders, eu-central`;

const longConfig = {
  version: 1,
  listeners: [
    { id: 'web', name: long('Front door'), host: '2001:db8:85a3:8d3:1319:8a2e:370:7334', port: 58_443, protocol: 'http', pool: 'web' },
    { id: 'mail', name: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk', port: 10_025, protocol: 'tcp', pool: 'mail' },
  ],
  pools: [
    {
      id: 'web',
      name: long('Servers'),
      stickiness: { type: 'table' },
      healthCheck: check,
      nodes: [1, 2, 3].map((n) => ({
        id: `n${n}`,
        label: `${long('worker')}-${n}`,
        address: `[2001:db8:85a3:8d3:1319:8a2e:370:733${n}]:59001`,
      })),
    },
    {
      id: 'mail',
      name: 'Hauptbetriebswerkbauunterbeamtengesellschaft',
      nodes: [1, 2].map((n) => ({
        id: `m${n}`,
        label: `mail-${n}.internal.department.example-company.test`,
        address: `mail-${n}.internal.department.example-company.test:10025`,
      })),
    },
  ],
};

const manyConfig = {
  version: 1,
  listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [
    {
      id: 'web',
      name: 'Web',
      stickiness: { type: 'table' },
      healthCheck: check,
      nodes: Array.from({ length: 200 }, (_, i) => ({
        id: `n${i + 1}`,
        label: `web-${i + 1}`,
        address: `10.0.${i >> 7}.${(i & 127) + 1}:3000`,
      })),
    },
  ],
};

const healthy = scenarios['healthy']!;

/** The next patch is missed, so that the window asks for the whole state again. */
const askAgain = async (page: Page) => {
  await page.evaluate(() => window.fake.dropNextPatch());
};

const states = {
  healthy: { fake: healthy },
  'long-names': { fake: { config: longConfig, clients: { web: 36 }, rates: { web: 1_420, mail: 30 } } },
  'thousand-clients': { fake: scenarios['thousand']! },
  '200-nodes': { fake: { config: manyConfig, clients: { web: 1_000 }, rates: { web: 4_000 } } },
  empty: { fake: {} },
  'node-down': {
    fake: healthy,
    act: (page) => page.evaluate(() => window.fake.kill('web', 'n2')),
  },
  'cannot-bind': {
    fake: healthy,
    act: async (page) => {
      await page.evaluate(() => {
        const whole = window.fake.handlers['engine.snapshot'];
        window.fake.handlers['engine.snapshot'] = async (params, ...rest) => {
          const snapshot = await whole(params, ...rest);
          const reason = 'Port 8080 is used by another program (node, pid 4121). Use 8081?';
          return { ...snapshot, listeners: snapshot.listeners.map((one) => ({ ...one, state: 'error' as const, reason })) };
        };
      });
      await askAgain(page);
    },
  },
  refused: {
    fake: healthy,
    act: (page) =>
      page.evaluate(() => {
        window.fake.handlers['config.apply'] = () => {
          throw new window.ContractError('CONFIG_INVALID', 'The configuration has a mistake: pools[0].nodes[1].address leads nowhere.', [
            { path: 'pools[0].nodes[1].address', message: 'leads nowhere' },
          ]);
        };
      }),
  },
  'engine-restarting': {
    fake: healthy,
    act: async (page) => {
      await page.evaluate(() => {
        window.fake.handlers['engine.snapshot'] = () => {
          throw new window.ContractError('ENGINE_UNAVAILABLE', 'The engine is being started again.');
        };
      });
      await askAgain(page);
    },
  },
  'api-gone': { fake: healthy, act: (page) => page.evaluate(() => window.fake.setConnected(false)) },
  unreached: { fake: {}, isUnreached: true },
} satisfies Record<string, State>;

export type StateName = keyof typeof states;
export const stateNames = Object.keys(states) as StateName[];
export const stateOf = (name: StateName): State => states[name];

/** Every screen there is something to see on, and what to do there first. What opens over the window comes last: it stays open. */
export const views: readonly (readonly [name: string, hash: string, act?: (page: Page) => Promise<void>])[] = [
  ['live', '#/live'],
  ['a node beside the map', '#/live/node/web/n2'],
  ['a listener beside the map', '#/live/listener/web'],
  ['a pool beside the map', '#/live/pool/web'],
  ['pools', '#/pools'],
  ['a pool', '#/pools/web'],
  [
    'a pool with changes',
    '#/pools/web',
    async (page) => {
      const interval = page.getByLabel('Interval');
      if ((await interval.count()) === 0) return;
      await interval.fill('7');
      const apply = page.getByRole('button', { name: /^Apply/ });
      if (await page.evaluate(() => window.fake.handlers['config.apply'].length === 0)) await apply.click();
    },
  ],
  ['listeners', '#/listeners'],
  ['a listener', '#/listeners/web'],
  ['the guided form', '#/listeners/new'],
  ['clients', '#/clients'],
  [
    'a client beside the table',
    '#/clients',
    async (page) => {
      const first = page.locator('tbody a').first();
      if ((await first.count()) > 0) await first.click();
    },
  ],
  ['traffic', '#/traffic'],
  ['requests', '#/requests'],
  ['a request beside the log', '#/requests/1'],
  ['certificates', '#/certificates'],
  ['making a certificate', '#/certificates/new'],
  ['importing a certificate', '#/certificates/import'],
  ['lab', '#/lab'],
  ['settings', '#/settings'],
  ['the design system', '#/design'],
  ['timeline', '#/timeline'],
  ['presenting', '#/present'],
  [
    'the palette',
    '#/live',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
    },
  ],
  [
    'the help',
    '#/pools',
    async (page) => {
      // The palette of before closes by itself on no other screen.
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
  ],
];

export const themes = ['dark', 'light'] as const;

/**
 * The sizes a window is judged at, in CSS pixels, and those of the text its user asked for. A page zoomed to 150 % is smaller in CSS
 * pixels: 853×533 is 1280×800, 683×467 is 1024×700. Text at 150 %, 24 px, is the same for style sheets, but not for scripts.
 */
export const sizes = [
  { width: 1024, height: 700, text: 16 },
  { width: 1280, height: 800, text: 16 },
  { width: 1920, height: 1080, text: 16 },
  { width: 2560, height: 1440, text: 16 },
  { width: 853, height: 533, text: 16 },
  { width: 683, height: 467, text: 16 },
  { width: 1280, height: 800, text: 24 },
  { width: 1024, height: 700, text: 24 },
] as const;
