import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateWay } from '../../electron/main/updates/update-way.ts';
import { runtimes, until } from './launch-app.ts';

/**
 * Packs the app as a release does, offline: electron-builder gets a folder that looks like Electron's distribution, so that
 * the app's own archive and the fuses are the real ones.
 */

const root = path.resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
// electron-builder's own packages: the archive's format and the fuses are theirs to know.
const fromBuilder = createRequire(require.resolve('app-builder-lib/package.json'));
const asar = fromBuilder('@electron/asar') as {
  listPackage(archive: string, options: { isPack: boolean }): string[];
  extractAll(archive: string, folder: string): void;
  extractFile(archive: string, file: string): Buffer;
};
/** An address of nobody's (RFC 2606). */
const feed = 'https://updates.example/evenkeel';
const standIn = runtimes.find(({ name }) => name === 'the stand-in')!;
interface PageWithBridge {
  evenkeel: { request(channel: string, params: unknown): Promise<{ ok: boolean; value: { url: string | null } }> };
}

/** Where Electron keeps its fuses in the binary: a marker, the version, how many, and one character each ("1" = on). */
const fuseMarker = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** In the order of the binary: what each must be. undefined: left as Electron ships it. */
const fuses: [name: string, on: boolean | undefined][] = [
  ['runAsNode', false],
  ['enableCookieEncryption', true],
  ['enableNodeOptionsEnvironmentVariable', false],
  ['enableNodeCliInspectArguments', false],
  ['enableEmbeddedAsarIntegrityValidation', true],
  ['onlyLoadAppFromAsar', true],
  ['loadBrowserProcessSpecificV8Snapshot', undefined],
  ['grantFileProtocolExtraPrivileges', false],
  ['wasmTrapHandlers', undefined],
];

/** The names of the fuses that are not as they must be. */
function wrongFuses(binary: string): string[] {
  const at = binary.indexOf(fuseMarker) + fuseMarker.length + 2;
  return fuses.filter(([, on], i) => on !== undefined && binary[at + i] !== (on ? '1' : '0')).map(([name]) => name);
}

let folder: string;
let resources: string;
let resourcesWithFeed: string;
let files: string[];

