import { afterEach, expect, it, vi } from 'vitest';
import { desktopVault } from '../../../electron/main/key-vault.ts';

const storage = vi.hoisted(() => ({ available: true, backend: 'gnome_libsecret' }));
vi.mock('electron', () => ({
  safeStorage: {
    isEncryptionAvailable: () => storage.available,
    getSelectedStorageBackend: () => storage.backend,
    encryptString: (text: string) => Buffer.from(text).reverse(),
    decryptString: (sealed: Buffer) => Buffer.from(sealed).reverse().toString(),
  },
}));

afterEach(() => {
  storage.available = true;
  storage.backend = 'gnome_libsecret';
});

it('uses the keychain there is, and names it', () => {
  const vault = desktopVault('linux');
  expect(vault).toMatchObject({ kind: 'keychain', keeper: 'the Secret Service (GNOME Keyring)' });
  if (vault.kind !== 'keychain') throw new Error('no keychain');
  expect(vault.encrypt('key').toString()).toBe('yek');
  expect(vault.decrypt(vault.encrypt('key'))).toBe('key');
  storage.backend = 'kwallet6';
  expect(desktopVault('linux')).toMatchObject({ keeper: 'KWallet' });
  expect(desktopVault('darwin')).toMatchObject({ keeper: 'the macOS Keychain' });
  expect(desktopVault('win32')).toMatchObject({ keeper: 'Windows (DPAPI)' });
});

it.each(['basic_text', 'unknown'])('takes %s for what it is: no keychain', (backend) => {
  storage.backend = backend;
  expect(desktopVault('linux')).toMatchObject({ kind: 'file', because: expect.stringContaining('no keychain') as string });
});

it('says that there is none', () => {
  storage.available = false;
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    expect(desktopVault(platform)).toEqual({ kind: 'file', because: 'this system has no keychain that Electron can use' });
});
