import path from 'node:path';

/**
 * The AppImage this very program runs from; undefined when it does not. The variable alone says little: every program started from
 * another AppImage inherits that one's, and would put itself in its place.
 */
export function ownAppImage(env: NodeJS.ProcessEnv, execPath: string): string | undefined {
  const { APPIMAGE: file, APPDIR: mounted } = env;
  if (file === undefined || mounted === undefined || !path.isAbsolute(file)) return undefined;
  return execPath.startsWith(`${mounted.replace(/\/+$/, '')}/`) ? file : undefined;
}

/** The portable exe this very program was unpacked from; undefined when it was not. Inherited as an AppImage's is: the name decides. */
export function ownPortableExe(env: NodeJS.ProcessEnv, execPath: string): string | undefined {
  const { PORTABLE_EXECUTABLE_FILE: file, PORTABLE_EXECUTABLE_APP_FILENAME: name } = env;
  if (file === undefined || name === undefined) return undefined;
  return path.win32.basename(execPath, '.exe').toLowerCase() === name.toLowerCase() ? file : undefined;
}

/** The file by which the system starts this program another time: what runs of an AppImage or a portable exe goes when it ends. */
export function ownFile(env: NodeJS.ProcessEnv, execPath: string): string {
  return ownAppImage(env, execPath) ?? ownPortableExe(env, execPath) ?? execPath;
}
