import { FileUp } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useDraft } from '../../stores/context.tsx';
import { freeId, newCertificate, slug } from '../../stores/draft.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { ButtonRow, FieldPair } from '../../ui/row.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { sayProblem } from './certificate-words.ts';
import styles from './certificates.module.css';

type Way = 'text' | 'files';
const ways = [
  { value: 'text', label: 'PEM text' },
  { value: 'files', label: 'Files to follow' },
] as const;

/** A file of more is no certificate. */
const largest = 1 << 20;

function pemError(text: string, what: 'certificate' | 'key'): string | undefined {
  const begins = what === 'certificate' ? /-----BEGIN CERTIFICATE-----/ : /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
  if (text.trim() === '') return `Paste the ${what} as PEM text, or choose its file.`;
  return begins.test(text)
    ? undefined
    : `This is no ${what} in PEM: it has no line that begins with -----BEGIN ${what === 'key' ? '… PRIVATE KEY' : 'CERTIFICATE'}.`;
}

/** A button that reads a file of whoever looks at the window. */
function ChooseFile({ label, onText, onProblem }: { label: string; onText: (text: string) => void; onProblem: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > largest) onProblem(`“${file.name}” is larger than 1 MiB, so it is no certificate or key.`);
    else onText(await file.text());
  };
  return (
    <>
      <input
        ref={input}
        id={id}
        type="file"
        hidden
        aria-label={label}
        accept=".pem,.crt,.cer,.key,.txt"
        onChange={(event) => {
          read(event.target.files?.[0]).catch(() => onProblem('The file could not be read.'));
          event.target.value = '';
        }}
      />
      <Button small look="quiet" className={styles['file']} onClick={() => input.current?.click()}>
        <FileUp size={12} strokeWidth={2} aria-hidden="true" />
        {label}
      </Button>
    </>
  );
}

interface ImportCertificateProps {
  onImport: (certificate: CertificateConfig) => void;
  onClose: () => void;
}

/** Takes a certificate and its key as text or as files of the balancer's machine, after the control plane has looked at both. */
export function ImportCertificate({ onImport, onClose }: ImportCertificateProps) {
  const client = useClient();
  const all = useDraft((s) => s.draft.certificates);
  const [way, setWay] = useState<Way>('text');
  const [name, setName] = useState('');
  const [cert, setCert] = useState('');
  const [key, setKey] = useState('');
  const [certFile, setCertFile] = useState('');
  const [keyFile, setKeyFile] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState('');

  const own: Record<string, string | undefined> =
    way === 'text'
      ? { certPem: pemError(cert, 'certificate'), keyPem: pemError(key, 'key') }
      : {
          certFile: certFile.trim() === '' ? 'Name the file of the certificate.' : undefined,
          keyFile: keyFile.trim() === '' ? 'Name the file of the key.' : undefined,
        };
  const errorOf = (field: string) => (asked ? own[field] : undefined) ?? told[field];
  const nameError = name.trim().length > 100 ? 'A name has at most 100 characters.' : undefined;
  const change = (set: (text: string) => void) => (text: string) => {
    setTold({});
    setFailure('');
    set(text);
  };

  const add = async () => {
    setAsked(true);
    if (nameError || Object.values(own).some(Boolean)) return;
    const taken = all.map((one) => one.id);
    const title = name.trim();
    const certificate: CertificateConfig =
      way === 'text'
        ? newCertificate(title, `${cert.trim()}\n`, `${key.trim()}\n`, taken)
        : {
            id: freeId(slug(title) || 'certificate', taken),
            ...(title ? { name: title } : {}),
            certFile: certFile.trim(),
            keyFile: keyFile.trim(),
          };
    setBusy(true);
    try {
      const { facts, issues } = await client.request('certificates.inspect', { certificate });
      if (issues.length > 0) {
        setTold(Object.fromEntries(issues.map(({ path, message }) => [path, sayProblem(message)])));
        return;
      }
      // Without a name of its own it is called by the first it is for.
      const called = facts?.names[0];
      onImport(
        title || called === undefined ? certificate : { ...certificate, id: freeId(slug(called) || 'certificate', taken), name: called },
      );
    } catch (reason) {
      setFailure(errorMessage(reason));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Card form edge="strong" role="group" aria-label="Import a certificate">
      <div className={styles['way']}>
        <Segmented fit tall label="How it is given" choices={ways} value={way} onChange={setWay} />
        <span className="muted small">
          {way === 'text' ? 'Kept in the configuration.' : 'On the machine Evenkeel runs on, and read again whenever they change.'}
        </span>
      </div>
      {way === 'text' ? (
        <FieldPair>
          <div>
            <TextArea
              label="Certificate (PEM)"
              mono
              rows={5}
              value={cert}
              onChange={change(setCert)}
              placeholder="-----BEGIN CERTIFICATE-----"
              hint="With its chain, its own certificate first."
              error={errorOf('certPem')}
            />
            <ChooseFile label="Choose its file" onText={change(setCert)} onProblem={(text) => setTold({ certPem: text })} />
          </div>
          <div>
            <TextArea
              label="Key (PEM)"
              mono
              rows={5}
              value={key}
              onChange={change(setKey)}
              placeholder="-----BEGIN PRIVATE KEY-----"
              hint="Not encrypted with a passphrase."
              error={errorOf('keyPem')}
            />
            <ChooseFile label="Choose the key’s file" onText={change(setKey)} onProblem={(text) => setTold({ keyPem: text })} />
          </div>
        </FieldPair>
      ) : (
        <FieldPair>
          <TextField
            label="Certificate file"
            mono
            value={certFile}
            onChange={change(setCertFile)}
            placeholder="/etc/ssl/site/fullchain.pem"
            hint="Relative names start at the configuration’s folder."
            error={errorOf('certFile')}
          />
          <TextField
            label="Key file"
            mono
            value={keyFile}
            onChange={change(setKeyFile)}
            placeholder="/etc/ssl/site/privkey.pem"
            error={errorOf('keyFile')}
          />
        </FieldPair>
      )}
      <TextField label="Name in Evenkeel" value={name} onChange={setName} placeholder="the first name it is for" error={nameError} />
      {failure ? <FieldError>{failure}</FieldError> : null}
      <ButtonRow>
        <Button small disabled={busy} onClick={() => void add()}>
          {busy ? 'Looking at it…' : 'Add the certificate'}
        </Button>
        <Button small look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </ButtonRow>
    </Card>
  );
}
