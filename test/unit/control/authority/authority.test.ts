import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authority, fileStem, renewalTime } from '../../../../electron/control/authority/authority.ts';
import { fileVault, type KeyVault } from '../../../../electron/control/authority/key-vault.ts';
import { networkOctets } from '../../../../electron/control/authority/name-constraints.ts';
import { makeAuthority, signLeaf } from '../../../../electron/control/authority/sign.ts';
import { certCommand } from '../../../../electron/headless/cert-arguments.ts';
import { whyNotPermitted } from '../../../../shared/model/authority.ts';

const dayMs = 86_400_000;
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('Skipped: openssl is missing, so nobody else judges the certificates here.');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-authority-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const mode = (name: string) => (statSync(at(name)).mode & 0o777).toString(8);

/** A keychain that flips bits, and may be locked. */
function keychain(): KeyVault & { locked: boolean } {
  const flip = (bytes: Buffer) => Buffer.from([...bytes].map((byte) => byte ^ 0x5a));
  const vault: KeyVault & { locked: boolean } = Object.assign(
    () =>
      Promise.resolve({
        kind: 'keychain' as const,
        keeper: 'the test keychain',
        encrypt: async (text: string) => flip(Buffer.from(text)),
        decrypt: async (sealed: Buffer) => {
          if (vault.locked) throw new Error('it is locked');
          return { text: flip(sealed).toString(), stale: false };
        },
      }),
    { locked: false },
  );
  return vault;
}

describe.skipIf(!hasOpenssl)('what the authority signs, judged by OpenSSL', () => {
  it('is taken for local names and private addresses, and for no others', async () => {
    const authority = await makeAuthority();
    writeFileSync(at('ca.crt'), authority.certPem);
    const verify = async (names: string[]) => {
      writeFileSync(at('leaf.crt'), (await signLeaf(authority, names, 90)).certPem);
      const { status, stderr } = spawnSync('openssl', [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-CAfile',
        at('ca.crt'),
        at('leaf.crt'),
      ]);
      return status === 0 ? 'OK' : (/permitted subtree violation/.exec(stderr.toString())?.[0] ?? stderr.toString());
    };
    for (const names of [
      ['localhost'],
      ['*.app.localhost', 'a.test'],
      ['x.internal', 'nas.home.arpa', 'nas.local'],
      ['127.0.0.1', '::1'],
      ['10.1.2.3', '172.31.0.1', '192.168.1.2', 'fd12::1'],
    ])
      expect(await verify(names), names.join()).toBe('OK');
    for (const names of [
      ['example.com'],
      ['localhost.example.com'],
      ['mylocalhost'],
      ['notest'],
      ['8.8.8.8'],
      ['172.32.0.1'],
      ['2001:db8::1'],
      ['::2'],
      ['a.test', 'example.com'],
    ])
      expect(await verify(names), names.join()).toBe('permitted subtree violation');
    const text = execFileSync('openssl', ['x509', '-noout', '-text', '-in', at('ca.crt')]).toString();
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Name Constraints: critical/);
    expect(text).toMatch(/Signature Algorithm: ecdsa-with-SHA256/);
    expect(text).toMatch(/NIST CURVE: P-256/);
  });
});

describe('names it may sign for', () => {
  it.each([
    'localhost',
    'app.localhost',
    'APP.Test',
    '*.shop.test',
    'nas.local',
    '127.9.9.9',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fd00::1',
    'FDFF::2',
    '172.16.0.1',
  ])('%s', (name) => {
    expect(whyNotPermitted(name)).toBeUndefined();
  });
  it.each([
    ['example.com', 'public name'],
    ['test', 'whole domain'],
    ['*.test', 'too wide'],
    ['*.Home.arpa', 'too wide'],
    ['evil-localhost', 'public name'],
    ['172.15.0.1', 'public address'],
    ['::ffff:127.0.0.1', 'public address'],
    ['fe80::1', 'public address'],
    ['a/b.test', 'no DNS name'],
    ['', 'no DNS name'],
    ['-a.test', 'no DNS name'],
  ])('not %j: %s', (name, why) => {
    expect(whyNotPermitted(name)).toContain(why);
  });
});

