import { Copy, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
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
import { Button } from '../../ui/button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { missing } from '../../ui/format.ts';
import { Fact, Facts, Hint, Inspector, InspectorBody, InspectorFoot, InspectorHead, Section } from '../../ui/inspector.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import styles from './certificates-screen.module.css';
import { Fingerprint } from './fingerprint.tsx';
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
    <Inspector label={`Certificate ${name}`}>
      <InspectorHead
        title={<MiddleTruncate text={name} />}
        onClose={() => {
          location.hash = '#/certificates';
        }}
      >
        {facts ? <Expiry facts={facts} now={now} /> : missing}
      </InspectorHead>
      <InspectorBody>
        {problem ? (
          <Section>
            <FieldError>{problem}</FieldError>
          </Section>
        ) : null}
        <Section>
          <DraftText path={['certificates', index, 'name']} optional placeholder={certificate.id} />
        </Section>
        {facts ? (
          <Section title="Facts">
            <Facts>
              <Fact name="For">
                <span className={`mono ${styles['listed']}`}>
                  {facts.names.map((one) => (
                    <span key={one}>{one}</span>
                  ))}
                </span>
              </Fact>
              <Fact name="Signed by">{sayIssuer(facts)}</Fact>
              <Fact name="Valid from">{sayDate(facts.notBefore)}</Fact>
              <Fact name="Valid to">{sayDate(facts.notAfter)}</Fact>
              <Fact name="Chain">{facts.chain === 1 ? '1 certificate' : `${facts.chain} certificates`}</Fact>
              <Fact name="Used by">{users.length === 0 ? 'no listener' : users.join(', ')}</Fact>
            </Facts>
            <div className={styles['below']}>
              <h3>SHA-256</h3>
              <p className={`mono ${styles['print']}`}>
                <Fingerprint text={facts.fingerprint} />
              </p>
            </div>
          </Section>
        ) : null}
        {certificate.certFile !== undefined || certificate.keyFile !== undefined ? (
          <Section title="Files">
            <p className={`mono ${styles['print']}`}>{certificate.certFile ?? missing}</p>
            <p className={`mono ${styles['print']}`}>{certificate.keyFile ?? missing}</p>
            <Hint>Read again by itself when they change. What cannot be used changes nothing.</Hint>
          </Section>
        ) : null}
        {facts?.selfSigned ? (
          <Section title="Who is to trust it">
            <p className="muted small">Copy it into a file and give that to browsers and programs, such as</p>
            <p className={`mono ${styles['print']}`}>
              curl --cacert {certificate.id}.crt {example}
            </p>
          </Section>
        ) : null}
        <Section>
          <Button small disabled={users.length > 0} aria-describedby="remove-certificate" onClick={remove}>
            <Trash2 size={12} strokeWidth={2} aria-hidden="true" />
            Remove
          </Button>
          <Hint id="remove-certificate">
            {users.length > 0
              ? `${users.length === 1 ? `Listener ${users[0]} answers` : `Listeners ${users.join(', ')} answer`} with it. Give ${users.length === 1 ? 'it' : 'them'} another one first.`
              : 'No listener uses it. It goes when you apply.'}
          </Hint>
        </Section>
      </InspectorBody>
      <InspectorFoot>
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
      </InspectorFoot>
    </Inspector>
  );
}
