import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type AuthorityCertificate } from '../../../../electron/control/authority/authority.ts';
import { fileVault } from '../../../../electron/control/authority/key-vault.ts';
import { firefoxProfiles, type MachineFacts } from '../../../../electron/control/authority/machine-facts.ts';
import type { CommandResult } from '../../../../electron/control/authority/run-command.ts';
import { subjectOf, Trust } from '../../../../electron/control/authority/trust.ts';
import type { Command } from '../../../../electron/control/authority/trust-plan.ts';

const well = (stdout = ''): CommandResult => ({ code: 0, stdout, stderr: '' });
const failed = (stderr: string): CommandResult => ({ code: 255, stdout: '', stderr });
const notFound = failed('certutil: Could not find cert: Evenkeel\n: PR_FILE_NOT_FOUND_ERROR: File not found');

let folder: string;
let authority: AuthorityCertificate;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-trust-'));
  authority = await new Authority({ folder: join(folder, 'authority'), vault: fileVault() }).ensure();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const machine = (change: Partial<MachineFacts> = {}): MachineFacts => ({
  platform: 'linux',
  home: folder,
  isRoot: false,
  programs: { certutil: '/bin/certutil' },
  folders: [],
  databases: [{ folder: '/db', readers: 'Chromium', isThere: true }],
  ...change,
});

/** A database in a variable; `says` answers in its place. */
function database(says: (args: readonly string[]) => CommandResult | undefined = () => undefined) {
  const ran: Command[] = [];
  let held = '';
  const trust = new Trust({
    facts: () => machine(),
    run: (command) => {
      ran.push(command);
      const [verb = ''] = command.args;
      const answer = says(command.args);
      if (answer) return Promise.resolve(answer);
      if (verb === '-A') held = authority.certPem;
      if (verb === '-D') held = '';
      if (verb === '-L') return Promise.resolve(held === '' ? notFound : well(held));
      return Promise.resolve(well());
    },
  });
  return { trust, ran, verbs: () => ran.map(({ args }) => args[0]) };
}

describe('trust in an NSS database', () => {
  it('is given, verified, and taken again', async () => {
    const { trust, verbs } = database();
    expect(await trust.trust(authority, 'nss:/db')).toMatchObject({
      trusted: true,
      evidence: 'the database has it, and takes it for servers',
    });
    // Looked before, changed, looked after: it has it, and takes it for servers.
    expect(verbs()).toEqual(['-L', '-A', '-L', '-V']);
    expect(await trust.untrust(authority, 'nss:/db')).toMatchObject({ trusted: false });
  });

  it('does nothing twice', async () => {
    const { trust, verbs } = database();
    await trust.untrust(authority, 'nss:/db');
    expect(verbs()).toEqual(['-L']);
  });

  it('is not believed when the database has it but refuses it', async () => {
    const { trust } = database((args) =>
      args[0] === '-V' ? failed('certutil: certificate is invalid: Peer’s issuer is not trusted') : undefined,
    );
    await expect(trust.trust(authority, 'nss:/db')).rejects.toThrow(
      /still does not trust the authority: the database has it, but not for servers/,
    );
  });

  it('is not taken from another certificate of the same name', async () => {
    const other = await new Authority({ folder: join(folder, 'other'), vault: fileVault() }).ensure();
    const { trust, verbs } = database((args) => (args[0] === '-L' ? well(other.certPem) : undefined));
    expect(await trust.untrust(authority, 'nss:/db')).toMatchObject({
      trusted: false,
      evidence: expect.stringContaining('another certificate') as string,
    });
    expect(verbs()).not.toContain('-D');
  });

  it('stays as it is when the database cannot be asked', async () => {
    const { trust, verbs } = database((args) => (args[0] === '-L' ? failed('certutil: SEC_ERROR_BAD_DATABASE') : undefined));
    expect((await trust.status(authority)).find(({ id }) => id === 'nss:/db')).toMatchObject({ trusted: null });
    await expect(trust.untrust(authority, 'nss:/db')).rejects.toThrow('cannot be asked');
    expect(verbs()).not.toContain('-D');
  });

  it('says what the tool complained of', async () => {
    const { trust } = database((args) =>
      args[0] === '-A' ? failed('certutil: could not authenticate to token NSS: SEC_ERROR_IO') : undefined,
    );
    await expect(trust.trust(authority, 'nss:/db')).rejects.toThrow(
      '/bin/certutil -A failed: certutil: could not authenticate to token NSS',
    );
  });
});

describe('trust in the system’s store', () => {
  const programs = Object.fromEntries(['install', 'rm', 'update-ca-certificates'].map((name) => [name, `/bin/${name}`]));
  const folders = ['/usr/local/share/ca-certificates'];

  it('is never changed without root, and says what to type', async () => {
    const ran: Command[] = [];
    const trust = new Trust({
      facts: () => machine({ programs, folders, databases: [] }),
      run: (command) => {
        ran.push(command);
        return Promise.resolve(well());
      },
    });
    await expect(trust.trust(authority, 'system')).rejects.toThrow(
      /Run: sudo \/bin\/install -m 0644 .* && sudo \/bin\/update-ca-certificates/,
    );
    expect(ran).toEqual([]);
    expect(await trust.status(authority)).toMatchObject([{ id: 'system', allowed: false }]);
  });

  it('is not believed when the commands ran and the bundle does not have it', async () => {
    const trust = new Trust({
      facts: () => machine({ isRoot: true, programs, folders, databases: [] }),
      run: () => Promise.resolve(well()),
    });
    await expect(trust.trust(authority, 'system')).rejects.toThrow(/the commands ran, but it still does not trust the authority/);
  });
});

it('asks Windows by the SHA-1 it prints, with blanks or without', async () => {
  const { sha1 } = subjectOf(authority);
  const printed = [`Cert Hash(sha1): ${sha1}`, `Cert Hash(sha1): ${sha1.replace(/(..)(?=.)/g, '$1 ')}`, 'Cert Hash(sha1): 00'];
  const answers = await Promise.all(
    printed.map(async (text) => {
      const facts = () => machine({ platform: 'win32', programs: { certutil: 'C:\\Windows\\System32\\certutil.exe' } });
      return (await new Trust({ facts, run: () => Promise.resolve(well(text)) }).status(authority))[0]!.trusted;
    }),
  );
  expect(answers).toEqual([true, true, false]);
});

it('knows no store on a machine nobody told it of', async () => {
  const trust = new Trust({ facts: () => machine({ platform: 'freebsd' }), run: () => Promise.resolve(well()) });
  expect(await trust.status(authority)).toEqual([]);
  await expect(trust.trust(authority, 'system')).rejects.toThrow('This machine has no trust store "system".');
});

it('finds Firefox’s profiles, named or only lying there', async () => {
  const { mkdirSync } = await import('node:fs');
  for (const name of ['abcd.default', 'Profiles/efgh.work', 'lying', 'empty']) {
    mkdirSync(join(folder, 'ff', name), { recursive: true });
    if (name !== 'empty') writeFileSync(join(folder, 'ff', name, 'cert9.db'), '');
  }
  writeFileSync(
    join(folder, 'ff/profiles.ini'),
    '[Profile0]\r\nIsRelative=1\r\nPath=abcd.default\r\n[Profile1]\nIsRelative=1\nPath=Profiles/efgh.work\n[Profile2]\nPath=gone\n',
  );
  expect(firefoxProfiles(join(folder, 'ff')).sort()).toEqual(
    ['Profiles/efgh.work', 'abcd.default', 'lying'].map((name) => join(folder, 'ff', name)),
  );
});
