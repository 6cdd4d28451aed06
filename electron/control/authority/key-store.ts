import { chown, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { fileProblem, stageFile } from '../../store/json-file.ts';
import { readBounded } from '../../store/read-bounded.ts';
import type { KeyVault } from './key-vault.ts';

/** How the key lies there. */
export interface KeyProtection {
  protection: 'keychain' | 'file';
  /** Where and how, in words. */
  words: string;
  /** Why it cannot be used as it is; null when it can. */
  problem: string | null;
}

/** What stood in the way of reading the present key; another one may do. */
class Unusable {
  readonly why: unknown;

  constructor(why: unknown) {
    this.why = why;
  }
}

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Replaces a file as a whole; a new one is readable by its owner only. @param ownMode as `stageFile` has it. */
export async function writeWhole(file: string, content: string, ownMode?: number): Promise<void> {
  const staged = await stageFile(file, content, ownMode);
  await staged.commit();
}

/** A key that waits for its certificate has this after its name. */
const waiting = '.next';
const forOwner = 0o600;
/** A key is some hundred bytes. */
const maxKeyBytes = 100_000;
const remove = (file: string) => unlink(file).catch(() => undefined);

/**
 * The authority's private key on disk: `ca.key.sealed`, encrypted by a keychain, or `ca.key` (mode 0600) where there is none. What a
 * keychain can take over later, it takes over. Another key waits beside it (`stage`) until its certificate is there: whatever happens between,
 * one of the two fits.
 */
export class KeyStore {
  readonly #plain: string;
  readonly #sealed: string;
  readonly #vault: KeyVault;

  constructor(folder: string, vault: KeyVault) {
    this.#plain = join(folder, 'ca.key');
    this.#sealed = join(folder, 'ca.key.sealed');
    this.#vault = vault;
  }

  /** Keeps another key beside the present one. */
  async stage(pem: string): Promise<void> {
    await this.#write(pem, waiting);
  }

  /** Puts the key that waits in the place of the present one. The certificate must be its own already. */
  async settle(): Promise<void> {
    for (const [file, other] of [
      [this.#sealed, this.#plain],
      [this.#plain, this.#sealed],
    ] as const) {
      if (!(await isThere(file + waiting))) continue;
      // First: it would be taken for the key as long as it is there.
      await remove(other);
      await rename(file + waiting, file).catch((error: unknown) => {
        // Another program needed the key in this very moment, and has put it there.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    }
  }

  async isWaiting(): Promise<boolean> {
    return (await isThere(this.#sealed + waiting)) || isThere(this.#plain + waiting);
  }

  /** Throws away the key that waits. */
  async drop(): Promise<void> {
    await remove(this.#sealed + waiting);
    await remove(this.#plain + waiting);
  }

  /**
   * The key as PEM: the one that fits the certificate. A key in a plain file is given to the keychain, where there is one.
   * @returns undefined when none fits.
   * @throws ContractError CONFLICT when it is missing or cannot be decrypted here.
   */
  async read(fits: (pem: string) => boolean): Promise<string | undefined> {
    const present = await this.#open('').catch((error: unknown) => new Unusable(error));
    if (typeof present === 'string' && fits(present)) {
      if (this.#vault.kind === 'keychain' && !(await isThere(this.#sealed))) await this.#write(present, '');
      return present;
    }
    // Whoever put its certificate in place was ended before this.
    const next = (await this.isWaiting()) ? await this.#open(waiting) : undefined;
    if (next !== undefined && fits(next)) {
      await this.settle();
      return next;
    }
    if (present instanceof Unusable) throw present.why;
    return undefined;
  }

  async #write(pem: string, suffix: string): Promise<void> {
    // Sealed it is text as well, so that the same whole-or-nothing writing serves both.
    const [file, other, content] =
      this.#vault.kind === 'keychain'
        ? [this.#sealed, this.#plain, `${this.#vault.encrypt(pem).toString('base64')}\n`]
        : [this.#plain, this.#sealed, pem];
    await writeWhole(file + suffix, content, forOwner);
    if (process.getuid?.() === 0) {
      // Root, who changes a user's authority, leaves it to that user.
      const { uid, gid } = await stat(dirname(file));
      await chown(file + suffix, uid, gid);
    }
    await remove(other + suffix);
  }

  /** @throws ContractError CONFLICT. */
  async #open(suffix: string): Promise<string> {
    if (await isThere(this.#sealed + suffix)) return this.#unseal(this.#sealed + suffix);
    const file = this.#plain + suffix;
    try {
      return (await readBounded(file, maxKeyBytes)).toString('utf8');
    } catch (error) {
      throw new ContractError('CONFLICT', `The authority’s key ${file} cannot be read: ${fileProblem(error)}.`);
    }
  }

  async protection(): Promise<KeyProtection> {
    if (await isThere(this.#sealed)) {
      const keeper = this.#vault.kind === 'keychain' ? this.#vault.keeper : 'the desktop app’s keychain';
      const problem = this.#vault.kind === 'keychain' ? null : elsewhere;
      return { protection: 'keychain', words: `${this.#sealed}, encrypted with a secret that ${keeper} keeps`, problem };
    }
    const because = this.#vault.kind === 'file' ? `, because ${this.#vault.because}` : '; the next use gives it to the keychain';
    const words = `${this.#plain}, a file only its owner may read (0600)${because}`;
    const found = await stat(this.#plain).catch(() => undefined);
    if (!found) return { protection: 'file', words: this.#plain, problem: `There is no ${this.#plain}.` };
    // Windows has no such bits; the folder's rules are its user's own there.
    const open = process.platform !== 'win32' && (found.mode & 0o077) !== 0;
    return { protection: 'file', words, problem: open ? `Others may read ${this.#plain}: chmod 600 it, or renew the authority.` : null };
  }

  async #unseal(file: string): Promise<string> {
    if (this.#vault.kind !== 'keychain') throw new ContractError('CONFLICT', elsewhere);
    const { keeper, decrypt } = this.#vault;
    try {
      return decrypt(Buffer.from((await readBounded(file, maxKeyBytes)).toString('latin1'), 'base64'));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ContractError('CONFLICT', `${file} cannot be decrypted: ${keeper} says “${why}”. Unlock it, or renew the authority.`);
    }
  }
}

const elsewhere =
  'The authority’s key is encrypted for the desktop app, and this program has no keychain: issue certificates in the app, or keep another authority with --authority DIR.';
