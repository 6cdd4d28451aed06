import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { TrustStore } from '../../../shared/model/authority.ts';
import { fileProblem } from '../../store/json-file.ts';
import { certificateBlocks } from '../certificates/facts.ts';
import type { AuthorityCertificate } from './authority.ts';
import { machineFacts, type MachineFacts } from './machine-facts.ts';
import { runCommand, type CommandResult, type RunCommand } from './run-command.ts';
import { planTrust, typed, type Command, type TrustPlan, type TrustSubject } from './trust-plan.ts';

export interface TrustOptions {
  /** Default: this machine. */
  facts?: () => MachineFacts;
  run?: RunCommand;
}

interface Answer {
  trusted: boolean | null;
  evidence: string;
}

/** The first line a program complained with. */
const complaint = ({ stdout, stderr, code }: CommandResult): string =>
  (stderr.trim() || stdout.trim()).split('\n')[0]?.trim() || `it ended with ${code === null ? 'no exit code' : `exit code ${code}`}`;

/** SHA-256 of a certificate's octets, in lower case without colons. */
function sha256Of(pem: string): string {
  const base64 = pem.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}

const holds = (text: string, sha256: string): boolean => certificateBlocks(text).some((block) => sha256Of(block) === sha256);

/** Who on this machine trusts an authority, and the change of that. It never asks for more rights than the program has. */
export class Trust {
  readonly #facts: () => MachineFacts;
  readonly #run: RunCommand;

  constructor({ facts = () => machineFacts(), run = runCommand }: TrustOptions = {}) {
    this.#facts = facts;
    this.#run = run;
  }

  /** Asks every store. */
  async status(authority: AuthorityCertificate): Promise<TrustStore[]> {
    const facts = this.#facts();
    const subject = subjectOf(authority);
    return Promise.all(planTrust(facts, subject).map((plan) => this.#look(plan, facts, subject)));
  }

  /**
   * Has a store trust the authority, and asks it then.
   * @param id of the store.
   * @throws ContractError CONFLICT when this program may not, a command fails, or the store does not trust it afterwards.
   */
  trust(authority: AuthorityCertificate, id: string): Promise<TrustStore> {
    return this.#change(authority, id, true);
  }

  /** Takes exactly this authority out of a store again, and asks it then. @throws as `trust`. */
  untrust(authority: AuthorityCertificate, id: string): Promise<TrustStore> {
    return this.#change(authority, id, false);
  }

  async #change(authority: AuthorityCertificate, id: string, wanted: boolean): Promise<TrustStore> {
    const facts = this.#facts();
    const subject = subjectOf(authority);
    const plan = planTrust(facts, subject).find((one) => one.id === id);
    if (!plan) throw new ContractError('CONFLICT', `This machine has no trust store "${id}".`);
    const commands = wanted ? plan.trust : plan.untrust;
    const before = await this.#look(plan, facts, subject);
    if (before.trusted === wanted) return before;
    if (plan.missing !== null) throw new ContractError('CONFLICT', `${plan.name}: ${plan.missing}`);
    if (plan.needsRoot && !facts.isRoot)
      throw new ContractError(
        'CONFLICT',
        `${plan.name}: it belongs to everybody on this machine. Run: ${typed(commands, facts, true).join(' && ')}`,
      );
    if (!wanted && before.trusted === null)
      throw new ContractError('CONFLICT', `${plan.name} cannot be asked (${before.evidence}), so nothing was removed from it.`);
    if (!wanted) await this.#assertOurs(plan, subject);
    for (const command of commands) await this.#must(plan, command);
    // What was planned for a database that was not there is not how it is asked now that it is.
    const now = planTrust(this.#facts(), subject).find((one) => one.id === id) ?? plan;
    const after = await this.#look(now, facts, subject);
    if (after.trusted !== wanted && !(after.trusted === null && !wanted))
      throw new ContractError(
        'CONFLICT',
        `${plan.name}: the commands ran, but it still ${wanted ? 'does not trust' : 'trusts'} the authority: ${after.evidence}.`,
      );
    return after;
  }

  async #must(plan: TrustPlan, command: Command): Promise<void> {
    const result = await this.#run(command);
    if (result.code !== 0)
      throw new ContractError('CONFLICT', `${plan.name}: ${command.program} ${command.args[0] ?? ''} failed: ${complaint(result)}.`);
  }

  /** A file with the name we would have given it may be somebody else's all the same. */
  async #assertOurs(plan: TrustPlan, subject: TrustSubject): Promise<void> {
    if (plan.removes === null) return;
    const text = await readFile(plan.removes, 'utf8').catch(() => undefined);
    if (text !== undefined && !holds(text, subject.sha256))
      throw new ContractError(
        'CONFLICT',
        `${plan.removes} holds another certificate, so it was not removed. Look at it, and remove it yourself.`,
      );
    if (text === undefined)
      throw new ContractError(
        'CONFLICT',
        `${plan.name} trusts the authority, but not by ${plan.removes}: somebody else added it. Remove it as it was added.`,
      );
  }

