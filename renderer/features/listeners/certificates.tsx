import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ListenerConfig } from '../../../shared/model/config.ts';
import { LabelledGroup, useDraftError } from '../../forms/draft-fields.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { newCertificate, type Path } from '../../stores/draft.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { Checkbox } from '../../ui/toggle.tsx';
import styles from './listeners.module.css';

function pemError(text: string, what: 'certificate' | 'key'): string | undefined {
  const begins = what === 'certificate' ? /-----BEGIN CERTIFICATE-----/ : /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
  if (text.trim() === '') return `Paste the ${what} as PEM text.`;
  return begins.test(text)
    ? undefined
    : `This is no ${what} in PEM: it has no line that begins with -----BEGIN ${what === 'key' ? '… PRIVATE KEY' : 'CERTIFICATE'}.`;
}

function AddCertificate({ onAdd, onClose }: { onAdd: (name: string, cert: string, key: string) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [cert, setCert] = useState('');
  const [key, setKey] = useState('');
  const [asked, setAsked] = useState(false);
  const errors = { cert: pemError(cert, 'certificate'), key: pemError(key, 'key') };
  const add = () => {
    setAsked(true);
    if (!errors.cert && !errors.key) onAdd(name.trim(), cert.trim() + '\n', key.trim() + '\n');
  };
  return (
    <div className={styles['card']}>
      <TextField label="Name" value={name} onChange={setName} placeholder="certificate" />
      <div className={styles['pair']}>
        <TextArea
          label="Certificate (PEM)"
          mono
          rows={4}
          value={cert}
          onChange={setCert}
          placeholder="-----BEGIN CERTIFICATE-----"
          hint="With its chain, its own certificate first."
          error={asked ? errors.cert : undefined}
        />
        <TextArea
          label="Key (PEM)"
          mono
          rows={4}
          value={key}
          onChange={setKey}
          placeholder="-----BEGIN PRIVATE KEY-----"
          hint="Kept in the configuration. Not encrypted with a passphrase."
          error={asked ? errors.key : undefined}
        />
      </div>
      <div className={styles['buttons']}>
        <Button small onClick={add}>
          Add the certificate
        </Button>
        <Button small look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

/** Which certificates a listener answers with, and a place to paste a new one. */
export function Certificates({ listener, at }: { listener: ListenerConfig; at: Path }) {
  const { draft } = useStores();
  const all = useDraft((s) => s.draft.certificates);
  const [adding, setAdding] = useState(false);
  const path = [...at, 'certificates'];
  const error = useDraftError(path);
  const chosen = listener.certificates;
  return (
    <div className={styles['stack']}>
      <LabelledGroup
        label="Answer with"
        error={error}
        hint={chosen.length > 1 ? `Picked by the name the client asks for; ${chosen[0]} for any other name.` : undefined}
      >
        {all.length === 0 ? (
          <p className="muted">No certificates yet. Paste one.</p>
        ) : (
          all.map((certificate) => (
            <Checkbox
              key={certificate.id}
              label={certificate.name ?? certificate.id}
              hint={certificate.certFile ?? 'PEM text in the configuration'}
              checked={chosen.includes(certificate.id)}
              onChange={(on) => draft.set(path, on ? [...chosen, certificate.id] : chosen.filter((id) => id !== certificate.id))}
            />
          ))
        )}
      </LabelledGroup>
      {adding ? (
        <AddCertificate
          onClose={() => setAdding(false)}
          onAdd={(name, cert, key) => {
            const certificate = newCertificate(
              name,
              cert,
              key,
              all.map((one) => one.id),
            );
            draft.edit((config) => ({ ...config, certificates: [...config.certificates, certificate] }));
            draft.set(path, [...chosen, certificate.id]);
            setAdding(false);
          }}
        />
      ) : (
        <div>
          <Button small onClick={() => setAdding(true)}>
            <Plus size={12} strokeWidth={2} aria-hidden="true" />
            Add a certificate
          </Button>
        </div>
      )}
    </div>
  );
}
