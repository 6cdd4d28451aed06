import { join, resolve } from 'node:path';
import { ContractError } from '../../shared/contract/envelope.ts';
import { permittedDomains, permittedNetworks, type Issued, type TrustStore } from '../../shared/model/authority.ts';
import { emptyConfig } from '../../shared/model/config.ts';
import { assertUntrusted, AuthorityKeeper } from '../control/authority/authority-keeper.ts';
import { Authority, renewalTime } from '../control/authority/authority.ts';
import { fileVault } from '../control/authority/key-vault.ts';
import { Trust } from '../control/authority/trust.ts';
import { StoreError } from '../store/store.ts';
import type { CertCommand } from './cert-arguments.ts';
import type { Streams } from './interchange.ts';
import { userFolder } from './user-folder.ts';

/** Where the authority of this user is, for every program without a window: beside the desktop app's, so that it is the same. */
export const authorityFolder = (given: string | undefined): string => resolve(given ?? join(userFolder(), 'authority'));

const day = (time: number) => new Date(time).toISOString().slice(0, 10);
const home = process.env['HOME'] ?? '';
const tilde = (text: string) => (home !== '' && home !== '/' ? text.replaceAll(`${home}/`, '~/') : text);

/** "yes  System store (…): … has it" */
function storeLines(store: TrustStore): string[] {
  const word = store.trusted === null ? '?  ' : store.trusted ? 'yes' : 'no ';
  return [`  ${word}  ${store.name}: ${store.evidence}`, `       read by ${store.readers}`];
}

const leafLine = ({ facts, certFile }: Pick<Issued, 'facts' | 'certFile'>, now: number) =>
  `  ${facts.names.join(', ')}: until ${day(facts.notAfter)} (${Math.max(0, Math.floor((facts.notAfter - now) / 86_400_000))} days), ${tilde(certFile)}`;

/** Changes every store that may be changed, and says what is left for its owner to type. @returns whether all of them are as wanted. */
async function changeStores(wanted: boolean, authority: Authority, trust: Trust, print: (line: string) => void): Promise<boolean> {
  const certificate = await present(authority);
  let all = true;
  for (const store of await trust.status(certificate)) {
    const commands = wanted ? store.trustCommands : store.untrustCommands;
    if (store.trusted === wanted) {
      print(`${store.name}: nothing to do, ${store.evidence}`);
    } else if (!store.allowed) {
      all = false;
      print(`${store.name}: ${store.note ?? 'this program may not change it'}${commands.length > 0 ? ' Run:' : ''}`);
      for (const command of commands) print(`  ${command}`);
    } else {
      try {
        const now = await (wanted ? trust.trust(certificate, store.id) : trust.untrust(certificate, store.id));
        print(`${store.name}: ${wanted ? 'trusts it now' : 'no longer trusts it'}, ${now.evidence}`);
        if (store.note !== null) print(`  ${store.note}`);
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        all = false;
        print(error.message);
      }
    }
  }
  return all;
}

async function present(authority: Authority): ReturnType<Authority['ensure']> {
  const certificate = await authority.certificate();
  if (certificate) return certificate;
  const asRoot =
    process.getuid?.() === 0 && process.env['SUDO_USER'] !== undefined
      ? ' Under sudo, name that of your own user with --authority DIR.'
      : '';
  throw new ContractError('CONFLICT', `There is no authority in ${authority.folder}. Make one with: evenkeel cert authority.${asRoot}`);
}

/** The authority with its stores and what lies beside it; which configuration names what is not known here, so nothing is renewed. */
function keeperOf(authority: Authority, trust: Trust): AuthorityKeeper {
  const running = () => ({ config: emptyConfig, folder: null });
  const keeper = new AuthorityKeeper({ authority, trust, running, fact: () => undefined, log: () => undefined });
  keeper.close();
  return keeper;
}

/** Says what a replacement does, or does it. @returns whether there is another authority now. */
async function replace(authority: Authority, trust: Trust, command: { yes: boolean; json: boolean }, { out }: Streams): Promise<boolean> {
  const before = await present(authority);
  const keeper = keeperOf(authority, trust);
  const { issued, stores } = await keeper.status();
  if (!command.yes) {
    const trusting = stores.filter(({ trusted }) => trusted === true);
    const lines = [
      `This puts another authority in the place of ${before.facts.subject} (${tilde(authority.folder)}).`,
      ...trusting.map((store) =>
        store.allowed
          ? `  taken out of  ${store.name}`
          : `  in the way    ${store.name}: ${store.note ?? 'it may not be changed.'} Run first: ${store.untrustCommands.join(' && ')}`,
      ),
      ...(trusting.length === 0 ? ['  taken out of  no store of this machine: none trusts it'] : []),
      ...issued.map((one) => `  signed anew   ${one.facts.names.join(', ')}: ${tilde(one.certFile)}`),
      '  gone          its key and certificate; phones and other machines that trust it refuse what the new one signs',
      'Nothing was changed. Do it with: evenkeel cert replace --yes',
    ];
    out(lines.map((line) => `${line}\n`).join(''));
    return false;
  }
  const status = await keeper.replace(true);
  const made = status.authority;
  if (!made) throw new Error('The authority just made is not there.');
  if (command.json)
    out(`${JSON.stringify({ facts: made.facts, certPem: made.certPem, certFile: made.certFile, key: made.key }, null, 2)}\n`);
  else {
    const lines = [made.facts.subject, ...authorityLines(made), ...status.issued.map((one) => leafLine(one, Date.now()))];
    out([...lines, 'No store trusts it yet: evenkeel cert trust'].map((line) => `${line}\n`).join(''));
  }
  return true;
}