  async #look(plan: TrustPlan, facts: MachineFacts, subject: TrustSubject): Promise<TrustStore> {
    const { trusted, evidence } = await this.#ask(plan, subject);
    const may = plan.missing === null && (!plan.needsRoot || facts.isRoot);
    return {
      id: plan.id,
      name: plan.name,
      readers: plan.readers,
      trusted,
      evidence,
      allowed: may,
      note: plan.missing ?? (may ? plan.note : 'It belongs to everybody on this machine, so changing it needs root.'),
      trustCommands: typed(plan.trust, facts, plan.needsRoot),
      untrustCommands: typed(plan.untrust, facts, plan.needsRoot),
    };
  }

  async #ask({ question }: TrustPlan, subject: TrustSubject): Promise<Answer> {
    switch (question.kind) {
      case 'none':
        return { trusted: question.why === 'there is none yet' ? false : null, evidence: question.why };
      case 'bundle':
        try {
          const trusted = holds(await readFile(question.file, 'utf8'), subject.sha256);
          return { trusted, evidence: `${question.file} ${trusted ? 'has it' : 'does not have it'}` };
        } catch (error) {
          return { trusted: null, evidence: `${question.file} cannot be read: ${fileProblem(error)}` };
        }
      case 'nss':
        return this.#askNss(question, subject);
      case 'command': {
        const result = await this.#run(question.command);
        const trusted =
          result.code === 0 &&
          result.stdout
            .replace(/(?<=[0-9a-f]{2}) (?=[0-9a-f]{2})/gi, '')
            .toLowerCase()
            .includes(question.prints.toLowerCase());
        return { trusted, evidence: `${question.command.program} ${trusted ? 'names it' : 'does not name it'}` };
      }
    }
  }

  async #askNss(
    { certutil, folder, nickname }: { certutil: string; folder: string; nickname: string },
    subject: TrustSubject,
  ): Promise<Answer> {
    const database = ['-d', `sql:${folder}`, '-n', nickname];
    const listed = await this.#run({ program: certutil, args: ['-L', ...database, '-a'] });
    if (listed.code === null) return { trusted: null, evidence: `certutil could not ask: ${complaint(listed)}` };
    if (listed.code !== 0) {
      const unknown = /could not find cert|PR_FILE_NOT_FOUND|SEC_ERROR_UNRECOGNIZED_OID/i.test(listed.stderr);
      return unknown
        ? { trusted: false, evidence: 'the database does not have it' }
        : { trusted: null, evidence: `certutil says: ${complaint(listed)}` };
    }
    if (!holds(listed.stdout, subject.sha256))
      return { trusted: false, evidence: `the database has another certificate under “${nickname}”` };
    // L: an authority for servers.
    const verified = await this.#run({ program: certutil, args: ['-V', ...database, '-u', 'L'] });
    return verified.code === 0
      ? { trusted: true, evidence: 'the database has it, and takes it for servers' }
      : { trusted: false, evidence: `the database has it, but not for servers: ${complaint(verified)}` };
  }
}

/** The certificate as stores know it. */
export function subjectOf({ certPem, certFile, facts }: AuthorityCertificate): TrustSubject {
  const certificate = new X509Certificate(certPem);
  const plain = (print: string) => print.replaceAll(':', '').toLowerCase();
  return { certFile, name: facts.subject, sha256: plain(certificate.fingerprint256), sha1: plain(certificate.fingerprint) };
}
