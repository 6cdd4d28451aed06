import { FileUp, Plus } from 'lucide-react';
import { useState } from 'react';
import type { CertificateConfig, ListenerConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { localNames, sayExpiry, sayNames } from '../../forms/certificates/certificate-words.ts';
import { ImportCertificate } from '../../forms/certificates/import-certificate.tsx';
import { useCertificates, type SeenCertificate } from '../../forms/certificates/use-certificates.ts';
import { LabelledGroup, useDraftError } from '../../forms/draft-fields.tsx';
import { FieldStack } from '../../forms/editor.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { newCertificate, type Path } from '../../stores/draft.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { ButtonRow } from '../../ui/row.tsx';
import { Checkbox } from '../../ui/toggle.tsx';
import { useNow } from '../../ui/use-now.ts';

/** What a certificate is for and how long: "localhost, 127.0.0.1, ::1, 396 days left". */
function hintOf(certificate: CertificateConfig, seen: SeenCertificate | undefined, now: number): string {
  if (seen?.problem) return seen.problem;
  if (seen?.facts) return `${sayNames(seen.facts.names)}, ${sayExpiry(seen.facts, now).words}`;
  return certificate.certFile ?? 'PEM text in the configuration';
}

/** Which certificates a listener answers with, and two ways to a new one. */
export function Certificates({ listener, at }: { listener: ListenerConfig; at: Path }) {
  const { draft } = useStores();
  const client = useClient();
  const all = useDraft((s) => s.draft.certificates);
  const seen = useCertificates();
  const now = useNow();
  const [adding, setAdding] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const path = [...at, 'certificates'];
  const error = useDraftError(path);
  const chosen = listener.certificates;
  const nameOf = (id: string) => all.find((one) => one.id === id)?.name ?? id;
  const add = (certificate: CertificateConfig) => {
    draft.edit((config) => ({ ...config, certificates: [...config.certificates, certificate] }));
    draft.set(path, [...chosen, certificate.id]);
    setAdding(false);
  };
  const makeLocal = async () => {
    setBusy(true);
    setFailure('');
    try {
      const { certPem, keyPem } = await client.request('certificates.generate', { hosts: [...localNames] });
      const taken = all.map((one) => one.id);
      add(newCertificate('localhost', certPem, keyPem, taken));
    } catch (reason) {
      setFailure(errorMessage(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <FieldStack>
      <LabelledGroup
        label="Answer with"
        error={error}
        hint={chosen.length > 1 ? `Picked by the name the client asks for; ${nameOf(chosen[0]!)} for any other name.` : undefined}
      >
        {all.length === 0 ? (
          <p className="muted">No certificates yet. Make one for this machine, or import one.</p>
        ) : (
          all.map((certificate) => (
            <Checkbox
              key={certificate.id}
              label={certificate.name ?? certificate.id}
              hint={hintOf(certificate, seen.get(certificate.id), now)}
              checked={chosen.includes(certificate.id)}
              onChange={(on) => draft.set(path, on ? [...chosen, certificate.id] : chosen.filter((id) => id !== certificate.id))}
            />
          ))
        )}
      </LabelledGroup>
      {failure ? <FieldError>{failure}</FieldError> : null}
      {adding ? (
        <ImportCertificate onImport={add} onClose={() => setAdding(false)} />
      ) : (
        <ButtonRow>
          <Button small disabled={busy} onClick={() => void makeLocal()}>
            <Plus size={12} strokeWidth={2} aria-hidden="true" />
            Make one for localhost
          </Button>
          <Button small look="quiet" onClick={() => setAdding(true)}>
            <FileUp size={12} strokeWidth={2} aria-hidden="true" />
            Add a certificate
          </Button>
          <ButtonLink small look="quiet" href="#/certificates">
            All certificates
          </ButtonLink>
        </ButtonRow>
      )}
    </FieldStack>
  );
}
