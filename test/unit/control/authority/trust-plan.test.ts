import { describe, expect, it } from 'vitest';
import type { MachineFacts } from '../../../../electron/control/authority/machine-facts.ts';
import { planTrust, typed, type TrustSubject } from '../../../../electron/control/authority/trust-plan.ts';

const subject: TrustSubject = {
  certFile: '/home/ann/My keys/ca.crt',
  name: 'Evenkeel Local Authority ABCDEF',
  sha256: '0123456789abcdef'.repeat(4),
  sha1: 'aa'.repeat(20),
};
const all = ['certutil', 'install', 'mkdir', 'rm', 'trust', 'update-ca-certificates', 'update-ca-trust', 'security'];
const facts = (change: Partial<MachineFacts> = {}): MachineFacts => ({
  platform: 'linux',
  home: '/home/ann',
  isRoot: false,
  programs: Object.fromEntries(all.map((name) => [name, `/usr/bin/${name}`])),
  folders: [],
  databases: [],
  ...change,
});
const lines = (change: Partial<MachineFacts>) => {
  const found = facts(change);
  return planTrust(found, subject).map((plan) => ({
    id: plan.id,
    trust: typed(plan.trust, found, plan.needsRoot),
    untrust: typed(plan.untrust, found, plan.needsRoot),
  }));
};

describe('the plan of trust', () => {
  it.each([
    ['/usr/local/share/ca-certificates', 'sudo /usr/bin/update-ca-certificates'],
    ['/etc/pki/ca-trust/source/anchors', 'sudo /usr/bin/update-ca-trust extract'],
    ['/etc/pki/trust/anchors', 'sudo /usr/bin/update-ca-certificates'],
  ])('puts a file named by the fingerprint into %s, and takes that one out', (folder, update) => {
    expect(lines({ folders: [folder] })).toEqual([
      {
        id: 'system',
        trust: [`sudo /usr/bin/install -m 0644 '/home/ann/My keys/ca.crt' ${folder}/evenkeel-0123456789abcdef.crt`, update],
        untrust: [`sudo /usr/bin/rm -f ${folder}/evenkeel-0123456789abcdef.crt`, update],
      },
    ]);
  });

  it('asks p11-kit on Arch', () => {
    expect(lines({ folders: ['/etc/ca-certificates/trust-source'] })).toEqual([
      {
        id: 'system',
        trust: ["sudo /usr/bin/trust anchor --store '/home/ann/My keys/ca.crt'"],
        untrust: ["sudo /usr/bin/trust anchor --remove '/home/ann/My keys/ca.crt'"],
      },
    ]);
  });

  it('says that it does not know a system, and what is missing on one it knows', () => {
    expect(planTrust(facts(), subject)).toMatchObject([
      { missing: expect.stringContaining('does not know') as string, trust: [], question: { kind: 'none' } },
    ]);
    const bare = facts({
      folders: ['/usr/local/share/ca-certificates'],
      programs: {},
      databases: [{ folder: '/d', readers: 'x', isThere: true }],
    });
    expect(planTrust(bare, subject)).toMatchObject([
      { missing: 'update-ca-certificates is not installed; it is in the package ca-certificates.', trust: [] },
      { missing: expect.stringContaining('libnss3-tools') as string, trust: [], untrust: [] },
    ]);
  });

  it('makes a database where a browser would look for one, and trusts for servers only', () => {
    const databases = [{ folder: '/home/ann/.pki/nssdb', readers: 'Chromium', isThere: false }];
    expect(lines({ databases })[1]).toEqual({
      id: 'nss:/home/ann/.pki/nssdb',
      trust: [
        '/usr/bin/mkdir -p -m 0700 /home/ann/.pki/nssdb',
        '/usr/bin/certutil -N -d sql:/home/ann/.pki/nssdb --empty-password',
        "/usr/bin/certutil -A -d sql:/home/ann/.pki/nssdb -t C,, -n 'Evenkeel 0123456789abcdef' -i '/home/ann/My keys/ca.crt'",
      ],
      untrust: ["/usr/bin/certutil -D -d sql:/home/ann/.pki/nssdb -n 'Evenkeel 0123456789abcdef'"],
    });
  });

  it('asks the login keychain on macOS, for TLS only', () => {
    expect(lines({ platform: 'darwin' })).toEqual([
      {
        id: 'login',
        trust: [
          "/usr/bin/security add-trusted-cert -r trustRoot -p ssl -k /home/ann/Library/Keychains/login.keychain-db '/home/ann/My keys/ca.crt'",
        ],
        untrust: [
          "/usr/bin/security remove-trusted-cert '/home/ann/My keys/ca.crt'",
          `/usr/bin/security delete-certificate -Z ${'AA'.repeat(20)} /home/ann/Library/Keychains/login.keychain-db`,
        ],
      },
    ]);
  });

  it('asks this user’s store on Windows, not the machine’s', () => {
    const programs = { certutil: 'C:\\Windows\\System32\\certutil.exe' };
    expect(lines({ platform: 'win32', programs })).toEqual([
      {
        id: 'user-root',
        trust: ['C:\\Windows\\System32\\certutil.exe -user -addstore Root "/home/ann/My keys/ca.crt"'],
        untrust: [`C:\\Windows\\System32\\certutil.exe -user -delstore Root ${'aa'.repeat(20)}`],
      },
    ]);
  });

  it('shows nothing that a shell would read as more than a word', () => {
    const evil = { ...subject, certFile: `/tmp/$(touch x)/it's; rm -rf ~/ca.crt` };
    const found = facts({ isRoot: true, databases: [{ folder: '/tmp/`id`', readers: 'x', isThere: true }] });
    const [, plan] = planTrust(found, evil);
    expect(typed(plan!.trust, found, false)).toEqual([
      `/usr/bin/certutil -A -d 'sql:/tmp/\`id\`' -t C,, -n 'Evenkeel 0123456789abcdef' -i '/tmp/$(touch x)/it'\\''s; rm -rf ~/ca.crt'`,
    ]);
    // What is run gets it as one argument.
    expect(plan!.trust[0]!.args.at(-1)).toBe(evil.certFile);
  });

  it('writes no sudo for root', () => {
    expect(lines({ isRoot: true, folders: ['/usr/local/share/ca-certificates'] })[0]!.trust.join()).not.toContain('sudo');
  });
});
