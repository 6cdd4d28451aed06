import { appendFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../store/make-folder.ts';

export interface RotatingFileOptions {
  /** A file that would grow beyond this is put aside. Bytes, default 2 MB. */
  maxBytes?: number;
  /** How many there are at most, the current one included. Default 5. */
  files?: number;
}

/** `main.log`, then `main.1.log`, older ones with higher numbers. */
function numbered(file: string, n: number): string {
  if (n === 0) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}.${n}${ext}`);
}

/**
 * Appends lines to a file, and begins another when it is full; the oldest goes. Written at once, so that the last words of a program
 * that ends are there. A disk that does not take them is no reason to stop balancing: the line is lost then.
 * @returns what writes a line.
 */
export function rotatingFile(file: string, options: RotatingFileOptions = {}): (line: string) => void {
  const { maxBytes = 2_000_000, files = 5 } = options;
  let size: number | undefined;
  const sizeNow = (): number => {
    try {
      return statSync(file).size;
    } catch {
      return 0;
    }
  };
  const rotate = (): void => {
    for (let n = files - 2; n >= 0; n--) {
      try {
        renameSync(numbered(file, n), numbered(file, n + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    size = 0;
  };
  return (line) => {
    try {
      if (size === undefined) {
        makeFolder(path.dirname(file));
        size = sizeNow();
      }
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > maxBytes) rotate();
      appendFileSync(file, line, { mode: 0o600 });
      size = (size ?? 0) + bytes;
    } catch {
      size = undefined;
    }
  };
}
