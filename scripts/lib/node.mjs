import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { at } from './paths.mjs';

/**
 * The Node everything runs on: the same Node 24 as Electron's, which the registry carries for the common platforms as an
 * optional dependency. Elsewhere (macOS, musl, other processors) the Node that runs this script.
 */
export function chooseNode() {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const packaged = at('node_modules', name, 'bin', binary);
  if (!existsSync(packaged)) return process.execPath;
  // A binary for another C library is there but does not start.
  return spawnSync(packaged, ['--version'], { stdio: 'ignore' }).status === 0 ? packaged : process.execPath;
}