/** @returns where the resources of the unpacked program are. */
async function pack(name: string, distribution: string, environment: Record<string, string>, ...more: string[]): Promise<string> {
  const output = path.join(folder, name);
  const args = ['--linux', 'dir', '--publish', 'never', `-c.electronDist=${distribution}`, `-c.directories.output=${output}`, ...more];
  await promisify(execFile)(process.execPath, [require.resolve('electron-builder/cli.js'), ...args], {
    cwd: root,
    maxBuffer: 1 << 26,
    // A token of whoever runs the tests must not name a feed either.
    env: { ...process.env, EVENKEEL_UPDATE_URL: '', GITHUB_TOKEN: 'none', ...environment },
  });
  return path.join(output, process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked', 'resources');
}

function writeStubDistribution(): string {
  const stub = path.join(folder, 'electron');
  mkdirSync(path.join(stub, 'locales'), { recursive: true });
  writeFileSync(path.join(stub, 'locales/en-US.pak'), '');
  writeFileSync(path.join(stub, 'electron'), `#!/bin/sh\n# ${fuseMarker}\x01\x09${'1'.repeat(fuses.length)}\n`);
  chmodSync(path.join(stub, 'electron'), 0o755);
  return stub;
}

describe.skipIf(process.platform !== 'linux')('the package', () => {
  beforeAll(async () => {
    if (!existsSync(path.join(root, 'out/main/index.js'))) throw new Error('out/ is missing: run "npm run build" first.');
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-pack-'));
    const distribution = writeStubDistribution();
    [resources, resourcesWithFeed] = await Promise.all([
      pack('dist', distribution, {}),
      pack('dist-with-feed', distribution, { EVENKEEL_UPDATE_URL: feed }, '-c.appId=org.example.evenkeel'),
    ]);
    files = asar.listPackage(path.join(resources, 'app.asar'), { isPack: false }).map((file) => file.replaceAll('\\', '/'));
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries every program, the preload and the screens', () => {
    for (const name of ['main/index', 'main/cli', 'main/engine-worker', 'main/pattern-worker', 'main/demo-node', 'main/lab-clients'])
      expect(files).toContain(`/out/${name}.js`);
    expect(files).toContain('/out/preload/index.cjs');
    expect(files).toContain('/out/renderer/index.html');
    expect(files).toContain('/package.json');
    // Where whoever integrates an AppImage looks for its types.
    expect(readFileSync(path.join(resources, '../usr/share/mime/packages/evenkeel-json.xml'), 'utf8')).toContain('"*.evenkeel.json"');
  });

  it('carries nothing else: no modules, no sources, no tests', () => {
    expect(files.filter((file) => !/^\/(out(\/|$)|package\.json$|LICENSE$)/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(ts|tsx|map)$/.test(file) || file.includes('node_modules'))).toEqual([]);
  });

  it('bears its name: in menus, to the desktop that has its entry, to Windows', () => {
    const { productName, desktopName } = JSON.parse(asar.extractFile(path.join(resources, 'app.asar'), 'package.json').toString()) as {
      productName: string;
      desktopName: string;
    };
    // The entry is named after the executable.
    expect([productName, desktopName]).toEqual(['Evenkeel', 'evenkeel.desktop']);
    expect(readFileSync(path.join(resources, 'app-id'), 'utf8')).toBe('invalid.evenkeel.desktop');
    expect(readFileSync(path.join(resourcesWithFeed, 'app-id'), 'utf8')).toBe('org.example.evenkeel');
  });

  it('is small: the app without Electron stays under 12 MiB', () => {
    expect(statSync(path.join(resources, 'app.asar')).size).toBeLessThan(12 * 1024 * 1024);
  });

  it('names the update feed of whoever packs, and none when none is given', () => {
    expect(existsSync(path.join(resources, 'app-update.yml'))).toBe(false);
    const feedFile = readFileSync(path.join(resourcesWithFeed, 'app-update.yml'), 'utf8');
    expect(feedFile).toBe(`provider: generic\nurl: ${feed}\nupdaterCacheDirName: evenkeel-updater\n`);
    // What the program makes of it.
    const facts = { platform: 'win32', isPackaged: true, env: {}, execPath: '', packageType: undefined } as const;
    expect(updateWay({ ...facts, feedFile })).toEqual({ feed });
  });

  it('has the fuses of a program that is not a general Node; any one of them flipped would be seen', () => {
    const binary = readFileSync(path.join(resources, '../evenkeel'), 'latin1');
    expect(wrongFuses(binary)).toEqual([]);
    const at = binary.indexOf(fuseMarker) + fuseMarker.length + 2;
    for (const [i, [name, on]] of fuses.entries()) {
      const flipped = `${binary.slice(0, at + i)}${on ? '0' : '1'}${binary.slice(at + i + 1)}`;
      expect(wrongFuses(flipped)).toEqual(on === undefined ? [] : [name]);
    }
  });

  it.skipIf(standIn.missing !== undefined)(
    'starts, shows its window and balances, out of what was packed',
    async () => {
      const unpacked = path.join(folder, 'unpacked');
      asar.extractAll(path.join(resources, 'app.asar'), unpacked);
      const program = await standIn.launch({
        userData: path.join(folder, 'user'),
        main: path.join(unpacked, 'out/main/index.js'),
        env: {
          STAND_IN_PACKAGED: '1',
          STAND_IN_RESOURCES: resources,
          // An AppImage, so that the feed alone decides.
          APPIMAGE: path.join(folder, 'Evenkeel.AppImage'),
          APPDIR: path.dirname(process.execPath),
        },
      });
      try {
        const updates = await program.inPage(() => (globalThis as unknown as PageWithBridge).evenkeel.request('updates.get', {}));
        expect(updates.value).toEqual({ state: 'unavailable', why: 'no-feed' });
        const demo = await until(
          () => program.inPage(() => (globalThis as unknown as PageWithBridge).evenkeel.request('lab.get', {})),
          (reply) => reply.ok && reply.value.url !== null,
        );
        const answer = await fetch(demo.value.url!);
        expect([answer.status, answer.headers.get('x-node')]).toEqual([200, expect.any(String)]);
        await until(
          () => program.inPage(() => document.querySelector('main') !== null),
          (shown) => shown,
        );
        expect(await program.quit()).toBe(0);
      } finally {
        await program.end();
      }
    },
    40_000,
  );
});
