import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthorityKeeper } from '../../../../electron/control/authority/authority-keeper.ts';
import { Authority, type Leaf, type LeafFiles } from '../../../../electron/control/authority/authority.ts';
import { fileVault, type KeyVault } from '../../../../electron/control/authority/key-vault.ts';
import { emptyConfig } from '../../../../shared/model/config.ts';
import { shiftVault } from './shift-vault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-cut-short-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const text = (file: string) => readFileSync(file, 'utf8');

const flip = (bytes: Buffer) => Buffer.from([...bytes].map((byte) => byte ^ 0x5a));
const encrypt = async (plain: string) => flip(Buffer.from(plain));
const decrypt = async (sealed: Buffer) => ({ text: flip(sealed).toString(), stale: false });
const keychain: KeyVault = () => Promise.resolve({ kind: 'keychain', keeper: 'the test keychain', encrypt, decrypt });

/** Whole: the key is that of the certificate, and that is signed by the authority that is there. */
function isWhole({ certFile, keyFile }: LeafFiles): boolean {
  const leaf = new X509Certificate(text(certFile));
  const authority = new X509Certificate(text(at('a/ca.crt')));
  return leaf.checkPrivateKey(createPrivateKey(text(keyFile))) && leaf.verify(authority.publicKey);
}

describe.each([
  ['a file', fileVault(), 'ca.key'],
  ['a keychain', keychain, 'ca.key.sealed'],
])('another authority whose making was cut short, with the key in %s', (_where, vault, key) => {
  const authority = () => new Authority({ folder: at('a'), vault });
  let own: Leaf;
  let elsewhere: Leaf;
  /** The folder as it is before a replacement (`a`) and as it is after it (`after`). */
  beforeEach(async () => {
    own = await authority().issue(['own.test']);
    elsewhere = await authority().issue(['elsewhere.test'], { folder: at('elsewhere') });
    cpSync(at('a'), at('after'), { recursive: true });
    await new Authority({ folder: at('after'), vault }).replace();
  });
  const stage = () => {
    copyFileSync(at('after/ca.former.crt'), at('a/ca.former.crt'));
    copyFileSync(at(`after/${key}`), at(`a/${key}.next`));
  };

  it('before its certificate: the old one is whole, and of the new one nothing is left', async () => {
    const before = text(at('a/ca.crt'));
    stage();
    expect((await authority().issue(['more.test'])).facts.names).toEqual(['more.test']);
    await authority().finish();
    expect(existsSync(at(`a/${key}.next`))).toBe(false);
    expect(text(at('a/ca.crt'))).toBe(before);
    expect([own, elsewhere].map(isWhole)).toEqual([true, true]);
    expect(await authority().look(own)).toMatchObject({ due: false, former: false });
  });

  it('after its certificate: the new one is whole, and signs what the old one signed', async () => {
    stage();
    copyFileSync(at('after/ca.crt'), at('a/ca.crt'));
    expect(await authority().look(elsewhere)).toMatchObject({ due: true, former: true });
    const config = {
      ...emptyConfig,
      certificates: [{ id: 'e', certFile: elsewhere.certFile, keyFile: elsewhere.keyFile }],
    };
    const problems: string[] = [];
    const keeper = new AuthorityKeeper({
      authority: authority(),
      running: () => ({ config, folder: null }),
      fact: () => undefined,
      log: (level, message) => {
        if (level !== 'info') problems.push(message);
      },
    });
    keeper.close();
    await keeper.renewDue();
    expect(problems).toEqual([]);
    expect(text(at(`a/${key}`))).toBe(text(at(`after/${key}`)));
    expect(existsSync(at(`a/${key}.next`))).toBe(false);
    expect([own, elsewhere].map(isWhole)).toEqual([true, true]);
    expect(await authority().look(elsewhere)).toMatchObject({ due: false, facts: { names: ['elsewhere.test'] } });
  });

  it('between a key and its certificate: both are made anew', async () => {
    stage();
    copyFileSync(at('after/ca.crt'), at('a/ca.crt'));
    copyFileSync(at('after/issued/own.test.key'), own.keyFile);
    await authority().finish();
    expect(isWhole(own)).toBe(true);
  });
});

