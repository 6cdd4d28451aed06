import { useState } from 'react';
import { leafDays, whyNotPermitted } from '../../../shared/model/authority.ts';
import { isCertificateName } from '../../../shared/model/certificate.ts';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useDraft } from '../../stores/context.tsx';
import { newCertificate } from '../../stores/draft.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { ButtonRow } from '../../ui/row.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { localNames, readNames } from './certificate-words.ts';
import styles from './certificates.module.css';
import { issuedCertificate, sayTrust, useAuthority } from './use-authority.ts';

const signers = [
  { value: 'authority', label: 'Local authority' },
  { value: 'itself', label: 'Itself' },
] as const;

interface MakeCertificateProps {
  /** Given the certificate with its key, which nobody has configured yet. */
  onMade: (certificate: CertificateConfig) => void;
  onClose: () => void;
}

/** Makes a certificate for names, signed by the local authority or by itself; the key comes from the control plane. */
export function MakeCertificate({ onMade, onClose }: MakeCertificateProps) {
  const client = useClient();
  const ids = useDraft((s) => s.draft.certificates);
  const [name, setName] = useState('');
  const [text, setText] = useState(localNames.join('\n'));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const { status } = useAuthority();
  const canSign = status !== undefined && status.folder !== null;
  const [chosen, setChosen] = useState<'authority' | 'itself'>();
  const signer = canSign ? (chosen ?? (status.authority ? 'authority' : 'itself')) : 'itself';
  const names = readNames(text);
  const refused = signer === 'authority' ? names.find((one) => whyNotPermitted(one) !== undefined) : undefined;
  const wrong = names.filter((one) => !isCertificateName(one));
  const error =
    names.length === 0
      ? 'Name at least one host, such as localhost.'
      : wrong.length > 0
        ? `${wrong.map((one) => `“${one}”`).join(', ')} ${wrong.length === 1 ? 'is' : 'are'} no DNS name or IP address.`
        : names.length > 100
          ? 'At most 100 names fit into one certificate.'
          : refused !== undefined
            ? `“${refused}” ${whyNotPermitted(refused) ?? ''}.`
            : undefined;
  const nameError = name.trim().length > 100 ? 'A name has at most 100 characters.' : undefined;
  const make = async () => {
    if (error || nameError) return;
    setBusy(true);
    setFailure('');
    try {
      if (signer === 'authority') {
        onMade(issuedCertificate(name.trim(), await client.request('authority.issue', { names }), ids));
        return;
      }
      const made = await client.request('certificates.generate', { hosts: names });
      const taken = ids.map((one) => one.id);
      onMade(newCertificate(name.trim() || names[0]!, made.certPem, made.keyPem, taken));
    } catch (reason) {
      setFailure(errorMessage(reason));
      setBusy(false);
    }
  };
  return (
    <Card form edge="strong" role="group" aria-label="Make a certificate">
      {canSign ? (
        <div className={styles['way']}>
          <Segmented fit tall label="Signed by" choices={signers} value={signer} onChange={setChosen} />
          <span className="muted small">{signer === 'authority' ? sayTrust(status) : 'Signed by itself: to be trusted by itself.'}</span>
        </div>
      ) : null}
      <TextArea
        label="Names"
        mono
        rows={3}
        value={text}
        onChange={setText}
        hint={
          signer === 'authority'
            ? 'What clients write into the address: names below localhost, .test, .internal, .home.arpa, .local, and private IP addresses.'
            : 'What clients write into the address: DNS names, *.example.com, IP addresses. One a line or with commas.'
        }
        error={error}
      />
      <TextField label="Name in Evenkeel" value={name} onChange={setName} placeholder={names[0] ?? 'certificate'} error={nameError} />
      <p className="muted small">
        {signer === 'authority'
          ? `Valid for ${leafDays} days, and renewed by itself while the configuration names it. Certificate and key are files beside the authority.`
          : 'It signs itself and is valid for 397 days. Browsers warn until somebody trusts it. The key is made here and kept in the configuration.'}
      </p>
      {failure ? <FieldError>{failure}</FieldError> : null}
      <ButtonRow>
        <Button small look="primary" disabled={busy} onClick={() => void make()}>
          {busy ? 'Making it…' : 'Make the certificate'}
        </Button>
        <Button small look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </ButtonRow>
    </Card>
  );
}
