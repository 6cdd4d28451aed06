import { safeStorage } from 'electron';
import type { KeyKeeper } from '../control/authority/key-vault.ts';

/** Chromium's names for what keeps the secret on Linux, in words. */
const linuxKeepers: Record<string, string> = {
  gnome_libsecret: 'the Secret Service (GNOME Keyring)',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
};

/** What Chromium writes before what it encrypted, on Linux, with a password that stands in its sources. */
const openToEverybody = 'v10';

const noKeychain = (because: string): KeyKeeper => ({
  kind: 'file',
  because,
  instead: 'start and unlock the keychain it was encrypted with and start Evenkeel anew, or replace the authority',
});

/**
 * On Linux the asynchronous calls encrypt in any case: with the secret of a keychain that answers, or else with a password everybody knows
 * (Chromium's PosixKeyProvider). What they wrote says which it was.
 */
async function protectsNothing(): Promise<boolean> {
  try {
    return (await safeStorage.encryptStringAsync('probe')).toString('latin1').startsWith(openToEverybody);
  } catch {
    // There is one, and it refuses: it says so when it is used.
    return false;
  }
}

/** What protects the authority's key in the desktop app: the system's keychain, where there is one. Only once the app is ready. */
export async function desktopVault(platform: NodeJS.Platform = process.platform): Promise<KeyKeeper> {
  const onLinux = platform === 'linux' ? linuxKeepers[safeStorage.getSelectedStorageBackend()] : undefined;
  // `basic_text` is the password that stands in Chromium's sources: that protects from nobody, and there is nobody to ask.
  if (platform === 'linux' && onLinux === undefined)
    return noKeychain(
      'this desktop session has no keychain (neither the Secret Service nor KWallet), and encrypting without one protects nothing',
    );
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return noKeychain('this system has no keychain that Electron can use');
  if (onLinux !== undefined && (await protectsNothing()))
    return noKeychain(`${onLinux} does not answer, and encrypting without it protects nothing`);
  const keeper = onLinux ?? (platform === 'darwin' ? 'the macOS Keychain' : 'Windows (DPAPI)');
  return {
    kind: 'keychain',
    keeper,
    encrypt: (text) => safeStorage.encryptStringAsync(text),
    decrypt: async (sealed) => {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(sealed);
      return { text: result, stale: shouldReEncrypt };
    },
  };
}
