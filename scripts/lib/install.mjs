import { existsSync, readFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { run } from './run.mjs';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Whether what npm says it installed (node_modules/.package-lock.json, written last) is what the lock file asks for.
 * Optional packages of other platforms may be absent; nothing else may differ.
 */
export function installMatches(lock, installed) {
  const wanted = lock.packages;
  const present = installed.packages;
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity;
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === '' || entry.link) continue;
    const got = present[name];
    if (got ? !same(entry, got) : !entry.optional && !entry.devOptional && !entry.peer) return false;
  }
  return Object.keys(present).every((name) => name in wanted);
}

function isInstalled() {
  const record = at('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  try {
    return installMatches(readJson(at('package-lock.json')), readJson(record));
  } catch {
    return false;
  }
}

/**
 * Installs what the lock file names, if it is not there already.
 * @throws Error when npm fails; npm has said why by then.
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing the dependencies the lock file names (once)…');
  // Everything is a development dependency, because the build bundles it: an omit=dev in the environment must not win.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const viaNode = npm && /\.c?js$/.test(npm);
  const { code } = viaNode ? await run(process.execPath, [npm, ...args]) : await run('npm', args, { shell: process.platform === 'win32' });
  if (code !== 0) throw new Error(`npm ci ended with ${code}. The lines above say why; it needs the npm registry and a writable folder.`);
}
