import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const key = randomBytes(32);

/** A keychain that lasts as long as the process. */
export const safeStorage = {
  isEncryptionAvailable: () => process.env['STAND_IN_KEYCHAIN'] === '1',
  getSelectedStorageBackend: () => (process.env['STAND_IN_KEYCHAIN'] === '1' ? 'gnome_libsecret' : 'basic_text'),
  encryptString(text: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  },
  decryptString(sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  },
};
