import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user's own configuration is kept, by each platform's custom; the folder need not exist. */
export function userFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'evenkeel');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'evenkeel');
  // The XDG base directory specification: a relative value is to be ignored.
  const xdg = env['XDG_CONFIG_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.config'), 'evenkeel');
}
