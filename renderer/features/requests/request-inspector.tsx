import { ArrowRight, Minus } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RequestRecord } from '../../../shared/model/metrics.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine, useTraffic } from '../../stores/context.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { EffectiveState } from '../../ui/effective-state.ts';
import { FieldError } from '../../ui/field.tsx';
import { formatCount, formatMs, missing } from '../../ui/format.ts';
import { Fact, Facts, Hint, Inspector, InspectorBody, InspectorFoot, InspectorHead, Section } from '../../ui/inspector.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { inRem } from '../../ui/text-scale.ts';
import { curlCommand } from './curl.ts';
import { candidatesOf, clockMs, statusWords, tookParts, whyHeadline, type Candidate } from './request-words.ts';
import styles from './requests.module.css';
import { Waterfall } from './waterfall.tsx';

type Found = { kind: 'loading' } | { kind: 'here'; record: RequestRecord } | { kind: 'gone' } | { kind: 'failed'; message: string };

/** One record: from the list when it is there, else asked of the engine. */
function useRecord(seq: number, listed: RequestRecord | undefined): Found {
  const client = useClient();
  const [asked, setAsked] = useState<Found>(listed ? { kind: 'here', record: listed } : { kind: 'loading' });
  const needed = asked.kind === 'loading' && listed === undefined;
  useEffect(() => {
    if (!needed) return;
    let current = true;
    client.request('requests.list', { afterSeq: seq - 1, limit: 1 }).then(
      ({ entries }) => {
        if (!current) return;
        const [record] = entries;
        setAsked(record?.seq === seq ? { kind: 'here', record } : { kind: 'gone' });
      },
      (error: unknown) => {
        if (current) setAsked({ kind: 'failed', message: errorMessage(error) });
      },
    );
    return () => {
      current = false;
    };
  }, [client, seq, needed]);
  return listed ? { kind: 'here', record: listed } : asked;
}

/** States a verdict speaks of; of the others the log only knows that they could have served. */
const ringOf: Partial<Record<Candidate['verdict'], EffectiveState>> = {
  down: 'down',
  draining: 'draining',
  rejecting: 'rejecting',
  backup: 'backup',
};

function CandidateMark({ candidate }: { candidate: Candidate }) {
  const ring = ringOf[candidate.verdict];
  if (ring) return <StateRing state={ring} size={20} />;
  return (
    <span className={styles['mark']} aria-hidden="true">
      {candidate.won ? (
        <ArrowRight size={14} strokeWidth={2.25} />
      ) : candidate.verdict === 'tried' ? (
        <svg width={inRem(10)} height={inRem(10)} viewBox="0 0 10 10">
          <rect x="1.6" y="1.6" width="6.8" height="6.8" fill="var(--st-down)" transform="rotate(45 5 5)" />
        </svg>
      ) : (
        <Minus size={14} strokeWidth={2} />
      )}
    </span>
  );
}

interface InspectorProps {
  seq: number;
  /** The record, when the list has it. */
  listed: RequestRecord | undefined;
  onClose: () => void;
}

/** One request: why that node, how long it took, and how to ask the same again. */
export function RequestInspector({ seq, listed, onClose }: InspectorProps) {
  const found = useRecord(seq, listed);
  const epoch = useEngine((s) => s.epoch);
  const [opened] = useState(epoch);
  // Numbers begin anew with another engine thread: the record of this number is not the one that was opened.
  const isOld = opened !== null && epoch !== opened;
  const record = found.kind === 'here' && !isOld ? found.record : undefined;
  return (
    <Inspector label={`Request ${seq}`}>
      {record ? (
        <Head record={record} onClose={onClose} />
      ) : (
        <InspectorHead title={`Request ${formatCount(seq)}`} look="plain" onClose={onClose} />
      )}
      {record ? (
        <Details record={record} />
      ) : (
        <Section>
          {found.kind === 'failed' ? <FieldError>{found.message}</FieldError> : null}
          {found.kind === 'loading' ? <p className="small muted">One moment.</p> : null}
          {found.kind === 'gone' || isOld ? (
            <p className="small muted">
              {isOld
                ? 'The engine was restarted since, and its log began anew.'
                : 'No request of this number is kept: the log holds the newest 10,000 that were recorded.'}
            </p>
          ) : null}
        </Section>
      )}
    </Inspector>
  );
}

function Head({ record, onClose }: { record: RequestRecord; onClose: () => void }) {
  const isTcp = useEngine((s) => s.listeners.find((one) => one.id === record.listener)?.protocol === 'tcp');
  const [value, unit] = tookParts(record.durationMs);
  return (
    <InspectorHead
      look="plain"
      onClose={onClose}
      title={
        <>
          {record.method === '' ? 'tcp session' : record.method}
          {record.path === '' ? null : <MiddleTruncate className="mono" text={record.path} keep={10} />}
        </>
      }
    >
      {clockMs(record.time)}, {isTcp ? '' : `${record.status === 0 ? 'no answer' : record.status}, `}
      {value} {unit}
    </InspectorHead>
  );
}

