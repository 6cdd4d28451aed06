import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A file that packing lays beside the program's archive; undefined: this build has none. */
export function resourceText(name: string): string | undefined {
  try {
    return readFileSync(path.join(process.resourcesPath, name), 'utf8');
  } catch {
    return undefined;
  }
}
