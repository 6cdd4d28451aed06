import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Authority, type LeafFiles } from '../../../electron/control/authority/authority.ts';
import { fileVault } from '../../../electron/control/authority/key-vault.ts';
import { desktopVault } from '../../../electron/main/key-vault.ts';
import { app } from '../../desktop/stand-in/app.ts';
import { keychain, safeStorage } from '../../desktop/stand-in/safe-storage.ts';

vi.mock('electron', () => import('../../desktop/stand-in/safe-storage.ts'));

const secret = Buffer.alloc(32, 7);
let folder: string;
let problems: string[];
beforeEach(async () => {
  await app.whenReady();
  Object.assign(keychain, { backend: 'gnome_libsecret', secrets: [secret], refuses: false });
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-key-vault-'));
  problems = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), 'utf8');
const sealed = () => Buffer.from(text('ca.key.sealed'), 'base64');
const desktop = () => new Authority({ folder, vault: () => desktopVault('linux'), onProblem: (words) => problems.push(words) });
const commandLine = () => new Authority({ folder, vault: fileVault() });

describe('what protects a key', () => {
  it('is the keychain there is, by its name', async () => {
    const keeper = await desktopVault('linux');
    expect(keeper).toMatchObject({ kind: 'keychain', keeper: 'the Secret Service (GNOME Keyring)' });
    if (keeper.kind !== 'keychain') throw new Error('no keychain');
    expect(await keeper.decrypt(await keeper.encrypt('key'))).toEqual({ text: 'key', stale: false });
    keychain.backend = 'kwallet6';
    expect(await desktopVault('linux')).toMatchObject({ keeper: 'KWallet' });
    expect(await desktopVault('darwin')).toMatchObject({ keeper: 'the macOS Keychain' });
    expect(await desktopVault('win32')).toMatchObject({ keeper: 'Windows (DPAPI)' });
  });

  it.each(['basic_text', 'unknown'])('is no keychain where Electron has %s', async (backend) => {
    keychain.backend = backend;
    expect(await desktopVault('linux')).toMatchObject({ kind: 'file', because: expect.stringContaining('no keychain') as string });
  });

  it('is no keychain where one should be and none answers, although Electron encrypts all the same', async () => {
    keychain.secrets = [];
    expect(await safeStorage.isAsyncEncryptionAvailable()).toBe(true);
    expect(await desktopVault('linux')).toMatchObject({
      kind: 'file',
      because: 'the Secret Service (GNOME Keyring) does not answer, and encrypting without it protects nothing',
    });
  });

  it('is no keychain where Electron has none', async () => {
    vi.spyOn(safeStorage, 'isAsyncEncryptionAvailable').mockResolvedValue(false);
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(await desktopVault(platform)).toMatchObject({ kind: 'file', because: 'this system has no keychain that Electron can use' });
  });
});

