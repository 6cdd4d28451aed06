import { readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { fileProblem, stageFile } from '../../store/json-file.ts';
import type { KeyVault } from './key-vault.ts';

/** How the key lies there. */
export interface KeyProtection {
  protection: 'keychain' | 'file';
  /** Where and how, in words. */
  words: string;
  /** Why it cannot be used as it is; null when it can. */
  problem: string | null;
}

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Replaces a file as a whole; a new one is readable by its owner only. */
export async function writeWhole(file: string, content: string): Promise<void> {
  const staged = await stageFile(file, content);
  await staged.commit();
}

/**
 * The authority's private key on disk: `ca.key.sealed`, encrypted by a keychain, or `ca.key` (mode 0600) where there is none. What a
 * keychain can take over later, it takes over.
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

  async write(pem: string): Promise<void> {
    if (this.#vault.kind === 'keychain') {
      // Text, so that the same whole-or-nothing writing serves it.
      await writeWhole(this.#sealed, `${this.#vault.encrypt(pem).toString('base64')}\n`);
      await unlink(this.#plain).catch(() => undefined);
    } else {
      await writeWhole(this.#plain, pem);
      await unlink(this.#sealed).catch(() => undefined);
    }
  }

  /**
   * The key as PEM. A key in a plain file is given to the keychain, where there is one.
   * @throws ContractError CONFLICT when it is missing or cannot be decrypted here.
   */
  async read(): Promise<string> {
    if (await isThere(this.#sealed)) return this.#unseal();
    let pem: string;
    try {
      pem = await readFile(this.#plain, 'utf8');
    } catch (error) {
      throw new ContractError('CONFLICT', `The authority’s key ${this.#plain} cannot be read: ${fileProblem(error)}.`);
    }
    if (this.#vault.kind === 'keychain') await this.write(pem);
    return pem;
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

  async #unseal(): Promise<string> {
    if (this.#vault.kind !== 'keychain') throw new ContractError('CONFLICT', elsewhere);
    const { keeper, decrypt } = this.#vault;
    try {
      return decrypt(Buffer.from(await readFile(this.#sealed, 'utf8'), 'base64'));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ContractError(
        'CONFLICT',
        `${this.#sealed} cannot be decrypted: ${keeper} says “${why}”. Unlock it, or renew the authority.`,
      );
    }
  }
}

const elsewhere =
  'The authority’s key is encrypted for the desktop app, and this program has no keychain: issue certificates in the app, or keep another authority with --authority DIR.';
