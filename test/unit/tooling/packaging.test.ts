import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Files no test runs: the packager's and the build service's are read as they would read them. */

const root = path.resolve(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const fromBuilder = createRequire(require.resolve('app-builder-lib/package.json'));
const yaml = fromBuilder('js-yaml') as { load(text: string): unknown };
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

interface BuilderConfig {
  appId: string;
  publish: unknown;
  asar: unknown;
  electronFuses: Record<string, boolean>;
  linux: { target: string[] };
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

  it('names every format, signs with the hardened runtime, publishes nowhere', () => {
    expect(config.linux.target).toEqual(['deb', 'AppImage', 'tar.gz']);
    expect(config.mac.target).toEqual([{ target: 'dmg', arch: 'universal' }]);
    expect(config.win.target).toEqual(['nsis', 'portable']);
    expect(config.publish).toBeNull();
    expect(config.mac.hardenedRuntime).toBe(true);
    // A name under a domain of somebody else's would be a claim.
    expect(config.appId).toMatch(/^invalid\./);
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
    strategy: { matrix: { os?: string[]; node?: string[] } };
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
    const { os, node } = workflow.jobs['test']!.strategy.matrix;
    expect(os?.map((name) => name.split('-')[0])).toEqual(['ubuntu', 'macos', 'windows']);
    expect(node).toEqual(['20.19', '24']);
  });
});