describe("the authority's key in the desktop app", () => {
  /** Whole: the key is that of the certificate, and the authority that is there signed it. */
  const isWhole = ({ certFile, keyFile }: LeafFiles): boolean => {
    const leaf = new X509Certificate(readFileSync(certFile));
    return leaf.checkPrivateKey(createPrivateKey(readFileSync(keyFile))) && leaf.verify(new X509Certificate(text('ca.crt')).publicKey);
  };
  const issues = async (name = 'a.test') => isWhole(await desktop().issue([name]));

  it('opens as an earlier version left it: what safeStorage made of it, as base64', async () => {
    await commandLine().ensure();
    writeFileSync(at('ca.key.sealed'), `${(await safeStorage.encryptStringAsync(text('ca.key'))).toString('base64')}\n`);
    rmSync(at('ca.key'));
    const before = text('ca.key.sealed');
    expect(await issues()).toBe(true);
    expect(text('ca.key.sealed')).toBe(before);
  });

  it('is encrypted anew when the keychain has another secret, and then needs the one before no more', async () => {
    const { certPem } = await desktop().ensure();
    keychain.rotate();
    expect((await safeStorage.decryptStringAsync(sealed())).shouldReEncrypt).toBe(true);
    expect(await issues()).toBe(true);
    keychain.secrets.length = 1;
    expect((await safeStorage.decryptStringAsync(sealed())).shouldReEncrypt).toBe(false);
    expect(await issues('b.test')).toBe(true);
    expect(text('ca.crt')).toBe(certPem);
    expect(readdirSync(folder).sort()).toEqual(['ca.crt', 'ca.key.sealed', 'issued']);
    expect(problems).toEqual([]);
  });

  type Encrypt = typeof safeStorage.encryptStringAsync;
  it.each<[string, (real: Encrypt) => Promise<Buffer>]>([
    ['refuses to encrypt', () => Promise.reject(new Error('no, says the keychain'))],
    ['encrypts what it cannot decrypt', () => Promise.resolve(Buffer.from('v11 and nothing that is one'))],
    ['gives back something else', (real) => real('something else')],
  ])('is used as it is when a keychain with another secret %s, which is said once, and encrypted anew later', async (_what, answer) => {
    await desktop().ensure();
    keychain.rotate();
    const before = text('ca.key.sealed');
    const authority = desktop();
    // The first one is the question whether there is a keychain at all.
    const real = safeStorage.encryptStringAsync;
    const encrypt = vi
      .spyOn(safeStorage, 'encryptStringAsync')
      .mockImplementation((given) => (given === 'probe' ? real(given) : answer(real)));
    expect(isWhole(await authority.issue(['a.test']))).toBe(true);
    expect(isWhole(await authority.issue(['b.test']))).toBe(true);
    expect(text('ca.key.sealed')).toBe(before);
    expect(problems).toEqual([
      expect.stringMatching(
        /^The authority’s key stays as it is for now.* was not encrypted: the Secret Service .* says “.+”\. Unlock it, /,
      ),
    ]);
    encrypt.mockRestore();
    expect(isWhole(await authority.issue(['c.test']))).toBe(true);
    expect(text('ca.key.sealed')).not.toBe(before);
    expect(problems).toHaveLength(1);
  });
  it('is not encrypted anew while another program changes the authority', async () => {
    await desktop().ensure();
    keychain.rotate();
    const before = text('ca.key.sealed');
    writeFileSync(at('lock'), `${process.ppid} \n`);
    expect(await issues()).toBe(true);
    expect(text('ca.key.sealed')).toBe(before);
    expect(problems).toEqual([expect.stringContaining(`Process ${process.ppid} is changing the authority`)]);
  });

  it('is left as it is by a keychain that refuses, which is said, and works when it does no more', async () => {
    const authority = desktop();
    const { certPem } = await authority.ensure();
    const before = text('ca.key.sealed');
    keychain.refuses = true;
    for (const refused of [authority.issue(['a.test']), authority.replace()])
      await expect(refused).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(
          /key .*was not encrypted|key .* cannot be decrypted: the Secret Service .* “.+”.*Unlock it, let Evenkeel use it/,
        ) as string,
      });
    expect([text('ca.crt'), text('ca.key.sealed')]).toEqual([certPem, before]);
    expect(existsSync(at('ca.key'))).toBe(false);
    keychain.refuses = false;
    expect(isWhole(await authority.issue(['a.test']))).toBe(true);
  });

  it('is left as it is where the keychain is missing, which is said; another key is a file, and goes to the keychain once it is there', async () => {
    const authority = desktop();
    await authority.ensure();
    const before = text('ca.key.sealed');
    keychain.secrets = [];
    const why =
      'The authority’s key is encrypted for the desktop app’s keychain, and the Secret Service (GNOME Keyring) does not answer, and encrypting without it protects nothing: ' +
      'start and unlock the keychain it was encrypted with and start Evenkeel anew, or replace the authority.';
    await expect(authority.issue(['a.test'])).rejects.toMatchObject({ code: 'CONFLICT', message: why });
    expect(await authority.protection()).toMatchObject({ protection: 'keychain', problem: why });
    expect(text('ca.key.sealed')).toBe(before);
    await authority.replace();
    expect([existsSync(at('ca.key.sealed')), existsSync(at('ca.key'))]).toEqual([false, true]);
    expect(await authority.protection()).toMatchObject({ protection: 'file', words: expect.stringContaining('does not answer') as string });
    keychain.secrets = [secret];
    expect(await issues()).toBe(true);
    expect([existsSync(at('ca.key.sealed')), existsSync(at('ca.key'))]).toEqual([true, false]);
  });

  it('is not left in a plain file when giving it to the keychain was cut short', async () => {
    await commandLine().ensure();
    const plain = text('ca.key');
    expect(await issues()).toBe(true);
    writeFileSync(at('ca.key'), plain);
    expect(await issues('b.test')).toBe(true);
    expect(existsSync(at('ca.key'))).toBe(false);
  });

  it('has its state told although the keychain cannot even be asked', async () => {
    await desktop().ensure();
    vi.spyOn(safeStorage, 'isAsyncEncryptionAvailable').mockRejectedValue(new Error('the bus is gone'));
    expect(await desktop().protection()).toMatchObject({
      protection: 'keychain',
      problem: expect.stringMatching(/keychain cannot be asked: it says “the bus is gone”\. Unlock it/) as string,
    });
    await expect(desktop().issue(['a.test'])).rejects.toMatchObject({ code: 'CONFLICT' });
    vi.restoreAllMocks();
    expect(await issues()).toBe(true);
  });
});
