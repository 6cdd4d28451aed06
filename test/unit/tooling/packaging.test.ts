import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkScheme } from '../../../electron/main/deep-link.ts';

/** Files no test runs: the packager's and the build service's are read as they would read them. */

const root = path.resolve(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const fromBuilder = createRequire(require.resolve('app-builder-lib/package.json'));
const yaml = fromBuilder('js-yaml') as { load(text: string): unknown };
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

interface BuilderConfig {
  appId: string;
  asar: unknown;
  electronFuses: Record<string, boolean>;
  afterPack: string;
  fileAssociations: { ext: string; mimeType: string }[];
  nsis: { include: string };
  linux: { target: string[]; executableName: string; extraFiles: { from: string; to: string }[] };
  deb: object;
  mac: { target: unknown; entitlements: string; hardenedRuntime: boolean };
  win: { target: string[] };
  directories: { buildResources: string };
}

describe('electron-builder.yml', () => {
  const config = yaml.load(read('electron-builder.yml')) as BuilderConfig;
  interface Check {
    (value: unknown): boolean;
    errors?: { instancePath: string; message?: string }[] | null;
  }
  const Ajv = fromBuilder('ajv') as new (options: object) => { compile(schema: unknown): Check };
  const schema = JSON.parse(
    readFileSync(path.join(path.dirname(require.resolve('app-builder-lib/package.json')), 'scheme.json'), 'utf8'),
  ) as unknown;
  const check = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema);

  it('is what its schema allows; a misspelt key is not', () => {
    check(config);
    expect(check.errors ?? []).toEqual([]);
    expect(check({ ...config, electronFuses: { ...config.electronFuses, runAsNod: false } })).toBe(false);
  });

  it('names every format, signs with the hardened runtime, publishes nowhere by itself', () => {
    expect(config.linux.target).toEqual(['deb', 'AppImage', 'tar.gz']);
    expect(config.mac.target).toEqual([
      { target: 'dmg', arch: 'universal' },
      { target: 'zip', arch: 'universal' },
    ]);
    expect(config.win.target).toEqual(['nsis', 'portable']);
    expect(config).not.toHaveProperty('publish');
    expect(config.mac.hardenedRuntime).toBe(true);
    // Else what is packed without an identity does not start on Apple silicon, its fuses having been flipped.
    expect(config.electronFuses['resetAdHocDarwinSignature']).toBe(true);
    // A name under a domain of somebody else's would be a claim.
    expect(config.appId).toMatch(/^invalid\./);
  });

  it('has Linux open what ends in .evenkeel.json, and in .evenkeel', async () => {
    const { LinuxTargetHelper } = fromBuilder('./out/targets/LinuxTargetHelper.js') as {
      LinuxTargetHelper: new (packager: object) => { computeMimeTypeFiles(): Promise<string> };
    };
    const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-mime-'));
    try {
      const getTempFile = () => Promise.resolve(path.join(folder, 'types.xml'));
      const helper = new LinuxTargetHelper({ fileAssociations: config.fileAssociations, getTempFile });
      const types = readFileSync(await helper.computeMimeTypeFiles(), 'utf8');
      const globs = [...types.matchAll(/<glob pattern="([^"]*)"/g)].map(([, glob]) => glob);
      expect(globs).toEqual(['*.evenkeel.json', '*.evenkeel']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has an AppImage say the same to whoever integrates it', async () => {
    const { copyMimeTypes } = fromBuilder('./out/targets/appimage/appLauncher.js') as {
      copyMimeTypes(folder: string, options: object): Promise<string>;
    };
    const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-appdir-'));
    try {
      const { executableName, extraFiles } = config.linux;
      const own = await copyMimeTypes(folder, { fileAssociations: config.fileAssociations, productName: 'Evenkeel', executableName });
      // The unpacked program is laid over it.
      for (const { from, to } of extraFiles) {
        expect(to).not.toBe(own);
        cpSync(path.join(root, from), path.join(folder, to));
      }
      const types = path.join(folder, 'usr/share/mime');
      const texts = readdirSync(path.join(types, 'packages')).map((name) => readFileSync(path.join(types, 'packages', name), 'utf8'));
      const globs = texts.flatMap((text) => [...text.matchAll(/<glob pattern="([^"]*)"/g)].map(([, glob]) => glob));
      expect(globs.sort()).toEqual(['*.evenkeel', '*.evenkeel.json']);
      if (spawnSync('update-mime-database', [types]).status !== 0) return;
      // As a desktop reads them.
      for (const glob of globs) expect(readFileSync(path.join(types, 'globs'), 'utf8')).toContain(`application/x-evenkeel+json:${glob}\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const metadata = JSON.parse(read('package.json')) as { productName: string; desktopName: string; description: string };

  it('has every start from a desktop on Linux in the sandbox, with its windows under its own entry', async () => {
    interface Target {
      desktopEntry: { value: Promise<string> };
    }
    const { default: AppImageTarget } = fromBuilder('./out/targets/appimage/AppImageTarget.js') as {
      default: new (unused: null, packager: object, helper: object, folder: string) => Target;
    };
    const { LinuxTargetHelper } = fromBuilder('./out/targets/LinuxTargetHelper.js') as {
      LinuxTargetHelper: new (packager: object) => object;
    };
    const { productName, description } = metadata;
    const packager = {
      config,
      platformSpecificBuildOptions: config.linux,
      appInfo: { productName, sanitizedProductName: productName, description, buildVersion: '1' },
      info: { metadata },
      executableName: config.linux.executableName,
      fileAssociations: config.fileAssociations,
    };
    const entry = await new AppImageTarget(null, packager, new LinuxTargetHelper(packager), '').desktopEntry.value;
    expect(entry).toContain('\nName=Evenkeel\nExec=AppRun %U\n');
    expect(entry).toContain('\nStartupWMClass=evenkeel\n');
    expect(metadata.desktopName).toBe(`${config.linux.executableName}.desktop`);
  });

  it('has what a deb must say of itself, wherever it is packed', async () => {
    interface Prototype {
      computeFpmMetaInfoOptions(this: object): Promise<unknown>;
      computePackageUrl(this: object): Promise<string | null>;
    }
    const { default: FpmTarget } = fromBuilder('./out/targets/FpmTarget.js') as { default: { prototype: Prototype } };
    const { AppInfo } = fromBuilder('./out/appInfo.js') as { AppInfo: { prototype: Prototype } };
    // Of no repository that would say where its home is.
    const info = { metadata, repositoryInfo: Promise.resolve(null) };
    const appInfo = { info, notNullDevMetadata: {}, computePackageUrl: AppInfo.prototype.computePackageUrl, linuxPackageName: 'evenkeel' };
    const said = await FpmTarget.prototype.computeFpmMetaInfoOptions.call({ packager: { appInfo, info }, options: config.deb });
    expect(said).toMatchObject({ name: 'evenkeel', url: 'https://evenkeel.invalid/' });
  });

  it('takes out of the registry what the program put there', () => {
    const script = read(config.nsis.include);
    expect(script).toContain('!macro customUnInstall\n');
    expect(script).toContain(`DeleteRegKey HKCU "Software\\Classes\\${linkScheme}"`);
    expect(script).toContain(String.raw`DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${'${APP_ID}'}"`);
  });

  it('names files that are there; the icon is large enough for every system', () => {
    expect(existsSync(path.join(root, config.mac.entitlements))).toBe(true);
    const entitlements = [...read(config.mac.entitlements).matchAll(/<key>([^<]+)<\/key><true\/>/g)].map(([, key]) => key);
    expect(entitlements).toEqual([
      'com.apple.security.cs.allow-jit',
      'com.apple.security.network.server',
      'com.apple.security.network.client',
    ]);
    const png = readFileSync(path.join(root, config.directories.buildResources, 'icon.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 1024]);
  });
});

describe('.github/workflows/ci.yml', () => {
  interface Step {
    uses?: string;
    run?: string;
  }
  interface Job {
    steps: Step[];
    needs?: string | string[];
    'timeout-minutes'?: number;
    strategy: { matrix: { os?: string[]; node?: string[]; exclude?: { os: string; node: string }[] } };
  }
  const workflow = yaml.load(read('.github/workflows/ci.yml')) as { permissions: object; concurrency: object; jobs: Record<string, Job> };
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  const commands = steps.flatMap(({ run }) => (run === undefined ? [] : run.split('\n')));

  it('runs scripts, programs and files that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = commands.flatMap((command) =>
      [...command.matchAll(/\bnpm (?:run ([\w:-]+)|(test))/g)].map(([, script, test]) => script ?? test!),
    );
    expect([...new Set(named)].sort()).toEqual(['build', 'test']);
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
    for (const command of commands) {
      for (const [, program] of command.matchAll(/\bnpx ([\w-]+)/g))
        expect(existsSync(path.join(root, 'node_modules/.bin', program!))).toBe(true);
      for (const [, file] of command.matchAll(/\bnode (\S+\.m?js)/g)) expect(existsSync(path.join(root, file!))).toBe(true);
      for (const [, folder] of command.matchAll(/npm test -- (\S+)/g)) expect(existsSync(path.join(root, folder!))).toBe(true);
    }
  });

  it('takes actions by commit, may only read, and ends by itself', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.concurrency).toMatchObject({ 'cancel-in-progress': true });
    for (const [name, job] of jobs) {
      expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
      for (const needed of [job.needs ?? []].flat()) expect(Object.keys(workflow.jobs)).toContain(needed);
    }
  });

  it('tests on three systems with the oldest and the newest Node', () => {
    const { os, node, exclude } = workflow.jobs['test']!.strategy.matrix;
    expect(os?.map((name) => name.split('-')[0])).toEqual(['ubuntu', 'macos', 'windows']);
    expect(node).toEqual(['20.19', '24']);
    // The suites themselves need a newer one, which is brought along for these systems alone.
    const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
    const brought = Object.keys(optionalDependencies).map((name) => name.split('-')[1]);
    const without = os!.filter((name) => !brought.includes({ ubuntu: 'linux', windows: 'win', macos: 'darwin' }[name.split('-')[0]!]));
    expect(exclude).toEqual(without.map((name) => ({ os: name, node: '20.19' })));
  });
});
