import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBounded, TooLargeError } from '../store/read-bounded.ts';
import { linkScheme } from './deep-link.ts';

/** What the system asked us to open: by double click, by a link, by a second start. */
export type Asked = { kind: 'file'; path: string } | { kind: 'link'; link: string };

/** Configurations saved for Evenkeel. */
export const fileEnding = /\.evenkeel(\.json)?$/i;

/** What the control plane takes at once, and far more than any configuration. Bytes. */
const largest = 1_000_000;

/**
 * What a command line asks to open: our own files and links; anything else (switches, the program's own folder in development) is
 * not for us.
 * @param argv as a process gets it, the program's own name first.
 * @param cwd where relative names start: the other process's folder.
 */
export function askedByArguments(argv: readonly string[], cwd: string): Asked[] {
  return argv.slice(1).flatMap((argument): Asked[] => {
    if (argument.startsWith(`${linkScheme}:`)) return [{ kind: 'link', link: argument }];
    if (argument.startsWith('-') || !fileEnding.test(argument)) return [];
    return [{ kind: 'file', path: path.resolve(cwd, localPath(argument)) }];
  });
}

/** Desktops on Linux may hand over a file by its address (`%U` of a desktop entry), and do so for names that have a # in them. */
function localPath(argument: string): string {
  if (!argument.startsWith('file://')) return argument;
  try {
    return fileURLToPath(argument);
  } catch {
    // On another machine: there is no such file here, and that is what is then said.
    return argument;
  }
}

/** A file's text as the window is to show it, or why there is none. Nothing is applied by it. */
export async function readOpened(file: string): Promise<{ name: string; text: string } | { name: string; problem: string }> {
  const name = path.basename(file);
  try {
    return { name, text: (await readBounded(file, largest)).toString('utf8') };
  } catch (error) {
    if (error instanceof TooLargeError) return { name, problem: 'It is larger than 1 MB, so it is no configuration.' };
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR' || code === 'ENOTSUP' || code === 'ENXIO') return { name, problem: 'It is no file.' };
    if (code === 'ENOENT') return { name, problem: 'There is no such file any more.' };
    return { name, problem: `It could not be read (${code ?? String(error)}).` };
  }
}
