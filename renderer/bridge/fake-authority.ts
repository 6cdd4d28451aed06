import type { Handlers } from '../../shared/contract/contract.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { AuthorityStatus, Issued, TrustStore } from '../../shared/model/authority.ts';
import type { Config } from '../../shared/model/config.ts';
import { fakeCertificate, type FileText } from './fake-certificates.ts';

const dayMs = 86_400_000;
const folder = '/home/ann/.config/evenkeel/authority';

type AuthorityHandlers = Pick<
  Handlers,
  'authority.status' | 'authority.create' | 'authority.replace' | 'authority.issue' | 'authority.trust' | 'authority.untrust'
>;

/** A machine as most are: the system's store is not this user's, the browsers' is. */
const untrusting: TrustStore[] = [
  {
    id: 'system',
    name: 'System store (Debian, Ubuntu, Alpine)',
    readers: 'curl, wget, git, Python and most programs of this machine',
    trusted: false,
    evidence: '/etc/ssl/certs/ca-certificates.crt does not have it',
    allowed: false,
    note: 'It belongs to everybody on this machine, so changing it needs root.',
    trustCommands: [
      `sudo /usr/bin/install -m 0644 ${folder}/ca.crt /usr/local/share/ca-certificates/evenkeel-28a1a5c0673dfa26.crt`,
      'sudo /usr/sbin/update-ca-certificates',
    ],
    untrustCommands: [
      'sudo /usr/bin/rm -f /usr/local/share/ca-certificates/evenkeel-28a1a5c0673dfa26.crt',
      'sudo /usr/sbin/update-ca-certificates',
    ],
  },
  {
    id: 'nss:/home/ann/.pki/nssdb',
    name: 'Browsers’ store (NSS)',
    readers: 'Chromium, Chrome, Edge and other browsers made of it: /home/ann/.pki/nssdb',
    trusted: false,
    evidence: 'the database does not have it',
    allowed: true,
    note: 'A browser that runs takes it over when it is started anew.',
    trustCommands: [`/usr/bin/certutil -A -d sql:/home/ann/.pki/nssdb -t C,, -n 'Evenkeel 28a1a5c0673dfa26' -i ${folder}/ca.crt`],
    untrustCommands: ["/usr/bin/certutil -D -d sql:/home/ann/.pki/nssdb -n 'Evenkeel 28a1a5c0673dfa26'"],
  },
];

/** The fake's authority: certificates of `fakeCertificate`, files in memory, a machine with two stores. */
export function createFakeAuthority(
  config: () => Config,
  now: () => number,
  given: Partial<AuthorityStatus> = {},
): { handlers: AuthorityHandlers; fileText: FileText } {
  const files = new Map<string, string>();
  let state: AuthorityStatus = { folder, authority: null, issued: [], stores: [], ...given };
  const status = (): AuthorityStatus => ({
    ...state,
    issued: state.issued.map((one) => ({
      ...one,
      usedBy: config()
        .certificates.filter(({ certFile }) => certFile === one.certFile)
        .map(({ id }) => id),
    })),
  });
  const kept = () => {
    if (state.folder === null) throw new ContractError('CONFLICT', 'The demo keeps no authority: nothing of it outlives the program.');
  };
  const make = () => {
    const name = 'Evenkeel Local Authority E99E0C';
    const made = fakeCertificate(
      [name],
      { subject: name, issuer: name, notBefore: now() - 3_600_000, notAfter: now() + 3_650 * dayMs },
      now(),
    );
    state = {
      ...state,
      authority: {
        facts: made.facts,
        certPem: made.certPem,
        certFile: `${folder}/ca.crt`,
        key: {
          protection: 'keychain',
          words: `${folder}/ca.key.sealed, encrypted with a secret that the Secret Service (GNOME Keyring) keeps`,
          problem: null,
        },
      },
      stores: untrusting,
    };
  };
  const create = () => {
    kept();
    if (!state.authority) make();
    return status();
  };
  const setTrust = (id: string, trusted: boolean) => {
    const store = state.stores.find((one) => one.id === id);
    if (!store) throw new ContractError('CONFLICT', `This machine has no trust store "${id}".`);
    if (!store.allowed)
      throw new ContractError(
        'CONFLICT',
        `${store.name}: it belongs to everybody on this machine. Run: ${store.trustCommands.join(' && ')}`,
      );
    const evidence = trusted ? 'the database has it, and takes it for servers' : 'the database does not have it';
    state = { ...state, stores: state.stores.map((one) => (one === store ? { ...one, trusted, evidence } : one)) };
    return status();
  };
  return {
    fileText: (file) => files.get(file),
    handlers: {
      'authority.status': status,
      'authority.create': create,
      'authority.replace': ({ untrust }) => {
        kept();
        for (const { id } of state.stores.filter(({ trusted }) => untrust && trusted)) setTrust(id, false);
        if (state.stores.some(({ trusted }) => trusted))
          throw new ContractError('CONFLICT', 'The authority was not replaced: a store still trusts it.');
        make();
        return status();
      },
      'authority.issue': ({ names, days }) => {
        create();
        const made = fakeCertificate(
          names,
          { issuer: state.authority?.facts.subject ?? '', selfSigned: false, notBefore: now() - 3_600_000, notAfter: now() + days * dayMs },
          now(),
        );
        const stem = `${folder}/issued/${names[0] ?? ''}`;
        files.set(`${stem}.crt`, made.certPem).set(`${stem}.key`, made.keyPem);
        const issued: Issued = {
          facts: made.facts,
          certFile: `${stem}.crt`,
          keyFile: `${stem}.key`,
          usedBy: [],
          renewsAt: made.facts.notAfter - (days * dayMs) / 3,
        };
        state = { ...state, issued: [...state.issued.filter((one) => one.certFile !== issued.certFile), issued] };
        return issued;
      },
      'authority.trust': ({ store }) => setTrust(store, true),
      'authority.untrust': ({ store }) => setTrust(store, false),
    },
  };
}
