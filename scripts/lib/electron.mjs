import { existsSync, readFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { run } from './run.mjs';

/** How long Electron's one-time download may take before the screens are served headless instead. */
const downloadLimitMs = 120_000;

function installedBinary() {
  const pathFile = at('node_modules', 'electron', 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? at('node_modules', 'electron', 'dist');
  const binary = `${dist}/${readFileSync(pathFile, 'utf8').trim()}`;
  return existsSync(binary) ? binary : undefined;
}

/**
 * Where Electron's binary is, fetching it once if a window could be shown at all.
 * @returns {Promise<{ binary: string } | { reason: string }>} the reason reads on after "No window:".
 */
export async function findElectron() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    return { reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)' };

  const present = installedBinary();
  if (present) return { binary: present };
  if (Object.keys(process.env).some((name) => name.startsWith('ELECTRON_SKIP') && process.env[name])) {
    return { reason: 'the environment says not to download Electron (ELECTRON_SKIP…)' };
  }

  console.log(`Fetching Electron (once, at most ${downloadLimitMs / 1000} s)…`);
  const { code, timedOut } = await run(process.execPath, [at('node_modules', 'electron', 'install.js')], {
    quiet: true,
    timeoutMs: downloadLimitMs,
  });
  const fetched = code === 0 ? installedBinary() : undefined;
  if (fetched) return { binary: fetched };
  return {
    reason: timedOut
      ? `Electron could not be fetched within ${downloadLimitMs / 1000} s`
      : 'Electron could not be fetched from its download site',
  };
}
