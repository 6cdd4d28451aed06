import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bridge } from '../../shared/contract/channels.ts';
import type { Envelope } from '../../shared/contract/envelope.ts';
import { hardening } from './hardening.ts';
import { type DesktopApp, runtimes, until } from './launch-app.ts';

/** The bundled main and preload, as they ship. */

type Page = { evenkeel: Bridge };

const emptyConfig = { version: 1, listeners: [], pools: [] };

function newUserData(config?: unknown): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-desktop-'));
  if (config) writeFileSync(path.join(folder, 'evenkeel.json'), JSON.stringify(config));
  return folder;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createSocketServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** A node that names itself, after a pause. */
function startNode(name: string, pauseMs = 0): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((_request, response) => {
      setTimeout(() => response.end(name), pauseMs);
    }).listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

function configFor(port: number, nodes: Server[]): unknown {
  return {
    version: 1,
    listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
    pools: [
      {
        id: 'web',
        stickiness: { type: 'none' },
        healthCheck: { type: 'none' },
        nodes: nodes.map((node, i) => ({ id: `n${i}`, address: addressOf(node) })),
      },
    ],
  };
}

function request(app: DesktopApp, channel: string, params: unknown): Promise<Envelope> {
  return app.inPage(
    ({ channel: name, params: value }) => (window as unknown as Page).evenkeel.request(name as never, value) as Promise<Envelope>,
    { channel, params },
  );
}

for (const { name, missing, launch } of runtimes) {
  describe.skipIf(missing !== undefined)(
    `the desktop app on ${name}${missing ? ` (skipped: ${missing})` : ''}`,
    { timeout: 60_000 },
    () => {
      describe('with nothing configured', () => {
        let app: DesktopApp;
        let userData: string;

        beforeAll(async () => {
          userData = newUserData(emptyConfig);
          app = await launch({ userData });
        });
        afterAll(async () => {
          await app.end();
          rmSync(userData, { recursive: true, force: true });
        });

        it('opens a window with the screens', async () => {
          const text = await until(
            () => app.inPage(() => document.body.innerText),
            (shown) => shown.includes('Live'),
          );
          expect(text).toContain('Pools');
          expect(await app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
          expect(await app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())).toMatch(
            /^app:\/\/evenkeel\/index\.html/,
          );
        });

        it('answers through the contract, failures too', async () => {
          expect(await request(app, 'app.info', {})).toMatchObject({ ok: true, value: { host: 'desktop' } });
          expect(await request(app, 'app.info', { extra: 1 })).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
          expect(await request(app, 'node.setMode', { pool: 'x', node: 'y', mode: 'drain' })).toMatchObject({
            ok: false,
            error: { code: 'POOL_NOT_FOUND' },
          });
        });

        // In their order: the last ones try to leave the page.
        it.each(hardening)('is hardened, item $item: $name', async ({ problem }) => {
          expect(await problem(app)).toBe('');
        });
      });

      describe('balancing', () => {
        let app: DesktopApp;
        let userData: string;
        let nodes: Server[] = [];

        beforeEach(async () => {
          userData = newUserData(emptyConfig);
          app = await launch({ userData });
        });
        afterEach(async () => {
          await app.end();
          for (const node of nodes) node.close();
          nodes = [];
          rmSync(userData, { recursive: true, force: true });
        });

        it('serves what the window applied, and says so to the window', async () => {
          nodes = [await startNode('one'), await startNode('two')];
          const port = await freePort();
          await app.inPage(() => {
            const page = window as unknown as Page & { seen: unknown[] };
            page.seen = [];
            page.evenkeel.subscribe('config.changed', (payload) => page.seen.push(payload));
          });
          const applied = await request(app, 'config.apply', { config: configFor(port, nodes) });
          expect(applied).toMatchObject({ ok: true });

          const answers = new Set<string>();
          for (let i = 0; i < 6; i++) answers.add(await (await fetch(`http://127.0.0.1:${port}/`)).text());
          expect([...answers].sort()).toEqual(['one', 'two']);

          const seen = await until(
            () => app.inPage(() => (window as unknown as { seen: unknown[] }).seen),
            (events) => events.length > 0,
          );
          expect(JSON.stringify(seen)).toContain('listeners.web');
        });

        it('lets what is in flight finish when it quits', async () => {
          nodes = [await startNode('slow', 1_500)];
          const port = await freePort();
          expect(await request(app, 'config.apply', { config: configFor(port, nodes) })).toMatchObject({ ok: true });

          const inFlight = fetch(`http://127.0.0.1:${port}/`).then(async (response) => [response.status, await response.text()]);
          await new Promise((resolve) => setTimeout(resolve, 300));
          const code = app.quit();
          expect(await inFlight).toEqual([200, 'slow']);
          expect(await code).toBe(0);
          await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
        });
      });

      it('shows a running demo on the very first start', async () => {
        const userData = newUserData();
        const app = await launch({ userData });
        try {
          const lab = await until(
            () => request(app, 'lab.get', {}),
            (answer) => answer.ok && (answer.value as { running: boolean }).running,
            40_000,
          );
          const { url } = (lab as { value: { url: string } }).value;
          expect((await fetch(url)).status).toBe(200);
        } finally {
          await app.end();
          rmSync(userData, { recursive: true, force: true });
        }
      });
    },
  );
}
