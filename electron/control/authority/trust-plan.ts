import { join } from 'node:path';
import type { MachineFacts, NssDatabase } from './machine-facts.ts';

/** A program by its absolute path and its arguments, one by one: no shell ever reads them. */
export interface Command {
  program: string;
  args: readonly string[];
}

/** How a store is asked whether it trusts the authority. */
export type TrustQuestion =
  /** A text that programs read whom to trust from. */
  | { kind: 'bundle'; file: string }
  /** An NSS database: what it has under a name, and whether that may stand for servers. */
  | { kind: 'nss'; certutil: string; folder: string; nickname: string }
  /** Success of a command whose output names the certificate by its SHA-1. */
  | { kind: 'command'; command: Command; prints: string }
  /** The store cannot be asked here. */
  | { kind: 'none'; why: string };

/** A place where trust is kept, and all that can be done there. Nothing was done yet. */
export interface TrustPlan {
  id: string;
  name: string;
  readers: string;
  needsRoot: boolean;
  /** What is missing for it, in words; null: nothing. */
  missing: string | null;
  note: string | null;
  trust: readonly Command[];
  untrust: readonly Command[];
  /** The file `untrust` removes: only when it is the authority's. */
  removes: string | null;
  question: TrustQuestion;
}

/** What is to be trusted. */
export interface TrustSubject {
  /** Absolute. */
  certFile: string;
  /** The subject's common name. */
  name: string;
  /** Of the certificate, in lower case without colons. */
  sha256: string;
  sha1: string;
}

/** Enough of the fingerprint to tell two authorities apart in a name. */
const short = ({ sha256 }: TrustSubject) => sha256.slice(0, 16);
const systemReaders = 'curl, wget, git, Python and most programs of this machine';

interface LinuxFamily {
  folder: string;
  name: string;
  program: string;
  package: string;
  update: readonly string[];
  updateAfterRemoval: readonly string[];
  bundle: string;
}

/** The folders exist each on one family only; the first that is there counts. */
const families: readonly LinuxFamily[] = [
  {
    folder: '/etc/pki/ca-trust/source/anchors',
    name: 'System store (Fedora, RHEL)',
    program: 'update-ca-trust',
    package: 'ca-certificates',
    update: ['extract'],
    updateAfterRemoval: ['extract'],
    bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  },
  {
    folder: '/etc/pki/trust/anchors',
    name: 'System store (openSUSE)',
    program: 'update-ca-certificates',
    package: 'ca-certificates',
    update: [],
    updateAfterRemoval: [],
    bundle: '/etc/ssl/ca-bundle.pem',
  },
  {
    folder: '/usr/local/share/ca-certificates',
    name: 'System store (Debian, Ubuntu, Alpine)',
    program: 'update-ca-certificates',
    package: 'ca-certificates',
    update: [],
    updateAfterRemoval: [],
    bundle: '/etc/ssl/certs/ca-certificates.crt',
  },
];

function linuxSystem(facts: MachineFacts, subject: TrustSubject): TrustPlan {
  const base = { id: 'system', readers: systemReaders, needsRoot: true, note: null };
  const family = families.find(({ folder }) => facts.folders.includes(folder));
  const { trust } = facts.programs;
  if (!family && facts.folders.includes('/etc/ca-certificates/trust-source') && trust !== undefined)
    return {
      ...base,
      name: 'System store (Arch)',
      missing: null,
      trust: [{ program: trust, args: ['anchor', '--store', subject.certFile] }],
      untrust: [{ program: trust, args: ['anchor', '--remove', subject.certFile] }],
      removes: null,
      question: { kind: 'bundle', file: '/etc/ssl/certs/ca-certificates.crt' },
    };
  if (!family)
    return {
      ...base,
      name: 'System store',
      missing: 'Evenkeel does not know how this system keeps it. Add ca.crt by the means of the system.',
      trust: [],
      untrust: [],
      removes: null,
      question: { kind: 'none', why: 'it is not known where it is' },
    };
  const file = join(family.folder, `evenkeel-${short(subject)}.crt`);
  const { install, rm } = facts.programs;
  const update = facts.programs[family.program];
  const isWhole = install !== undefined && rm !== undefined && update !== undefined;
  return {
    ...base,
    name: family.name,
    missing: isWhole ? null : `${family.program} is not installed; it is in the package ${family.package}.`,
    trust: isWhole
      ? [
          { program: install, args: ['-m', '0644', subject.certFile, file] },
          { program: update, args: family.update },
        ]
      : [],
    untrust: isWhole
      ? [
          { program: rm, args: ['-f', file] },
          { program: update, args: family.updateAfterRemoval },
        ]
      : [],
    removes: file,
    question: { kind: 'bundle', file: family.bundle },
  };
}

