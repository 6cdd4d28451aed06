import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The pages of a test, as they are served. */
export interface Bundle {
  files: Map<string, string | Uint8Array>;
  /** What the page names itself; the rest is fetched by these. */
  entries: string[];
}

const root = path.resolve(import.meta.dirname, '../..');
/** Of what bundles are made. */
const sources = ['renderer', 'shared', 'test/renderer', 'scripts/lib/css-in-rem.ts', 'package-lock.json'];

/** Changes with any of the sources. */
function stamp(): string {
  const hash = createHash('sha256');
  const add = (file: string): void => {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  };
  for (const source of sources) {
    const at = path.join(root, source);
    if (statSync(at).isFile()) add(at);
    else {
      const found = readdirSync(at, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
      for (const one of found) add(path.join(one.parentPath, one.name));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

type KeptFile = [name: string, how: 'text' | 'base64', content: string];

/** A bundle made from the sources as they are: by an earlier file of tests, where they are the same, else by `make`. */
export async function keptBundle(name: string, make: () => Promise<Bundle>): Promise<Bundle> {
  const folder = path.join(root, 'node_modules/.cache/evenkeel-tests');
  const before = stamp();
  const file = path.join(folder, `${name}-${before}.json`);
  try {
    const { files, entries } = JSON.parse(readFileSync(file, 'utf8')) as { files: KeptFile[]; entries: string[] };
    return { files: new Map(files.map(([at, how, text]) => [at, how === 'text' ? text : Buffer.from(text, 'base64')])), entries };
  } catch {
    // There is none yet.
  }
  const bundle = await make();
  // Somebody wrote a source meanwhile: it is not known which of the two states this is of.
  if (stamp() !== before) return bundle;
  const files = [...bundle.files].map(([at, content]): KeptFile =>
    typeof content === 'string' ? [at, 'text', content] : [at, 'base64', Buffer.from(content).toString('base64')],
  );
  mkdirSync(folder, { recursive: true });
  // Other workers may be at the same, each in a folder of its own.
  const part = mkdtempSync(path.join(folder, 'part-'));
  writeFileSync(path.join(part, 'bundle.json'), JSON.stringify({ files, entries: bundle.entries }));
  renameSync(path.join(part, 'bundle.json'), file);
  rmSync(part, { recursive: true });
  for (const old of readdirSync(folder)) {
    const at = path.join(folder, old);
    if (old.startsWith(`${name}-`) && at !== file) rmSync(at, { force: true });
  }
  return bundle;
}
