import { Clock } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { clsx } from 'clsx';
import type { PoolConfig } from '../../../shared/model/config.ts';
import { detection, sayDuration } from '../../stores/draft.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import styles from './detection-card.module.css';
import { sayProbe, type Probes } from './use-probes.ts';

/** More ticks than this would touch each other; then only the last checks are marked. */
const maxTicks = 12;
/** Results named one by one; the rest are counted. */
const maxResults = 12;

/** Words need room: a check is named when it stands clear of both ends and of the one named before. */
function namedMarks(marks: readonly number[], totalMs: number): ReadonlySet<number> {
  const named = new Set<number>();
  let free = 0.2;
  for (const ms of marks) {
    const share = ms / totalMs;
    if (share < free || share > 0.84) continue;
    named.add(ms);
    free = share + 0.13;
  }
  return named;
}

function TimeLine({ totalMs, checksAtMs }: { totalMs: number; checksAtMs: number[] }) {
  const at = (ms: number) => `${((100 * ms) / totalMs).toFixed(2)}%`;
  const last = checksAtMs.at(-1)!;
  const marks = checksAtMs.length <= maxTicks ? checksAtMs : checksAtMs.slice(-1);
  const named = namedMarks(marks, totalMs);
  return (
    <div className={styles['line']} aria-hidden="true">
      <span className={styles['wait']} style={{ left: 0, width: at(last) }} />
      <span className={styles['last']} style={{ left: at(last), right: 0 }} />
      <span className={styles['tick']} style={{ left: 0 }} />
      {marks.map((ms) => (
        <span key={ms} className={styles['tick']} style={{ left: at(ms) }} />
      ))}
      <span className={styles['tick']} style={{ left: '100%' }} />
      <span className={styles['word']} style={{ left: 0 }}>
        dies just after a check
      </span>
      {marks.map((ms) =>
        named.has(ms) ? (
          <span key={ms} className={styles['word']} style={{ left: at(ms) }}>
            check {checksAtMs.indexOf(ms) + 1} fails
          </span>
        ) : null,
      )}
      <span className={clsx(styles['word'], styles['end'])}>down, {sayDuration(totalMs)}</span>
    </div>
  );
}

/** How long a dead node takes to be noticed, in a sentence and drawn, and a check tried at once. */
export function DetectionCard({ pool, probes }: { pool: PoolConfig; probes: Probes }) {
  const { healthCheck: check, passiveCheck: passive, nodes } = pool;
  const found = detection(check);
  const live = passive.enabled ? ` Live traffic can notice sooner: ${passive.errors} errors in ${sayDuration(passive.windowMs)}.` : '';
  const shown = nodes.filter((node) => probes.results.has(node.id));
  const running = shown.some((node) => probes.results.get(node.id)?.kind === 'running');
  const results = useRef<HTMLUListElement>(null);
  const isTried = shown.length > 0;
  // Who pressed the button looks at the button: what came of it must not appear below the edge.
  useEffect(() => {
    if (isTried) results.current?.scrollIntoView({ block: 'nearest' });
  }, [isTried]);
  return (
    <Card edge="strong" className={styles['card']}>
      <div className={styles['head']}>
        <Clock size={16} aria-hidden="true" />
        <p aria-live="polite">
          {found ? (
            <>
              <b>A dead node is noticed within about {sayDuration(found.totalMs)}</b>
              <span>
                {sayDuration(check.intervalMs)} interval × {check.attempts} {check.attempts === 1 ? 'check' : 'checks'} +{' '}
                {sayDuration(check.timeoutMs)} timeout.{live}
              </span>
            </>
          ) : check.type === 'none' ? (
            <>
              <b>Nobody looks whether a node lives</b>
              <span>
                {passive.enabled
                  ? `Only live traffic tells.${live}`
                  : 'Nothing takes a dead node out. Choose a check, or watch live traffic.'}
              </span>
            </>
          ) : (
            <>
              <b>How soon a dead node is noticed</b>
              <span>Needs a valid interval, timeout and number of failures.</span>
            </>
          )}
        </p>
        <Button small disabled={nodes.length === 0 || running || check.type === 'none'} onClick={() => void probes.run(nodes, pool)}>
          {running ? 'Trying…' : 'Try a check now'}
        </Button>
      </div>
      {found ? <TimeLine {...found} /> : null}
      {shown.length > 0 ? (
        <ul ref={results} className={styles['results']} aria-label="Checks tried" aria-live="polite">
          {shown.slice(0, maxResults).map((node) => {
            const probe = probes.results.get(node.id)!;
            const bad = probe.kind === 'failed' || (probe.kind === 'done' && !probe.result.ok);
            return (
              <li key={node.id}>
                <b>
                  <MiddleTruncate text={node.label ?? node.id} />
                </b>
                <span className={clsx(bad ? styles['failed'] : 'muted', 'ellipsis')} title={sayProbe(probe)}>
                  {sayProbe(probe)}
                </span>
              </li>
            );
          })}
          {shown.length > maxResults ? <li className="muted">and {shown.length - maxResults} more, each in its row below</li> : null}
        </ul>
      ) : null}
    </Card>
  );
}
