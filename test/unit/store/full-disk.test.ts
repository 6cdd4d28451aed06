import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-full-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const source = (name: string) => new URL(`../../../electron/store/${name}`, import.meta.url).href;
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Saves to FILE, as a process of its own, and prints what came of it. */
const saver = `
  import { createJsonFileStore } from ${JSON.stringify(source('json-file.ts'))};
  import { Backups } from ${JSON.stringify(source('backups.ts'))};
  const [file, bytes] = process.argv.slice(1);
  const problems = [];
  const store = createJsonFileStore(file, { backups: new Backups(file + '.backups', 'a', { onProblem: (words) => problems.push(words) }) });
  await store.load();
  try {
    await (await store.stage({ text: 'x'.repeat(Number(bytes)) })).commit();
    console.log(JSON.stringify({ saved: true, problems }));
  } catch (error) {
    console.log(JSON.stringify({ saved: false, error: error.message, problems }));
  }`;
const nodeArgs = (file: string, bytes: number) => [
  '--disable-warning=ExperimentalWarning',
  '--input-type=module',
  '-e',
  saver,
  file,
  String(bytes),
];

/** A file system of 64 KiB, in a mount namespace of its own: gone with the process. */
const canMount =
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0;

it.skipIf(!canMount)('a full disk: said, and nothing is lost or left lying', () => {
  const script = `
    mount -t tmpfs -o size=64k none "$1" && printf '{"n":1}' > "$1/a.json"
    shift; "$@"; echo "after: $(ls -A "${folder}" | tr '\\n' ' ')"; cat "${folder}/a.json"`;
  const output = execFileSync(
    'unshare',
    ['-rm', 'sh', '-c', script, 'sh', folder, process.execPath, ...nodeArgs(join(folder, 'a.json'), 200_000)],
    { encoding: 'utf8', cwd: repository },
  );
  const [result, after, content] = output.trim().split('\n');
  expect(JSON.parse(result!)).toMatchObject({
    saved: false,
    error: expect.stringMatching(/cannot be written: no space is left on the disk$/) as string,
  });
  expect(after).toBe('after: a.json a.json.backups ');
  expect(content).toBe('{"n":1}');
});

const root = process.getuid?.() === 0;
/** As root nothing is forbidden, so the process becomes somebody else; who must be able to read the sources. */
const nobody = root ? { uid: 65_534, gid: 65_534 } : {};
const nobodyReads = process.platform !== 'win32' && spawnSync(process.execPath, ['-e', '0'], { ...nobody, cwd: repository }).status === 0;

it.skipIf(!nobodyReads)('a folder that cannot be written: said, and nothing is lost', () => {
  const inner = join(folder, 'etc');
  mkdirSync(inner);
  chmodSync(folder, 0o755);
  writeFileSync(join(inner, 'a.json'), '{"n":1}');
  chmodSync(join(inner, 'a.json'), 0o666);
  chmodSync(inner, 0o555);
  const output = execFileSync(process.execPath, nodeArgs(join(inner, 'a.json'), 10), { ...nobody, encoding: 'utf8', cwd: repository });
  chmodSync(inner, 0o755);
  expect(JSON.parse(output)).toMatchObject({
    saved: false,
    error: expect.stringMatching(/a\.json cannot be written: permission was denied$/) as string,
  });
  expect(readFileSync(join(inner, 'a.json'), 'utf8')).toBe('{"n":1}');
  expect(readdirSync(inner)).toEqual(['a.json']);
  expect(existsSync(join(inner, 'a.json.backups'))).toBe(false);
});
