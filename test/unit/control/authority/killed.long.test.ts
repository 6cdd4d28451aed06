import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuthorityKeeper } from '../../../../electron/control/authority/authority-keeper.ts';
import { Authority, type LeafFiles } from '../../../../electron/control/authority/authority.ts';
import { fileVault } from '../../../../electron/control/authority/key-vault.ts';
import { emptyConfig } from '../../../../shared/model/config.ts';
import { shiftVault } from './shift-vault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-killed-authority-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const source = JSON.stringify(new URL('../../../../electron/control/authority/', import.meta.url).href);
const here = JSON.stringify(new URL('./', import.meta.url).href);
/** Does what it is told, and kills itself just before the nth call that changes anything on the disk. Exit code 0: there were fewer. */
const program = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const [what, folder, nth, ...files] = process.argv.slice(1);
  let left = Number(nth);
  const count = () => { if (--left === 0) process.kill(process.pid, 'SIGKILL'); };
  const counted = (module, name, isChange = () => true) => {
    const real = module[name];
    module[name] = (...args) => { if (isChange(...args)) count(); return real(...args); };
  };
  for (const name of ['rename', 'unlink', 'chmod', 'mkdir']) counted(fs.promises, name);
  counted(fs.promises, 'open', (_path, flags) => typeof flags === 'string' && flags !== 'r');
  for (const name of ['writeFileSync', 'unlinkSync', 'renameSync', 'mkdirSync']) counted(fs, name);
  syncBuiltinESMExports();
  const { Authority } = await import(${source} + 'authority.ts');
  const { fileVault } = await import(${source} + 'key-vault.ts');
  const { shiftVault } = await import(${here} + 'shift-vault.ts');
  const authority = new Authority({ folder, vault: what === 'issue' ? shiftVault(2) : fileVault() });
  const [certFile, keyFile] = files;
  if (what === 'issue') await authority.issue(['more.test']);
  else if (what === 'replace') await authority.replace([{ certFile, keyFile }]);
  else await authority.renew(await authority.look({ certFile, keyFile }));`;

/** @returns whether it was killed. */
function killedAt(nth: number, what: string, authority: string, { certFile, keyFile }: LeafFiles): boolean {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
    what,
    authority,
    String(nth),
    certFile,
    keyFile,
  ];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
  if (signal === null) expect([status, stderr]).toEqual([0, '']);
  return signal === 'SIGKILL';
}

it.each(['replace', 'renew'])(
  'killed before any step of %s: after the next start all is whole',
  async (what) => {
    const at = (name: string) => join(folder, name);
    const first = new Authority({ folder: at('made/a'), vault: fileVault() });
    await first.issue(['own.test']);
    await first.issue(['elsewhere.test'], { folder: at('made/elsewhere') });
    const before = readFileSync(at('made/a/ca.crt'), 'utf8');
    const elsewhere = { certFile: at('now/elsewhere/elsewhere.test.crt'), keyFile: at('now/elsewhere/elsewhere.test.key') };
    const own = { certFile: at('now/a/issued/own.test.crt'), keyFile: at('now/a/issued/own.test.key') };
    let steps = 0;
    let olds = 0;
    for (let killed = true; killed; steps++) {
      rmSync(at('now'), { recursive: true, force: true });
      cpSync(at('made'), at('now'), { recursive: true });
      killed = killedAt(steps + 1, what, at('now/a'), elsewhere);

      const authority = new Authority({ folder: at('now/a'), vault: fileVault() });
      const config = { ...emptyConfig, certificates: [{ id: 'e', ...elsewhere }] };
      const problems: string[] = [];
      const log = (level: string, message: string) => {
        if (level !== 'info') problems.push(message);
      };
      const keeper = new AuthorityKeeper({ authority, running: () => ({ config, folder: null }), fact: () => undefined, log });
      keeper.close();
      await keeper.renewDue();
      expect([steps, problems]).toEqual([steps, []]);
      const certPem = readFileSync(at('now/a/ca.crt'), 'utf8');
      if (certPem === before) olds++;
      const signer = new X509Certificate(certPem);
      for (const { certFile, keyFile } of [own, elsewhere]) {
        const leaf = new X509Certificate(readFileSync(certFile, 'utf8'));
        const key = createPrivateKey(readFileSync(keyFile, 'utf8'));
        expect([steps, leaf.checkPrivateKey(key), leaf.verify(signer.publicKey)]).toEqual([steps, true, true]);
      }
      expect((await authority.issue(['more.test'])).facts.names).toEqual(['more.test']);
      expect(readdirSync(at('now/a')).filter((name) => name.endsWith('.next'))).toEqual([]);
    }
    expect(steps).toBeGreaterThan(what === 'replace' ? 15 : 4);
    // Both sides of the one step were seen.
    if (what === 'replace') expect([olds > 0, olds < steps]).toEqual([true, true]);
  },
  180_000,
);

it.each([
  ['given to a keychain', fileVault()],
  ['encrypted anew', shiftVault(1)],
])(
  'killed before any step while its key is %s: the next use has it there, and nowhere else',
  async (_what, vault) => {
    const at = (name: string) => join(folder, name);
    const { certPem } = await new Authority({ folder: at('made'), vault }).ensure();
    const nowhere = { certFile: '', keyFile: '' };
    let steps = 0;
    for (let killed = true; killed; steps++) {
      rmSync(at('now'), { recursive: true, force: true });
      cpSync(at('made'), at('now'), { recursive: true });
      killed = killedAt(steps + 1, 'issue', at('now'), nowhere);

      const problems: string[] = [];
      const authority = new Authority({ folder: at('now'), vault: shiftVault(2), onProblem: (words) => problems.push(words) });
      const leaf = await authority.issue(['more.test']);
      expect([steps, problems]).toEqual([steps, []]);
      expect(readFileSync(at('now/ca.crt'), 'utf8')).toBe(certPem);
      expect(new X509Certificate(readFileSync(leaf.certFile)).verify(new X509Certificate(certPem).publicKey)).toBe(true);
      // The lock of a process that is gone is nobody's, and goes with the next change.
      const kept = readdirSync(at('now')).filter((name) => name !== 'lock');
      expect([steps, kept.sort()]).toEqual([steps, ['ca.crt', 'ca.key.sealed', 'issued']]);
      expect(Buffer.from(readFileSync(at('now/ca.key.sealed'), 'utf8'), 'base64')[0]).toBe(2);
    }
    expect(steps).toBeGreaterThan(8);
  },
  180_000,
);
