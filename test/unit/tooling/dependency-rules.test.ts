import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * A rule nobody has seen fail may not work at all. A small tree laid out as the project is must pass the project's own rules;
 * with one violation seeded for each of them, each must be reported, of a file of its own seed.
 */

const root = path.resolve(import.meta.dirname, '../../..');
const config = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };

const entry = 'export const one = 1;\n';
const wellLaid: Record<string, string> = {
  'shared/model/thing.ts': "import { z } from 'zod';\nexport const thing = z.string();\n",
  'shared/contract/channels.ts': "export const names = ['a'];\n",
  'electron/engine/engine.ts':
    "import net from 'node:net';\nimport { thing } from '../../shared/model/thing.ts';\nexport const engine = [net, thing];\n",
  'electron/control/plane.ts': "import { engine } from '../engine/engine.ts';\nexport const plane = engine;\n",
  'electron/main/app.ts':
    "import { app } from 'electron';\nimport { plane } from '../control/plane.ts';\nexport const all = [app, plane];\n",
  'electron/preload/index.ts':
    "import { ipcRenderer } from 'electron';\nimport { names } from '../../shared/contract/channels.ts';\nexport const bridge = [ipcRenderer, names];\n",
  'electron/headless/cli.ts': "import { plane } from '../control/plane.ts';\nexport const cli = plane;\n",
  'renderer/features/live/live.tsx': "import { thing } from '../../../shared/model/thing.ts';\nexport const live = thing;\n",
};

const seeds: Record<string, Record<string, string>> = {
  'renderer-not-to-electron': {
    'renderer/app/bad.ts': "import { plane } from '../../electron/control/plane.ts';\nexport const bad = plane;\n",
  },
  'renderer-not-to-node': { 'renderer/app/bad.ts': "import fs from 'node:fs';\nexport const bad = fs;\n" },
  'shared-only-zod': { 'shared/model/bad.ts': "import path from 'node:path';\nexport const bad = path;\n" },
  'electron-not-to-renderer': {
    'electron/control/bad.ts': "import { live } from '../../renderer/features/live/live.tsx';\nexport const bad = live;\n",
  },
  'engine-only-engine-and-shared': {
    'electron/engine/bad.ts': "import { other } from '../store/other.ts';\nexport const bad = other;\n",
    'electron/store/other.ts': 'export const other = 1;\n',
  },
  'engine-no-packages': { 'electron/engine/bad.ts': "import * as proxy from 'http-proxy';\nexport const bad = proxy;\n" },
  'engine-never-reaches-electron': {
    'electron/engine/bad.ts': "import { far } from '../../shared/model/far.ts';\nexport const bad = far;\n",
    'shared/model/far.ts': "import { app } from 'electron';\nexport const far = app;\n",
  },
  'headless-never-reaches-electron': {
    'electron/headless/bad.ts': "import { near } from '../control/near.ts';\nexport const bad = near;\n",
    'electron/control/near.ts': "import { all } from '../main/app.ts';\nexport const near = all;\n",
  },
  'electron-only-in-ipc-main-preload': { 'electron/store/bad.ts': "import { app } from 'electron';\nexport const bad = app;\n" },
  'preload-never-reaches-zod': {
    'electron/preload/bad.ts': "import { via } from '../../shared/contract/via.ts';\nexport const bad = via;\n",
    'shared/contract/via.ts': "import { thing } from '../model/thing.ts';\nexport const via = thing;\n",
  },
  'features-not-to-each-other': {
    'renderer/features/pools/bad.ts': "import { live } from '../live/live.tsx';\nexport const bad = live;\n",
  },
  'no-barrels': {
    'shared/model/index.ts': "export { thing } from './thing.ts';\n",
    'shared/model/user.ts': "import { thing } from './index.ts';\nexport const user = thing;\n",
  },
  'no-circular': {
    'shared/model/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
    'shared/model/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
  },
  'no-unresolvable': { 'shared/model/bad.ts': "import { gone } from './gone.ts';\nexport const bad = gone;\n" },
  'product-not-to-tests': {
    'electron/control/bad.ts': "import { helper } from '../../test/helper.ts';\nexport const bad = helper;\n",
    'test/helper.ts': entry,
  },
};

let folder: string;

async function layOut(name: string, files: Record<string, string>): Promise<string> {
  const tree = path.join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), text);
  }
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json']) await cp(path.join(root, file), path.join(tree, file));
  await symlink(path.join(root, 'node_modules'), path.join(tree, 'node_modules'), 'junction');
  return tree;
}

interface Violation {
  rule: string;
  from: string;
}

async function violations(tree: string): Promise<Violation[]> {
  const cli = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [cli, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'electron', 'renderer', 'shared'];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: tree, maxBuffer: 1 << 26 }, (error, out, err) => {
      // Exit codes count violations; without a report something else went wrong.
      if (out.startsWith('{')) resolve(out);
      else reject(error ?? new Error(err));
    });
  });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

/** A seed's files, `bad` named after the rule so that every seed fits into one tree. */
function filesOf(rule: string): Record<string, string> {
  return Object.fromEntries(Object.entries(seeds[rule] ?? {}).map(([file, text]) => [file.replace('/bad.', `/${rule}.`), text]));
}

describe('dependency rules', () => {
  let found: Violation[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'evenkeel-rules-'));
    const seeded = Object.assign({ ...wellLaid }, ...Object.keys(seeds).map(filesOf)) as Record<string, string>;
    found = await violations(await layOut('seeded', seeded));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has a seeded violation for every rule', () => {
    expect(Object.keys(seeds).sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
  });

  it('finds nothing in a tree that keeps them', async () => {
    expect(await violations(await layOut('well-laid', wellLaid))).toEqual([]);
  });

  it.each(Object.keys(seeds))('%s fails on its violation', (rule) => {
    const own = Object.keys(filesOf(rule));
    expect(found.filter((violation) => violation.rule === rule && own.includes(violation.from))).not.toEqual([]);
  });
});
