import { resolve } from 'node:path';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { AuthorityStatus, Issued } from '../../../shared/model/authority.ts';
import type { Config } from '../../../shared/model/config.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import type { Log } from '../log.ts';
import type { Authority } from './authority.ts';
import { renewalTime, type AuthorityCertificate, type Leaf } from './authority.ts';
import { Trust } from './trust.ts';

/** Who trusts the authority, and the change of that (`Trust`). */
export type TrustPort = Pick<Trust, 'status' | 'trust' | 'untrust'>;

export interface AuthorityKeeperOptions {
  /** Null: this program keeps none. */
  authority: Authority | null;
  trust?: TrustPort;
  /** What runs, and the folder relative names in it start at. */
  running: () => { config: Config; folder: string | null };
  fact: (fact: JournalFact) => void;
  log: Log;
  /** How often it looks whether something is to be renewed. Milliseconds, default an hour. */
  everyMs?: number;
  /** How long a start waits for what is renewed (`renewInTime`). Milliseconds, default 10,000. */
  patienceMs?: number;
}

interface Named {
  id: string;
  certFile: string;
  keyFile: string;
}

/** The certificates a configuration names by two files. */
function named(config: Config, folder: string | null): Named[] {
  return config.certificates.flatMap(({ id, certFile, keyFile }) =>
    certFile === undefined || keyFile === undefined
      ? []
      : [{ id, certFile: resolve(folder ?? '.', certFile), keyFile: resolve(folder ?? '.', keyFile) }],
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The authority as the control plane has it: its state for the screens, and the renewal of what it signed. A certificate is renewed
 * where it lies; whoever follows its files (`CertificateReloader`) lets the new one run, and no connection is dropped by it.
 */
export class AuthorityKeeper {
  readonly #options: AuthorityKeeperOptions;
  readonly #trust: TrustPort;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  /** What could not be renewed and why, so that it is said once; '': the authority itself. */
  readonly #said = new Map<string, string>();
  #renewing: Promise<void> | undefined;

  constructor(options: AuthorityKeeperOptions) {
    this.#options = options;
    this.#trust = options.trust ?? new Trust();
    if (!options.authority) return;
    this.#timer = setInterval(() => {
      void this.renewDue();
    }, options.everyMs ?? 3_600_000).unref();
  }

  /** @throws ContractError CONFLICT when what is there is no authority. */
  async status(): Promise<AuthorityStatus> {
    const { authority } = this.#options;
    if (!authority) return { folder: null, authority: null, issued: [], stores: [] };
    const certificate = await authority.certificate();
    if (!certificate) return { folder: authority.folder, authority: null, issued: [], stores: [] };
    const [{ protection, words, problem }, issued, stores] = await Promise.all([
      authority.protection(),
      this.#issued(authority),
      this.#trust.status(certificate),
    ]);
    const { facts, certPem, certFile } = certificate;
    return { folder: authority.folder, authority: { facts, certPem, certFile, key: { protection, words, problem } }, issued, stores };
  }

  /** Makes the authority, unless there is one. @throws ContractError CONFLICT. */
  async create(): Promise<AuthorityStatus> {
    await this.#kept().ensure();
    return this.status();
  }

  /**
   * Puts another authority in place of this one, and has it sign what this one signed. No store trusts it yet.
   * @param untrust takes the present one out of every store that trusts it before. Where one of them may not be changed, none is.
   * @throws ContractError CONFLICT while a store trusts the present one, with the commands to type where this program may not.
   */
  async replace(untrust = false): Promise<AuthorityStatus> {
    const authority = this.#kept();
    const certificate = await authority.certificate();
    if (certificate) {
      if (untrust) await this.#untrust(certificate);
      assertUntrusted(await this.#trust.status(certificate));
    }
    const { config, folder } = this.#options.running();
    await authority.replace(named(config, folder));
    return this.status();
  }

  async #untrust(certificate: AuthorityCertificate): Promise<void> {
    const trusting = (await this.#trust.status(certificate)).filter(({ trusted }) => trusted === true);
    assertAllowed(trusting);
    for (const { id } of trusting) await this.#trust.untrust(certificate, id);
  }

  /** @throws ContractError BAD_REQUEST, CONFLICT. */
  async issue(names: readonly string[], days: number): Promise<Issued> {
    const leaf = await this.#kept().issue(names, { days });
    return this.#describe(leaf);
  }

  /** Has a store trust the authority, or no longer. @throws ContractError CONFLICT with the command to type where this program may not. */
  async setTrust(store: string, trusted: boolean): Promise<AuthorityStatus> {
    const certificate = await this.#certificate();
    await (trusted ? this.#trust.trust(certificate, store) : this.#trust.untrust(certificate, store));
    return this.status();
  }

  /**
   * Renews what the authority signed and is in the last third of its life. Never rejects: what fails is said in journal and log.
   * @param config a configuration that is about to run. Default: the one that runs.
   */
  async renewDue(config?: Config): Promise<void> {
    const before = this.#renewing;
    const mine = (async () => {
      await before;
      const { config: running, folder } = this.#options.running();
      await this.#renew(named(config ?? running, folder));
    })();
    this.#renewing = mine;
    await mine;
  }

  /**
   * As `renewDue`, for whoever is about to read the files, and no longer than a keychain usually takes: one that is locked asks its owner, who
   * may not be there, and listeners are not to wait for that. What is renewed later is followed as any change of the files.
   */
  async renewInTime(config: Config): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.patienceMs ?? 10_000);
    });
    await Promise.race([this.renewDue(config), late]);
    clearTimeout(timer);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #kept(): Authority {
    const { authority } = this.#options;
    if (!authority)
      throw new ContractError(
        'CONFLICT',
        'The demo keeps no authority: nothing of it outlives the program. Start Evenkeel with a configuration of its own.',
      );
    return authority;
  }

  async #certificate(): Promise<AuthorityCertificate> {
    const authority = this.#kept();
    const certificate = await authority.certificate();
    if (!certificate) throw new ContractError('CONFLICT', `There is no authority in ${authority.folder} yet. Make one first.`);
    return certificate;
  }

  /** A replacement that was cut short, by whatever program, goes on here. */
  async #finish(authority: Authority): Promise<void> {
    try {
      await authority.finish();
      this.#said.delete('');
    } catch (error) {
      const reason = messageOf(error);
      if (this.#said.get('') !== reason) this.#options.log('error', `The local authority: ${reason}`);
      this.#said.set('', reason);
    }
  }

  async #renew(files: Named[]): Promise<void> {
    const { authority, fact, log } = this.#options;
    if (!authority) return;
    await this.#finish(authority);
    for (const { id, ...pair } of files) {
      const leaf = await authority.look(pair);
      if (!leaf?.due) continue;
      try {
        const { facts } = await authority.renew(leaf);
        this.#said.delete(id);
        const until = new Date(facts.notAfter).toISOString().slice(0, 10);
        log('info', `Certificate "${id}" was renewed by the local authority; it is valid until ${until}.`, { certificate: id });
        fact({
          time: Date.now(),
          kind: 'certificate.renewed',
          certificate: id,
          reason: `Signed anew by the local authority, valid until ${until}`,
        });
      } catch (error) {
        const reason = `It could not be renewed: ${messageOf(error)}`;
        if (this.#said.get(id) === reason) continue;
        this.#said.set(id, reason);
        log('error', `Certificate "${id}": ${reason}`, { certificate: id });
        fact({ time: Date.now(), kind: 'certificate.problem', certificate: id, reason });
      }
    }
  }

  /** What lies beside the authority, and what the configuration names elsewhere. */
  async #issued(authority: Authority): Promise<Issued[]> {
    const { config, folder } = this.#options.running();
    const leafs = new Map((await authority.leafs()).map((leaf) => [leaf.certFile, leaf]));
    for (const files of named(config, folder)) {
      if (leafs.has(files.certFile)) continue;
      const leaf = await authority.look({ certFile: files.certFile, keyFile: files.keyFile });
      if (leaf) leafs.set(leaf.certFile, leaf);
    }
    return [...leafs.values()].map((leaf) => this.#describe(leaf));
  }

  #describe({ facts, certFile, keyFile, former = false }: Leaf & { former?: boolean }): Issued {
    const { config, folder } = this.#options.running();
    const usedBy = named(config, folder)
      .filter((one) => one.certFile === certFile)
      .map(({ id }) => id);
    return { facts, certFile, keyFile, usedBy, renewsAt: former ? facts.notBefore : renewalTime(facts) };
  }
}

function assertAllowed(trusting: AuthorityStatus['stores']): void {
  const closed = trusting.filter(({ allowed }) => !allowed);
  if (closed.length === 0) return;
  const how = closed.map(
    ({ name, note, untrustCommands }) => `${name}: ${note ?? 'it may not be changed.'} Run: ${untrustCommands.join(' && ')}`,
  );
  throw new ContractError(
    'CONFLICT',
    `Nothing was changed, because a store that trusts the authority cannot be changed by this program. ${how.join(' ')}`,
  );
}

/** Whoever trusts it would go on trusting it, and nobody would be left to take it out. */
export function assertUntrusted(stores: AuthorityStatus['stores']): void {
  const still = stores.filter(({ trusted }) => trusted === true);
  if (still.length > 0)
    throw new ContractError(
      'CONFLICT',
      `The authority was not replaced: ${still.map(({ name }) => name).join(', ')} still ${still.length === 1 ? 'trusts' : 'trust'} it. Take it out first (evenkeel cert untrust).`,
    );
}