it('writes networks as address and mask', () => {
  expect([...networkOctets('172.16.0.0/12')]).toEqual([172, 16, 0, 0, 255, 240, 0, 0]);
  expect(networkOctets('fc00::/7').toString('hex')).toBe(`fc${'00'.repeat(15)}fe${'00'.repeat(15)}`);
  expect(networkOctets('::1/128').toString('hex')).toBe(`${'00'.repeat(15)}01${'ff'.repeat(16)}`);
});

describe('an authority in a folder', () => {
  it('keeps its key for its owner only where there is no keychain, and says so', async () => {
    const authority = new Authority({ folder: at('a'), vault: fileVault('there is none') });
    expect(await authority.certificate()).toBeNull();
    const [one, two] = await Promise.all([authority.ensure(), authority.ensure()]);
    expect(one.facts.fingerprint).toBe(two.facts.fingerprint);
    expect([mode('a'), mode('a/ca.key')]).toEqual(['700', '600']);
    expect(await authority.protection()).toMatchObject({
      protection: 'file',
      words: expect.stringContaining('because there is none') as string,
      problem: null,
    });
    chmodSync(at('a/ca.key'), 0o644);
    expect((await authority.protection()).problem).toContain('Others may read');
  });

  it('keeps nothing readable where there is one, and takes a plain key over', async () => {
    await new Authority({ folder: at('a'), vault: fileVault() }).ensure();
    const vault = keychain();
    const authority = new Authority({ folder: at('a'), vault });
    const leaf = await authority.issue(['app.localhost']);
    expect(existsSync(at('a/ca.key'))).toBe(false);
    expect(readFileSync(at('a/ca.key.sealed'), 'utf8')).not.toContain('PRIVATE');
    expect(Buffer.from(readFileSync(at('a/ca.key.sealed'), 'utf8'), 'base64').toString()).not.toContain('PRIVATE');
    expect(await authority.protection()).toMatchObject({
      protection: 'keychain',
      words: expect.stringContaining('the test keychain') as string,
    });
    vault.locked = true;
    await expect(authority.renew(leaf)).rejects.toThrow(/the test keychain says “it is locked”/);
    // The command line has no keychain: it says where to go, and leaves the files as they are.
    const elsewhere = new Authority({ folder: at('a'), vault: fileVault() });
    await expect(elsewhere.issue(['b.localhost'])).rejects.toThrow(/encrypted for the desktop app/);
    expect((await elsewhere.protection()).problem).toContain('--authority DIR');
    expect((await elsewhere.look(leaf))?.due).toBe(false);
  });

  it('renews the same names in the same files, and gives others their own', async () => {
    const authority = new Authority({ folder: at('a'), vault: fileVault() });
    const first = await authority.issue(['App.localhost', '0:0:0:0:0:0:0:1']);
    const firstKey = readFileSync(first.keyFile, 'utf8');
    const again = await authority.issue(['::1', 'app.localhost']);
    const other = await authority.issue(['app.localhost']);
    // Sorted by whom it is called by: the second is called ::1.
    expect([first, again, other].map(({ certFile }) => certFile.slice(at('a/issued/').length))).toEqual([
      'app.localhost.crt',
      '--1.crt',
      'app.localhost-2.crt',
    ]);
    const renewed = await authority.issue(['app.localhost', '::1']);
    expect(renewed.certFile).toBe(first.certFile);
    expect(renewed.facts.fingerprint).not.toBe(first.facts.fingerprint);
    expect(mode('a/issued/app.localhost.key')).toBe('600');
    expect(readFileSync(renewed.keyFile, 'utf8')).not.toBe(firstKey);
  });

  it('never writes over what is not its own', async () => {
    const authority = new Authority({ folder: at('a'), vault: fileVault() });
    const out = at('out');
    const first = await authority.issue(['app.test'], { folder: out });
    writeFileSync(first.certFile, 'somebody else’s');
    const second = await authority.issue(['app.test'], { folder: out });
    expect(second.certFile).toBe(join(out, 'app.test-2.crt'));
    expect(readFileSync(first.certFile, 'utf8')).toBe('somebody else’s');
  });

  it('signs for no longer than 90 days or its own life, and renews at the last third', async () => {
    const { facts } = await new Authority({ folder: at('a'), vault: fileVault() }).issue(['a.test']);
    expect(Math.round((facts.notAfter - facts.notBefore) / dayMs)).toBe(90);
    expect((facts.notAfter - renewalTime(facts)) / dayMs).toBeCloseTo(30, 0);
    const late = new Authority({ folder: at('a'), vault: fileVault(), now: () => Date.now() + 3_640 * dayMs });
    const last = await late.issue(['b.test']);
    expect(last.facts.notAfter).toBe((await late.certificate())!.facts.notAfter);
    const over = new Authority({ folder: at('a'), vault: fileVault(), now: () => Date.now() + 3_651 * dayMs });
    await expect(over.issue(['c.test'])).rejects.toThrow('The authority has expired');
  });

  it('is replaced as a whole: what it signed is signed anew', async () => {
    const authority = new Authority({ folder: at('a'), vault: fileVault() });
    const leaf = await authority.issue(['a.test'], { days: 7 });
    const before = await authority.ensure();
    const after = await authority.replace();
    expect(after.facts.fingerprint).not.toBe(before.facts.fingerprint);
    const now = await authority.look(leaf);
    expect(now).toMatchObject({ due: false, facts: { names: ['a.test'] } });
    expect(Math.round((now!.facts.notAfter - now!.facts.notBefore) / dayMs)).toBe(7);
  });

  it('signs anew, too, what lies elsewhere, and leaves alone what it never signed', async () => {
    const authority = new Authority({ folder: at('a'), vault: fileVault() });
    const own = await authority.issue(['a.test'], { folder: at('elsewhere') });
    const foreign = await new Authority({ folder: at('b'), vault: fileVault() }).issue(['b.test']);
    const before = readFileSync(foreign.certFile, 'utf8');
    await authority.replace([own, foreign]);
    expect(await authority.look(own)).toMatchObject({ due: false, facts: { names: ['a.test'] } });
    expect(readFileSync(foreign.certFile, 'utf8')).toBe(before);
  });

  it('says what is wrong with a place it cannot write to', async () => {
    writeFileSync(at('file'), '');
    const authority = new Authority({ folder: at('file/a'), vault: fileVault() });
    await expect(authority.ensure()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is not a folder') as string,
    });
    const good = new Authority({ folder: at('a'), vault: fileVault() });
    await expect(good.issue(['a.test'], { folder: at('file') })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is no folder') as string,
    });
  });

  it('refuses a folder that holds something else', async () => {
    const authority = new Authority({ folder: at('a'), vault: fileVault() });
    const leaf = await authority.issue(['a.test']);
    writeFileSync(at('a/ca.crt'), readFileSync(leaf.certFile));
    await expect(authority.certificate()).rejects.toThrow('holds no authority');
  });
});

