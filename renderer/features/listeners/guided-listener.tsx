import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import type { Config, NodeConfig } from '../../../shared/model/config.ts';
import { parseConfig } from '../../../shared/model/validate.ts';
import { ChangeBar } from '../../forms/change-bar.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { newListener, newNode, newPool, readAddresses } from '../../stores/draft.ts';
import { sayIssue } from '../../stores/draft-words.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { readNumber } from '../../ui/number-text.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { NumberField, TextArea, TextField } from '../../ui/text-field.tsx';
import { useGuidedForm } from './guided-store.ts';
import styles from './listeners.module.css';

/** The draft with a pool of `servers` and a listener in front of them, and the id of that listener. */
function withAddress(config: Config, name: string, port: number | string, servers: string): { config: Config; listener: string } {
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
  const pool = { ...empty, nodes };
  const listener = newListener(
    name,
    port,
    'http',
    pool.id,
    config.listeners.map((one) => one.id),
  );
  return { config: { ...config, pools: [...config.pools, pool], listeners: [...config.listeners, listener] }, listener: listener.id };
}

/** One address in front of one's own servers: a listener and a pool in one go. */
export function GuidedListener() {
  const { draft } = useStores();
  const before = useDraft((s) => s.draft);
  const pending = useDraft((s) => s.changes.length > 0);
  const applying = useDraft((s) => s.applying);
  const form = useGuidedForm();
  const [asked, setAsked] = useState(false);

  const { addresses, rejected } = readAddresses(form.servers);
  const port = readNumber(form.port);
  const made = withAddress(before, form.name.trim(), port, form.servers);
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

  const add = async () => {
    setAsked(true);
    if (wrong) return;
    draft.edit(() => made.config);
    form.reset();
    // With other changes waiting, all of them are applied together when their owner says so.
    const applied = pending ? false : await draft.apply();
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
            mono
            rows={3}
            value={form.servers}
            onChange={(servers) => form.set({ servers })}
            placeholder="3000, 3001, localhost:3002"
            hint="Ports of this machine, or host:port. One a line or with commas."
            error={asked || rejected.length > 0 ? serversError : undefined}
          />
          <div className={styles['pair']}>
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
          </div>
          <div className={styles['preview']} aria-live="polite">
            <span className="mono">http://127.0.0.1:{form.port || '…'}/</span>
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
          </div>
          <div className={styles['buttons']}>
            <Button look="primary" type="submit" disabled={applying}>
              {pending ? 'Add to my changes' : applying ? 'Opening…' : 'Open the address'}
            </Button>
            <ButtonLink href="#/listeners" look="quiet">
              Cancel
            </ButtonLink>
          </div>
        </form>
      </div>
      {pending ? <ChangeBar /> : null}
    </main>
  );
}
