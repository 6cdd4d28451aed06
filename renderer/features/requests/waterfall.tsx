import type { RequestRecord } from '../../../shared/model/metrics.ts';
import { formatMs } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { phasesOf, phaseWords } from './timing.ts';
import styles from './waterfall.module.css';

interface WaterfallProps {
  record: RequestRecord;
  isTcp: boolean;
  /** The node's name. */
  node: string;
}

/** Where a request's time went, one bar under the other on one scale. */
export function Waterfall({ record, isTcp, node }: WaterfallProps) {
  const phases = phasesOf(record, isTcp);
  const whole = Math.max(record.durationMs, 0.001);
  return (
    <ol className={styles['rows']} aria-label="Where the time went">
      {phases.map(({ kind, startMs, ms }) => (
        <li key={kind} className={styles['row']}>
          <MiddleTruncate className={styles['name']} text={phaseWords(kind, node)} keep={kind === 'node' ? 11 : 8} />
          <span className={styles['track']} aria-hidden="true">
            <i className={styles[kind]} style={{ left: `${(100 * startMs) / whole}%`, width: `${(100 * ms) / whole}%` }} />
          </span>
          <span className={styles['value']}>
            {kind === 'connect' && record.reused === true ? <span className="muted">kept open</span> : `${formatMs(ms)} ms`}
          </span>
        </li>
      ))}
    </ol>
  );
}
