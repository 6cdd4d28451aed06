import type { KeyVault } from '../../../../electron/control/authority/key-vault.ts';

const shift = (bytes: Buffer, by: number): Buffer => Buffer.from([...bytes].map((byte) => (byte + by) & 0xff));

/** A keychain whose secret is a number, by which letters are shifted. It knows the secrets it had before. @param secret 1–255. */
export const shiftVault =
  (secret: number): KeyVault =>
  () =>
    Promise.resolve({
      kind: 'keychain',
      keeper: 'the shifting keychain',
      encrypt: async (text) => Buffer.concat([Buffer.from([secret]), shift(Buffer.from(text), secret)]),
      decrypt: async (sealed) => {
        const by = sealed[0] ?? 0;
        if (by === 0 || by > secret) throw new Error('it has no such secret');
        return { text: shift(sealed.subarray(1), -by).toString(), stale: by !== secret };
      },
    });
