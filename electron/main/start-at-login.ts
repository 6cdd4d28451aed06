import { app } from 'electron';
import type { Settings } from '../../shared/contract/contract.ts';
import { atLoginSwitch, setAutostart } from './login-item.ts';
import { log } from './log.ts';
import { ownFile } from './own-file.ts';

/** How this very program is started again. */
function ownCommand(): string[] {
  if (app.isPackaged) return [ownFile(process.env, process.execPath)];
  return [process.execPath, app.getAppPath()];
}

/** Has the system start Evenkeel at login, or no longer. */
export function startAtLogin(on: boolean): void {
  try {
    if (process.platform === 'linux') setAutostart(on, app.getPath('appData'), ownCommand());
    else {
      const [path, ...args] = ownCommand();
      app.setLoginItemSettings({ openAtLogin: on, path, args: [...args, atLoginSwitch] });
    }
  } catch (error) {
    log('warn', 'Starting at login could not be set.', { on, detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether this start is to show no window: it is the system's, at login, and the owner wants it so. */
export function startsHidden({ startHidden }: Pick<Settings, 'startHidden'>): boolean {
  if (!startHidden) return false;
  return process.argv.includes(atLoginSwitch) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin);
}
