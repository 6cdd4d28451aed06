import { useEffect, useState } from 'react';
import type { CertificateFacts } from '../../../shared/model/certificate.ts';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { useClient } from '../../bridge/context.tsx';
import type { Client } from '../../bridge/client.ts';
import { useDraft } from '../../stores/context.tsx';
import { sameJson } from '../../stores/draft.ts';

/** A certificate of the draft as the control plane reads it. */
export interface SeenCertificate {
  facts: CertificateFacts | null;
  certPem: string | null;
  /** What is wrong with it; null when nothing is. */
  problem: string | null;
}

export type SeenCertificates = ReadonlyMap<string, SeenCertificate>;

const none: SeenCertificates = new Map();

/** Those that run as they are served, those that are only in the draft as they would be. */
async function look(client: Client, draft: readonly CertificateConfig[], base: readonly CertificateConfig[]): Promise<SeenCertificates> {
  const { certificates: served } = await client.request('certificates.list', {});
  const all = await Promise.all(
    draft.map(async (certificate): Promise<[string, SeenCertificate]> => {
      const { name: _name, ...content } = certificate;
      const { name: _was, ...running } = base.find((one) => one.id === certificate.id) ?? { id: '' };
      const known = served.find((one) => one.id === certificate.id);
      if (known && sameJson(content, running)) return [certificate.id, known];
      const { facts, certPem, issues } = await client.request('certificates.inspect', { certificate });
      return [certificate.id, { facts, certPem, problem: issues.length > 0 ? issues.map((issue) => issue.message).join('; ') : null }];
    }),
  );
  return new Map(all);
}

/** What is known of the draft's certificates, by id; renewed when one of them or its file changes. */
export function useCertificates(): SeenCertificates {
  const client = useClient();
  const draft = useDraft((s) => s.draft.certificates);
  const base = useDraft((s) => s.base);
  const [seen, setSeen] = useState(none);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let wanted = true;
    look(client, draft, base.certificates)
      .then((found) => {
        if (wanted) setSeen(found);
      })
      .catch(() => {
        // What was known stands; the banner over the screen says that nobody answers.
      });
    return () => {
      wanted = false;
    };
  }, [client, draft, base, again]);
  useEffect(() => {
    const more = () => setAgain((count) => count + 1);
    const ends = [
      client.subscribe('journal.entry', ({ kind }) => {
        if (kind === 'certificate.problem' || kind === 'certificate.reloaded') more();
      }),
      client.onConnection((connected) => {
        if (connected) more();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [client]);
  return seen;
}
