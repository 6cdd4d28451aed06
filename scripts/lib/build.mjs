import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, root } from './paths.mjs';
import { binOf, environmentFor, run } from './run.mjs';

const stampFile = at('out', '.sources');
const sources = [
  'electron',
  'renderer',
  'shared',
  'resources',
  'electron.vite.config.ts',
  'scripts/lib/css-in-rem.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const products = ['out/main/index.js', 'out/main/cli.js', 'out/preload/index.cjs', 'out/renderer/index.html'];

function filesUnder(name) {
  const full = path.join(root, name);
  if (!existsSync(full)) return [];
  const entries = readdirSync(path.dirname(full), { withFileTypes: true }).find((entry) => entry.name === path.basename(full));
  if (entries?.isFile()) return [name];
  return readdirSync(full, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)));
}

/** One hash over the names and contents of everything the build reads: checkouts set times as they like. */
function hashSources() {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesUnder).sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function isBuilt(hash) {
  return products.every((file) => existsSync(at(file))) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
}

/**
 * Bundles main, preload and screens into out/, if the sources are not the ones out/ was made of.
 * @param {string} node the Node to build with.
 * @returns {Promise<{ code: number, output: string, fresh: boolean }>} fresh: nothing had to be done.
 */
export async function ensureBuilt(node, { force = false } = {}) {
  const hash = hashSources();
  if (!force && isBuilt(hash)) return { code: 0, output: '', fresh: true };
  const { code, output } = await run(node, [binOf('electron-vite'), 'build'], {
    env: environmentFor(node),
    quiet: true,
    timeoutMs: 300_000,
  });
  if (code === 0) {
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, hash);
  }
  return { code, output, fresh: false };
}