function nss({ folder, readers, isThere }: NssDatabase, facts: MachineFacts, subject: TrustSubject): TrustPlan {
  const nickname = `Evenkeel ${short(subject)}`;
  const { certutil, mkdir } = facts.programs;
  const database = `sql:${folder}`;
  const isWhole = certutil !== undefined && (isThere || mkdir !== undefined);
  return {
    id: `nss:${folder}`,
    name: readers.startsWith('Firefox') ? 'Firefox' : 'Browsers’ store (NSS)',
    readers: `${readers}: ${folder}`,
    needsRoot: false,
    missing: isWhole ? null : 'certutil is not installed; it is in the package libnss3-tools (Fedora: nss-tools, Arch: nss).',
    note: 'A browser that runs takes it over when it is started anew.',
    trust: isWhole
      ? [
          ...(isThere
            ? []
            : [
                { program: mkdir ?? '', args: ['-p', '-m', '0700', folder] },
                { program: certutil, args: ['-N', '-d', database, '--empty-password'] },
              ]),
          // C: may stand for servers; nothing for mail and for code.
          { program: certutil, args: ['-A', '-d', database, '-t', 'C,,', '-n', nickname, '-i', subject.certFile] },
        ]
      : [],
    untrust: isWhole ? [{ program: certutil, args: ['-D', '-d', database, '-n', nickname] }] : [],
    removes: null,
    question:
      isThere && certutil !== undefined
        ? { kind: 'nss', certutil, folder, nickname }
        : { kind: 'none', why: isThere ? 'certutil is not there to ask it' : 'there is none yet' },
  };
}

function macLogin(facts: MachineFacts, subject: TrustSubject): TrustPlan {
  const { security } = facts.programs;
  const keychain = join(facts.home, 'Library/Keychains/login.keychain-db');
  return {
    id: 'login',
    name: 'Login keychain',
    readers: 'Safari, Chrome, Firefox, curl and most programs of this user',
    needsRoot: false,
    missing: security === undefined ? 'The command security is not there.' : null,
    note: 'macOS asks for the password of the user.',
    trust:
      security === undefined
        ? []
        : [{ program: security, args: ['add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, subject.certFile] }],
    untrust:
      security === undefined
        ? []
        : [
            { program: security, args: ['remove-trusted-cert', subject.certFile] },
            { program: security, args: ['delete-certificate', '-Z', subject.sha1.toUpperCase(), keychain] },
          ],
    removes: null,
    question:
      security === undefined
        ? { kind: 'none', why: 'the command security is not there to ask it' }
        : { kind: 'command', command: { program: security, args: ['dump-trust-settings'] }, prints: subject.name },
  };
}

function windowsUser(facts: MachineFacts, subject: TrustSubject): TrustPlan {
  const { certutil } = facts.programs;
  const withUser = (...args: string[]): Command[] => (certutil === undefined ? [] : [{ program: certutil, args: ['-user', ...args] }]);
  return {
    id: 'user-root',
    name: 'Trusted root certificates of this user',
    readers: 'Edge, Chrome, Firefox, PowerShell and most programs of this user',
    needsRoot: false,
    missing: certutil === undefined ? 'certutil.exe is not there.' : null,
    note: 'Windows asks whether it is to be trusted.',
    trust: withUser('-addstore', 'Root', subject.certFile),
    untrust: withUser('-delstore', 'Root', subject.sha1),
    removes: null,
    question:
      certutil === undefined
        ? { kind: 'none', why: 'certutil.exe is not there to ask it' }
        : { kind: 'command', command: { program: certutil, args: ['-user', '-store', 'Root', subject.sha1] }, prints: subject.sha1 },
  };
}

/** Where trust is kept on this machine and what would change it, without changing it. */
export function planTrust(facts: MachineFacts, subject: TrustSubject): TrustPlan[] {
  if (facts.platform === 'win32') return [windowsUser(facts, subject)];
  if (facts.platform === 'darwin') return [macLogin(facts, subject)];
  if (facts.platform !== 'linux') return [];
  return [linuxSystem(facts, subject), ...facts.databases.map((database) => nss(database, facts, subject))];
}

/** A word as a shell would have to read it. */
function shellWord(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word) && (platform === 'win32' || !word.includes('\\'))) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Commands as their owner would type them, with `sudo` where they need it. */
export function typed(commands: readonly Command[], facts: Pick<MachineFacts, 'platform' | 'isRoot'>, needsRoot: boolean): string[] {
  return commands.map(({ program, args }) =>
    [...(needsRoot && !facts.isRoot ? ['sudo'] : []), ...[program, ...args].map((word) => shellWord(word, facts.platform))].join(' '),
  );
}
