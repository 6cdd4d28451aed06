import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Packs the app as a release does, offline: electron-builder gets a folder that looks like Electron's distribution, so that
 * the app's own archive and the fuses are the real ones.
 */

const root = path.resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
// electron-builder's own packages: the archive's format and the fuses are theirs to know.
const fromBuilder = createRequire(require.resolve('app-builder-lib/package.json'));
const asar = fromBuilder('@electron/asar') as { listPackage(archive: string, options: { isPack: boolean }): string[] };

/** Where Electron keeps its fuses in the binary: a marker, the version, how many, and one character each ("1" = on). */
const fuseMarker = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuseNames = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'asarIntegrity',
  'onlyLoadAppFromAsar',
  'browserSnapshot',
  'fileProtocolPrivileges',
  'wasmTrapHandlers',
];

let folder: string;
let resources: string;
let files: string[];

function writeStubDistribution(): string {
  const stub = path.join(folder, 'electron');
  mkdirSync(path.join(stub, 'locales'), { recursive: true });
  writeFileSync(path.join(stub, 'locales/en-US.pak'), '');
  writeFileSync(path.join(stub, 'electron'), `#!/bin/sh\n# ${fuseMarker}\x01\x09${'1'.repeat(fuseNames.length)}\n`);
  chmodSync(path.join(stub, 'electron'), 0o755);
  return stub;
}

function readFuses(binary: string): Record<string, boolean> {
  const bytes = readFileSync(binary, 'latin1');
  const at = bytes.indexOf(fuseMarker) + fuseMarker.length + 2;
  return Object.fromEntries(fuseNames.map((name, i) => [name, bytes[at + i] === '1']));
}

describe.skipIf(process.platform !== 'linux')('the package', () => {
  beforeAll(async () => {
    if (!existsSync(path.join(root, 'out/main/index.js'))) throw new Error('out/ is missing: run "npm run build" first.');
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-pack-'));
    const args = [
      require.resolve('electron-builder/cli.js'),
      ...['--linux', 'dir', '--publish', 'never'],
      `-c.electronDist=${writeStubDistribution()}`,
      `-c.directories.output=${path.join(folder, 'dist')}`,
    ];
    await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 1 << 26 });
    const unpacked = path.join(folder, 'dist', process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked');
    resources = path.join(unpacked, 'resources');
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
  });

  it('carries nothing else: no modules, no sources, no tests', () => {
    expect(files.filter((file) => !/^\/(out(\/|$)|package\.json$|LICENSE$)/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(ts|tsx|map)$/.test(file) || file.includes('node_modules'))).toEqual([]);
  });

  it('is small: the app without Electron stays under 8 MiB', () => {
    expect(statSync(path.join(resources, 'app.asar')).size).toBeLessThan(8 * 1024 * 1024);
  });

  it('has the fuses of a program that is not a general Node', () => {
    expect(readFuses(path.join(resources, '../evenkeel'))).toMatchObject({
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      nodeCliInspect: false,
      onlyLoadAppFromAsar: true,
      fileProtocolPrivileges: false,
    });
  });
});
