import { chown, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { fileProblem, stageFile } from '../../store/json-file.ts';
import { readBounded } from '../../store/read-bounded.ts';
import type { KeyKeeper, KeyVault, Unsealed } from './key-vault.ts';

/** How the key lies there. */
export interface KeyProtection {
  protection: 'keychain' | 'file';
  /** Where and how, in words. */
  words: string;
  /** Why it cannot be used as it is; null when it can. */
  problem: string | null;
}

/** The key, as it was found. */
export interface FoundKey {
  pem: string;
  /** It could lie there better protected than it does (`protect`). */
  due: boolean;
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
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The authority's private key on disk: `ca.key.sealed`, encrypted by a keychain, or `ca.key` (mode 0600) where there is none. What a
 * keychain can take over later, it takes over (`protect`). Another key waits beside it (`stage`) until its certificate is there: whatever happens between,
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
   * The key as PEM: the one that fits the certificate.
   * @returns undefined when none fits.
   * @throws ContractError CONFLICT when it is missing or cannot be decrypted here.
   */
  async read(fits: (pem: string) => boolean): Promise<FoundKey | undefined> {
    const present = await this.#open('').catch((error: unknown) => new Unusable(error));
    if (!(present instanceof Unusable) && fits(present.pem)) return present;
    // Whoever put its certificate in place was ended before this.
    const next = (await this.isWaiting()) ? await this.#open(waiting) : undefined;
    if (next && fits(next.pem)) {
      await this.settle();
      return next;
    }
    if (present instanceof Unusable) throw present.why;
    return undefined;
  }

  /**
   * Has the key lie there as well protected as it can be now: a key in a plain file is given to the keychain, where there is one, and what was
   * encrypted with a secret the keychain has replaced is encrypted anew. It is the old file or the new one, each whole. To be called by one
   * program at a time, with a key that is the certificate's.
   * @throws ContractError CONFLICT when the keychain refuses; the key is then as it was.
   */
  async protect(fits: (pem: string) => boolean): Promise<void> {
    if ((await this.#keeper()).kind === 'file') return;
    const key = await this.#open('');
    if (!key.due || !fits(key.pem)) return;
    await this.#write(key.pem, '');
  }

  async #write(pem: string, suffix: string): Promise<void> {
    const keeper = await this.#keeper();
    // Sealed it is text as well, so that the same whole-or-nothing writing serves both.
    const [file, other, content] =
      keeper.kind === 'keychain'
        ? [this.#sealed, this.#plain, `${(await seal(keeper, pem)).toString('base64')}\n`]
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
  async #open(suffix: string): Promise<FoundKey> {
    const [sealed, plain] = [this.#sealed + suffix, this.#plain + suffix];
    if (await isThere(sealed)) {
      const { text, stale } = await this.#unseal(sealed);
      // A plain one beside it was left when its taking over was cut short.
      return { pem: text, due: stale || (await isThere(plain)) };
    }
    try {
      const pem = (await readBounded(plain, maxKeyBytes)).toString('utf8');
      return { pem, due: (await this.#keeper().catch(() => undefined))?.kind === 'keychain' };
    } catch (error) {
      throw new ContractError('CONFLICT', `The authority’s key ${plain} cannot be read: ${fileProblem(error)}.`);
    }
  }

  /** How the key lies there. Never rejects. */
  async protection(): Promise<KeyProtection> {
    const keeper = await this.#keeper().catch((error: unknown) => messageOf(error));
    if (await isThere(this.#sealed)) {
      const who = typeof keeper !== 'string' && keeper.kind === 'keychain' ? keeper.keeper : 'the desktop app’s keychain';
      const problem = typeof keeper === 'string' ? keeper : keeper.kind === 'keychain' ? null : elsewhere(keeper);
      return { protection: 'keychain', words: `${this.#sealed}, encrypted with a secret that ${who} keeps`, problem };
    }
    const found = await stat(this.#plain).catch(() => undefined);
    if (!found) return { protection: 'file', words: this.#plain, problem: `There is no ${this.#plain}.` };
    const why =
      typeof keeper === 'string' ? '' : keeper.kind === 'file' ? `, because ${keeper.because}` : '; the next use gives it to the keychain';
    const words = `${this.#plain}, a file only its owner may read (0600)${why}`;
    // Windows has no such bits; the folder's rules are its user's own there.
    const open = process.platform !== 'win32' && (found.mode & 0o077) !== 0;
    return { protection: 'file', words, problem: open ? `Others may read ${this.#plain}: chmod 600 it, or renew the authority.` : null };
  }

  /** @throws ContractError CONFLICT. */
  async #keeper(): Promise<KeyKeeper> {
    try {
      return await this.#vault();
    } catch (error) {
      throw new ContractError('CONFLICT', `The system’s keychain cannot be asked: it says “${messageOf(error)}”. ${tryAgain}`);
    }
  }

  async #unseal(file: string): Promise<Unsealed> {
    const keeper = await this.#keeper();
    if (keeper.kind !== 'keychain') throw new ContractError('CONFLICT', elsewhere(keeper));
    let sealed: Buffer;
    try {
      sealed = Buffer.from((await readBounded(file, maxKeyBytes)).toString('latin1'), 'base64');
    } catch (error) {
      throw new ContractError('CONFLICT', `The authority’s key ${file} cannot be read: ${fileProblem(error)}.`);
    }
    try {
      return await keeper.decrypt(sealed);
    } catch (error) {
      const refusal = `The authority’s key ${file} cannot be decrypted: ${keeper.keeper} says “${messageOf(error)}”.`;
      throw new ContractError('CONFLICT', `${refusal} It is left as it is. ${tryAgain} If the keychain is gone, replace the authority.`);
    }
  }
}

// A keychain that was refused once is not asked again by Electron while it runs.
const tryAgain = 'Unlock it, let Evenkeel use it, and try again; if it still refuses, start Evenkeel anew.';

const elsewhere = ({ because, instead }: KeyKeeper & { kind: 'file' }): string =>
  `The authority’s key is encrypted for the desktop app’s keychain, and ${because}: ${instead}.`;

/** Encrypts a key, and sees that it can be decrypted, because no other copy of it is kept. @throws ContractError CONFLICT. */
async function seal({ keeper, encrypt, decrypt }: KeyKeeper & { kind: 'keychain' }, pem: string): Promise<Buffer> {
  try {
    const sealed = await encrypt(pem);
    if ((await decrypt(sealed)).text !== pem) throw new Error('what it encrypted is decrypted to something else');
    return sealed;
  } catch (error) {
    throw new ContractError('CONFLICT', `The authority’s key was not encrypted: ${keeper} says “${messageOf(error)}”. ${tryAgain}`);
  }
}
