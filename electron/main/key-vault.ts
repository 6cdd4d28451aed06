import { safeStorage } from 'electron';
import { fileVault, type KeyVault } from '../control/authority/key-vault.ts';

/** Chromium's names for what keeps the secret on Linux, in words. */
const linuxKeepers: Record<string, string> = {
  gnome_libsecret: 'the Secret Service (GNOME Keyring)',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
};

/** What protects the authority's key in the desktop app: the system's keychain, where there is one. Only once the app is ready. */
export function desktopVault(platform: NodeJS.Platform = process.platform): KeyVault {
  if (!safeStorage.isEncryptionAvailable()) return fileVault('this system has no keychain that Electron can use');
  let keeper = platform === 'darwin' ? 'the macOS Keychain' : 'Windows (DPAPI)';
  if (platform === 'linux') {
    const backend = safeStorage.getSelectedStorageBackend();
    const known = linuxKeepers[backend];
    // `basic_text` encrypts with a password that stands in Chromium's sources: that protects from nobody.
    if (known === undefined)
      return fileVault(
        'this desktop session has no keychain (neither the Secret Service nor KWallet), and encrypting without one protects nothing',
      );
    keeper = known;
  }
  return {
    kind: 'keychain',
    keeper,
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (sealed) => safeStorage.decryptString(sealed),
  };
}
