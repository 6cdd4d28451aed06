import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../store/make-folder.ts';

/** Said to ourselves at login: whether the window then shows is decided by the setting of that day. */
export const atLoginSwitch = '--at-login';

/** One argument of a desktop entry's Exec line: quoted, with what has a meaning there escaped. */
function execArgument(text: string): string {
  // Two rules on top of each other: the string's own escapes, and those of a quoted argument; % begins a field code.
  const quoted = text.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${quoted.replaceAll('\\', '\\\\')}"`;
}

/** An XDG autostart entry that starts this program. @param command the program and its arguments. */
export function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Evenkeel',
    'Comment=Balances from login on',
    `Exec=${[...command, atLoginSwitch].map(execArgument).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Where the entry belongs. @param configFolder XDG_CONFIG_HOME, or ~/.config. */
export function autostartFile(configFolder: string): string {
  return path.join(configFolder, 'autostart', 'evenkeel.desktop');
}

/** Writes the entry, or takes it away. @throws Error when the folder cannot be written. */
export function setAutostart(on: boolean, configFolder: string, command: readonly string[]): void {
  const file = autostartFile(configFolder);
  if (!on) {
    rmSync(file, { force: true });
    return;
  }
  makeFolder(path.dirname(file));
  writeFileSync(file, autostartEntry(command));
}
