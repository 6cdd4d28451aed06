import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthorityKeeper, type TrustPort } from '../../../../electron/control/authority/authority-keeper.ts';
import { Authority } from '../../../../electron/control/authority/authority.ts';
import { fileVault } from '../../../../electron/control/authority/key-vault.ts';
import type { TrustStore } from '../../../../shared/model/authority.ts';
import { emptyConfig } from '../../../../shared/model/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-keeper-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Stores that remember whom they trust. */
function keeperWith(stores: Record<string, { trusts: boolean; allowed: boolean }>) {
  const authority = new Authority({ folder, vault: fileVault() });
  const trusted = new Map<string, string>();
  const untrusted: string[] = [];
  const look = (certPem: string): TrustStore[] =>
    Object.entries(stores).map(([id, { allowed }]) => ({
      id,
      name: `Store ${id}`,
      readers: 'programs',
      trusted: trusted.get(id) === certPem,
      evidence: 'asked',
      allowed,
      note: allowed ? null : 'It needs root.',
      trustCommands: [`trust ${id}`],
      untrustCommands: [`untrust ${id}`],
    }));
  const trust: TrustPort = {
    status: ({ certPem }) => Promise.resolve(look(certPem)),
    trust: () => Promise.reject(new Error('nobody asked for that')),
    untrust: ({ certPem }, id) => {
      untrusted.push(id);
      trusted.delete(id);
      return Promise.resolve(look(certPem).find((store) => store.id === id)!);
    },
  };
  const running = () => ({ config: emptyConfig, folder: null });
  const keeper = new AuthorityKeeper({ authority, trust, running, fact: () => undefined, log: () => undefined });
  keeper.close();
  const begin = async () => {
    const { certPem, facts } = await authority.ensure();
    for (const [id, { trusts }] of Object.entries(stores)) if (trusts) trusted.set(id, certPem);
    return facts.fingerprint;
  };
  return { keeper, begin, untrusted };
}

describe('another authority in place of this one', () => {
  it('is refused while a store trusts the present one', async () => {
    const { keeper, begin } = keeperWith({ nss: { trusts: true, allowed: true } });
    const print = await begin();
    await expect(keeper.replace()).rejects.toThrow('Store nss still trusts it');
    expect((await keeper.status()).authority?.facts.fingerprint).toBe(print);
  });

  it('comes once the present one was taken out of every store that trusts it', async () => {
    const { keeper, begin, untrusted } = keeperWith({
      nss: { trusts: true, allowed: true },
      other: { trusts: false, allowed: true },
      closed: { trusts: false, allowed: false },
    });
    const print = await begin();
    const after = await keeper.replace(true);
    expect(untrusted).toEqual(['nss']);
    expect(after.authority?.facts.fingerprint).not.toBe(print);
    expect(after.stores.map(({ trusted }) => trusted)).toEqual([false, false, false]);
  });

  it('does not come, and nothing is changed, where one of them may not be', async () => {
    const { keeper, begin, untrusted } = keeperWith({ nss: { trusts: true, allowed: true }, system: { trusts: true, allowed: false } });
    const print = await begin();
    await expect(keeper.replace(true)).rejects.toThrow(/^Nothing was changed.*Store system: It needs root\. Run: untrust system$/);
    expect(untrusted).toEqual([]);
    expect((await keeper.status()).authority?.facts.fingerprint).toBe(print);
  });

  it('is made where there was none', async () => {
    const { keeper } = keeperWith({});
    expect((await keeper.replace(true)).authority?.facts.subject).toContain('Evenkeel Local Authority');
  });
});

it('keeps no start waiting for a keychain that waits for its owner, and renews when it answers', async () => {
  const dayMs = 86_400_000;
  const { certFile, keyFile } = await new Authority({ folder, vault: fileVault(), now: () => Date.now() - 80 * dayMs }).issue(['a.test']);
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const config = { ...emptyConfig, certificates: [{ id: 'a', certFile, keyFile }] };
  const facts: string[] = [];
  const keeper = new AuthorityKeeper({
    authority: new Authority({ folder, vault: () => asked.then(fileVault()) }),
    running: () => ({ config, folder: null }),
    fact: ({ kind }) => facts.push(kind),
    log: () => undefined,
    patienceMs: 10,
  });
  keeper.close();
  await keeper.renewInTime(config);
  expect(facts).toEqual([]);
  answer();
  await keeper.renewDue();
  expect(facts).toEqual(['certificate.renewed']);
});
