import { Download, Plus } from 'lucide-react';
import { permittedDomains, permittedNetworks, type AuthorityStatus, type Issued } from '../../../shared/model/authority.ts';
import { Expiry } from '../../forms/certificates/expiry.tsx';
import { sayDate, sayNames } from '../../forms/certificates/certificate-words.ts';
import { issuedCertificate, useAuthority } from '../../forms/certificates/use-authority.ts';
import { ChangeBar } from '../../forms/change-bar.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FieldError } from '../../ui/field.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { FactList, PageSection, SectionPage } from '../../ui/page-section.tsx';
import { ButtonRow } from '../../ui/row.tsx';
import { Row, Table, Td, Th } from '../../ui/table.tsx';
import { Unread } from '../../ui/unread.tsx';
import { useNow } from '../../ui/use-now.ts';
import styles from './authority.module.css';
import { Fingerprint } from './fingerprint.tsx';
import { ReplaceAuthority } from './replace-authority.tsx';
import { TrustStoreRow } from './trust-store.tsx';

const parent = { label: 'Certificates', href: '#/certificates' };
const issuedColumns = [
  { id: 'names', title: 'For', width: 180, grows: 2 },
  { id: 'valid', title: 'Valid', width: 132 },
  { id: 'renewed', title: 'Renewed', width: 128 },
  { id: 'users', title: 'In the configuration', width: 148 },
];
const signsFor = `${permittedDomains.map((one) => (one === 'localhost' ? 'localhost and below' : `.${one}`)).join(', ')}; ${permittedNetworks.join(', ')}`;

