import { Plus, Stamp, Upload } from 'lucide-react';
import type { CertificateConfig } from '../../../shared/model/config.ts';
import { Expiry } from '../../forms/certificates/expiry.tsx';
import { sayIssuer, sayNames } from '../../forms/certificates/certificate-words.ts';
import { ImportCertificate } from '../../forms/certificates/import-certificate.tsx';
import { MakeCertificate } from '../../forms/certificates/make-certificate.tsx';
import { useCertificates, type SeenCertificate } from '../../forms/certificates/use-certificates.ts';
import { ChangeBar } from '../../forms/change-bar.tsx';
import { DraftList } from '../../forms/draft-screens.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { Column } from '../../ui/fitting-columns.ts';
import { missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { CellItems, Row, RowLink, Td } from '../../ui/table.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { Fitting } from '../../ui/use-fitting-columns.ts';
import { useNow } from '../../ui/use-now.ts';
import { AuthorityScreen } from './authority-screen.tsx';
import { CertificateInspector } from './certificate-inspector.tsx';
import styles from './certificates-screen.module.css';
import { useUsers } from './use-users.ts';

const parent = { label: 'Certificates', href: '#/certificates' };

type ColumnId = 'certificate' | 'names' | 'issuer' | 'valid' | 'users';

const columns: (Column<ColumnId> & { title: string })[] = [
  { id: 'certificate', title: 'Certificate', width: 152, grows: 3 },
  { id: 'names', title: 'For', width: 196, grows: 3, leaves: 1 },
  { id: 'issuer', title: 'Signed by', width: 124, grows: 1, leaves: 3 },
  { id: 'valid', title: 'Valid', width: 168, grows: 2 },
  { id: 'users', title: 'Used by', width: 116, grows: 1, leaves: 2 },
];

interface RowProps {
  has: Fitting<Column<ColumnId>>['has'];
  certificate: CertificateConfig;
  seen: SeenCertificate | undefined;
  selected: boolean;
  now: number;
}

function CertificateRow({ has, certificate, seen, selected, now }: RowProps) {
  const users = useUsers(certificate.id);
  const running = useDraft((s) => s.base.certificates.some((one) => one.id === certificate.id));
  const facts = seen?.facts;
  // Being out of date is said where the days are.
  const other = facts && facts.notAfter < now ? null : seen?.problem;
  return (
    <Row linked tall selected={selected}>
      <Td>
        <CellItems>
          <RowLink href={`#/certificates/${encodeURIComponent(certificate.id)}`}>
            <MiddleTruncate text={certificate.name ?? certificate.id} />
          </RowLink>
          {running ? null : <Tag>new</Tag>}
        </CellItems>
      </Td>
      {has('names') ? (
        <Td title={facts?.names.join('\n')}>{facts ? <span className="mono">{sayNames(facts.names)}</span> : missing}</Td>
      ) : null}
      {has('issuer') ? (
        <Td muted title={facts?.issuer}>
          {facts ? sayIssuer(facts) : missing}
        </Td>
      ) : null}
      <Td title={seen?.problem ?? undefined}>
        {facts ? <Expiry facts={facts} now={now} /> : null}
        {other ? (
          <span className={styles['problem']}>
            <span className="fill-down">{facts ? 'To fix' : 'Not usable'}</span>
            <span className="muted small ellipsis">{other}</span>
          </span>
        ) : null}
        {seen ? null : missing}
      </Td>
      {has('users') ? (
        <Td muted title={users.join(', ')}>
          {users.length === 0 ? 'no listener' : sayNames(users, 2)}
        </Td>
      ) : null}
    </Row>
  );
}

function CertificateList({ selected }: { selected: string | undefined }) {
  const certificates = useDraft((s) => s.draft.certificates);
  const seen = useCertificates();
  const now = useNow();
  const found = certificates.findIndex((one) => one.id === selected);
  const open = certificates[found];
  return (
    <>
      <DraftList
        title="Certificates"
        entries={certificates}
        textOf={({ id, name }) => [id, name, ...(seen.get(id)?.facts?.names ?? [])].join('\n')}
        note="what https listeners answer with"
        aside={
          <>
            <ButtonLink small look="quiet" href="#/certificates/authority">
              <Stamp size={12} strokeWidth={2} aria-hidden="true" />
              Local authority
            </ButtonLink>
            <ButtonLink small look="quiet" href="#/certificates/import">
              <Upload size={12} strokeWidth={2} aria-hidden="true" />
              Import
            </ButtonLink>
            {certificates.length > 0 ? (
              <ButtonLink small href="#/certificates/new">
                <Plus size={12} strokeWidth={2} aria-hidden="true" />
                Make a certificate
              </ButtonLink>
            ) : null}
          </>
        }
        empty={
          <EmptyState
            title="No certificates yet"
            action={
              <ButtonLink look="primary" href="#/certificates/new">
                Make one for localhost
              </ButtonLink>
            }
          >
            An https listener answers with a certificate: it tells browsers whom they talk to.
          </EmptyState>
        }
        columns={columns}
        row={(certificate, _index, has) => (
          <CertificateRow
            has={has}
            key={certificate.id}
            certificate={certificate}
            seen={seen.get(certificate.id)}
            selected={certificate.id === selected}
            now={now}
          />
        )}
      />
      {open ? <CertificateInspector key={open.id} certificate={open} index={found} seen={seen.get(open.id)} now={now} /> : null}
    </>
  );
}

/** A form that ends in one more certificate of the draft. */
function AddScreen({ way }: { way: 'new' | 'import' }) {
  const { draft } = useStores();
  const add = (certificate: CertificateConfig) => {
    // What the authority signs for the same names is the same certificate, renewed.
    draft.edit((config) =>
      config.certificates.some(({ id }) => id === certificate.id)
        ? config
        : { ...config, certificates: [...config.certificates, certificate] },
    );
    location.hash = `#/certificates/${encodeURIComponent(certificate.id)}`;
  };
  const close = () => {
    location.hash = '#/certificates';
  };
  return (
    <main className="screen">
      <PageHead title={way === 'new' ? 'Make a certificate' : 'Import a certificate'} parent={parent} />
      <div className={styles['form']}>
        {way === 'new' ? <MakeCertificate onMade={add} onClose={close} /> : <ImportCertificate onImport={add} onClose={close} />}
      </div>
      <ChangeBar />
    </main>
  );
}

/** `#/certificates`: all; `#/certificates/local`: one beside them; `#/certificates/new` and `/import`: one more; `/authority`: who signs. */
export function CertificatesScreen({ parts }: { parts: string[] }) {
  const [id] = parts;
  const known = useDraft((s) => s.draft.certificates.some((one) => one.id === id));
  if (!known && (id === 'new' || id === 'import')) return <AddScreen way={id} />;
  if (!known && id === 'authority') return <AuthorityScreen />;
  return <CertificateList selected={id} />;
}
