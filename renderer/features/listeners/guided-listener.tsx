import { ArrowRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FoundServer } from '../../../shared/model/discovery.ts';
import type { CertificateConfig, Config, NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import { parseConfig } from '../../../shared/model/validate.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { localNames } from '../../forms/certificates/certificate-words.ts';
import { issuedCertificate, sayTrust, useAuthority } from '../../forms/certificates/use-authority.ts';
import { ChangeBar } from '../../forms/change-bar.tsx';
import { FoundServers, notAmong, useFoundServers } from '../../forms/found-servers.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { newCertificate, newListener, newNode, newPool, readAddresses } from '../../stores/draft.ts';
import { sayIssue } from '../../stores/draft-words.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { readNumber } from '../../ui/number-text.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { ButtonRow, FieldPair } from '../../ui/row.tsx';
import { Select } from '../../ui/select.tsx';
import { NumberField, TextArea, TextField } from '../../ui/text-field.tsx';
import { Switch } from '../../ui/toggle.tsx';
import { freePort, useGuidedForm } from './guided-store.ts';
import styles from './listeners.module.css';

interface Wish {
  name: string;
  port: number | string;
  servers: string;
  https: boolean;
  sticky: boolean;
  /** Answers for https: one of the draft's, or one just made. */
  certificate: CertificateConfig | undefined;
}

/** The draft with a pool of servers and a listener in front of them, and the id of that listener. */
function withAddress(config: Config, { name, port, servers, https, sticky, certificate }: Wish): { config: Config; listener: string } {
  const empty = newPool(
    name,
    config.pools.map((one) => one.id),
  );
  const nodes: NodeConfig[] = [];
  for (const { address, tls } of readAddresses(servers).addresses)
    nodes.push(
      newNode(
        address,
        nodes.map((node) => node.id),
        tls,
      ),
    );
  const pool: PoolConfig = { ...empty, nodes, stickiness: { ...empty.stickiness, type: sticky ? 'http_cookie' : 'none' } };
  const plain = newListener(
    name,
    port,
    https ? 'https' : 'http',
    pool.id,
    config.listeners.map((one) => one.id),
  );
  const listener = https && certificate ? { ...plain, certificates: [certificate.id] } : plain;
  const isNew = https && certificate && !config.certificates.some((one) => one.id === certificate.id);
  return {
    config: {
      ...config,
      pools: [...config.pools, pool],
      listeners: [...config.listeners, listener],
      certificates: isNew ? [...config.certificates, certificate] : config.certificates,
    },
    listener: listener.id,
  };
}

/** The choice of a certificate that the local authority signs; no id may have a colon. */
const byAuthority = ':authority';

/** What the form is checked with, while the certificate it would make is not made yet. */
const standIn = (taken: readonly CertificateConfig[]) =>
  newCertificate(
    'localhost',
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN PRIVATE KEY-----',
    taken.map((one) => one.id),
  );

/** One address in front of one's own servers: a listener, its pool and where wanted its certificate in one go. `given`: servers to begin with. */
export function GuidedListener({ given }: { given: string | undefined }) {
  const { draft, toasts } = useStores();
  const client = useClient();
  const before = useDraft((s) => s.draft);
  const pending = useDraft((s) => s.changes.length > 0);
  const applying = useDraft((s) => s.applying);
  const form = useGuidedForm();
  const found = useFoundServers();
  const { status: authority } = useAuthority();
  const [asked, setAsked] = useState(false);
  const [making, setMaking] = useState(false);
  const [failure, setFailure] = useState('');

  const { set } = form;
  useEffect(() => {
    if (given === undefined) return;
    set({ servers: given.replaceAll(',', '\n') });
    // Given once: what is typed from here on stands.
    history.replaceState(null, '', '#/listeners/new');
  }, [given, set]);

  const { addresses, rejected } = readAddresses(form.servers);
  // Ports of other programs would only be refused.
  const taken = [...before.listeners.map((listener) => listener.port), ...found.map(({ address }) => Number(address.split(':').at(-1)))];
  const port = form.port === null ? freePort(form.https, taken) : readNumber(form.port);
  // One made here before serves again: whoever trusts it need not trust another.
  const canSign = authority !== undefined && authority.folder !== null;
  const there = before.certificates.find((one) => one.id === (form.certificate ?? 'localhost'));
  // An authority that was made is there to be used.
  const isSigned = canSign && (form.certificate === byAuthority || (form.certificate === null && !there && authority.authority !== null));
  const chosen = isSigned ? undefined : there;
  const wish: Wish = { ...form, name: form.name.trim(), port, certificate: chosen ?? standIn(before.certificates) };
  const made = withAddress(before, wish);
  const issues = parseConfig(made.config).issues;
  const own = (prefix: string) => issues.find((issue) => issue.path.startsWith(prefix));
  const portIssue = own(`listeners[${before.listeners.length}].port`);
  const nodeIssue = own(`pools[${before.pools.length}].nodes`);
  const nameIssue = own(`pools[${before.pools.length}].name`);

  const portError = portIssue && sayIssue(portIssue);
  const serversError =
    rejected.length > 0
      ? rejected.map(({ text, why }) => `“${text}” ${why}.`).join(' ')
      : addresses.length === 0
        ? 'Name at least one server, such as 3000.'
        : nodeIssue && sayIssue(nodeIssue);
  const nameError = nameIssue && sayIssue(nameIssue);
  const wrong = portError ?? serversError ?? nameError;
  const unused = notAmong(
    found,
    addresses.map(({ address }) => address),
  );
  /** Takes the addresses out again that lead to it, however they were written. */
  const without = (server: FoundServer) => {
    const leadsElsewhere = (word: string) =>
      notAmong(
        [server],
        readAddresses(word).addresses.map(({ address }) => address),
      ).length > 0;
    form.set({
      servers: form.servers
        .split(/[\s,;]+/)
        .filter(leadsElsewhere)
        .join('\n'),
    });
  };
  const scheme = form.https ? 'https' : 'http';

  const add = async () => {
    setAsked(true);
    if (wrong || making) return;
    setFailure('');
    let certificate = chosen;
    if (form.https && !certificate) {
      setMaking(true);
      try {
        if (isSigned)
          certificate = issuedCertificate(
            'localhost',
            await client.request('authority.issue', { names: [...localNames] }),
            before.certificates,
          );
        else {
          const { certPem, keyPem } = await client.request('certificates.generate', { hosts: [...localNames] });
          certificate = newCertificate(
            'localhost',
            certPem,
            keyPem,
            before.certificates.map((one) => one.id),
          );
        }
      } catch (error) {
        setFailure(errorMessage(error));
        return;
      } finally {
        setMaking(false);
      }
    }
    draft.edit((config) => withAddress(config, { ...wish, certificate }).config);
    form.reset();
    // With other changes waiting, all of them are applied together when their owner says so.
    const applied = pending ? false : await draft.apply();
    if (applied) {
      const url = `${scheme}://127.0.0.1:${port}/`;
      const warns = form.https && !(isSigned && authority.stores.some(({ trusted }) => trusted === true));
      toasts.show(
        {
          id: 'opened',
          title: `${url} is open`,
          text: `Requests to it go to ${addresses.length === 1 ? 'your server' : `your ${addresses.length} servers`}.${warns ? ` Browsers warn until ${isSigned ? 'the local authority' : 'its certificate'} is trusted.` : ''}`,
          action:
            // Trusting the authority is a press there, and then the address opens without a warning.
            warns && isSigned
              ? { label: 'Have it trusted', run: () => (location.hash = '#/certificates/authority') }
              : { label: 'Open it', run: () => window.open(url, '_blank', 'noreferrer') },
        },
        20_000,
      );
    }
    location.hash = applied ? '#/live' : `#/listeners/${encodeURIComponent(made.listener)}`;
  };

  return (
    <main className="screen">
      <PageHead title="One address" parent={{ label: 'Listeners', href: '#/listeners' }} />
      <div className={styles['guided']}>
        <form
          noValidate
          className={styles['guidedForm']}
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <h2>Put one address in front of my servers</h2>
          <p className="muted">
            Requests to the address go to your servers in turn; one that stops answering is left out until it is back.
          </p>
          <TextArea
            label="Your servers"
            autoFocus
            mono
            rows={3}
            value={form.servers}
            onChange={(servers) => form.set({ servers })}
            placeholder="3000, 3001, localhost:3002"
            hint="Ports of this machine, or host:port. One a line or with commas."
            error={asked || rejected.length > 0 ? serversError : undefined}
          />
          <FoundServers
            servers={found}
            taken={{ servers: found.filter((server) => !unused.includes(server)), onGiveBack: without }}
            verb="Use"
            onTake={(servers) =>
              form.set({
                servers: [form.servers.trim(), ...servers.map(({ address }) => address)].filter((text) => text !== '').join('\n'),
              })
            }
          />
          <FieldPair>
            <NumberField
              label="Port of the address"
              value={port}
              onChange={(value) => form.set({ port: String(value) })}
              hint="on this machine only; more in the listener"
              error={form.port !== '' || asked ? portError : undefined}
            />
            <TextField
              label="Name"
              value={form.name}
              onChange={(name) => form.set({ name })}
              error={nameError}
              hint="of the listener and its pool"
            />
          </FieldPair>
          <FieldPair>
            <Switch
              label="HTTPS"
              checked={form.https}
              onChange={(https) => form.set({ https })}
              hint="Ends TLS here; servers get plain HTTP."
            />
            <Switch
              label="Stickiness"
              checked={form.sticky}
              onChange={(sticky) => form.set({ sticky })}
              hint="By cookie: a client keeps its server."
            />
          </FieldPair>
          {form.https ? (
            <Select
              label="Certificate"
              choices={[
                ...(canSign ? [{ value: byAuthority, label: 'One for localhost, signed by the local authority' }] : []),
                { value: '', label: 'Make one for localhost' },
                ...before.certificates.map((one) => ({ value: one.id, label: one.name ?? one.id })),
              ]}
              value={isSigned ? byAuthority : (chosen?.id ?? '')}
              onChange={(certificate) => form.set({ certificate })}
              hint={
                isSigned
                  ? sayTrust(authority)
                  : chosen
                    ? undefined
                    : canSign
                      ? 'It signs itself, so browsers warn. Signed by the local authority, it is trusted once you trust that: a press.'
                      : 'It signs itself, so browsers warn until you trust it. See Certificates.'
              }
            />
          ) : null}
          <Card edge="strong" className={styles['preview']} aria-live="polite">
            <span className="mono">{`${scheme}://127.0.0.1:${port === '' ? '…' : port}/`}</span>
            <ArrowRight size={14} aria-hidden="true" />
            {addresses.length === 0 ? (
              <span className="muted">your servers</span>
            ) : (
              <span className={styles['targets']}>
                {addresses.slice(0, 8).map(({ address }) => (
                  <span key={address} className="mono">
                    {address}
                  </span>
                ))}
                {addresses.length > 8 ? <span className="muted">and {addresses.length - 8} more</span> : null}
              </span>
            )}
          </Card>
          {failure ? <FieldError>{failure}</FieldError> : null}
          <ButtonRow className={styles['atFoot']}>
            <Button look="primary" type="submit" disabled={applying || making}>
              {pending ? 'Add to my changes' : applying || making ? 'Opening…' : 'Open the address'}
            </Button>
            <ButtonLink href="#/listeners" look="quiet">
              Cancel
            </ButtonLink>
          </ButtonRow>
        </form>
      </div>
      {pending ? <ChangeBar /> : null}
    </main>
  );
}
