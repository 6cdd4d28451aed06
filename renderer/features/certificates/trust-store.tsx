import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import type { TrustStore } from '../../../shared/model/authority.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { missing } from '../../ui/format.ts';
import styles from './authority.module.css';

/** Commands to type, one a line. */
function Commands({ lines, label }: { lines: readonly string[]; label: string }) {
  return (
    <div className={styles['commands']}>
      <ol className={`mono ${styles['lines']}`} aria-label={label}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      <CopyButton text={`${lines.join('\n')}\n`}>Copy</CopyButton>
    </div>
  );
}

interface TrustStoreRowProps {
  store: TrustStore;
  busy: boolean;
  onChange: (trusted: boolean) => void;
}

/** One store: what it said when it was asked, and the change of it, or the commands for that. */
export function TrustStoreRow({ store, busy, onChange }: TrustStoreRowProps) {
  const [asking, setAsking] = useState(false);
  const { name, readers, trusted, evidence, allowed, note } = store;
  const wanted = trusted !== true;
  const commands = wanted ? store.trustCommands : store.untrustCommands;
  return (
    <li className={styles['store']}>
      <div className={styles['storeHead']}>
        <span className={styles['verdict']}>
          {trusted ? <ShieldCheck size={14} aria-hidden="true" /> : <ShieldOff size={14} aria-hidden="true" />}
          {trusted === null ? missing : trusted ? 'trusted' : 'not trusted'}
        </span>
        <h3>{name}</h3>
        {allowed && trusted !== null ? (
          <Button small disabled={busy} onClick={() => setAsking(true)}>
            {busy ? 'Waiting for the system…' : wanted ? 'Trust…' : 'Stop trusting…'}
          </Button>
        ) : null}
      </div>
      <p className="muted small">{readers}</p>
      <p className="muted small">
        Asked just now: {evidence}.{!allowed && note !== null ? ` ${note}` : ''}
      </p>
      {!allowed && commands.length > 0 ? (
        <Commands lines={commands} label={wanted ? `To have ${name} trust it` : `To take it out of ${name}`} />
      ) : null}
      {asking ? (
        <Dialog
          title={wanted ? `Trust the authority in “${name}”?` : `Take the authority out of “${name}”?`}
          onClose={() => setAsking(false)}
          onSubmit={() => {
            setAsking(false);
            onChange(wanted);
          }}
          wide
          actions={
            <>
              <Button onClick={() => setAsking(false)} data-first-focus>
                Cancel
              </Button>
              <Button look="primary" type="submit">
                {wanted ? 'Trust it' : 'Take it out'}
              </Button>
            </>
          }
        >
          <p>
            {wanted
              ? 'Whoever holds the authority’s key could then pass for any local name or private address to the programs that read this store; for public sites it cannot with those that honour name constraints, as browsers and OpenSSL do.'
              : 'The programs that read this store refuse what the authority signed from then on.'}
          </p>
          <p className="muted small">This is run:</p>
          <Commands lines={commands} label="What is run" />
          {note === null ? null : <p className="muted small">{note}</p>}
        </Dialog>
      ) : null}
    </li>
  );
}