/** The certificate as a file, for those who are to trust it. There is no key in it. */
function saveCertificate(pem: string): void {
  const url = URL.createObjectURL(new Blob([pem], { type: 'application/x-x509-ca-cert' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'evenkeel-authority.crt';
  link.click();
  // The download reads the address after this; a minute is long for that.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function IssuedRow({ issued, now }: { issued: Issued; now: number }) {
  const { draft } = useStores();
  const all = useDraft((s) => s.draft.certificates);
  const entries = all.filter(({ certFile }) => certFile === issued.certFile);
  const add = () => {
    const certificate = issuedCertificate('', issued, all);
    draft.edit((config) => ({ ...config, certificates: [...config.certificates, certificate] }));
    location.hash = `#/certificates/${encodeURIComponent(certificate.id)}`;
  };
  return (
    <Row>
      <Td title={issued.facts.names.join('\n')}>
        <span className="mono">{sayNames(issued.facts.names)}</span>
      </Td>
      <Td>
        <Expiry facts={issued.facts} now={now} />
      </Td>
      <Td muted>{entries.length === 0 ? 'by nobody' : `from ${sayDate(issued.renewsAt)}`}</Td>
      <Td muted title={issued.certFile}>
        {entries.length === 0 ? (
          <Button small look="quiet" onClick={add} aria-label={`Use ${sayNames(issued.facts.names)}`}>
            Use it
          </Button>
        ) : (
          entries.map((one) => one.name ?? one.id).join(', ')
        )}
      </Td>
    </Row>
  );
}

function Authority({
  status,
  found,
  busy,
  failure,
  replace,
  setTrust,
}: {
  status: AuthorityStatus;
  found: NonNullable<AuthorityStatus['authority']>;
} & Pick<ReturnType<typeof useAuthority>, 'busy' | 'failure' | 'replace' | 'setTrust'>) {
  const now = useNow();
  const { facts, key } = found;
  return (
    <SectionPage>
      <PageSection id="authority" title="Authority">
        <FactList className={styles['facts']}>
          <dt>Name</dt>
          <dd>{facts.subject}</dd>
          <dt>Valid to</dt>
          <dd>
            {sayDate(facts.notAfter)} (<Expiry facts={facts} now={now} />)
          </dd>
          <dt>Signs for</dt>
          <dd>
            {signsFor}
            <p className="muted small">Written into it: whoever honours name constraints refuses anything else it might sign.</p>
          </dd>
          <dt>SHA-256</dt>
          <dd className={`mono ${styles['print']}`}>
            <Fingerprint text={facts.fingerprint} />
          </dd>
          <dt>Key</dt>
          <dd className={styles['print']}>
            {key.protection === 'keychain' ? '' : 'Not encrypted: '}
            {key.words}.{key.problem === null ? null : <FieldError>{key.problem}</FieldError>}
          </dd>
        </FactList>
      </PageSection>
      <PageSection id="trusted-by" title="Who trusts it on this machine">
        {failure ? <FieldError>{failure}</FieldError> : null}
        {status.stores.length === 0 ? (
          <p className={`muted ${styles['text']}`}>
            Evenkeel does not know how this system keeps trust. Save the certificate and add it by the system’s means.
          </p>
        ) : (
          <ul className={styles['stores']}>
            {status.stores.map((store) => (
              <TrustStoreRow
                key={store.id}
                store={store}
                busy={busy === store.id}
                onChange={(trusted) => void setTrust(store.id, trusted)}
              />
            ))}
          </ul>
        )}
      </PageSection>
      <PageSection
        id="signed"
        title="What it signed"
        aside={
          <ButtonLink small href="#/certificates/new">
            <Plus size={12} strokeWidth={2} aria-hidden="true" />
            Sign for names
          </ButtonLink>
        }
      >
        {status.issued.length === 0 ? (
          <p className={`muted ${styles['text']}`}>Nothing yet.</p>
        ) : (
          <Table columns={issuedColumns}>
            <thead>
              <tr>
                {issuedColumns.map(({ id, title }) => (
                  <Th key={id}>{title}</Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {status.issued.map((issued) => (
                <IssuedRow key={issued.certFile} issued={issued} now={now} />
              ))}
            </tbody>
          </Table>
        )}
      </PageSection>
      <PageSection id="others" title="Phones and other machines">
        <p className={`muted ${styles['text']}`}>
          They trust it once its certificate is installed there, and reach this machine by a name or address it signed for. The file holds
          no key. iPhone and iPad: open it, install the profile, then switch it on in Settings, General, About, Certificate Trust Settings.
          Android: Settings, Security, Encryption and credentials, Install a certificate, CA certificate; Firefox there has a list of its
          own.
        </p>
        <ButtonRow>
          <Button small onClick={() => saveCertificate(found.certPem)}>
            <Download size={12} strokeWidth={2} aria-hidden="true" />
            Save the certificate
          </Button>
          <CopyButton text={found.certPem}>Copy as PEM</CopyButton>
        </ButtonRow>
      </PageSection>
      <PageSection id="another" title="Another authority">
        <p className={`muted ${styles['text']}`}>
          When somebody may have read its key, when the key cannot be used any more, or before it runs out.
        </p>
        <ReplaceAuthority status={status} busy={busy === 'replace'} onReplace={replace} />
      </PageSection>
    </SectionPage>
  );
}

/** `#/certificates/authority`: the authority of this machine, who trusts it and what it signed. */
export function AuthorityScreen() {
  const { status, failure, busy, ask, create, replace, setTrust } = useAuthority();
  const found = status?.authority;
  return (
    <main className="screen">
      <PageHead title="Local authority" parent={parent} note={found ? 'signs for local names, trusted once' : undefined} />
      {status && found ? (
        <Authority status={status} found={found} busy={busy} failure={failure} replace={replace} setTrust={setTrust} />
      ) : status?.folder === null ? (
        <EmptyState
          title="The demo keeps no authority"
          action={<ButtonLink href="#/certificates/new">Make a certificate that signs itself</ButtonLink>}
        >
          Nothing of the demo outlives the program, and an authority has to. Start Evenkeel with a configuration of its own.
        </EmptyState>
      ) : status ? (
        <EmptyState
          title="No local authority yet"
          action={
            <>
              <Button look="primary" disabled={busy !== ''} onClick={() => void create()}>
                {busy ? 'Making it…' : 'Make the authority'}
              </Button>
              {failure ? <FieldError>{failure}</FieldError> : null}
            </>
          }
        >
          A certificate that signs itself has to be trusted by itself. An authority of your own is trusted once; what it signs for local
          names is then trusted too, and renewed in time. Nobody trusts it until you say so.
        </EmptyState>
      ) : failure ? (
        <Unread what="The local authority" problem={failure} onRetry={ask} />
      ) : null}
      <ChangeBar />
    </main>
  );
}
