import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { app } from './app.ts';

/** The secret of Chromium's PosixKeyProvider, in effect: whoever reads its sources has it. */
const everybodys = createHash('sha256').update('peanuts').digest();

/**
 * The keychain of a Linux session, which lasts as long as the process; there is one with STAND_IN_KEYCHAIN=1. As Electron 45.4 has it, the
 * asynchronous calls are available in any case, and encrypt with the password everybody knows (`v10`) where no keychain answers (`v11`).
 */
export const keychain = {
  /** The session's kind lets expect one; whether it answers is `secrets`. */
  backend: process.env['STAND_IN_KEYCHAIN'] === '1' ? 'gnome_libsecret' : 'basic_text',
  /** The newest first; none: it is not there, or was not unlocked when it was first asked. */
  secrets: process.env['STAND_IN_KEYCHAIN'] === '1' ? [randomBytes(32)] : [],
  /** It is there, and gives nothing out: as macOS' does when its owner says no. */
  refuses: false,
  /** Encrypts with another secret from now on; what was encrypted before can be read still. */
  rotate(): void {
    keychain.secrets.unshift(randomBytes(32));
  },
};

function encrypt(text: string): Buffer {
  const [secret] = keychain.secrets;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret ?? everybodys, iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from(secret ? 'v11' : 'v10'), iv, cipher.getAuthTag(), sealed]);
}

function decryptWith(secret: Buffer, sealed: Buffer): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(3, 15), { authTagLength: 16 });
    decipher.setAuthTag(sealed.subarray(15, 31));
    return Buffer.concat([decipher.update(sealed.subarray(31)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Only what Electron has not deprecated. */
export const safeStorage = {
  isAsyncEncryptionAvailable: () => Promise.resolve(app.isReady()),
  getSelectedStorageBackend: () => (app.isReady() ? keychain.backend : 'unknown'),
  encryptStringAsync: async (text: string): Promise<Buffer> => {
    if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready');
    if (keychain.refuses) throw new Error('Error while encrypting the text provided to safeStorage.encryptStringAsync.');
    return encrypt(text);
  },
  decryptStringAsync: async (sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> => {
    if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready');
    if (!Buffer.isBuffer(sealed)) throw new Error('Expected the first argument of decryptStringAsync() to be a buffer');
    if (sealed.length === 0) return { result: '', shouldReEncrypt: false };
    if (keychain.refuses) throw new Error('safeStorage.decryptStringAsync is temporarily unavailable. Please try again.');
    const known = sealed.toString('latin1', 0, 3) === 'v10' ? [everybodys] : keychain.secrets;
    for (const secret of known) {
      const result = decryptWith(secret, sealed);
      // Whatever was encrypted otherwise than it would be now.
      if (result !== undefined) return { result, shouldReEncrypt: secret !== (keychain.secrets[0] ?? everybodys) };
    }
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.');
  },
};
