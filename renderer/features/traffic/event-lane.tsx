import {
  ArrowLeftRight,
  Check,
  FlaskConical,
  FlaskConicalOff,
  RotateCw,
  ShieldAlert,
  ShieldCheck,
  SlidersHorizontal,
  TriangleAlert,
  X,
  type LucideIcon,
} from 'lucide-react';
import type { JournalKind } from '../../../shared/model/journal.ts';
import type { PoolState } from '../../../shared/model/state.ts';
import { formatCount } from '../../ui/format.ts';
import { eventWords, type Marker } from './traffic-events.ts';
import styles from './traffic.module.css';

const looks: Partial<Record<JournalKind, { icon: LucideIcon; className: string }>> = {
  'node.down': { icon: X, className: 'st-down' },
  'node.up': { icon: Check, className: 'st-healthy' },
  'node.mode': { icon: ArrowLeftRight, className: '' },
  'config.applied': { icon: SlidersHorizontal, className: '' },
  'listener.error': { icon: TriangleAlert, className: 'st-down' },
  'engine.restarted': { icon: RotateCw, className: '' },
  'lab.fault': { icon: FlaskConical, className: '' },
  'lab.healed': { icon: FlaskConicalOff, className: '' },
  'certificate.problem': { icon: ShieldAlert, className: 'st-down' },
  'certificate.reloaded': { icon: ShieldCheck, className: '' },
};

/** Lines of words under one mark at most. */
const maxLines = 8;

/** Marks over the first chart, each with its words for pointer, keyboard and reader. */
export function EventLane({ markers, pools }: { markers: readonly Marker[]; pools: readonly PoolState[] }) {
  return (
    <ol className={styles['lane']} aria-label="Events">
      {markers.map((marker) => {
        const { icon: Icon, className } = looks[marker.kind] ?? { icon: TriangleAlert, className: '' };
        const words = marker.entries.map((entry) => eventWords(entry, pools));
        const left = words.length - maxLines;
        const head = words.length > 1 ? `${formatCount(words.length)} events` : undefined;
        return (
          <li key={marker.entries[0]!.seq} style={{ left: `${marker.at * 100}%` }}>
            <button
              type="button"
              className={`${styles['marker']} ${className}`}
              aria-label={[...(head ? [head] : []), ...words.slice(0, maxLines)].join('. ')}
            >
              <Icon size={12} strokeWidth={2.5} aria-hidden="true" />
              {words.length > 1 ? <span className={styles['count']}>{formatCount(words.length)}</span> : null}
            </button>
            <span className={`${styles['words']} ${marker.at > 0.6 ? styles['leftward'] : ''}`} aria-hidden="true">
              {head ? <b>{head}</b> : null}
              {words.slice(0, maxLines).map((line, i) => (
                <span key={marker.entries[i]!.seq}>{line}</span>
              ))}
              {left > 0 ? <span>and {formatCount(left)} more</span> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
