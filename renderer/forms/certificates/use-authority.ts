import { useCallback, useEffect, useState } from 'react';
import type { AuthorityStatus, Issued } from '../../../shared/model/authority.ts';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { freeId, slug } from '../../stores/draft.ts';

export interface AuthorityView {
  /** Undefined until it was asked for. */
  status: AuthorityStatus | undefined;
  /** Why it is not known, or why a change failed; empty when neither. */
  failure: string;
  /** What is being done: a store's id, "create" or "replace"; empty: nothing. */
  busy: string;
  /** Asks for it again. */
  ask(): void;
  create(): Promise<void>;
  /** Takes the authority out of every store and puts another one in its place. @returns why it failed; empty when it did not. */
  replace(): Promise<string>;
  setTrust(store: string, trusted: boolean): Promise<void>;
}

/** The local authority, its certificates and who trusts it; asked again when one of its certificates is renewed. */
export function useAuthority(): AuthorityView {
  const client = useClient();
  const [status, setStatus] = useState<AuthorityStatus>();
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState('');
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let wanted = true;
    client
      .request('authority.status', {})
      .then((found) => {
        if (!wanted) return;
        setStatus(found);
        setFailure('');
      })
      .catch((error: unknown) => {
        if (wanted) setFailure(errorMessage(error));
      });
    return () => {
      wanted = false;
    };
  }, [client, again]);
  const ask = useCallback(() => setAgain((count) => count + 1), []);
  useEffect(() => {
    const ends = [
      client.subscribe('journal.entry', ({ kind }) => {
        if (kind === 'certificate.renewed' || kind === 'config.applied') ask();
      }),
      client.onConnection((connected) => {
        if (connected) ask();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [client, ask]);

  const attempt = useCallback(async (what: string, request: () => Promise<AuthorityStatus>): Promise<string> => {
    setBusy(what);
    setFailure('');
    try {
      setStatus(await request());
      return '';
    } catch (error) {
      return errorMessage(error);
    } finally {
      setBusy('');
    }
  }, []);
  const change = useCallback(
    async (what: string, request: () => Promise<AuthorityStatus>) => setFailure(await attempt(what, request)),
    [attempt],
  );
  const create = useCallback(() => change('create', () => client.request('authority.create', {})), [change, client]);
  const setTrust = useCallback(
    (store: string, trusted: boolean) => change(store, () => client.request(trusted ? 'authority.trust' : 'authority.untrust', { store })),
    [change, client],
  );
  const replace = useCallback(() => attempt('replace', () => client.request('authority.replace', { untrust: true })), [attempt, client]);
  return { status, failure, busy, ask, create, replace, setTrust };
}

/** A certificate entry for what the authority signed; where the draft names the same files already, that one. */
export function issuedCertificate(name: string, issued: Issued, all: readonly CertificateConfig[]): CertificateConfig {
  const { certFile, keyFile } = issued;
  const there = all.find((one) => one.certFile === certFile);
  if (there) return there;
  const called = name || (issued.facts.names[0] ?? 'certificate');
  return {
    id: freeId(
      slug(called) || 'certificate',
      all.map((one) => one.id),
    ),
    name: called,
    certFile,
    keyFile,
  };
}

/** "Trusted by Browsers’ store (NSS)." or that nobody does, in a sentence. */
export function sayTrust({ stores }: AuthorityStatus): string {
  const by = stores.filter(({ trusted }) => trusted === true).map(({ name }) => name);
  return by.length === 0 ? 'No store of this machine trusts it yet.' : `Trusted by: ${by.join(', ')}.`;
}
