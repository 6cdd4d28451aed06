import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { ipVersion } from '../../../shared/model/address.ts';
import { leafDays, whyNotPermitted } from '../../../shared/model/authority.ts';
import type { CertificateFacts } from '../../../shared/model/certificate.ts';
import { fileProblem } from '../../store/json-file.ts';
import { makeFolder } from '../../store/make-folder.ts';
import { openToOthers } from '../../store/open-to-others.ts';
import { readBounded } from '../../store/read-bounded.ts';
import { StoreError } from '../../store/store.ts';
import { certificateBlocks, certificateFacts } from '../certificates/facts.ts';
import { FolderTakenError, lockFolder } from '../history/folder-lock.ts';
import { KeyStore, writeWhole, type KeyProtection } from './key-store.ts';
import type { KeyVault } from './key-vault.ts';
import { makeAuthority, signLeaf, type Pair } from './sign.ts';
import { codeOf } from '../../store/error-code.ts';

const dayMs = 86_400_000;

export interface AuthorityOptions {
  /** Where it is kept; made when it is needed, for its owner only. */
  folder: string;
  vault: KeyVault;
  /** Something its owner should know although everything goes on, in words; the same is not told twice in a row. Default: nobody is told. */
  onProblem?: (words: string) => void;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  now?: () => number;
}

/** The public side. */
export interface AuthorityCertificate {
  certPem: string;
  certFile: string;
  facts: CertificateFacts;
}

/** A certificate in files. */
export interface LeafFiles {
  certFile: string;
  keyFile: string;
}

export interface Leaf extends LeafFiles {
  facts: CertificateFacts;
}

/** A leaf as it lies there. */
export interface LookedAt extends Leaf {
  /** It is in the last third of its life, its key does not fit, or an authority signed it that this one took the place of. */
  due: boolean;
  /** The last of these. */
  former: boolean;
}

/** At the last third of its life: a laptop that sleeps for weeks still wakes in time. */
export function renewalTime({ notBefore, notAfter }: Pick<CertificateFacts, 'notBefore' | 'notAfter'>): number {
  return notAfter - (notAfter - notBefore) / 3;
}

/** A file's name for whom a certificate is for: "app.localhost", "_.app.test" for a wildcard, "--1" for ::1. */
export function fileStem(name: string): string {
  return name.toLowerCase().replaceAll('*', '_').replaceAll(':', '-');
}

/** Names as certificates have them: lower case, IPv6 addresses as RFC 5952 writes them. */
function plainName(name: string): string {
  return ipVersion(name) === 6 ? new URL(`http://[${name}]/`).hostname.slice(1, -1) : name.toLowerCase();
}

/** Certificates and keys are a few kilobytes. */
const readText = async (file: string): Promise<string> => (await readBounded(file, 1_000_000)).toString('utf8');
const isMissing = (error: unknown) => codeOf(error) === 'ENOENT';
const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((name) => b.includes(name));

/** So many authorities that were replaced are remembered, so that what they signed is told from what strangers signed. */
const mostFormer = 10;

/**
 * A certificate authority of this user's own, in one folder: `ca.crt`, its key, and in `issued/` what it signed. A process may be ended at any
 * moment: the authority is then the old one or the new one, each with its key, and what a replacement had not come to is signed by `finish`.
 */
