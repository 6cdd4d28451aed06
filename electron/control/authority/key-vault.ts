/** What protects the authority's key at rest. */
export type KeyVault =
  | {
      kind: 'keychain';
      /** Who keeps the secret it is encrypted with: "the macOS Keychain". */
      keeper: string;
      /** @throws when the keychain does not answer. */
      encrypt: (text: string) => Buffer;
      /** @throws when the keychain does not answer, or another user or program encrypted it. */
      decrypt: (sealed: Buffer) => string;
    }
  | {
      kind: 'file';
      /** Why no keychain is used, in words that read on after "…, because". */
      because: string;
    };

/** For programs without a keychain: the key is a file that only its owner may read. */
export const fileVault = (because = 'a program without a window has no keychain to ask'): KeyVault => ({ kind: 'file', because });
