import { useState } from 'react';
import { isCertificateName } from '../../../shared/model/certificate.ts';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useDraft } from '../../stores/context.tsx';
import { newCertificate } from '../../stores/draft.ts';
import { Button } from '../../ui/button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { localNames, readNames } from './certificate-words.ts';
import styles from './certificates.module.css';

interface MakeCertificateProps {
  /** Given the certificate with its key, which nobody has configured yet. */
  onMade: (certificate: CertificateConfig) => void;
  onClose: () => void;
}

/** Makes a self-signed certificate for names; the key comes from the control plane. */
export function MakeCertificate({ onMade, onClose }: MakeCertificateProps) {
  const client = useClient();
  const ids = useDraft((s) => s.draft.certificates);
  const [name, setName] = useState('');
  const [text, setText] = useState(localNames.join('\n'));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const names = readNames(text);
  const wrong = names.filter((one) => !isCertificateName(one));
  const error =
    names.length === 0
      ? 'Name at least one host, such as localhost.'
      : wrong.length > 0
        ? `${wrong.map((one) => `“${one}”`).join(', ')} ${wrong.length === 1 ? 'is' : 'are'} no DNS name or IP address.`
        : names.length > 100
          ? 'At most 100 names fit into one certificate.'
          : undefined;
  const nameError = name.trim().length > 100 ? 'A name has at most 100 characters.' : undefined;
  const make = async () => {
    if (error || nameError) return;
    setBusy(true);
    setFailure('');
    try {
      const made = await client.request('certificates.generate', { hosts: names });
      const taken = ids.map((one) => one.id);
      onMade(newCertificate(name.trim() || names[0]!, made.certPem, made.keyPem, taken));
    } catch (reason) {
      setFailure(errorMessage(reason));
      setBusy(false);
    }
  };
  return (
    <div role="group" className={styles['card']} aria-label="Make a certificate">
      <TextArea
        label="Names"
        mono
        rows={3}
        value={text}
        onChange={setText}
        hint="What clients write into the address: DNS names, *.example.com, IP addresses. One a line or with commas."
        error={error}
      />
      <TextField label="Name in Evenkeel" value={name} onChange={setName} placeholder={names[0] ?? 'certificate'} error={nameError} />
      <p className="muted small">
        It signs itself and is valid for 397 days. Browsers warn until somebody trusts it. The key is made here and kept in the
        configuration.
      </p>
      {failure ? <FieldError>{failure}</FieldError> : null}
      <div className={styles['buttons']}>
        <Button small disabled={busy} onClick={() => void make()}>
          {busy ? 'Making it…' : 'Make the certificate'}
        </Button>
        <Button small look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
