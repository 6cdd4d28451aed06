import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpdateState } from '../../shared/model/update.ts';
import { click, request, text } from './life-harness.ts';
import { type DesktopApp, runtimes, until } from './launch-app.ts';

/**
 * The bundled main with the real electron-updater against a real feed on this machine: an AppImage that finds, fetches, verifies and
 * installs the next one. On the stand-in alone: Electron itself counts as packaged, and reads app-update.yml, only out of a package.
 */

const standIn = runtimes.find(({ name }) => name === 'the stand-in')!;
const reason = process.platform !== 'linux' ? 'an AppImage is of Linux' : standIn.missing;

/** The name under which a Linux program of this machine's kind looks. */
const channelFile = process.arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${process.arch}.yml`;
const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('base64');

/** A feed as electron-builder leaves it, in memory. */
class Feed {
  readonly asked: { url: string; headers: NodeJS.Dict<string | string[]> }[] = [];
  readonly files = new Map<string, Buffer | string>();
  /** Bytes a second; undefined: at once. */
  pace: number | undefined;
  address = '';
  readonly #server: Server;

  static async start(): Promise<Feed> {
    const feed = new Feed();
    feed.#server.listen(0, '127.0.0.1');
    await once(feed.#server, 'listening');
    feed.address = `http://127.0.0.1:${(feed.#server.address() as AddressInfo).port}/`;
    return feed;
  }

  private constructor() {
    this.#server = createServer((incoming, response) => {
      const url = incoming.url ?? '';
      this.asked.push({ url, headers: incoming.headers });
      const file = this.files.get(url.slice(1).split('?')[0]!);
      if (file === undefined || incoming.headers.range !== undefined) {
        response.writeHead(file === undefined ? 404 : 200).end(file);
        return;
      }
      const bytes = Buffer.from(file);
      response.writeHead(200, { 'Content-Length': bytes.length });
      if (this.pace === undefined) {
        response.end(bytes);
        return;
      }
      let at = 0;
      const step = Math.ceil(this.pace / 20);
      const timer = setInterval(() => {
        response.write(bytes.subarray(at, (at += step)));
        if (at >= bytes.length) response.end();
      }, 50);
      response.once('close', () => {
        clearInterval(timer);
      });
    });
  }

  /** Publishes a version. @param served what is handed out in the place of the file that is described. */
  publish(version: string, file: Buffer, served = file): void {
    const name = `Evenkeel-${version}.AppImage`;
    const lines = [
      `version: ${version}`,
      'files:',
      `  - url: ${name}`,
      `    sha512: ${sha512(file)}`,
      `    size: ${file.length}`,
      `path: ${name}`,
      `sha512: ${sha512(file)}`,
      "releaseDate: '2026-01-01T00:00:00.000Z'",
      'releaseNotes: |',
      '  Listeners say who they wait for.',
      '  <script>alert(1)</script>',
    ];
    this.files.set(channelFile, lines.join('\n'));
    this.files.set(name, served);
  }
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** What one program was installed as, and keeps: its own folder, its cache, the file it is started from. */
class Installation {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-updates-'));
  readonly image = path.join(this.folder, 'apps/Evenkeel.AppImage');
  readonly userData = path.join(this.folder, 'user');
  readonly #resources = path.join(this.folder, 'resources');

