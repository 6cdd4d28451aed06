import { Copy, RefreshCw, Trash2, X } from 'lucide-react';
import { Fragment, useState } from 'react';
import { formatHostPort } from '../../../shared/model/address.ts';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { Expiry } from '../../forms/certificates/expiry.tsx';
import { sayDate, sayIssuer, sayProblem } from '../../forms/certificates/certificate-words.ts';
import type { SeenCertificate } from '../../forms/certificates/use-certificates.ts';
import { DraftText, useDraftError } from '../../forms/draft-fields.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { setAt } from '../../stores/draft.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import styles from './certificates-screen.module.css';
import { useUsers } from './use-users.ts';

interface InspectorProps {
  certificate: CertificateConfig;
  index: number;
  seen: SeenCertificate | undefined;
  now: number;
}

/** Everything known of one certificate, and what can be done with it. */
export function CertificateInspector({ certificate, index, seen, now }: InspectorProps) {
  const { draft } = useStores();
  const client = useClient();
  const users = useUsers(certificate.id);
  const port = useDraft(
    (s) => s.draft.listeners.find((one) => one.protocol === 'https' && one.certificates.includes(certificate.id))?.port,
  );
  const issue = useDraftError(['certificates', index]);
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState('');
  const facts = seen?.facts;
  const name = certificate.name ?? certificate.id;
  const problem = seen?.problem ? sayProblem(seen.problem) : issue;
  const renewable = facts?.selfSigned && certificate.certFile === undefined && certificate.keyFile === undefined;

  const example = port === undefined ? 'https://…' : `https://${formatHostPort(facts?.names[0] ?? 'localhost', port)}/`;

  const remove = () => {
    draft.edit((config) => ({ ...config, certificates: config.certificates.filter((one) => one.id !== certificate.id) }));
    location.hash = '#/certificates';
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(seen?.certPem ?? '');
      setSaid('Copied. The key is not part of it.');
    } catch {
      setFailure('The certificate could not be copied: the browser does not allow it here.');
    }
  };
  const renew = async () => {
    setFailure('');
    try {
      const { certPem, keyPem } = await client.request('certificates.generate', { hosts: facts?.names ?? [] });
      draft.edit((config) => setAt(setAt(config, ['certificates', index, 'certPem'], certPem), ['certificates', index, 'keyPem'], keyPem));
      setSaid('Made anew, with another key. It is in use once you apply.');
    } catch (error) {
      setFailure(errorMessage(error));
    }
  };

  return (
    <aside className="inspector" aria-label={`Certificate ${name}`}>
      <div className={styles['head']}>
        <div>
          <h2>
            <MiddleTruncate text={name} />
          </h2>
          <p className="muted small">{facts ? <Expiry facts={facts} now={now} /> : missing}</p>
        </div>
        <IconButton
          label="Close"
          icon={<X size={14} aria-hidden="true" />}
          onClick={() => {
            location.hash = '#/certificates';
          }}
        />
      </div>
      <div className={styles['body']} tabIndex={-1}>
        {problem ? (
          <div className={styles['section']}>
            <FieldError>{problem}</FieldError>
          </div>
        ) : null}
        <div className={styles['section']}>
          <DraftText path={['certificates', index, 'name']} optional placeholder={certificate.id} />
        </div>
        {facts ? (
          <section className={styles['section']}>
            <h3>Facts</h3>
            <dl className={styles['facts']}>
              <dt>For</dt>
              <dd className="mono">
                {facts.names.map((one) => (
                  <span key={one}>{one}</span>
                ))}
              </dd>
              <dt>Signed by</dt>
              <dd>{sayIssuer(facts)}</dd>
              <dt>Valid from</dt>
              <dd>{sayDate(facts.notBefore)}</dd>
              <dt>Valid to</dt>
              <dd>{sayDate(facts.notAfter)}</dd>
              <dt>Chain</dt>
              <dd>{facts.chain === 1 ? '1 certificate' : `${facts.chain} certificates`}</dd>
              <dt>Used by</dt>
              <dd>{users.length === 0 ? 'no listener' : users.join(', ')}</dd>
            </dl>
            <h3 className={styles['below']}>SHA-256</h3>
            <p className={`mono ${styles['print']}`}>
              {facts.fingerprint.split(':').map((pair, i) => (
                <Fragment key={i}>
                  {i > 0 ? ':' : ''}
                  <wbr />
                  {pair}
                </Fragment>
              ))}
            </p>
          </section>
        ) : null}
        {certificate.certFile !== undefined || certificate.keyFile !== undefined ? (
          <section className={styles['section']}>
            <h3>Files</h3>
            <p className={`mono ${styles['print']}`}>{certificate.certFile ?? missing}</p>
            <p className={`mono ${styles['print']}`}>{certificate.keyFile ?? missing}</p>
            <p className="muted small">Read again by itself when they change. What cannot be used changes nothing.</p>
          </section>
        ) : null}
        {facts?.selfSigned ? (
          <section className={styles['section']}>
            <h3>Who is to trust it</h3>
            <p className="muted small">Copy it into a file and give that to browsers and programs, such as</p>
            <p className={`mono ${styles['print']}`}>
              curl --cacert {certificate.id}.crt {example}
            </p>
          </section>
        ) : null}
        <div className={styles['section']}>
          <Button small disabled={users.length > 0} aria-describedby="remove-certificate" onClick={remove}>
            <Trash2 size={12} strokeWidth={2} aria-hidden="true" />
            Remove
          </Button>
          <p id="remove-certificate" className="muted small">
            {users.length > 0
              ? `${users.length === 1 ? `Listener ${users[0]} answers` : `Listeners ${users.join(', ')} answer`} with it. Give ${users.length === 1 ? 'it' : 'them'} another one first.`
              : 'No listener uses it. It goes when you apply.'}
          </p>
        </div>
      </div>
      <div className={styles['actions']}>
        <Button small disabled={!seen?.certPem} onClick={() => void copy()}>
          <Copy size={12} strokeWidth={2} aria-hidden="true" />
          Copy as PEM
        </Button>
        {renewable ? (
          <Button small onClick={() => void renew()}>
            <RefreshCw size={12} strokeWidth={2} aria-hidden="true" />
            Make anew
          </Button>
        ) : null}
        <span className="muted small" role="status">
          {said}
        </span>
        {failure ? <FieldError>{failure}</FieldError> : null}
      </div>
    </aside>
  );
}
