import { useCallback, useState } from 'react';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine } from '../../stores/context.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { FieldError } from '../../ui/field.tsx';
import { formatCount, formatRate, missing } from '../../ui/format.ts';
import { Fact, Facts, Hint, Inspector, InspectorBody, InspectorFoot, InspectorHead, Section } from '../../ui/inspector.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { useNow } from '../../ui/use-now.ts';
import { countdown, sayAgo, saySince, whyThere } from './client-words.ts';
import styles from './clients.module.css';
import { PinControl } from './pin-control.tsx';
import { useClientHistory } from './use-client-history.ts';
import { useOneClient } from './use-client.ts';

interface InspectorProps {
  pool: string;
  clientKey: string;
  onClose: () => void;
  /** Told after a pin or an unstick, so that the list can be read again. */
  onChanged: () => void;
}

/** A client of the stickiness table: where it is and why, pin it, unstick it, and where it was. */
export function ClientInspector({ pool, clientKey, onClose, onChanged }: InspectorProps) {
  const api = useClient();
  const now = useNow();
  const { found, put, ask } = useOneClient(pool, clientKey);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  /** The node asked for, shown as chosen until the answer is there. */
  const [wanted, setWanted] = useState<string | null>(null);
  const seen = useEngine((s) => s.pools.find((one) => one.id === pool));
  const nodes = seen?.nodes ?? [];
  const nameOf = useCallback((id: string) => seen?.nodes.find((node) => node.id === id)?.label ?? id, [seen]);
  const history = useClientHistory(pool, clientKey, nameOf);
  const client = found.kind === 'here' ? found.client : undefined;

  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    setFailure('');
    try {
      await what();
      onChanged();
    } catch (error) {
      setFailure(errorMessage(error));
    }
    setBusy(false);
    setWanted(null);
  };
  const release = () =>
    act(async () => {
      await api.request('clients.release', { pool, key: clientKey });
      await ask();
    });
  const pin = (node: string) => {
    setWanted(node);
    return act(async () => {
      put(
        await (node === ''
          ? api.request('clients.unpin', { pool, key: clientKey })
          : api.request('clients.pin', { pool, key: clientKey, node })),
      );
    });
  };

  const pinned = wanted ?? client?.pinnedTo ?? '';
  const isDown = (id: string) => nodes.some((node) => node.id === id && effectiveState(node) === 'down');
  const waiting = nodes.filter(({ id }) => isDown(id)).map((node) => node.label);
  const pinHint = () => {
    if (pinned === '')
      return waiting.length > 0
        ? `${waiting.slice(0, 3).join(', ')} ${waiting.length === 1 ? 'is' : 'are'} down: a pin there waits until it is back.`
        : 'It moves when its node goes down.';
    if (pinned === client?.node)
      return 'It stays there whatever the balancer would choose. Without the pin it stays too, but only as others do.';
    return isDown(pinned)
      ? `${nameOf(pinned)} is down. It goes there with its first request after ${nameOf(pinned)} is back.`
      : `It goes to ${nameOf(pinned)} with its next request, and stays there.`;
  };
  const path = `${encodeURIComponent(pool)}/${encodeURIComponent(clientKey)}`;
  const [because, chosen] = client ? whyThere(client, nameOf) : ['', ''];

  return (
    <Inspector label={`Client ${clientKey}`}>
      <InspectorHead look="mono" title={<MiddleTruncate text={clientKey} />} onClose={onClose}>
        {client ? (
          <>
            by {client.kind}, on <b>{nameOf(client.node)}</b> since {saySince(client.since, now)}
          </>
        ) : found.kind === 'gone' ? (
          'not in the table now'
        ) : (
          missing
        )}
      </InspectorHead>
      <InspectorBody label={client ? undefined : 'About this client'}>
        {found.kind === 'failed' ? (
          <Section>
            <FieldError>{found.message}</FieldError>
          </Section>
        ) : null}
        {found.kind === 'gone' ? (
          <Section>
            <p className="small muted">It was unstuck, its entry ended, or its node went down. Its next request is placed afresh.</p>
          </Section>
        ) : null}
        {client ? (
          <>
            <Section title="Pin to a node" aside="overrides the balancer">
              <PinControl nodes={nodes} value={pinned} disabled={busy} onPin={(node) => void pin(node)} />
              {failure ? <FieldError>{failure}</FieldError> : null}
              <Hint>{pinHint()}</Hint>
            </Section>
            <Section title={`Why it is on ${nameOf(client.node)}`}>
              <p className="small">
                {because} <span className="muted">{chosen}</span>
              </p>
            </Section>
          </>
        ) : null}
        {/* Of a client that could not be read nothing is known, not that nothing was. */}
        {found.kind === 'failed' && history.length === 0 ? null : (
          <Section title="History" aside="newest first">
            {history.length === 0 && !client ? <p className="small muted">Nothing recorded lately.</p> : null}
            <ol className={styles['history']}>
              {history.slice(0, 50).map((item) => (
                <li key={item.key}>
                  <div>
                    <b>{item.title}</b>
                    <span>{item.detail}</span>
                  </div>
                </li>
              ))}
              {client && !history.some((item) => item.title.startsWith('Moved')) ? (
                <li>
                  <div>
                    <b>{client.moves === 0 ? `Placed on ${nameOf(client.node)}` : `Came to ${nameOf(client.node)}`}</b>
                    <span>
                      {saySince(client.since, now)}
                      {client.moves === 0
                        ? ', and has not moved since'
                        : `, after ${client.moves} ${client.moves === 1 ? 'move' : 'moves'}`}
                    </span>
                  </div>
                </li>
              ) : null}
            </ol>
          </Section>
        )}
        {client ? (
          <>
            <Section title="Traffic" aside="the rate over its last 10 to 20 s">
              <dl className={styles['figures']}>
                <div>
                  <dt>requests</dt>
                  <dd>{formatCount(client.requests)}</dd>
                </div>
                <div>
                  <dt>req/s</dt>
                  <dd>{formatRate(client.requestsPerSecond)}</dd>
                </div>
                <div>
                  <dt>last seen</dt>
                  <dd>{sayAgo(now - client.lastSeen)} ago</dd>
                </div>
              </dl>
            </Section>
            <Section title="Entry">
              <Facts>
                <Fact name="Pool">
                  <MiddleTruncate text={seen?.name ?? pool} />
                </Fact>
                <Fact name={client.kind === 'cookie' ? 'Cookie client' : 'Address'}>
                  <MiddleTruncate className="mono" text={client.key} />
                </Fact>
                <Fact name="Node">
                  <NodeWords pool={pool} node={client.node} name={nameOf(client.node)} />
                </Fact>
                <Fact name="Moves">{formatCount(client.moves)}</Fact>
                <Fact name="Expires">
                  {client.expiresAt === null ? (client.pinned ? 'not while pinned' : missing) : `in ${countdown(client.expiresAt - now)}`}
                </Fact>
              </Facts>
            </Section>
          </>
        ) : null}
      </InspectorBody>
      {client ? (
        <InspectorFoot>
          <Button small disabled={busy} onClick={() => void release()} title="Forget it: its next request is placed afresh">
            Unstick
          </Button>
          <ButtonLink small href={`#/live/client/${path}`}>
            Find on the map
          </ButtonLink>
          <ButtonLink small href={`#/requests/of/${path}`}>
            Its requests
          </ButtonLink>
        </InspectorFoot>
      ) : null}
    </Inspector>
  );
}

function NodeWords({ pool, node, name }: { pool: string; node: string; name: string }) {
  const state = useEngine((s) => {
    const seen = s.pools.find((one) => one.id === pool)?.nodes.find((one) => one.id === node);
    return seen && effectiveState(seen);
  });
  const look = state && state !== 'healthy' ? stateLooks[state] : undefined;
  return (
    <>
      {name}
      {look ? <span className={look.className}>&nbsp;· {look.word}</span> : null}
    </>
  );
}
