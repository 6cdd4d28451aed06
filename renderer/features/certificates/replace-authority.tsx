import { useState } from 'react';
import type { AuthorityStatus } from '../../../shared/model/authority.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import styles from './authority.module.css';

interface ReplaceAuthorityProps {
  status: AuthorityStatus;
  busy: boolean;
  /** @returns why it failed; empty when it did not. */
  onReplace: () => Promise<string>;
}

/** The way to another authority, with a question that says what goes, what is made anew and what is left to do. */
export function ReplaceAuthority({ status, busy, onReplace }: ReplaceAuthorityProps) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState('');
  const trusting = status.stores.filter(({ trusted }) => trusted === true);
  const closed = trusting.filter(({ allowed }) => !allowed);
  const signed = status.issued.length;
  const names = trusting.map(({ name }) => name).join(', ');

  const replace = async () => {
    const why = await onReplace();
    setFailure(why);
    if (why === '') setAsking(false);
  };

  return (
    <>
      <Button
        small
        onClick={() => {
          setFailure('');
          setAsking(true);
        }}
      >
        Replace the authority…
      </Button>
      {asking ? (
        <Dialog
          title="Replace the authority?"
          onClose={() => setAsking(false)}
          onSubmit={() => void replace()}
          wide
          actions={
            <>
              <Button data-first-focus onClick={() => setAsking(false)}>
                Keep it
              </Button>
              <Button look="primary" type="submit" disabled={busy || closed.length > 0}>
                {busy ? 'Replacing…' : 'Replace it'}
              </Button>
            </>
          }
        >
          <ul className={styles['consequences']}>
            <li>{trusting.length === 0 ? 'No store of this machine trusts the present one.' : `It is taken out of: ${names}.`}</li>
            <li>Its key and its certificate are written over by new ones. There is no way back to them.</li>
            <li>
              {signed === 0
                ? 'It signed nothing that would have to be signed anew.'
                : `The ${signed === 1 ? 'certificate' : `${signed} certificates`} it signed ${signed === 1 ? 'is' : 'are'} signed anew by the new one. Open connections stay.`}
            </li>
            <li>Nobody trusts the new one until you say so, here and on phones and other machines: programs refuse it until then.</li>
          </ul>
          {closed.length > 0 ? (
            <FieldError>
              Evenkeel may not change {closed.map(({ name }) => name).join(', ')}. Take the authority out there first, with the commands on
              this page.
            </FieldError>
          ) : null}
          {failure ? <FieldError>{failure}</FieldError> : null}
        </Dialog>
      ) : null}
    </>
  );
}