it('names files after whom they are for, on every file system', () => {
  expect(['app.localhost', '*.App.test', '::1', 'fd00::1'].map(fileStem)).toEqual(['app.localhost', '_.app.test', '--1', 'fd00--1']);
});

describe('evenkeel cert', () => {
  it('reads its words and flags', () => {
    expect(certCommand({ days: '7', out: 'x' }, ['issue', 'a.test', 'b.test'])).toEqual({
      name: 'cert-issue',
      names: ['a.test', 'b.test'],
      out: 'x',
      days: 7,
      authority: undefined,
      json: false,
    });
    expect(certCommand({ print: true, authority: '/a' }, ['untrust'])).toEqual({
      name: 'cert-untrust',
      print: true,
      authority: '/a',
      json: false,
    });
  });
  it.each([
    [{}, [], 'cert needs authority, replace, issue, trust, untrust, status'],
    [{}, ['sign'], 'got "sign"'],
    [{}, ['issue'], 'needs a NAME'],
    [{ days: '91' }, ['issue', 'a.test'], '--days must be 1–90, got "91"'],
    [{ days: '0' }, ['issue', 'a.test'], '--days must be 1–90'],
    [{ print: true }, ['status'], 'cert status has no --print'],
    [{ json: true }, ['trust'], 'cert trust has no --json'],
    [{ yes: true }, ['trust'], 'cert trust has no --yes'],
    [{ show: true, renew: true }, ['authority'], 'exclude each other'],
    [{ authority: '' }, ['status'], '--authority needs a folder'],
    [{}, ['status', 'x'], 'takes no further words'],
  ])('refuses %j %j', (values, words, message) => {
    expect(() => certCommand(values, words)).toThrow(message);
  });
});