async function showStatus(authority: Authority, trust: Trust, asJson: boolean, { out }: Streams): Promise<void> {
  const status = await keeperOf(authority, trust).status();
  if (asJson) {
    // Which configuration names them is not known here.
    const issued = status.issued.map(({ usedBy: _usedBy, ...one }) => one);
    out(`${JSON.stringify({ ...status, issued }, null, 2)}\n`);
    return;
  }
  const lines: string[] = [];
  const found = status.authority;
  if (!found) lines.push(`There is no authority in ${tilde(authority.folder)}. Make one with: evenkeel cert authority`);
  else {
    lines.push(found.facts.subject, ...authorityLines(found), 'Trusted by', ...status.stores.flatMap(storeLines));
    lines.push('Certificates', ...(status.issued.length === 0 ? ['  none yet'] : status.issued.map((one) => leafLine(one, Date.now()))));
  }
  out(lines.map((line) => `${line}\n`).join(''));
}

function authorityLines({
  facts,
  certFile,
  key,
}: Pick<NonNullable<Awaited<ReturnType<AuthorityKeeper['status']>>['authority']>, 'facts' | 'certFile' | 'key'>): string[] {
  return [
    `  SHA-256      ${facts.fingerprint}`,
    `  valid        ${day(facts.notBefore)} to ${day(facts.notAfter)}`,
    `  signs for    ${permittedDomains.map((domain) => (domain === 'localhost' ? 'localhost and below' : `.${domain}`)).join(', ')}; ${permittedNetworks.join(', ')}`,
    `  certificate  ${tilde(certFile)}`,
    `  key          ${tilde(key.words)}`,
    ...(key.problem === null ? [] : [`  problem      ${tilde(key.problem)}`]),
  ];
}

async function act(command: CertCommand, streams: Streams): Promise<number> {
  const authority = new Authority({ folder: authorityFolder(command.authority), vault: fileVault() });
  const trust = new Trust();
  const print = (line: string): void => {
    streams.out(`${line}\n`);
  };
  switch (command.name) {
    case 'cert-authority': {
      if (command.renew) {
        const before = await authority.certificate();
        if (before) assertUntrusted(await trust.status(before));
      }
      const certificate = await (command.renew ? authority.replace() : command.show ? present(authority) : authority.ensure());
      const key = await authority.protection();
      if (command.json)
        print(JSON.stringify({ facts: certificate.facts, certPem: certificate.certPem, certFile: certificate.certFile, key }, null, 2));
      else for (const line of [certificate.facts.subject, ...authorityLines({ ...certificate, key })]) print(line);
      return 0;
    }
    case 'cert-issue': {
      const leaf = await authority.issue(command.names, {
        days: command.days,
        ...(command.out === undefined ? {} : { folder: command.out }),
      });
      if (command.json) print(JSON.stringify({ ...leaf, renewsAt: renewalTime(leaf.facts) }, null, 2));
      else {
        print(`${leaf.facts.names.join(', ')}: valid until ${day(leaf.facts.notAfter)}`);
        print(`  certificate  ${leaf.certFile}`);
        print(`  key          ${leaf.keyFile}`);
        print(`An Evenkeel whose configuration names these files renews them from ${day(renewalTime(leaf.facts))} on.`);
      }
      return 0;
    }
    case 'cert-trust':
    case 'cert-untrust': {
      const wanted = command.name === 'cert-trust';
      if (!command.print) return (await changeStores(wanted, authority, trust, print)) ? 0 : 1;
      for (const store of await trust.status(await present(authority))) {
        print(`# ${store.name}: ${store.evidence}${store.note === null ? '' : `. ${store.note}`}`);
        for (const line of wanted ? store.trustCommands : store.untrustCommands) print(line);
      }
      return 0;
    }
    case 'cert-replace':
      return (await replace(authority, trust, command, streams)) ? 0 : 1;
    case 'cert-status':
      await showStatus(authority, trust, command.json, streams);
      return 0;
  }
}

/** `evenkeel cert …`. @returns 0, or 1 when a name may not be signed for, there is no authority, or not every store is as wanted. */
export async function cert(command: CertCommand, streams: Streams): Promise<number> {
  try {
    return await act(command, streams);
  } catch (error) {
    if (!(error instanceof ContractError || error instanceof StoreError)) throw error;
    streams.err(`evenkeel: ${error.message}`);
    return 1;
  }
}