describe('the files of an authority', () => {
  const authority = () => new Authority({ folder: at('a'), vault: fileVault() });
  const mode = (name: string) => (statSync(at(name)).mode & 0o777).toString(8);

  it('are made by one program at a time', async () => {
    await authority().ensure();
    const before = text(at('a/ca.crt'));
    writeFileSync(at('a/lock'), `${process.ppid} \n`);
    await expect(authority().replace()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`Process ${process.ppid} is changing the authority`) as string,
    });
    expect(text(at('a/ca.crt'))).toBe(before);
    // Whoever was ended while it had the lock does not have it any more.
    writeFileSync(at('a/lock'), '999999999 1\n');
    await authority().replace();
    expect(existsSync(at('a/lock'))).toBe(false);
  });

  it('are read again when another program replaces them between the certificate and the key', async () => {
    await new Authority({ folder: at('a'), vault: keychain }).ensure();
    cpSync(at('a'), at('after'), { recursive: true });
    await new Authority({ folder: at('after'), vault: keychain }).replace();
    let replaced = false;
    const meanwhile: KeyVault = () =>
      Promise.resolve({
        kind: 'keychain',
        keeper: 'the test keychain',
        encrypt,
        decrypt: (sealed) => {
          if (replaced) return decrypt(sealed);
          replaced = true;
          cpSync(at('after'), at('a'), { recursive: true });
          return decrypt(Buffer.from(text(at('a/ca.key.sealed')), 'base64'));
        },
      });
    expect(isWhole(await new Authority({ folder: at('a'), vault: meanwhile }).issue(['more.test']))).toBe(true);
  });

  it('are not written over with a key that another program has replaced since it was read', async () => {
    await new Authority({ folder: at('a'), vault: shiftVault(1) }).ensure();
    cpSync(at('a'), at('after'), { recursive: true });
    await new Authority({ folder: at('after'), vault: shiftVault(2) }).replace();
    const [certPem, key] = [text(at('after/ca.crt')), text(at('after/ca.key.sealed'))];
    let replaced = false;
    const meanwhile: KeyVault = async () => {
      const keeper = await shiftVault(2)();
      if (keeper.kind !== 'keychain') throw new Error('no keychain');
      const { decrypt: real } = keeper;
      return {
        ...keeper,
        async decrypt(sealed) {
          const old = await real(sealed);
          if (!replaced) cpSync(at('after'), at('a'), { recursive: true });
          replaced = true;
          return old;
        },
      };
    };
    await new Authority({ folder: at('a'), vault: meanwhile }).issue(['more.test']);
    expect([replaced, text(at('a/ca.crt')), text(at('a/ca.key.sealed'))]).toEqual([true, certPem, key]);
  });

  it.skipIf(process.platform === 'win32')('are for their owner, whoever could read them before, and stay in their folder', async () => {
    await authority().ensure();
    chmodSync(at('a/ca.key'), 0o644);
    await authority().replace();
    expect([mode('a/ca.key'), mode('a/ca.crt')]).toEqual(['600', '644']);
    writeFileSync(at('victim'), 'as it was');
    rmSync(at('a/ca.key'));
    symlinkSync(at('victim'), at('a/ca.key'));
    await authority().replace();
    expect(text(at('victim'))).toBe('as it was');
    expect(lstatSync(at('a/ca.key')).isFile()).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('are not used where others may write', async () => {
    const leaf = await authority().issue(['own.test']);
    chmodSync(at('a'), 0o777);
    await expect(authority().certificate()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/others could put one of theirs in its place: everybody may write to .*\/a\. .*chmod go-w/) as string,
    });
    await expect(authority().renew(leaf)).rejects.toThrow('everybody may write');
    // Sticky: they could not rename what is there, but add.
    chmodSync(at('a'), 0o1777);
    await expect(authority().certificate()).rejects.toThrow('everybody may write');
    chmodSync(at('a'), 0o700);
    chmodSync(folder, 0o777);
    await expect(authority().certificate()).rejects.toThrow(`everybody may write to ${folder}`);
    await expect(new Authority({ folder: at('b'), vault: fileVault() }).ensure()).rejects.toThrow('everybody may write');
    expect(existsSync(at('b/ca.key.next'))).toBe(false);
    // As /tmp is.
    chmodSync(folder, 0o1777);
    expect(await authority().certificate()).not.toBeNull();
  });

  it.skipIf(process.getuid?.() !== 0)('are not used where another group or another user may write', async () => {
    mkdirSync(at('of'));
    const inIt = new Authority({ folder: at('of/a'), vault: fileVault() });
    await inIt.ensure();
    execFileSync('chown', ['0:4321', at('of')]);
    chmodSync(at('of'), 0o770);
    await expect(inIt.certificate()).rejects.toThrow('the group 4321 may write');
    execFileSync('chown', ['4321:4321', at('of')]);
    chmodSync(at('of'), 0o700);
    await expect(inIt.certificate()).rejects.toThrow('belongs to another user (4321)');
    // Root may use a user's: everything in it is that user's, who has a group alone.
    execFileSync('chown', ['-R', '4321:4321', at('of')]);
    chmodSync(at('of/a'), 0o770);
    expect(await inIt.certificate()).not.toBeNull();
    await inIt.replace();
    expect(statSync(at('of/a/ca.key')).uid).toBe(4321);
  });
});