  /** @param feed undefined: it was packed without one. */
  constructor(feed: string | undefined, settings: unknown, config: unknown = { version: 1, listeners: [], pools: [] }) {
    for (const one of [path.dirname(this.image), this.userData, this.#resources]) mkdirSync(one);
    writeFileSync(this.image, 'the old version', { mode: 0o755 });
    if (feed !== undefined)
      writeFileSync(
        path.join(this.#resources, 'app-update.yml'),
        `provider: generic\nurl: ${feed}\nupdaterCacheDirName: evenkeel-updater\n`,
      );
    writeFileSync(path.join(this.userData, 'preferences.json'), JSON.stringify({ settings }));
    writeFileSync(path.join(this.userData, 'evenkeel.json'), JSON.stringify(config));
  }
  start(version = '0.1.0'): Promise<DesktopApp> {
    return standIn.launch({
      userData: this.userData,
      env: {
        STAND_IN_PACKAGED: '1',
        STAND_IN_RESOURCES: this.#resources,
        STAND_IN_VERSION: version,
        XDG_CACHE_HOME: path.join(this.folder, 'cache'),
        APPIMAGE: this.image,
        // What is run here is Node; an AppImage is mounted, and runs from there.
        APPDIR: path.dirname(process.execPath),
      },
    });
  }
  at(name: string): string {
    return path.join(this.folder, name);
  }
  /** The next version: a program that leaves word of its start. */
  next(): Buffer {
    return Buffer.from(`#!/bin/sh\necho "started as $0" > '${this.at('next-started')}'\n# ${'padding '.repeat(20_000)}\n`);
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const on = { version: 3, lookForUpdates: true };

async function ask(app: DesktopApp, channel: string, params: unknown = {}): Promise<UpdateState> {
  const reply = await request(app, channel, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as UpdateState;
}
const reaches = (app: DesktopApp, ...states: UpdateState['state'][]) =>
  until(
    () => ask(app, 'updates.get'),
    ({ state }) => states.includes(state),
  );
async function look(app: DesktopApp): Promise<UpdateState> {
  await ask(app, 'updates.check');
  return reaches(app, 'available', 'current', 'failed');
}
async function fetched(app: DesktopApp): Promise<UpdateState> {
  await ask(app, 'updates.download');
  return reaches(app, 'ready', 'failed');
}

/** The chunk of the bundle that brings the updater; none: it is not loaded. */
const updaterImports = (app: DesktopApp): Promise<string[]> =>
  app.inMain((electron) =>
    (electron as unknown as { standIn: { imported: string[] } }).standIn.imported.filter((name) => name.includes('electron-source')),
  );

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe.skipIf(reason !== undefined)(`updates on the stand-in${reason ? ` (skipped: ${reason})` : ''}`, { timeout: 60_000 }, () => {
  describe('of one program, from off to ready', () => {
    let feed: Feed;
    let installed: Installation;
    let app: DesktopApp;
    beforeAll(async () => {
      feed = await Feed.start();
      installed = new Installation(feed.address, { version: 3 });
      app = await installed.start();
    });
    afterAll(async () => {
      feed.close();
      await app.end();
      installed.remove();
    });

    it('ask nobody and load no updater while they are off', async () => {
      feed.publish('0.2.0', installed.next());
      expect(await ask(app, 'updates.check')).toEqual({ state: 'off', feed: feed.address });
      expect(await click(app, 'app', 'Help', 'Check for updates…')).toBe('clicked');
      await until(
        () => text(app),
        (words) => words.includes('Look for updates'),
      );
      expect(feed.asked).toEqual([]);
      expect(await updaterImports(app)).toEqual([]);
    });

    it('look when they are switched on, and by nothing could the feed tell this installation from another', async () => {
      await ask(app, 'settings.set', { lookForUpdates: true });
      expect(await reaches(app, 'available', 'failed')).toEqual({
        state: 'available',
        feed: feed.address,
        offer: {
          version: '0.2.0',
          notes: 'Listeners say who they wait for.\n<script>alert(1)</script>',
          releasedAt: Date.UTC(2026, 0, 1),
          bytes: installed.next().length,
        },
      });
      expect(await updaterImports(app)).toHaveLength(1);
      // Found, and nothing more.
      expect(feed.asked.map(({ url }) => url.split('?')[0])).toEqual([expect.stringMatching(/^\/latest-linux.*\.yml$/)]);
      expect(feed.asked.map(({ headers }) => headers['x-user-staging-id'])).toEqual(['none']);
      expect(Object.keys(feed.asked[0]!.headers).sort().join()).toBe('cache-control,connection,host,user-agent,x-user-staging-id');
      await until(
        () => text(app),
        (words) => words.includes('Evenkeel 0.2.0 is available') && words.includes('<script>alert(1)</script>'),
      );
    });

    it.each(['0.1.0', '0.0.9', '0.1.0-beta.1'])('take no version that is not newer: %s', async (version) => {
      feed.publish(version, installed.next());
      expect(await look(app)).toMatchObject({ state: 'current', feed: feed.address });
      expect((await ask(app, 'updates.download')).state).toBe('current');
    });

    it('say of a feed what is wrong with it', async () => {
      feed.files.clear();
      expect(await look(app)).toMatchObject({ state: 'failed', problem: { cause: 'The feed has no file for this platform.' } });
      feed.files.set(channelFile, '{');
      expect(await look(app)).toMatchObject({ state: 'failed', problem: { cause: 'What the feed says cannot be used.' } });
      feed.publish('9.9', installed.next());
      expect(await look(app)).toMatchObject({ state: 'failed', problem: { cause: 'What the feed says cannot be used.' } });
    });

    it('refuse a file that is not what the feed describes, and keep nothing of it', async () => {
      const next = installed.next();
      const tampered = Buffer.from(next.toString().replace('started as', 'owned as s'));
      expect(tampered.length).toBe(next.length);
      feed.publish('0.2.0', next, tampered);
      await look(app);
      expect(await fetched(app)).toMatchObject({
        state: 'failed',
        problem: { fact: 'The downloaded update was refused.', cause: expect.stringContaining('SHA-512') as string },
      });
      // Not to be installed by whoever asks all the same.
      expect((await ask(app, 'updates.install')).state).toBe('failed');
      expect(existsSync(installed.at('cache/evenkeel-updater/pending/Evenkeel-0.2.0.AppImage'))).toBe(false);
      expect(readFileSync(installed.image, 'utf8')).toBe('the old version');
    });

    it('say how far a download is, stop it when told, and begin it again', async () => {
      feed.publish('0.2.0', installed.next());
      feed.pace = 60_000;
      await look(app);
      await ask(app, 'updates.download');
      const going = await until(
        () => ask(app, 'updates.get'),
        (state) => state.state === 'downloading' && state.received > 0,
      );
      expect(going).toMatchObject({ total: installed.next().length });
      expect((await ask(app, 'updates.stop')).state).toBe('available');
      feed.pace = undefined;
      expect((await fetched(app)).state).toBe('ready');
    });

    it('that can no longer be put in place when everything has drained start the version there was again, and say why', async () => {
      // What only shows when it is tried: the file to be replaced is gone.
      rmSync(installed.image);
      // Nothing has to drain: the program may have ended before the answer is here.
      await ask(app, 'updates.install').catch(() => undefined);
      await until(
        () => Promise.resolve(existsSync(path.join(installed.userData, 'stand-in-relaunch.json'))),
        (done) => done,
      );
      expect(await app.quit()).toBe(0);
      expect(JSON.parse(readFileSync(path.join(installed.userData, 'stand-in-relaunch.json'), 'utf8'))).toEqual({
        execPath: installed.image,
      });
      feed.close();
      app = await installed.start();
      await until(
        () => text(app),
        (words) => words.includes('The update was not installed; the version before it runs'),
      );
    });

    it('say that a feed is dead, and balance on', async () => {
      expect(await look(app)).toEqual({
        state: 'failed',
        feed: feed.address,
        problem: {
          fact: 'The update feed could not be asked.',
          cause: 'Nobody listens at the address of the feed.',
          action: 'Try again later; balancing goes on as before.',
        },
      });
      expect(await request(app, 'engine.snapshot')).toMatchObject({ ok: true });
    });
  });

  it('are installed by no mere quit; when told, they drain, take the place of the old version and start', async () => {
    const feed = await Feed.start();
    const node = createServer((_request, response) => {
      setTimeout(() => response.end('in flight'), 1_500);
    }).listen(0, '127.0.0.1');
    await once(node, 'listening');
    const port = await freePort();
    const { port: nodePort } = node.address() as AddressInfo;
    const installed = new Installation(feed.address, on, {
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
      pools: [{ id: 'web', healthCheck: { type: 'none' }, nodes: [{ id: 'a', address: `127.0.0.1:${nodePort}` }] }],
    });
    const next = installed.next();
    feed.publish('0.2.0', next);
    let app = await installed.start();
    try {
      await look(app);
      expect((await fetched(app)).state).toBe('ready');
      expect(await app.quit()).toBe(0);
      expect([readFileSync(installed.image, 'utf8'), existsSync(installed.at('next-started'))]).toEqual(['the old version', false]);

      app = await installed.start();
      await look(app);
      const before = feed.asked.length;
      expect((await fetched(app)).state).toBe('ready');
      // It was kept, and is verified, not fetched, again.
      expect(feed.asked.length).toBe(before);

      const inFlight = fetch(`http://127.0.0.1:${port}/`).then(async (response) => [response.status, await response.text()]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await ask(app, 'updates.install')).state).toBe('installing');
      expect(await inFlight).toEqual([200, 'in flight']);
      await until(
        () => Promise.resolve(existsSync(installed.at('next-started'))),
        (started) => started,
      );
      expect(readFileSync(installed.image).equals(next)).toBe(true);
      expect(readFileSync(installed.at('next-started'), 'utf8')).toBe(`started as ${installed.image}\n`);
      expect(await app.quit()).toBe(0);
      const preferences = (): unknown => JSON.parse(readFileSync(path.join(installed.userData, 'preferences.json'), 'utf8'));
      expect(preferences()).toMatchObject({ updateHandedOver: { from: '0.1.0', to: '0.2.0' } });

      // As a version that was put there for nothing: the one from before runs again.
      app = await installed.start('0.1.0');
      await until(
        () => text(app),
        (words) => words.includes('The update was not installed') && words.includes('Version 0.2.0 was handed to its installer'),
      );
      expect(preferences()).toMatchObject({ updateHandedOver: null });
      expect(await app.quit()).toBe(0);
    } finally {
      await app.end();
      feed.close();
      node.close();
      node.closeAllConnections();
      installed.remove();
    }
  });
});