export class Authority {
  readonly folder: string;
  readonly #keys: KeyStore;
  readonly #now: () => number;
  readonly #tell: (words: string) => void;
  #told: string | undefined;
  /** One signing at a time: two may want the same file. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ folder, vault, onProblem = () => undefined, now = Date.now }: AuthorityOptions) {
    this.folder = resolve(folder);
    this.#keys = new KeyStore(this.folder, vault);
    this.#tell = onProblem;
    this.#now = now;
  }

  get #certFile(): string {
    return join(this.folder, 'ca.crt');
  }

  /** The certificates of those it took the place of, the last one first. */
  get #formerFile(): string {
    return join(this.folder, 'ca.former.crt');
  }

  get #issuedFolder(): string {
    return join(this.folder, 'issued');
  }

  /** @returns null when it was not made yet. @throws ContractError CONFLICT when what is there is none, or others may have put it there. */
  async certificate(): Promise<AuthorityCertificate | null> {
    const certificate = await this.#certificate();
    if (certificate) this.#assertClosed();
    return certificate;
  }

  #assertClosed(): void {
    const why = openToOthers(this.folder);
    if (why !== undefined)
      throw new ContractError(
        'CONFLICT',
        `The authority in ${this.folder} is not used, because others could put one of theirs in its place: ${why}. Take that right away (chmod go-w), or keep it in another folder.`,
      );
  }

  async #certificate(): Promise<AuthorityCertificate | null> {
    let certPem: string;
    try {
      certPem = await readText(this.#certFile);
    } catch (error) {
      if (isMissing(error)) return null;
      throw new ContractError('CONFLICT', `The authority ${this.#certFile} cannot be read: ${fileProblem(error)}.`);
    }
    const facts = certificateFacts(certPem);
    if (!facts || !new X509Certificate(certPem).ca)
      throw new ContractError(
        'CONFLICT',
        `${this.#certFile} holds no authority. Put it aside, and make another with: evenkeel cert authority`,
      );
    return { certPem, certFile: this.#certFile, facts };
  }

  protection(): Promise<KeyProtection> {
    return this.#keys.protection();
  }

  /** The authority, made when there is none. */
  ensure(): Promise<AuthorityCertificate> {
    return this.#exclusive(async () => (await this.certificate()) ?? (await this.#make()));
  }

  /**
   * Puts another authority, with another key, in place of this one, and has it sign what the one before signed. Whoever trusted that one
   * does not trust this one.
   * @param elsewhere files beside those in `issued/`; what this authority did not sign is left alone.
   */
  replace(elsewhere: readonly LeafFiles[] = []): Promise<AuthorityCertificate> {
    return this.#exclusive(async () => {
      const leafs = new Map<string, Leaf>((await this.#leafs()).map((leaf) => [leaf.certFile, leaf]));
      for (const { certFile, keyFile } of elsewhere) {
        const leaf = leafs.has(certFile) ? null : await this.look({ certFile, keyFile });
        if (leaf) leafs.set(certFile, leaf);
      }
      const made = await this.#make();
      for (const leaf of leafs.values()) await this.#sign(leaf.facts.names, daysOf(leaf.facts), leaf);
      return made;
    });
  }

  /**
   * Goes on with a replacement that was cut short: signs anew what lies in `issued/` and an authority signed that this one took the place of.
   * @throws ContractError CONFLICT.
   */
  finish(): Promise<void> {
    return this.#exclusive(async () => {
      if (!(await this.certificate())) return;
      if (await this.#keys.isWaiting())
        await this.#alone(async () => {
          // Settles the key that waits, if it is the one that fits.
          await this.#pair();
          await this.#keys.drop();
        });
      for (const leaf of await this.#leafs()) if (leaf.former) await this.#sign(leaf.facts.names, daysOf(leaf.facts), leaf);
    });
  }

  /**
   * Signs for names. The same names again renew the files from before; others get files of their own.
   * @param options.days 1–90, default 90.
   * @param options.folder where the files go. Default: `issued/` beside the authority.
   * @throws ContractError BAD_REQUEST for a name it may not sign for, CONFLICT when the key cannot be used.
   */
  issue(names: readonly string[], options: { days?: number; folder?: string } = {}): Promise<Leaf> {
    return this.#exclusive(async () => {
      for (const name of names) {
        const why = whyNotPermitted(name);
        if (why) throw new ContractError('BAD_REQUEST', `The authority cannot sign for ${JSON.stringify(name)}: it ${why}.`);
      }
      const wanted = [...new Set(names.map(plainName))];
      if (!(await this.certificate())) await this.#make();
      const folder = resolve(options.folder ?? this.#issuedFolder);
      makeFolder(folder);
      return this.#sign(wanted, options.days ?? leafDays, await this.#filesFor(folder, wanted));
    });
  }

  /** What lies in `issued/` and was signed by this authority, or by one it took the place of. */
  async leafs(): Promise<LookedAt[]> {
    return this.#leafs();
  }

  /**
   * Looks at a certificate in files.
   * @returns what it is, when this authority signed it, or one it took the place of.
   */
  async look(files: LeafFiles): Promise<LookedAt | null> {
    const authority = await this.#certificate().catch(() => null);
    if (!authority) return null;
    const pem = await readText(files.certFile).catch(() => '');
    const facts = certificateFacts(pem);
    if (!facts) return null;
    const former = !isSignedBy(pem, authority.certPem);
    if (former && !(await this.#former()).some((one) => isSignedBy(pem, one))) return null;
    const isPair = await readText(files.keyFile)
      .then((key) => new X509Certificate(pem).checkPrivateKey(createPrivateKey(key)))
      .catch(() => false);
    return { ...files, facts, former, due: former || !isPair || this.#now() >= renewalTime(facts) };
  }

  /** Signs a certificate of its own anew, with another key, for as many days as before. */
  renew(leaf: Leaf): Promise<Leaf> {
    return this.#exclusive(() => this.#sign(leaf.facts.names, daysOf(leaf.facts), leaf));
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const work = async (): Promise<T> => {
      try {
        return await task();
      } catch (error) {
        throw inWords(error);
      }
    };
    const run = this.#queue.then(work, work);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Two programs that made one at the same time would leave the certificate of one and the key of the other. */
  async #alone<T>(task: () => Promise<T>): Promise<T> {
    let unlock: () => void;
    try {
      unlock = lockFolder(this.folder);
    } catch (error) {
      if (!(error instanceof FolderTakenError)) throw error;
      throw new ContractError('CONFLICT', `Process ${error.pid} is changing the authority in ${this.folder}. Try again in a moment.`);
    }
    try {
      return await task();
    } finally {
      unlock();
    }
  }

  async #former(): Promise<string[]> {
    return certificateBlocks(await readText(this.#formerFile).catch(() => ''));
  }

  async #make(): Promise<AuthorityCertificate> {
    const made = await makeAuthority(this.#now());
    makeFolder(this.folder);
    this.#assertClosed();
    await this.#alone(async () => {
      const present = certificateBlocks(await readText(this.#certFile).catch(() => ''));
      const former = [...new Set([...present, ...(await this.#former())])].slice(0, mostFormer);
      if (former.length > 0) await writeWhole(this.#formerFile, `${former.join('\n')}\n`, 0o644);
      await this.#keys.stage(made.keyPem);
      // The one step between the old authority and the new one.
      await writeWhole(this.#certFile, made.certPem, 0o644);
      await this.#keys.settle();
    });
    const certificate = await this.certificate();
    if (!certificate) throw new Error('The authority just made cannot be read.');
    return certificate;
  }

  /** @param tries so often, because another program may put another authority in place between the reading of the two files. */
  async #pair(tries = 3): Promise<Pair & { due: boolean }> {
    const certificate = await this.certificate();
    if (!certificate)
      throw new ContractError('CONFLICT', `There is no authority in ${this.folder}. Make one with: evenkeel cert authority`);
    const own = new X509Certificate(certificate.certPem);
    const key = await this.#keys.read((pem) => isKeyOf(own, pem));
    if (!key && tries > 1) return this.#pair(tries - 1);
    if (!key)
      throw new ContractError(
        'CONFLICT',
        `The key in ${this.folder} is not that of ca.crt. Make another authority: evenkeel cert authority --renew`,
      );
    if (this.#now() >= certificate.facts.notAfter)
      throw new ContractError('CONFLICT', 'The authority has expired. Make another one: evenkeel cert authority --renew');
    return { certPem: certificate.certPem, keyPem: key.pem, due: key.due };
  }

  /** What fails costs nothing: the key is used as it lies there, and the next use tries again. */
  async #protectKey(): Promise<void> {
    try {
      await this.#alone(async () => {
        // Read again: another program may have replaced both meanwhile.
        const own = new X509Certificate(await readText(this.#certFile));
        await this.#keys.protect((pem) => isKeyOf(own, pem));
      });
      this.#told = undefined;
    } catch (error) {
      const why = inWords(error);
      const words = `The authority’s key stays as it is for now, although it could be protected better. ${why instanceof Error ? why.message : String(why)}`;
      if (this.#told !== words) this.#tell(words);
      this.#told = words;
    }
  }

  async #sign(names: readonly string[], days: number, { certFile, keyFile }: LeafFiles): Promise<Leaf> {
    const pair = await this.#pair();
    if (pair.due) await this.#protectKey();
    const { certPem, keyPem } = await signLeaf(pair, names, days, this.#now());
    const facts = certificateFacts(certPem);
    if (!facts) throw new Error('The certificate just made cannot be read.');
    // Two files, so a crash may come between: a key that does not fit is then noticed at the next start, and both are made anew.
    await writeWhole(keyFile, keyPem);
    await writeWhole(certFile, certPem);
    return { facts, certFile, keyFile };
  }

  async #filesFor(folder: string, names: readonly string[]): Promise<LeafFiles> {
    const stem = fileStem(names[0] ?? 'certificate');
    for (let i = 1; ; i++) {
      const base = join(folder, i === 1 ? stem : `${stem}-${i}`);
      const files = { certFile: `${base}.crt`, keyFile: `${base}.key` };
      const pem = await readText(files.certFile).catch((error: unknown) => (isMissing(error) ? undefined : ''));
      const isFree = pem === undefined && (await stat(files.keyFile).catch(() => undefined)) === undefined;
      if (isFree || same((await this.look(files))?.facts.names ?? [], names)) return files;
    }
  }

  async #leafs(): Promise<LookedAt[]> {
    const files = await readdir(this.#issuedFolder).catch(() => []);
    const leafs: LookedAt[] = [];
    for (const name of files.filter((one) => one.endsWith('.crt')).sort()) {
      const certFile = join(this.#issuedFolder, name);
      const leaf = await this.look({ certFile, keyFile: certFile.replace(/\.crt$/, '.key') });
      if (leaf) leafs.push(leaf);
    }
    return leafs;
  }
}

/** What the file system refuses is for whoever asked to mend. */
function inWords(error: unknown): unknown {
  if (error instanceof StoreError) return new ContractError('CONFLICT', `The authority’s files were not written: ${error.message}.`);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined && code !== 'ENOTSUP' && code !== 'ENOTDIR') return error;
  return new ContractError('CONFLICT', `The authority’s files were not written: ${fileProblem(error)}.`);
}

/** Whole days, as they were asked for; an hour of leeway stands before them. */
function daysOf({ notBefore, notAfter }: CertificateFacts): number {
  return Math.max(1, Math.min(leafDays, Math.round((notAfter - notBefore) / dayMs)));
}

function isKeyOf(certificate: X509Certificate, pem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    return false;
  }
}

function isSignedBy(pem: string, authorityPem: string): boolean {
  try {
    const leaf = new X509Certificate(pem);
    const authority = new X509Certificate(authorityPem);
    return leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
  } catch {
    return false;
  }
}
