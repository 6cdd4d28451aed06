/** What a keychain gave back. */
export interface Unsealed {
  text: string;
  /** The keychain encrypts with another secret by now, and this should be encrypted anew while the one before is still there. */
  stale: boolean;
}

/** What protects the authority's key at rest. */
export type KeyKeeper =
  | {
      kind: 'keychain';
      /** Who keeps the secret it is encrypted with: "the macOS Keychain". */
      keeper: string;
      /** @throws when the keychain does not answer. */
      encrypt: (text: string) => Promise<Buffer>;
      /** @throws when the keychain does not answer, or another user or program encrypted it. */
      decrypt: (sealed: Buffer) => Promise<Unsealed>;
    }
  | {
      kind: 'file';
      /** Why no keychain is used, in words that read on after "…, because". */
      because: string;
      /** What whoever has a key that a keychain encrypted is to do, in words that begin a sentence in the middle: "unlock it". */
      instead: string;
    };

/**
 * Says what protects the key now. Asked whenever the key is: a keychain that is locked, or has not been started yet, may be there the next time.
 * @throws when that cannot be found out.
 */
export type KeyVault = () => Promise<KeyKeeper>;

/** For programs without a keychain: the key is a file that only its owner may read. */
export const fileVault =
  (because = 'a program without a window has no keychain to ask'): KeyVault =>
  () =>
    Promise.resolve({
      kind: 'file',
      because,
      instead: 'issue certificates in the app, or keep another authority with --authority DIR',
    });