function Details({ record }: { record: RequestRecord }) {
  const pool = useEngine((s) => s.pools.find((one) => one.id === record.pool));
  const listener = useEngine((s) => s.listeners.find((one) => one.id === record.listener));
  const nameOf = (id: string) => pool?.nodes.find((node) => node.id === id)?.label ?? id;
  const p95 = useTraffic().nodes.get(`${record.pool}/${record.node}`)?.p95;
  const candidates = candidatesOf(record);
  const [answer, reason] = whyHeadline(record, nameOf);
  const [value, unit] = tookParts(record.durationMs);
  const isTcp = listener?.protocol === 'tcp';
  const curl = listener ? curlCommand(record, listener) : null;
  const attempts = record.node === null && candidates.every(({ verdict }) => verdict !== 'tried') ? 0 : record.retries + 1;
  return (
    <>
      <InspectorBody label="About this request">
        <Section title="Why this node?" aside={attempts === 0 ? 'not sent' : `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`}>
          <p className={styles['answer']}>
            <b>{answer}</b> {reason}
          </p>
          <ol className={styles['candidates']} aria-label="Candidates">
            {candidates.map((one) => (
              <li key={one.node} className={one.won ? styles['won'] : undefined}>
                <CandidateMark candidate={one} />
                <div>
                  <span className={styles['candidate']}>
                    <b>
                      <MiddleTruncate text={nameOf(one.node)} />
                    </b>
                    <span className={styles['verdict']}>{one.short}</span>
                  </span>
                  <span className={styles['detail']}>{one.long}</span>
                </div>
              </li>
            ))}
          </ol>
          {pool && pool.nodes.length > candidates.length && candidates.length >= 32 ? (
            <Hint>Of more than 32 candidates the log keeps the first 32 and the winner.</Hint>
          ) : null}
        </Section>
        <Section title="Timing" aside={`${value} ${unit}`}>
          <Waterfall record={record} isTcp={isTcp} node={record.node === null ? 'node' : nameOf(record.node)} />
          <Facts>
            <Fact name="Began">{clockMs(record.time)}</Fact>
            <Fact name={isTcp ? 'Closed' : 'Answered in full'}>
              {record.status === 0 && !isTcp ? missing : clockMs(record.time + record.durationMs)}
            </Fact>
            <Fact name="Retries">{formatCount(record.retries)}</Fact>
            {record.node === null || isTcp ? null : (
              <>
                <Fact name="p95 there now">{p95 === null || p95 === undefined ? missing : `${formatMs(p95)} ms`}</Fact>
              </>
            )}
          </Facts>
        </Section>
        <Section title="Request">
          <Facts>
            {isTcp ? null : (
              <>
                <Fact name="Status">
                  {record.status === 0 ? missing : record.status}, {statusWords(record.status)}
                </Fact>
              </>
            )}
            <Fact name="Address">
              <MiddleTruncate className="mono" text={record.client} />
            </Fact>
            {record.key ? (
              <>
                <Fact name="Client">
                  <a href={`#/clients/${encodeURIComponent(record.pool)}/${encodeURIComponent(record.key)}`}>
                    <MiddleTruncate className="mono" text={record.key} />
                  </a>
                </Fact>
              </>
            ) : null}
            <Fact name="Listener">
              <MiddleTruncate text={listener?.name ?? record.listener} />
            </Fact>
            <Fact name="Pool">
              <MiddleTruncate text={pool?.name ?? record.pool} />
            </Fact>
            <Fact name="Number">{formatCount(record.seq)}</Fact>
          </Facts>
          {record.path.length > 30 ? <p className={styles['whole']}>{record.path}</p> : null}
        </Section>
        {isTcp ? null : (
          <Section title="As curl">
            {curl ? (
              <>
                <code className={styles['curl']}>{curl}</code>
                <Hint>Headers and body are not kept, so they are not in it.</Hint>
              </>
            ) : (
              <Hint>
                {listener
                  ? 'Its path was longer than is kept: a command would ask for something else.'
                  : 'Its listener is gone, so there is no address to send it to.'}
              </Hint>
            )}
          </Section>
        )}
      </InspectorBody>
      {curl || record.node !== null ? (
        <InspectorFoot>
          {curl ? <CopyButton text={curl}>Copy as curl</CopyButton> : null}
          {record.node === null ? null : (
            <ButtonLink small href={`#/live/node/${encodeURIComponent(record.pool)}/${encodeURIComponent(record.node)}`}>
              Show node
            </ButtonLink>
          )}
        </InspectorFoot>
      ) : null}
    </>
  );
}
